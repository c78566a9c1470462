"""Sums of what was lived: answers, visits, cases and bookings, by any dimension and by month."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from mijoz.analysis.frames import grouped, is_empty, kept, numbered
from mijoz.analysis.kpis.catalogue import Family
from mijoz.analysis.kpis.sums import Key, Sums, in_all, pairs_of, products, summed

Rows = nw.LazyFrame[Any]


def by_dimension(
    units: Rows, family: Family, *, dimensions: tuple[str, ...], segments: Rows | None
) -> dict[str, dict[Key, Sums]]:
    """Of each dimension ("" for the whole) the sums by member and month, and by member in all.

    `units` has a row for each answer, visit, case or booking; `segments` customer_id and segment.
    """
    if is_empty(units):
        return {"": {}}
    pairs = pairs_of(family)
    measures = list(dict.fromkeys(name for pair in pairs for name in pair))
    totals = {name: nw.col(name).sum() for name in measures} | products(pairs)
    found: dict[str, dict[Key, Sums]] = {}
    whole = _of_customers(units, measures, keys=["customer_id"])
    if segments is not None:
        whole = whole.join(segments, on="customer_id", how="left")
    else:
        whole = whole.with_columns(nw.lit("").alias("member"))
    whole = numbered(whole.with_columns(nw.col("member").fill_null("")), "member")
    by_segment = _both(kept(whole), measures, totals)
    found[""] = in_all(by_segment)
    for dimension in dimensions:
        if dimension == "segment":
            found[dimension] = by_segment if segments is not None else {}
        else:
            known = units.filter(nw.col(dimension) != "").with_columns(nw.col(dimension).alias("member"))
            found[dimension] = _both(
                kept(_of_customers(known, measures, keys=["customer_id", "member"])), measures, totals
            )
    return found


def _of_customers(units: Rows, measures: list[str], *, keys: list[str]) -> Rows:
    return grouped(units, *keys, "month", sums=measures)


def _both(monthly: Rows, measures: list[str], totals: dict[str, nw.Expr]) -> dict[Key, Sums]:
    """By month, and in all: a customer's months are added up before they are squared."""
    in_every_month = grouped(monthly, "customer_id", "member", sums=measures)
    return summed(monthly, totals, by=["member", "month"]) | summed(in_every_month, totals, by=["member"])
