"""Sums over customers, of which every KPI is made: totals of each measure, and products for the intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import narwhals as nw

from mijoz.analysis.frames import collected, flag
from mijoz.analysis.kpis.catalogue import KPIS, Family

Sums = dict[str, float]
Key = tuple[str, int | None]  # the member of a dimension ("" for none), and the month (None for all)


def pairs_of(family: Family) -> list[tuple[str, str]]:
    """The y and x whose ratio is taken with customers as units."""
    return [(kpi.y, kpi.x) for kpi in KPIS.values() if kpi.family == family and kpi.kind in {"ratio", "part"}]


def products(pairs: Iterable[tuple[str, str]]) -> dict[str, nw.Expr]:
    """Sums of squares and products of each pair, and how many customers have some of x (`of:x`)."""
    found: dict[str, nw.Expr] = {}
    for y, x in pairs:
        for one, other in ((y, y), (y, x), (x, x)):
            found[f"{one}*{other}"] = (nw.col(one).cast(nw.Float64) * nw.col(other)).sum()
        found[f"of:{x}"] = flag(nw.col(x) > 0).sum().cast(nw.Int64)
    return found


def summed(rows: nw.LazyFrame[Any], totals: Mapping[str, nw.Expr], *, by: Sequence[str]) -> dict[Key, Sums]:
    """The totals by member and, when `by` has it, month."""
    named = [expression.alias(name) for name, expression in totals.items()]
    result = rows.group_by(*by).agg(*named)
    return {
        (row.pop("member", None) or "", row.pop("month", None)): {name: value or 0 for name, value in row.items()}
        for row in collected(result).iter_rows(named=True)
    }


def add(into: dict[Key, Sums], found: Mapping[Key, Sums]) -> dict[Key, Sums]:
    """Add up what was summed apart; customers may not be in both under one key."""
    for key, sums in found.items():
        known = into.setdefault(key, {})
        for name, value in sums.items():
            known[name] = known.get(name, 0) + value
    return into


def in_all(by_member: Mapping[Key, Sums]) -> dict[Key, Sums]:
    """The sums of all members together, by month; no customer may be in two."""
    together: dict[Key, Sums] = {}
    for (_member, month), sums in by_member.items():
        add(together, {("", month): sums})
    return together
