"""Looking for pain points in the lake, and keeping what was found."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from mijoz.analysis import experience
from mijoz.analysis.days import end_of_day
from mijoz.analysis.intervals import mean, share
from mijoz.analysis.proof.pain_map import SHARES, Found, Spot, Sums, pain_map
from mijoz.business.queries import business
from mijoz.insights.models import Reading
from mijoz.insights.pain.queries import LOOKED_BACK, revenue_of_a_year
from mijoz.insights.seen import Seen, see


def look(*, as_of: date, at: datetime, seen: Seen | None = None) -> Reading:
    """Compare segments, branches and channels at every touchpoint over a year that ends with the day; kept.

    Reads what the lake has, unless it was `seen` already; segments are today's, or those of the day when it is past.
    """
    until = end_of_day(as_of, zone=business().time_zone)
    seen = seen or see(as_of=as_of, at=at)
    cells = experience.sums(
        seen.events,
        seen.ownership,
        seen.segments,
        revenue_of_a_year(seen.events, seen.ownership, until=until),
        since=until - LOOKED_BACK,
        until=until,
    )
    found = pain_map(cells)
    document = {
        "comparisons": found.comparisons,
        "cells": len(cells),
        "found": [_kept(point, cells) for point in found.found],
    }
    reading, _is_new = Reading.objects.update_or_create(
        kind=Reading.Kind.PAIN, as_of=as_of, defaults={"document": document, "computed_at": at}
    )
    return reading


def _kept(point: Found, cells: dict[Spot, Sums]) -> dict[str, Any]:
    """A pain point as JSON, with what is beside it for its picture."""
    return {
        "key": point.spot.key,
        **asdict(point.spot),
        "level": point.level,
        "here": _group(point.spot.measure, point.here),
        "rest": _group(point.spot.measure, point.rest),
        "worse_by": {"value": point.worse_by.value, "low": point.worse_by.low, "high": point.worse_by.high},
        "p_value": point.p_value,
        "excess": point.excess,
        "affected": point.affected,
        "at_stake": point.at_stake,
        "beside": [
            {"segment": spot.segment, "branch": spot.branch, "channel": spot.channel, **_group(spot.measure, sums)}
            for spot, sums in sorted(cells.items())
            if _stands_beside(spot, point.spot)
        ],
    }


def _stands_beside(spot: Spot, point: Spot) -> bool:
    """Whether it is of the same picture: the other segments (in that branch), the other branches, or channels."""
    same = (spot.measure, spot.touchpoint) == (point.measure, point.touchpoint)
    if not same or spot.told_apart_by != point.told_apart_by:
        return False
    return len(point.told_apart_by) == 1 or spot.branch == point.branch


def _group(measure: str, sums: Sums) -> dict[str, Any]:
    estimate = share(sums.bad, sums.n) if measure in SHARES else mean(sums.moments)
    return {
        "n": sums.n,
        "bad_share": sums.bad_share,
        "revenue": sums.revenue,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
    }
