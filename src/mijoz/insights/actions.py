"""Computing the KPIs of a day, and bringing everything that follows from the log up to date."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.analysis import experiments, kpis, rfm
from mijoz.analysis.kpis import KpiValue as Figure
from mijoz.analysis.kpis import dimension_of
from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.customers import actions as customers
from mijoz.events import lake
from mijoz.events.queries import default_as_of, newest_event
from mijoz.insights import goals, queries
from mijoz.insights.gaps import actions as gaps
from mijoz.insights.models import Computation, KpiValue
from mijoz.insights.pain import actions as pain
from mijoz.insights.proof import keeping as proofs
from mijoz.insights.seen import Seen, see
from mijoz.segments import actions as segments

COMPUTING_LOCK = 0x4D696A6F7A02  # two computations of one day would write the same rows
MONTHS_KEPT = 13  # by branch, channel and the like, of the newest day alone: a year back and this one
Status, Step = Computation.Status, Computation.Step
Progress = Callable[[Computation.Step, float], None]


@dataclass(frozen=True, slots=True)
class Board:
    """All KPIs as of a day, and what each scenario changed against its hold-out."""

    as_of: date
    currency: str
    figures: list[Figure]
    effects: list[experiments.Effect]

    @property
    def rows(self) -> list[Figure]:
        """The KPIs and the effects in one form: an effect is the difference of the goal rates."""
        return self.figures + [
            Figure(
                name="scenario_effect",
                group="scenario",
                unit="share",
                value=effect.difference,
                low=effect.low,
                high=effect.high,
                by={"scenario": effect.scenario} | ({"segment": effect.segment} if effect.segment else {}),
                n=effect.treated + effect.held_out,
            )
            for effect in self.effects
        ]

    def as_dict(self) -> dict[str, Any]:
        """As `mijoz kpi --json` prints it: each dimension in all, the whole also by month."""
        return {
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "kpis": [asdict(row) for row in self.rows if not (dimension_of(row.by) and "month" in row.by)],
            "effects": [asdict(effect) for effect in self.effects],
        }


def compute(*, as_of: date | None, at: datetime) -> Board:
    """The KPIs as of a day (by default of the last one that matters), from the lake; kept for the pages.

    Segments are those of that day. Raises queries.DayRefused for a day that cannot have KPIs.
    """
    chosen, seen = _look(as_of=as_of, at=at)
    return _compute(chosen, seen, at=at)


def compute_all(*, as_of: date | None, at: datetime) -> Board:
    """The KPIs as of a day, and all else that is kept of the log: pain points, gaps, and proofs; the log is read once.

    Raises queries.DayRefused.
    """
    newest = newest_event()
    chosen, seen = _look(as_of=as_of, at=at)
    board = _compute(chosen, seen, at=at)
    pain.look(as_of=chosen, at=at, seen=seen)
    gaps.read(as_of=chosen, at=at, seen=seen)
    if chosen >= default_as_of(at):
        proofs.keep(as_of=chosen, log=newest, events=seen.events, ownership=seen.ownership, at=at)
    return board


def _look(*, as_of: date | None, at: datetime) -> tuple[date, Seen]:
    """The day asked for, and what the lake has until now. Raises queries.DayRefused."""
    lake.export(at=at)
    chosen = as_of or default_as_of(at)
    queries.check_day(chosen, at=at)
    return chosen, see(as_of=chosen, at=at)


def _compute(chosen: date, seen: Seen, *, at: datetime) -> Board:
    company, events, ownership = business(), seen.events, seen.ownership
    enrolled, reached = goals.measurable(experiments.enrolments(events, ownership))
    board = Board(
        as_of=chosen,
        currency=company.currency,
        figures=_worth_keeping(
            kpis.kpis(
                events,
                ownership,
                as_of=chosen,
                zone=company.time_zone,
                segments=seen.segments,
            ),
            is_newest=chosen >= default_as_of(at),
        ),
        effects=experiments.scenario_effects(
            enrolled,
            rfm.purchases(events, ownership),
            reached=reached,
            as_of=chosen,
            zone=company.time_zone,
        ),
    )
    _keep(board, at=at)
    return board


def bring_up_to_date(*, at: datetime) -> None:
    """Let profiles and segments follow the log, so that KPIs by segment speak of today's members."""
    customers.project()
    segments.refresh(at=at)


