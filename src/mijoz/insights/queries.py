"""The kept KPIs, arranged as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from mijoz.insights.models import KpiValue
from mijoz.insights.register import Definition, definition, definitions
from mijoz.segments.models import Segment

TILES = (
    "revenue",
    "repeat_purchase_share",
    "average_check",
    "active_share",
    "churn_risk_share",
    "satisfaction",
)
BY_SEGMENT = (
    "purchasers",
    "revenue",
    "average_check",
    "repeat_purchase_share",
    "active_share",
    "churn_risk_share",
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One KPI for the whole business, with its months and its change over the last two whole months."""

    definition: Definition
    value: KpiValue | None
    months: list[KpiValue]
    change: float | None  # relative for money and counts, in points for shares
    is_good: bool | None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    key: str
    name: str
    values: list[KpiValue | None]  # in the order of BY_SEGMENT


@dataclass(frozen=True, slots=True)
class Effect:
    """What a scenario changed against its hold-out."""

    key: str
    name: str
    value: KpiValue
    verdict: str
    treated: int
    held_out: int
    treated_rate: float | None
    held_out_rate: float | None


@dataclass(frozen=True, slots=True)
class BoardPage:
    as_of: date
    computed_at: datetime
    tiles: list[Tile]
    columns: list[Definition]
    segments: list[SegmentRow]
    effects: list[Effect]


def latest_day() -> date | None:
    """The day of the KPIs that were computed last; None before the first time."""
    last = KpiValue.objects.order_by("-computed_at").values_list("as_of", flat=True).first()
    return last


def days() -> list[date]:
    """The days for which KPIs are kept, latest first."""
    return list(KpiValue.objects.order_by("-as_of").values_list("as_of", flat=True).distinct()[:60])


def computed_at(as_of: date) -> datetime | None:
    return KpiValue.objects.filter(as_of=as_of).aggregate(last=Max("computed_at"))["last"]


def is_computing() -> bool:
    """Whether a computation waits or runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'insights.%%'"
            " AND status IN ('todo', 'doing') AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        return bool(cursor.fetchone()[0])


def board(as_of: date) -> BoardPage | None:
    """Everything the board shows for a day in one read of the kept values; None when none are kept."""
    values = list(KpiValue.objects.filter(as_of=as_of))
    if not values:
        return None
    whole = {value.name: value for value in values if not (value.segment or value.month or value.scenario)}
    months = _months(values)
    by_segment = {(value.segment, value.name): value for value in values if value.segment and not value.month}
    return BoardPage(
        as_of=as_of,
        computed_at=values[0].computed_at,
        tiles=[_tile(name, whole.get(name), months.get(name, []), as_of) for name in TILES if name in whole],
        columns=[definition(name) for name in BY_SEGMENT],
        segments=[
            SegmentRow(segment.key, segment.name, [by_segment.get((segment.key, name)) for name in BY_SEGMENT])
            for segment in Segment.objects.order_by("order", "key")
            if any((segment.key, name) in by_segment for name in BY_SEGMENT)
        ],
        effects=list(effects(values)),
    )


@dataclass(frozen=True, slots=True)
class KpiPage:
    definition: Definition
    as_of: date
    value: KpiValue | None
    months: list[KpiValue]
    segments: list[tuple[str, str, KpiValue]]  # key, name, value


def kpi(name: str, as_of: date) -> KpiPage | None:
    """One KPI in all, by month and by segment; None for a KPI that nobody registered."""
    if name not in {known.name for known in definitions()}:
        return None
    values = list(KpiValue.objects.filter(as_of=as_of, name=name))
    by_segment = {value.segment: value for value in values if value.segment and not value.month}
    return KpiPage(
        definition=definition(name),
        as_of=as_of,
        value=next((value for value in values if not (value.segment or value.month or value.scenario)), None),
        months=_months(values).get(name, []),
        segments=[
            (segment.key, segment.name, by_segment[segment.key])
            for segment in Segment.objects.order_by("order", "key")
            if segment.key in by_segment
        ],
    )


def export_rows(as_of: date) -> Iterable[list[Any]]:
    """The kept values of a day as rows of a file, a heading first."""
    fields = ["name", "group", "unit", "segment", "month", "scenario", "value", "low", "high", "count"]
    yield fields
    yield from KpiValue.objects.filter(as_of=as_of).order_by(*fields[:6]).values_list(*fields)


def _months(values: Iterable[KpiValue]) -> dict[str, list[KpiValue]]:
    months: dict[str, list[KpiValue]] = {}
    for value in sorted(values, key=lambda value: value.month):
        if value.month and not value.segment and not value.scenario:
            months.setdefault(value.name, []).append(value)
    return months


def _tile(name: str, value: KpiValue | None, months: list[KpiValue], as_of: date) -> Tile:
    known = definition(name)
    change = _change([month for month in months if month.month < f"{as_of:%Y-%m}"][-2:])
    is_good = None if not change or known.higher_is_better is None else (change > 0) == known.higher_is_better
    return Tile(known, value, months, change, is_good)


def _change(months: list[KpiValue]) -> float | None:
    """From the first to the second month: in points for shares and scores, else relative."""
    if len(months) < 2:
        return None
    before, after = (month.value for month in months)
    if before is None or after is None:
        return None
    if months[0].unit in {"share", "score"}:
        return after - before
    return after / before - 1 if before else None


def effects(values: Iterable[KpiValue]) -> Iterable[Effect]:
    """The effects among these values, by scenario."""
    names: dict[str, str] = {}
    for value in sorted(values, key=lambda value: value.scenario):
        if value.name == "scenario_effect" and not value.segment:
            detail = value.detail or {}
            yield Effect(
                key=value.scenario,
                name=names.get(value.scenario, value.scenario),
                value=value,
                verdict=detail.get("verdict", "too_few"),
                treated=detail.get("treated", 0),
                held_out=detail.get("held_out", 0),
                treated_rate=detail.get("treated_rate"),
                held_out_rate=detail.get("held_out_rate"),
            )
