"""What a record lacks costs points; what is counted adds up."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.customers.audit.scoring import FIELDS, FRESH_DAYS, POINTS, band, figures, findings

WHOLE: dict[str, Any] = {
    "customer": 1,
    **dict.fromkeys(FIELDS, True),
    "unreadable": [],
    "conflicts": [],
    "slip": False,
    "duplicate": False,
    "days_since_heard": 3,
}
SCHEMA: dict[str, Any] = {
    "customer": pl.Int64,
    **dict.fromkeys(FIELDS, pl.Boolean),
    "unreadable": pl.List(pl.String),
    "conflicts": pl.List(pl.String),
    "slip": pl.Boolean,
    "duplicate": pl.Boolean,
    "days_since_heard": pl.Int64,
}


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([WHOLE | {"customer": place} | row for place, row in enumerate(rows, 1)], schema=SCHEMA)


@pytest.mark.parametrize(
    ("record", "score", "found"),
    [
        ({}, 100, []),
        ({"phone": False}, 78, ["no_phone"]),
        ({"unreadable": ["phone"], "phone": False}, 73, ["no_phone", "unreadable"]),
        ({"conflicts": ["birth_on", "gender"]}, 95, ["conflict"]),
        ({"days_since_heard": FRESH_DAYS}, 100, []),
        ({"days_since_heard": FRESH_DAYS + 1}, 96, ["stale"]),
        ({"days_since_heard": None}, 96, ["stale"]),
        (dict.fromkeys(FIELDS, False), 23, [code for code in POINTS if code.startswith("no_")]),
    ],
)
def test_each_thing_missing_costs_its_points(record: dict[str, Any], score: int, found: list[str]) -> None:
    assert findings(people(record)).row(0) == (1, score, found)


def test_all_points_together_are_the_whole() -> None:
    assert sum(POINTS.values()) == 100


def test_everybody_is_counted() -> None:
    rows = people({}, {"phone": False}, dict.fromkeys(FIELDS, False))
    counted = figures(rows, findings(rows))
    assert (counted.customers, counted.score) == (3, 67.0)
    assert (counted.found["no_phone"], counted.found["stale"], counted.filled["phone"]) == (2, 0, 1)
    assert counted.bands == {"good": 1, "fair": 1, "poor": 1}


def test_of_nobody_everything_is_zero() -> None:
    counted = figures(people(), findings(people()))
    assert (counted.customers, counted.score, sum(counted.found.values())) == (0, 0.0, 0)


@given(st.lists(st.fixed_dictionaries({name: st.booleans() for name in (*FIELDS, "slip", "duplicate")}), min_size=1))
def test_a_score_is_what_its_findings_leave(rows: list[dict[str, Any]]) -> None:
    found = findings(people(*rows))
    for _customer, score, codes in found.iter_rows():
        assert score == 100 - sum(POINTS[code] for code in codes)
    assert sum(figures(people(*rows), found).bands.values()) == len(rows)


@pytest.mark.parametrize(("score", "name"), [(100, "good"), (80, "good"), (79, "fair"), (50, "fair"), (49, "poor")])
def test_scores_have_bands(score: int, name: str) -> None:
    assert band(score) == name