def refresh(*, as_of: date | None, at: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Bring profiles, segments and KPIs up to date; what changed and how long each part took.

    Raises queries.DayRefused for a day that cannot have KPIs, before anything is changed.
    """
    report = progress or (lambda step, share: None)
    if as_of is not None:
        queries.check_day(as_of, at=at)
    started = time.perf_counter()
    report(Step.PROFILES, 0.02)
    profiles = customers.project()
    projected = time.perf_counter()
    report(Step.SEGMENTS, 0.25)
    segmented = segments.refresh(as_of=as_of, at=at)
    changed = time.perf_counter()
    report(Step.KPIS, 0.6)
    board = compute_all(as_of=as_of, at=at)
    done = time.perf_counter()
    return {
        "as_of": board.as_of.isoformat(),
        "profiles": profiles,
        "entered": segmented.entered,
        "left": segmented.left,
        "kpis": len(board.rows),
        "seconds": {
            "profiles": round(projected - started, 3),
            "segments": round(changed - projected, 3),
            "kpis": round(done - changed, 3),
            "all": round(done - started, 3),
        },
    }


def ask(*, as_of: date | None, by: StaffMember | None, at: datetime) -> Computation:
    """Ask a worker for the KPIs of a day, or with None to bring everything up to date.

    Returns the computation to follow, which may be one that waits already. Raises queries.DayRefused.
    """
    if as_of is not None:
        queries.check_day(as_of, at=at)
    with transaction.atomic():
        _wait_for_turn()
        recent = Computation.objects.filter(asked_at__gt=at - queries.FOLLOWED)
        waiting = recent.filter(status=Status.WAITING, as_of=as_of).first()
        if waiting is not None:
            return waiting
        asked = Computation.objects.create(as_of=as_of, asked_by=by, asked_at=at)
        app.configure_task("insights.carry_out", lock="insights").defer(computation=asked.pk)
    return asked


def carry_out(computation: Computation, *, at: datetime) -> None:
    """Compute what was asked for, and note how far it is and how it ended."""

    def progress(step: Computation.Step, share: float) -> None:
        Computation.objects.filter(pk=computation.pk).update(status=Status.RUNNING, step=step, share_done=share)

    try:
        if computation.as_of is None:
            refresh(as_of=None, at=at, progress=progress)
        else:
            progress(Step.KPIS, 0.3)
            compute(as_of=computation.as_of, at=at)
    except Exception as error:
        _end(computation, Status.FAILED, error=str(error))
        raise
    _end(computation, Status.DONE)


def _end(computation: Computation, status: Computation.Status, *, error: str = "") -> None:
    Computation.objects.filter(pk=computation.pk).update(
        status=status, share_done=float(status == Status.DONE), error=error, ended_at=timezone.now()
    )


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COMPUTING_LOCK])


def _worth_keeping(figures: list[Figure], *, is_newest: bool) -> list[Figure]:
    """Without the months by dimension that lie far back or belong to a past day, and what says nothing of a member."""
    months = sorted({row.by["month"] for row in figures if "month" in row.by})[-MONTHS_KEPT:] if is_newest else []

    def is_kept(row: Figure) -> bool:
        dimension = dimension_of(row.by)
        if not dimension or (dimension == "segment" and "month" not in row.by):
            return True
        return row.value is not None and ("month" not in row.by or row.by["month"] in months)

    return [row for row in figures if is_kept(row)]


def _keep(board: Board, *, at: datetime) -> None:
    details = {effect.scenario: _detail(effect) for effect in board.effects if not effect.segment}
    with transaction.atomic():
        _wait_for_turn()
        KpiValue.objects.filter(as_of=board.as_of).delete()
        by_month = KpiValue.objects.exclude(dimension="").exclude(month="")
        if any(dimension_of(row.by) and "month" in row.by for row in board.figures):
            by_month.exclude(as_of=board.as_of).delete()
        KpiValue.objects.bulk_create(
            (
                KpiValue(
                    as_of=board.as_of,
                    name=row.name,
                    group=row.group,
                    unit=row.unit,
                    dimension=dimension_of(row.by),
                    member=row.by.get(dimension_of(row.by), ""),
                    month=row.by.get("month", ""),
                    scenario=row.by.get("scenario", ""),
                    value=row.value,
                    low=row.low,
                    high=row.high,
                    numerator=row.numerator,
                    denominator=row.denominator,
                    count=row.n,
                    detail=details.get(row.by.get("scenario", "")),
                    computed_at=at,
                )
                for row in board.rows
            ),
            batch_size=2_000,
        )


def _detail(effect: experiments.Effect) -> dict[str, Any]:
    """What the board says of a scenario beside the difference itself."""
    return {
        "verdict": str(effect.verdict),
        "treated": effect.treated,
        "held_out": effect.held_out,
        "treated_rate": effect.treated_goal_rate,
        "held_out_rate": effect.held_out_goal_rate,
        "revenue_difference": effect.revenue_difference,
        "revenue_low": effect.revenue_low,
        "revenue_high": effect.revenue_high,
    }
