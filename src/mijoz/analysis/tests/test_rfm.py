"""Recency, frequency and revenue of customers, and their scores."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.rfm import purchases, rfm, score
from mijoz.analysis.tests.logs import Row, at, bought, events, ownership

MARCH_31 = date(2026, 3, 31)


def table(rows: list[Row], owners: dict[int, int], *, as_of: date = MARCH_31, zone: str = "UTC") -> pl.DataFrame:
    found = rfm(purchases(events(rows), ownership(owners)), as_of=as_of, zone=zone)
    return found.collect().to_polars().sort("customer_id")


def scored(measures: list[tuple[int, int, float]], **options: object) -> pl.DataFrame:
    """Scores of customers 0, 1, 2 … by (days since the last purchase, purchases, revenue)."""
    frame = pl.DataFrame(
        [(place, *one) for place, one in enumerate(measures)],
        schema={
            "customer_id": pl.Int64, "days_since_last_purchase": pl.Int64, "purchases": pl.Int64, "revenue": pl.Float64,
        },
        orient="row",
    )  # fmt: skip
    return score(frame, **options).collect().to_polars().sort("customer_id")


def test_a_small_business_by_hand() -> None:
    rows = [
        bought(1, "2026-01-10", "30", reference="A"),
        bought(1, "2026-01-10 00:05", "12.50", reference="A"),  # the second line of the same purchase
        bought(2, "2026-03-30", "100"),  # another number of the same person
        Row("refund_line", 1, at("2026-03-31 08:00"), "-12.50", "CA"),
        Row("gift_line", 1, at("2026-03-31 08:00"), "0", "G"),
        bought(3, "2026-03-31 20:00", "7"),
        bought(3, "2026-04-01", "1000"),  # after the day
        bought(None, "2026-03-01", "5"),  # nobody known
        bought(9, "2026-03-01", "5"),  # an identity of no customer
    ]
    found = table(rows, {1: 10, 2: 10, 3: 30})
    columns = ("customer_id", "days_since_last_purchase", "purchases", "revenue")
    assert found.select(columns).cast({"revenue": pl.Float64}).rows() == [(10, 1, 2, 142.5), (30, 0, 1, 7.0)]
    assert found["first_purchase_at"].to_list() == [at("2026-01-10"), at("2026-03-31 20:00")]
    assert found["last_purchase_at"].to_list() == [at("2026-03-30"), at("2026-03-31 20:00")]


def test_days_are_those_of_the_business() -> None:
    rows = [bought(1, "2026-03-30 20:00", "1"), bought(2, "2026-03-31 20:00", "1")]
    in_tashkent = table(rows, {1: 1, 2: 2}, zone="Asia/Tashkent")  # 1:00 in the night of the next day
    assert in_tashkent.select("customer_id", "days_since_last_purchase").rows() == [(1, 0)]
    assert table(rows, {1: 1, 2: 2})["days_since_last_purchase"].to_list() == [1, 0]


def test_the_same_number_in_two_systems_is_two_purchases() -> None:
    rows = [bought(1, "2026-03-01", "5", reference="7"), bought(1, "2026-03-01", "6", reference="7", source="web")]
    assert table(rows, {1: 1})["purchases"].to_list() == [2]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2026, 6, 1)),
            st.integers(0, 1000),
            st.sampled_from("abcd"),
        ),
        max_size=30,
    )
)
def test_the_table_is_what_plain_python_counts(given_rows: list[tuple[int, datetime, int, str]]) -> None:
    rows = [
        Row("purchase_line", identity, at(when.isoformat()), str(amount), reference)
        for identity, when, amount, reference in given_rows
    ]
    owners = {1: 1, 2: 1, 3: 3, 4: 4}
    lines: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.identity in owners:
            lines[owners[row.identity], row.reference].append(row)
    expected: dict[int, list[tuple[date, float]]] = defaultdict(list)
    for (customer, _), of_one in lines.items():
        on = min(row.at for row in of_one).date()
        if on <= MARCH_31:
            expected[customer].append((on, sum(float(row.amount or 0) for row in of_one)))
    found = {row["customer_id"]: row for row in table(rows, owners).iter_rows(named=True)}
    assert set(found) == set(expected)
    for customer, of_one in expected.items():
        row = found[customer]
        assert row["purchases"] == len(of_one)
        assert float(row["revenue"]) == sum(amount for _, amount in of_one)
        assert row["days_since_last_purchase"] == (MARCH_31 - max(on for on, _ in of_one)).days


def test_scores_cut_into_fifths() -> None:
    found = scored([(day, 11 - day, 100.0 * day) for day in range(1, 11)])
    assert found["r_score"].to_list() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert found["f_score"].to_list() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert found["m_score"].to_list() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert found["rfm_score"][0] == pytest.approx((5 + 5 + 1) / 3)


def test_weights_and_bins() -> None:
    found = scored([(day, 11 - day, 100.0 * day) for day in range(1, 11)], bins=2, weights=(3.0, 1.0, 0.0))
    assert found["r_score"].to_list() == [2] * 5 + [1] * 5
    assert found["rfm_score"].to_list() == [2.0] * 5 + [1.0] * 5


def test_half_of_all_bought_once_and_score_one() -> None:
    found = scored([(place, 1 if place < 50 else place - 48, 10.0) for place in range(100)])
    assert set(found.filter(pl.col("purchases") == 1)["f_score"]) == {1}
    assert found["m_score"].to_list() == [3] * 100  # all spent the same: nobody stands out


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 20), st.floats(0, 1e6)), max_size=60))
def test_scores_keep_the_order_and_equal_customers_are_equal(measures: list[tuple[int, int, float]]) -> None:
    found = scored(measures)
    assert found.height == len(measures)
    for measure, column, best_first in (
        ("days_since_last_purchase", "r_score", False),
        ("purchases", "f_score", True),
        ("revenue", "m_score", True),
    ):
        ordered = found.sort(measure, descending=best_first)[column].to_list()
        assert ordered == sorted(ordered, reverse=True)
        assert found.group_by(measure).agg(pl.col(column).n_unique())[column].max() in {None, 1}
        assert found[column].is_between(1, 5).all()


@pytest.mark.parametrize("options", [{"bins": 1}, {"weights": (0.0, 0.0, 0.0)}, {"weights": (1.0, -1.0, 1.0)}])
def test_scores_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"scores need|weights must"):
        scored([(1, 1, 1.0)], **options)
