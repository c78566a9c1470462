"""Weekly series of the log around a date: what before-after and difference in differences are computed from.

Weeks are counted from the date of the change, so that none is half before and half after; week 0 begins on it. Weeks
that the log does not hold whole are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import nan
from typing import Any, Literal

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.days import day_of, end_of_day, local_date
from mijoz.analysis.frames import Frame, collected, kept, lazy

MOST_WEEKS_BEFORE = 104
Kind = Literal["sum", "ratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure by the week: a sum, or a ratio of sums such as a mean. `higher_is_better` says which way is good."""

    name: str
    unit: Literal["money", "count", "score", "share", "minutes"]
    kind: Kind
    higher_is_better: bool


METRICS = {
    metric.name: metric
    for metric in (
        Metric(name="revenue", unit="money", kind="sum", higher_is_better=True),
        Metric(name="purchases", unit="count", kind="sum", higher_is_better=True),
        Metric(name="average_check", unit="money", kind="ratio", higher_is_better=True),
        Metric(name="satisfaction", unit="score", kind="ratio", higher_is_better=True),
        Metric(name="complaint_rate", unit="share", kind="ratio", higher_is_better=False),
        Metric(name="waiting", unit="minutes", kind="ratio", higher_is_better=False),
        Metric(name="service_time", unit="minutes", kind="ratio", higher_is_better=False),
    )
}


@dataclass(frozen=True, slots=True)
class Series:
    """By group (a branch, a segment, "" for all) one value a week from week `first` on; nan where there was nothing."""

    first: int
    weeks: int
    values: Mapping[str, tuple[float, ...]]

    @property
    def begins_at(self) -> int:
        """The place of the first week after the change."""
        return -self.first


def weekly(
    events: Frame,
    ownership: Frame,
    *,
    metric: Metric,
    change_on: date,
    as_of: date,
    zone: str = "UTC",
    by_branch: bool = False,
    groups: Frame | None = None,
) -> Series:
    """The metric by week, over known customers.

    With `by_branch` for each branch of the log; with `groups` (customer_id, segment) for each of these groups.
    """
    rows = kept(
        _rows(events, ownership, change_on=change_on, as_of=as_of, zone=zone, by_branch=by_branch, groups=groups)
    )
    top, below = _parts(metric.name, rows)
    tops, belows = _by_week(top), _by_week(below) if below is not None else {}
    first_day = _first_day(rows)
    if first_day is None:
        return Series(0, 0, {})
    first = max(-MOST_WEEKS_BEFORE, -(-(first_day - change_on.toordinal()) // 7))
    last = (as_of.toordinal() + 1 - change_on.toordinal()) // 7  # the first week that is not over
    names = sorted({group for group, _week in {**tops, **belows}})
    weeks = range(first, last)
    values = {
        name: tuple(_value(metric.kind, tops.get((name, week)), belows.get((name, week))) for week in weeks)
        for name in names
    }
    return Series(first, max(0, last - first), values)


def _rows(
    events: Frame,
    ownership: Frame,
    *,
    change_on: date,
    as_of: date,
    zone: str,
    by_branch: bool,
    groups: Frame | None,
) -> nw.LazyFrame[Any]:
    day = day_of(local_date(nw.col("occurred_at"), zone=zone))
    found = (
        lazy(events)
        .filter(
            nw.col("type").is_in(["purchase_line", "survey_answered", "complaint", "visit"]),
            nw.col("occurred_at") < end_of_day(as_of, zone=zone),
        )
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
        .with_columns(day.alias("day"))
        .with_columns(((nw.col("day") - change_on.toordinal() + 7_000_000) // 7 - 1_000_000).alias("week"))
    )
    if by_branch:
        found = found.filter(nw.col("branch") != "").with_columns(nw.col("branch").alias("group"))
    elif groups is not None:
        members = lazy(groups).select("customer_id", nw.col("segment").alias("group"))
        found = found.join(members, on="customer_id", how="inner")
    else:
        found = found.with_columns(nw.lit("").alias("group"))
    return found.select("group", "week", "day", "type", "source", "reference", "amount", "payload")


def _parts(name: str, rows: nw.LazyFrame[Any]) -> tuple[nw.LazyFrame[Any], nw.LazyFrame[Any] | None]:
    """What is summed, and what it is divided by: columns group, week, value."""
    bills = (
        rows.filter(nw.col("type") == "purchase_line")
        .group_by("group", "week", "source", "reference")
        .agg(nw.col("amount").sum().cast(nw.Float64).alias("value"))
    )
    ones = bills.with_columns(nw.lit(1.0).alias("value"))
    if name == "revenue":
        return bills, None
    if name == "purchases":
        return ones, None
    if name == "average_check":
        return bills, ones
    if name == "complaint_rate":
        return rows.filter(nw.col("type") == "complaint").with_columns(nw.lit(1.0).alias("value")), ones
    if name == "satisfaction":
        told = rows.filter(nw.col("type") == "survey_answered").filter(payload.text("kind") == "csat")
        scored = told.with_columns(payload.number("score").alias("value"))
    else:
        key = "waited_minutes" if name == "waiting" else "took_minutes"
        scored = rows.filter(nw.col("type") == "visit").with_columns(payload.number(key).alias("value"))
    known = scored.filter(~nw.col("value").is_null())
    return known, known.with_columns(nw.lit(1.0).alias("value"))


def _by_week(rows: nw.LazyFrame[Any]) -> dict[tuple[str, int], float]:
    summed = collected(rows.group_by("group", "week").agg(nw.col("value").sum()))
    return {(row["group"], int(row["week"])): float(row["value"]) for row in summed.iter_rows(named=True)}


def _first_day(rows: nw.LazyFrame[Any]) -> int | None:
    [first] = collected(rows.select(nw.col("day").min()))["day"].to_list()
    return None if first is None else int(first)


def _value(kind: Kind, top: float | None, below: float | None) -> float:
    if kind == "sum":
        return top or 0.0
    return (top or 0.0) / below if below else nan
