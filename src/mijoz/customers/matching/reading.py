"""What is known of all customers, as frames: read by COPY, so that a million of them take seconds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.db import connection

from mijoz.customers.queries import ABSORBED

VISITS_WITHIN = timedelta(days=90)
MOST_MOMENTS = 30  # visits of one customer; who comes oftener meets everybody
BETWEEN = "\x1f"

# Whoever was erased or asked for a restriction is left alone. A shared phone proves nobody, so it is not compared;
# where a source told a birth date that is none (the 31st of June), the digits still resemble the right one.
# Who was merged is read as they stood, to learn from: without them, whoever is left would look less and less like one
# person with every search.
PEOPLE = f"""
    COPY (
        WITH RECURSIVE {ABSORBED}, root AS (
            SELECT c.*, c.id AS root_id FROM customers_customer c
            WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.restricted_at IS NULL
            UNION ALL
            SELECT c.*, r.id FROM absorbed a JOIN customers_customer c ON c.id = a.id
            JOIN customers_customer r ON r.id = a.root
            WHERE r.erased_at IS NULL AND r.restricted_at IS NULL AND c.erased_at IS NULL
        ), owned AS (
            SELECT o.customer_id, i.kind, i.value, o.is_shared, o.identity_id
            FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
        ), reached AS (
            SELECT customer_id, kind, value FROM owned WHERE kind IN ('phone', 'email') AND NOT is_shared
            UNION SELECT id, 'phone', phone FROM root WHERE phone <> ''
            UNION SELECT id, 'email', email FROM root WHERE email <> ''
            UNION SELECT o.customer_id, t.name, t.value FROM customers_trait t
                  JOIN customers_ownership o ON o.identity_id = t.identity_id
                  WHERE t.name IN ('phone', 'email') AND t.value <> ''
        ), own AS (
            SELECT r.customer_id, r.kind, string_agg(r.value, chr(31) ORDER BY r.value) AS value
            FROM reached r
            WHERE NOT EXISTS (
                SELECT FROM customers_ownership o JOIN events_identity i ON i.id = o.identity_id
                WHERE o.is_shared AND i.kind = r.kind AND i.value = r.value AND i.account = ''
            )
            GROUP BY r.customer_id, r.kind
        ), misread AS (
            SELECT o.customer_id, max(t.original) AS original FROM customers_trait t
            JOIN customers_ownership o ON o.identity_id = t.identity_id
            WHERE t.name = 'birth_on' AND t.value = '' AND t.original <> '' GROUP BY o.customer_id
        )
        SELECT c.id, c.first_name, c.last_name, c.patronymic, coalesce(c.birth_on::text, m.original, ''), c.birthday,
               c.address, c.city, c.gender, coalesce(p.value, ''), coalesce(e.value, ''),
               c.root_id
        FROM root c
        LEFT JOIN own p ON p.customer_id = c.id AND p.kind = 'phone'
        LEFT JOIN own e ON e.customer_id = c.id AND e.kind = 'email'
        LEFT JOIN misread m ON m.customer_id = c.id
    ) TO STDOUT (FORMAT csv)
"""  # noqa: S608 - built from constants
VISITS = """
    COPY (
        SELECT o.customer_id, e.branch || ' ' || to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
        WHERE e.type IN ('visit', 'purchase_line') AND e.branch <> '' AND e.occurred_at >= '{since}'
        GROUP BY 1, 2
    ) TO STDOUT (FORMAT csv)
"""
PEOPLE_COLUMNS = (
    *("first_name", "last_name", "patronymic", "birth", "birthday", "address", "city", "gender"),
    *("phones", "emails"),
)
PROVED = """
    SELECT DISTINCT customer_id FROM customers_ownership WHERE proved_at IS NOT NULL AND NOT is_shared
"""
APART = "SELECT left_id, right_id FROM customers_pair WHERE state = 'apart'"


def people(*, at: datetime) -> pl.DataFrame:
    """All customers who may be compared, as `analysis.matching.features` takes them, those merged too.

    `root` (Int64) is whom the number leads to: its own for who was not merged.
    """
    read = _copied(PEOPLE, {"record": pl.Int64} | dict.fromkeys(PEOPLE_COLUMNS, pl.String) | {"root": pl.Int64})
    told = read.with_columns(_listed("phones"), _listed("emails"))
    since = (at - VISITS_WITHIN).isoformat()
    visits = _copied(VISITS.format(since=since), {"record": pl.Int64, "moment": pl.String})
    moments = visits.group_by("record").agg(pl.col("moment").sort().alias("moments"))
    few = moments.filter(pl.col("moments").list.len() <= MOST_MOMENTS)
    return told.join(few, on="record", how="left", maintain_order="left")


def proved() -> set[int]:
    """Customers who showed that an identity is theirs."""
    with connection.cursor() as cursor:
        cursor.execute(PROVED)
        return {row[0] for row in cursor.fetchall()}


def apart() -> list[tuple[int, int]]:
    """Pairs of whom somebody said that they are two people, by the numbers they had then."""
    with connection.cursor() as cursor:
        cursor.execute(APART)
        return list(cursor.fetchall())


def _listed(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column).str.split(BETWEEN)).alias(column)


def _copied(statement: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.csv")
        with file.open("wb") as out, connection.cursor() as cursor, cursor.copy(statement) as copy:
            for piece in copy:
                out.write(piece)
        if not file.stat().st_size:
            return pl.DataFrame(schema=schema)
        return pl.read_csv(file, has_header=False, schema=schema)
