"""Tables come whole from PostgreSQL and go there whole."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import connection

from mijoz.customers.models import Customer
from mijoz.segments import bulk

pytestmark = pytest.mark.django_db
ROWS = """
    SELECT * FROM (VALUES
        (1, true, -7, 0.5, '1969-07-20'), (2, false, 9000000000, -1e300, '2000-01-01'), (5, true, 0, 0, '2026-02-28')
    ) AS given (customer_id, yes, whole, decimal, day)
"""
SCHEMA = {"customer_id": pl.Int64, "yes": pl.Boolean, "whole": pl.Int64, "decimal": pl.Float64, "day": pl.Date}
EXPECTED = [
    (1, True, -7, 0.5, date(1969, 7, 20)),
    (2, False, 9_000_000_000, -1e300, date(2000, 1, 1)),
    (5, True, 0, 0.0, date(2026, 2, 28)),
]


@pytest.fixture
def five_customers() -> None:
    Customer.objects.bulk_create(Customer(pk=place) for place in range(1, 6))


@pytest.mark.parametrize("piece", [1, 2, 5, 6, 1000])
def test_what_is_read_is_what_was_there(five_customers: None, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PIECE", piece)
    found = bulk.read(ROWS, schema=SCHEMA)
    assert found.schema == SCHEMA
    assert sorted(found.rows()) == EXPECTED


def test_parameters_are_values_and_not_statements(five_customers: None) -> None:
    rows = "SELECT id AS customer_id FROM customers_customer WHERE %(text)s = '%%(piece)s; DROP' AND id > %(least)s"
    parameters = {"text": "%(piece)s; DROP", "least": 3}
    found = bulk.read(rows, schema={"customer_id": pl.Int64}, parameters=parameters)
    assert sorted(found["customer_id"]) == [4, 5]


def test_nobody_is_a_table_without_rows() -> None:
    found = bulk.read("SELECT id AS customer_id FROM customers_customer", schema={"customer_id": pl.Int64})
    assert (found.schema, found.height) == ({"customer_id": pl.Int64}, 0)


def test_a_null_is_refused(five_customers: None) -> None:
    with pytest.raises(ValueError, match="gender has a null"):
        bulk.read(
            "SELECT id AS customer_id, nullif(id, 3) AS gender FROM customers_customer",
            schema={"customer_id": pl.Int64, "gender": pl.Int64},
        )


def test_what_is_written_can_be_read_by_the_database() -> None:
    texts = [["Osh", 'so"mon\\sa', "a,b {c}"], [], [""], ["NULL", "\\N"]]
    frame = pl.DataFrame(
        {
            "place": [1, 2, 3, 4],
            "at": pl.Series([datetime(2026, 3, 31, 19, 0, 0, 123456, tzinfo=UTC), None, None, None]),
            "texts": pl.Series(texts, dtype=pl.List(pl.String)),
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE written (place bigint, at timestamptz, texts text[]) ON COMMIT DROP")
        bulk.write(cursor, "written", frame)
        cursor.execute("SELECT place, at, texts FROM written ORDER BY place")
        found = cursor.fetchall()
    assert [row[2] for row in found] == texts
    assert [row[1] for row in found] == frame["at"].to_list()
