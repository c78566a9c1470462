"""Recency, frequency and monetary value of customers, and their scores from 1 to 5.

Hughes (1994), *Strategic Database Marketing*. Recency here is days since the last purchase; frequency
counts all purchases; monetary value is revenue, gross of refunds. Amounts must be in one currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import narwhals as nw

from mijoz.analysis.days import day_of, end_of_day, local_date
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy

HIGH_IS_GOOD = {"r_score": False, "f_score": True, "m_score": True}
Cuts = Mapping[str, Sequence[float]]
MEASURES = {"r_score": "days_since_last_purchase", "f_score": "purchases", "m_score": "revenue"}


def purchases(events: Frame, ownership: Frame) -> nw.LazyFrame[Any]:
    """One row for each purchase of a known customer: customer_id, source, reference, occurred_at, amount.

    `events` are rows of the log (type, identity_id, source, reference, occurred_at, amount), `ownership`
    has identity_id and customer_id. A purchase is all purchase lines of one reference of one source, and is
    dated by its first; refunds and gifts are none.
    """
    return (
        lazy(events)
        .filter(nw.col("type") == "purchase_line")
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
        .group_by("customer_id", "source", "reference")
        .agg(nw.col("occurred_at").min(), nw.col("amount").sum())
    )


def rfm(purchases: Frame, *, as_of: date, zone: str = "UTC") -> nw.LazyFrame[Any]:
    """One row for each customer who bought until the end of the day `as_of` in `zone`.

    customer_id, days_since_last_purchase (0 when it was on the day itself), purchases (count), revenue,
    first_purchase_at, last_purchase_at.
    """
    last_day = day_of(local_date(nw.col("last_purchase_at"), zone=zone))
    return (
        lazy(purchases)
        .filter(nw.col("occurred_at") < end_of_day(as_of, zone=zone))
        .group_by("customer_id")
        .agg(
            nw.len().cast(nw.Int64).alias("purchases"),
            nw.col("amount").sum().alias("revenue"),
            nw.col("occurred_at").min().alias("first_purchase_at"),
            nw.col("occurred_at").max().alias("last_purchase_at"),
        )
        .with_columns((nw.lit(as_of.toordinal()) - last_day).alias("days_since_last_purchase"))
    )


def score(
    rfm: Frame,
    *,
    bins: int = 5,
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
    cuts: Cuts | None = None,
) -> nw.LazyFrame[Any]:
    """The table with r_score, f_score, m_score (1 to `bins`, high is good), and rfm_score, their weighted mean.

    The quantiles that cut the bins are found first, over the table kept in memory; then each row is scored
    on its own. Equal values get equal scores: those that lie on a cut go to the bin below, so that all who
    bought once, be they half of the customers, score 1. Where all customers are equal nobody stands out,
    and all get the score in the middle. With `cuts` nothing is found: rows are scored by those of another table.
    """
    if bins < 2:
        raise ValueError("scores need at least two bins")
    if min(weights) < 0 or sum(weights) == 0:
        raise ValueError("weights must not be negative, and not all zero")
    table = kept(lazy(rfm))
    found = cuts_of(table, bins=bins) if cuts is None else cuts
    scored = table.with_columns(*(_score(name, found[name], bins=bins) for name in MEASURES))
    weighted = (nw.col(name).cast(nw.Float64) * weight for name, weight in zip(MEASURES, weights, strict=True))
    return scored.with_columns((reduce(add, weighted) / sum(weights)).alias("rfm_score"))


def cuts_of(rfm: Frame, *, bins: int = 5) -> Cuts:
    """The inner quantiles of each measure, by the name of its score; none where all values are equal or there are none.

    In a frame that is kept in memory, or it is computed twice.
    """
    table = lazy(rfm)
    asked = []
    for name, measure in MEASURES.items():
        value = nw.col(measure).cast(nw.Float64)
        asked += [value.min().alias(f"{name}_least"), value.max().alias(f"{name}_most")]
        asked += [value.quantile(k / bins, "linear").alias(f"{name}_{k}") for k in range(1, bins)]
    [found] = collected(table.select(*asked)).rows(named=True)
    return {
        name: [found[f"{name}_{k}"] for k in range(1, bins)] if found[f"{name}_least"] != found[f"{name}_most"] else []
        for name in MEASURES
    }


def _score(name: str, cuts: Sequence[float], *, bins: int) -> nw.Expr:
    value = nw.col(MEASURES[name]).cast(nw.Float64)
    if not cuts:
        return nw.lit((bins + 1) // 2).cast(nw.Int64).alias(name)
    passed = (flag(value > cut if HIGH_IS_GOOD[name] else value < cut) for cut in cuts)
    return (reduce(add, passed) + 1).alias(name)
