"""KPIs of known customers as of the end of a day, with 95 % intervals.

For the whole log until that day and by month, each also by segment (as of now), branch, channel, touchpoint and staff
member. Sales without a customer are in none of them. "Period" is the month, or the whole log. docs/kpis.md says what
each KPI is; catalogue.py of what it is made.

A value by branch or channel counts only what happened there: who moved to another branch is silent in this one. By
touchpoint and staff member there are answers, visits, cases, and for touchpoints those who complained of all.

Silence is longer than usual when it exceeds twice a customer's usual pause: the mean of the customer's own
pauses between purchases and of one more, the usual pause of the business (the median, over those who came
back, of their mean pause). So whoever bought once is measured by the business, whoever comes often by his
own habit, and one quick second purchase does not yet make a habit. For past months too, the pause of the
business is the present one.

The share at risk is unknown as long as nobody came back, that of complaints as long as the log has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal

import narwhals as nw

from mijoz.analysis.days import month_label, month_number
from mijoz.analysis.frames import Frame, kept, lazy
from mijoz.analysis.intervals import Estimate, PairedMoments, ratio, share, share_of_clusters
from mijoz.analysis.kpis import episodes, trade
from mijoz.analysis.kpis.catalogue import BY, DIMENSIONS, KPIS, Family, Kpi, KpiValue
from mijoz.analysis.kpis.facts import Log
from mijoz.analysis.kpis.sums import Key, Sums

ACTIVE_DAYS = 90
MOST_MEMBERS = 100  # of a dimension, those with most to tell: names come from outside
EPISODES: tuple[Family, ...] = ("answers", "visits", "cases", "bookings")
Grouping = Literal["segment", "branch", "channel", "touchpoint", "staff", "month"]
EVERYTHING: tuple[Grouping, ...] = ("segment", "branch", "channel", "touchpoint", "staff", "month")
NONE: Sums = {}


def kpis(
    events: Frame,
    ownership: Frame,
    *,
    as_of: date,
    zone: str = "UTC",
    segments: Frame | None = None,
    by: Iterable[Grouping] = EVERYTHING,
    active_days: int = ACTIVE_DAYS,
) -> list[KpiValue]:
    """All KPIs as of the end of `as_of` in `zone`: in all, by month, by each dimension, and by each by month.

    `events` are rows of the log (source, type, identity_id, occurred_at, reference, amount, branch, channel, payload),
    `ownership` has identity_id and customer_id, `segments` customer_id and segment, at most one for each
    customer. How customers stand has no value by branch or channel for a past month.
    """
    if active_days < 1:
        raise ValueError("active_days must be at least 1")
    asked = set(by)
    wanted = tuple(dimension for dimension in DIMENSIONS if dimension in asked)
    log = Log(events, ownership, as_of=as_of, zone=zone)
    members = members_of(segments) if "segment" in asked else None
    found, unknown = _sums(log, wanted=wanted, members=members, active_days=active_days)
    values: list[KpiValue] = []
    for dimension in ("", *wanted):
        values += _of_dimension(found, dimension, unknown=unknown, months="month" in asked, as_of=as_of)
    return values


def members_of(segments: Frame | None) -> nw.LazyFrame[Any] | None:
    """customer_id and member, as the sums want them."""
    if segments is None:
        return None
    return kept(lazy(segments).select("customer_id", nw.col("segment").alias("member")))


def estimate(kpi: Kpi, sums: Mapping[str, float]) -> Estimate:
    """The KPI's value with its interval from sums over customers."""
    if kpi.kind == "total":
        return Estimate(float(sums.get(kpi.y, 0)))
    y, x = sums.get(kpi.y, 0), sums.get(kpi.x, 0)
    if kpi.kind == "share":
        return share(int(y), int(x))
    squares = {name: sums.get(key, 0.0) for name, key in _products(kpi).items()}
    moments = PairedMoments(n=int(sums.get(f"of:{kpi.x}", 0)), y=y, x=x, **squares)
    if kpi.kind == "part":
        return share_of_clusters(moments)
    found = ratio(moments, least=-1.0 if kpi.name == "nps" else 0.0)
    ends = (None if end is None else end * kpi.factor for end in (found.value, found.low, found.high))
    return Estimate(*ends)


