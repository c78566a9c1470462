"""Kept pain points as the pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl
from django.core.paginator import Page as DjangoPage

from mijoz.analysis.days import end_of_day
from mijoz.analysis.experience import behind
from mijoz.analysis.proof.pain_map import MEASURES, Spot
from mijoz.analysis.rfm import purchases
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.insights import rows
from mijoz.insights.models import Reading
from mijoz.segments.queries import segment_frame

LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Point:
    """A pain point: where, how much worse `here` is than the `rest`, and what is at stake."""

    rank: int
    spot: Spot
    level: str
    here: dict[str, Any]
    rest: dict[str, Any]
    worse_by: dict[str, Any]
    p_value: float
    excess: float
    affected: float
    at_stake: float
    beside: list[dict[str, Any]]

    @property
    def key(self) -> str:
        return self.spot.key


@dataclass(frozen=True, slots=True)
class Page:
    as_of: date
    computed_at: datetime
    comparisons: int
    points: list[Point]
    found: int  # whatever the page is narrowed to
    measures: list[str]
    segments: list[str]

    @property
    def begins_on(self) -> date:
        return self.as_of - LOOKED_BACK + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Behind:
    """A customer behind a pain point, with what they lived."""

    customer: Customer
    value: float
    times: int
    is_bad: bool
    revenue: float


def latest() -> Reading | None:
    return Reading.objects.filter(kind=Reading.Kind.PAIN).first()


def page(wanted: Mapping[str, str]) -> Page | None:
    """The latest look, narrowed by measure and segment; None before the first one."""
    reading = latest()
    if reading is None:
        return None
    every = [_point(rank, told) for rank, told in enumerate(reading.document["found"], start=1)]
    shown = [
        point
        for point in every
        if wanted.get("measure", "") in ("", point.spot.measure)
        and wanted.get("segment", "") in ("", point.spot.segment)
    ]
    return Page(
        as_of=reading.as_of,
        computed_at=reading.computed_at,
        comparisons=reading.document["comparisons"],
        points=shown,
        found=len(every),
        measures=[measure for measure in MEASURES if any(point.spot.measure == measure for point in every)],
        segments=sorted({point.spot.segment for point in every if point.spot.segment}),
    )


def point(key: str) -> tuple[Reading, Point] | None:
    """A pain point of the latest look by its key."""
    reading = latest()
    if reading is None:
        return None
    found = enumerate(reading.document["found"], start=1)
    return next(((reading, _point(rank, told)) for rank, told in found if told["key"] == key), None)


def behind_point(spot: Spot, *, as_of: date) -> pl.DataFrame:
    """Who is behind a pain point, who fared badly first: customer_id, value, times, is_bad, revenue.

    Erased people are left out.
    """
    until = end_of_day(as_of, zone=business().time_zone)
    events, ownership = lake.scan(), ownership_frame()
    found: pl.DataFrame = behind(
        events,
        ownership,
        segment_frame(),
        revenue_of_a_year(events, ownership, until=until),
        spot,
        since=until - LOOKED_BACK,
        until=until,
    ).to_native()
    gone = list(Customer.objects.exclude(erased_at=None).values_list("pk", flat=True))
    return found.filter(~pl.col("customer_id").is_in(gone))


def page_of(found: pl.DataFrame, number: str | None) -> DjangoPage[Behind]:
    """The rows of one page with their customers."""
    return rows.page_of(found, number, show=_behind)


def every_row(found: pl.DataFrame) -> Iterator[Behind]:
    """All rows with their customers, read piece by piece."""
    return rows.every_row(found, show=_behind)


def _behind(piece: pl.DataFrame) -> Iterator[Behind]:
    known = Customer.objects.filter(erased_at=None).in_bulk(piece["customer_id"].to_list())
    for row in piece.iter_rows(named=True):
        if row["customer_id"] in known:
            yield Behind(
                known[row["customer_id"]],
                row["value"],
                int(row["times"]),
                bool(row["is_bad"]),
                float(row["revenue"] or 0),
            )


def revenue_of_a_year(events: pl.LazyFrame, ownership: pl.DataFrame, *, until: datetime) -> pl.DataFrame:
    """What each customer brought in the year before that moment: customer_id, revenue."""
    recent = events.filter(pl.col("occurred_at") >= until - LOOKED_BACK, pl.col("occurred_at") < until)
    totals = purchases(recent, ownership).group_by("customer_id").agg(nw.col("amount").sum().alias("revenue"))
    return pl.DataFrame(totals.collect().to_native())


def _point(rank: int, told: dict[str, Any]) -> Point:
    spot = Spot(*(told[part] for part in ("measure", "touchpoint", "segment", "branch", "channel")))
    kept = ("level", "here", "rest", "worse_by", "p_value", "excess", "affected", "at_stake", "beside")
    return Point(rank, spot, **{name: told[name] for name in kept})
