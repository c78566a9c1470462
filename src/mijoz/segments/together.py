"""Who is in several segments at once, and who went from which default segment to which between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from django.db.models import Max, Min

from mijoz.segments import queries, rosters
from mijoz.segments.models import Membership, Segment, SegmentDay
from mijoz.segments.overview import CHANGE_PERIOD, Flow

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Shared:
    """Customers who are in both segments; `share` is of those of the row, None on the diagonal or of nobody."""

    customers: int
    share: float | None


@dataclass(frozen=True, slots=True)
class OverlapRow:
    segment: Segment
    customers: int
    cells: list[Shared]


@dataclass(frozen=True, slots=True)
class Overlap:
    segments: list[Segment]
    rows: list[OverlapRow]


def overlap() -> Overlap:
    """How many customers each two segments in use share now."""
    listed = list(queries.segments()[:MOST_SHOWN])
    bits = [np.frombuffer(rosters.roster(segment.key), dtype=np.uint8) for segment in listed]
    width = max((len(one) for one in bits), default=0)
    table = [np.pad(one, (0, width - len(one))) for one in bits]
    sizes = [int(np.bitwise_count(one).sum()) for one in table]
    rows = []
    for place, segment in enumerate(listed):
        cells = []
        for other in range(len(listed)):
            both = sizes[place] if other == place else int(np.bitwise_count(table[place] & table[other]).sum())
            cells.append(Shared(both, both / sizes[place] if sizes[place] and other != place else None))
        rows.append(OverlapRow(segment, sizes[place], cells))
    return Overlap(listed, rows)


def days_known() -> tuple[date, date] | None:
    """The first and the last day of which segments are known; None before the first refresh."""
    ends = SegmentDay.objects.aggregate(first=Min("day"), last=Max("day"))
    return (ends["first"], ends["last"]) if ends["last"] else None


def usual_days(first: date, last: date) -> tuple[date, date]:
    """The days shown when nobody chose any: the last one, and a month before as far as it is known."""
    return max(first, last - CHANGE_PERIOD), last


def flow(first: date, last: date, *, among: Segment | None = None) -> list[Flow]:
    """From which default segment at the end of the one day to which at the end of the other, the most first.

    With `among` only those who were in that segment on the first day.
    """
    before, after = (queries.segment_frame(as_of=day) for day in (first, last))
    if among is not None:
        members = _members_on(among, first)
        before, after = (frame.join(members, on="customer_id", how="semi") for frame in (before, after))
    both = before.join(after, on="customer_id", how="full", coalesce=True, suffix="_after")
    counted = both.group_by("segment", "segment_after").len().sort("len", "segment", "segment_after", descending=True)
    segments = {segment.key: segment for segment in Segment.objects.filter(is_default=True)}
    return [Flow(segments.get(origin), segments.get(to), customers) for origin, to, customers in counted.iter_rows()]


def _members_on(segment: Segment, day: date) -> pl.DataFrame:
    end = queries.end_of_day(day)
    stays = Membership.objects.filter(segment=segment, entered_at__lte=end).exclude(left_at__lte=end)
    return pl.DataFrame(
        {"customer_id": list(stays.values_list("customer_id", flat=True))}, schema={"customer_id": pl.Int64}
    )
