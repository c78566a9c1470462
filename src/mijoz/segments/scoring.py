"""RFM scores of customers: which purchases count, how the scores weigh, and where the table of all was cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from mijoz.analysis import rfm
from mijoz.segments import fields
from mijoz.segments.models import RefreshRun, RfmSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How to score. `period` are the keys of the two facts that say what was bought in the period, None of all time."""

    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    period: tuple[str, str] | None = None
    cuts: rfm.Cuts | None = None


def settings_in_force() -> RfmSettings:
    """The latest settings; unsaved ones with number 0 before anybody wrote any."""
    return RfmSettings.objects.first() or RfmSettings(number=0)


def scoring_of(day: date) -> Scoring:
    """How customers are scored as of the day, where to cut to be found yet."""
    found = settings_in_force()
    period = None
    if found.months is not None:
        window = {"since": months_before(day, found.months).isoformat()}
        said = {"type": "purchase_line", "window": window}
        period = (fields.keyed("events", said), fields.keyed("events_sum", said))
    return Scoring(weights=found.weights, period=period)


def by_last_cuts(scoring: Scoring) -> Scoring:
    """The same, cut where the table of all customers was cut last; without that every score is the middle one."""
    last = RefreshRun.objects.filter(status=RefreshRun.Status.DONE).exclude(cuts=None).first()
    return replace(scoring, cuts=last.cuts if last else dict.fromkeys(rfm.MEASURES, ()))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, the last of its month when that is shorter; the period begins after it.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def measured(customers: pl.DataFrame, *, as_of: date, scoring: Scoring, columns: dict[str, str]) -> pl.DataFrame:
    """What the scores of buyers rest on: customer_id, days_since_last_purchase, purchases, revenue in ten-thousandths.

    `columns` names the column of each fact.
    """
    purchases, revenue = pl.col("purchases"), pl.col("revenue")
    if scoring.period is not None:
        counted, spent = (pl.col(columns[key]).fill_null(0.0) for key in scoring.period)
        purchases, revenue = counted.cast(pl.Int64), (spent * 10_000).round().cast(pl.Int64)
    days = (pl.lit(as_of) - pl.col("last_purchase_on")).dt.total_days()
    return customers.filter(pl.col("purchases") > 0).select(
        "customer_id", purchases=purchases, revenue=revenue, days_since_last_purchase=days
    )


def scored(customers: pl.DataFrame, table: pl.DataFrame, scoring: Scoring) -> pl.DataFrame:
    """The customers with their scores (null for who has not bought), and what was scored; `table` is of `measured`."""
    scores: Any = rfm.score(table, weights=scoring.weights, cuts=scoring.cuts).collect().to_polars()
    named = scores.rename({"purchases": "scored_purchases", "revenue": "scored_revenue"})
    return customers.join(named.drop("days_since_last_purchase"), on="customer_id", how="left")
