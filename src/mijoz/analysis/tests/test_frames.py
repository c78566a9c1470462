"""Grouping by one packed number says what grouping by several keys says."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.frames import grouped, numbered

KEYS = st.tuples(st.integers(0, 5), st.sampled_from(["", "Ali", "Vali", "Oʻtkir"]), st.integers(24_000, 24_003))
ROWS = st.lists(st.tuples(KEYS, st.integers(-9, 9)), min_size=1, max_size=40)


def both(frame: pl.DataFrame) -> tuple[list[Any], list[Any]]:
    keys = ("who", "member", "month")
    rows = numbered(nw.from_native(frame.lazy()), "member")
    found = grouped(rows, *keys, sums=["value"], least=["day"], most=["late"]).collect().to_native()
    plain = frame.group_by(keys).agg(pl.col("value").sum(), pl.col("day").min(), pl.col("late").max())
    columns = [*keys, "value", "day", "late"]
    return sorted(found.select(columns).rows(), key=repr), sorted(plain.select(columns).rows(), key=repr)


def table(rows: list[tuple[tuple[Any, Any, Any], int]]) -> pl.DataFrame:
    told = [(*keys, value, value, value) for keys, value in rows]
    schema = {"who": pl.Int64, "member": pl.String, "month": pl.Int64}
    return pl.DataFrame(told, schema=schema | dict.fromkeys(("value", "day", "late"), pl.Int64), orient="row")


@given(ROWS)
def test_packed_keys_group_as_they_are(rows: list[tuple[tuple[Any, Any, Any], int]]) -> None:
    found, expected = both(table(rows))
    assert found == expected


@pytest.mark.parametrize("who", [-1, 2**62, None])
def test_keys_that_fit_into_no_number_group_all_the_same(who: int | None) -> None:
    found, expected = both(table([((who, "Ali", 1), 2), ((who, "Ali", 1), 3), ((7, "Vali", 1), 5)]))
    assert found == expected
    assert len(found) == 2


def test_nothing_groups_to_nothing() -> None:
    assert both(table([])) == ([], [])