def _products(kpi: Kpi) -> dict[str, str]:
    return {"yy": f"{kpi.y}*{kpi.y}", "xy": f"{kpi.y}*{kpi.x}", "xx": f"{kpi.x}*{kpi.x}"}


def _sums(
    log: Log, *, wanted: tuple[str, ...], members: nw.LazyFrame[Any] | None, active_days: int
) -> tuple[dict[Family, dict[str, dict[Key, Sums]]], set[str]]:
    """The sums of each family by dimension, and the KPIs of which nothing can be said yet."""

    def known(family: Family) -> tuple[str, ...]:
        return tuple(dimension for dimension in wanted if dimension in BY[family])

    seen = trade.trade(log, active_days=active_days)
    asked = (*known("trade"), *(["touchpoint"] if "touchpoint" in wanted else []))
    found: dict[Family, dict[str, dict[Key, Sums]]] = {
        "trade": trade.by_dimension(seen, dimensions=asked, segments=members)
    }
    visits = kept(log.visits())
    units = {"visits": visits, "answers": kept(log.answers(visits)), "cases": kept(log.cases())}
    units["bookings"] = kept(log.bookings())
    for family in EPISODES:
        found[family] = episodes.by_dimension(units[family], family, dimensions=known(family), segments=members)
    unknown = {"churn_risk_share", "loyal_share"} if seen.pause is None else set()
    complaints = found["trade"][""].get(("", None), NONE).get("complaints", 0)
    return found, unknown | (set() if complaints else {"complaint_share"})


def _of_dimension(
    found: Mapping[Family, Mapping[str, Mapping[Key, Sums]]],
    dimension: str,
    *,
    unknown: set[str],
    months: bool,
    as_of: date,
) -> Iterator[KpiValue]:
    """The values by the members of a dimension, in all first and then by month."""
    of_families = {family: by_dimension.get(dimension, {}) for family, by_dimension in found.items()}
    periods: list[int | None] = [None]
    if months:
        seen = {month for sums in of_families.values() for _member, month in sums if month is not None}
        periods += range(min(seen, default=month_number(as_of) + 1), month_number(as_of) + 1)
    for member in _members(of_families) if dimension else [""]:
        for month in periods:
            sums = {family: of_family.get((member, month)) for family, of_family in of_families.items()}
            if dimension and not any(sums.values()):
                continue
            by = ({dimension: member} if dimension else {}) | ({} if month is None else {"month": month_label(month)})
            yield from _values(sums, of_families, by=by, unknown=unknown, as_of=as_of)


def _members(of_families: Mapping[Family, Mapping[Key, Sums]]) -> list[str]:
    """By name; of very many those on which most rests."""
    weights: dict[str, float] = {}
    for sums in of_families.values():
        for (member, month), of_member in sums.items():
            if member and month is None:
                weights[member] = weights.get(member, 0) + sum(
                    of_member.get(name, 0) for name in {kpi.rests_on for kpi in KPIS.values()}
                )
    return sorted(sorted(weights, key=lambda member: (-weights[member], member))[:MOST_MEMBERS])


def _values(
    sums: Mapping[Family, Sums | None],
    of_families: Mapping[Family, Mapping[Key, Sums]],
    *,
    by: dict[str, str],
    unknown: set[str],
    as_of: date,
) -> Iterator[KpiValue]:
    dimension = next((name for name in by if name != "month"), "")
    is_of_places = dimension in {"branch", "channel"}
    for kpi in KPIS.values():
        if dimension and dimension not in kpi.dimensions:
            continue
        of_family = sums[kpi.family]
        if dimension not in {"", "segment"} and (
            of_family is None or (kpi.is_state and is_of_places and "month" in by)
        ):
            continue
        of_family = of_family or NONE
        if kpi.is_state and by.get("month") == month_label(month_number(as_of)):
            # not over yet: how customers stand is as of the day itself
            of_family = of_families[kpi.family].get((by.get(dimension, ""), None), NONE)
        found = Estimate(None) if kpi.name in unknown else estimate(kpi, of_family)
        n = int(of_family.get(kpi.rests_on, 0))
        yield KpiValue(
            kpi.name,
            kpi.group,
            kpi.unit,
            found.value,
            found.low,
            found.high,
            by,
            n,
            numerator=float(of_family.get(kpi.y, 0)),
            denominator=float(of_family.get(kpi.x, 0)) if kpi.x else None,
        )
