"""What a plan stands on, read from the log: who would be in the pilot at once, who comes each week, what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.analysis import rfm
from mijoz.analysis.arms import HOLD_OUT
from mijoz.analysis.proof import held_out
from mijoz.analysis.proof.always_valid import FEWEST_IN_AN_ARM, confidence_at_shortest
from mijoz.analysis.proof.held_out import Baseline
from mijoz.analysis.proof.planning import Plan, plan, plan_for_mean
from mijoz.business.queries import business
from mijoz.customers import queries as customer_queries
from mijoz.events import lake
from mijoz.events.queries import default_as_of
from mijoz.insights import goals
from mijoz.insights.proof import queries
from mijoz.scenarios import queries as scenario_queries
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import Definition, EventTrigger, Goal, SegmentTrigger
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.segments import queries as segment_queries
from mijoz.segments.models import Membership, Segment

WEEKS_LOOKED_AT = 12
DAYS_OF_EVENTS = 180
USUAL_WINDOW_DAYS = 30
FOREVER_WEEKS = 520

SOURCES: dict[str, str | Promise] = {
    "held_out": _("customers of this scenario who were kept for comparison so far"),
    "segment": _("customers who were in the segment one goal window ago"),
    "event": _("customers to whom its event happened in the half year before"),
    "everybody": _("all customers who bought in the year before"),
}
PACES: dict[str, str | Promise] = {
    "enrolments": _("counted from who was enrolled in the last 12 weeks"),
    "segment": _("counted from who entered the segment in the last 12 weeks"),
    "event": _("counted from its event in the last 12 weeks"),
    "unknown": _("nobody was enrolled in the last 12 weeks, so only those who fit now are counted on"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`source` says whose behaviour the baseline is, `pace` what `a_week` was counted from."""

    scenario: Scenario | None
    segment: Segment | None
    goal: Goal
    at_once: int
    a_week: float
    pace: str
    baseline: Baseline
    source: str
    as_of: date

    @property
    def name(self) -> str:
        about = self.scenario or self.segment
        return about.name if about else ""

    @property
    def window_days(self) -> int:
        return self.goal.window_days

    @property
    def goal_text(self) -> str:
        return sentences.goal(self.goal)

    @property
    def source_text(self) -> str:
        return str(SOURCES[self.source])

    @property
    def pace_text(self) -> str:
        return str(PACES[self.pace])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a plan; `smallest` is a share, or money for each customer."""

    of_money: bool
    smallest: float
    holdout_share: float
    pilot_percent: int | None = None
    margin: float = 1.0
    fixed_cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A plan with what it is set beside: one look at the end, and half of the customers held out."""

    ground: Ground
    asked: Asked
    plan: Plan
    once: int
    with_half: Plan
    ends_on: date | None

    @property
    def is_out_of_reach(self) -> bool:
        return not self.plan.is_feasible


def of_scenario(scenario: Scenario, *, at: datetime) -> Ground:
    """What a pilot of this scenario could reckon with."""
    definition = scenario_queries.definition_in_force(scenario)
    as_of = default_as_of(at)
    at_once = scenario_queries.dry_run(scenario, at=at).customers if not definition.care else 0
    baseline, source = _baseline(scenario, definition, as_of=as_of, at=at)
    a_week, pace = _pace(scenario, definition, as_of)
    return Ground(
        scenario=scenario,
        segment=None,
        goal=definition.goal,
        at_once=at_once,
        a_week=a_week,
        pace=pace,
        baseline=baseline,
        source=source,
        as_of=as_of,
    )


def of_segment(segment: Segment, *, at: datetime, window_days: int = USUAL_WINDOW_DAYS) -> Ground:
    """What a pilot for this segment could reckon with, before any scenario is written for it."""
    as_of = default_as_of(at)
    goal = Goal(window_days=window_days)
    members = Membership.objects.filter(segment=segment, left_at=None).count()
    return Ground(
        scenario=None,
        segment=segment,
        goal=goal,
        at_once=members,
        a_week=_entries(segment.key, as_of) / WEEKS_LOOKED_AT,
        pace="segment",
        baseline=_behaviour(_members_then(segment.key, as_of, window_days), goal, as_of),
        source="segment",
        as_of=as_of,
    )


def scenarios_for(segment: Segment) -> list[Scenario]:
    """The scenarios that begin with this segment, those that are no drafts first."""
    found = [
        scenario
        for scenario, definition in _definitions()
        if definition["trigger"].get("segment") == segment.key and not definition.get("care")
    ]
    return sorted(found, key=lambda scenario: (scenario.state == Scenario.State.DRAFT, scenario.order, scenario.key))


def _definitions() -> list[tuple[Scenario, dict[str, Any]]]:
    latest = scenario_queries.versions_in_force().select_related("scenario")
    return [(version.scenario, version.definition) for version in latest]


def outlook(ground: Ground, asked: Asked) -> Outlook | None:
    """How many and how long, for intervals that may be looked at daily; None where there is nothing to reckon with.

    Raises ValueError when the difference cannot be: a goal rate above all.
    """
    share = (asked.pilot_percent or 100) / 100
    flow: dict[str, Any] = {
        "difference": asked.smallest,
        "customers_a_week": ground.a_week * share,
        "at_once": int(ground.at_once * share),
        "window_days": ground.window_days,
    }
    known = ground.baseline
    if asked.of_money:
        if not known.deviation:
            return None
        own: dict[str, Any] = {"deviation": known.deviation, "correlation": known.correlation}
        make: Callable[..., Plan] = plan_for_mean
    else:
        if known.goal_rate is None:
            return None
        own, make = {"goal_rate": known.goal_rate}, plan
    daily = confidence_at_shortest()
    made = make(**own, **flow, holdout_share=asked.holdout_share, confidence=daily)
    once = make(**own, **flow, holdout_share=asked.holdout_share)
    half = make(**own, **flow, holdout_share=0.5, confidence=daily)
    ends_on = ground.as_of + weeks(made.weeks) if made.weeks < FOREVER_WEEKS else None
    return Outlook(ground=ground, asked=asked, plan=made, once=once.customers, with_half=half, ends_on=ends_on)


def end_of_day(day: date) -> datetime:
    """The last moment of a local day, as the lake has moments."""
    return segment_queries.end_of_day(day).astimezone(UTC)


def weeks(number: float) -> timedelta:
    """So many weeks in whole days, rounded up."""
    return timedelta(days=ceil(number * 7))


def _baseline(scenario: Scenario, definition: Definition, *, as_of: date, at: datetime) -> tuple[Baseline, str]:
    reading = queries.reading_of_scenario(scenario.key, at=at)
    if reading is not None and reading.compared.held_out.n >= FEWEST_IN_AN_ARM:
        return held_out.baseline(reading.compared.held_out), "held_out"
    goal, begins = definition.goal, definition.trigger
    window = goal.window_days
    if isinstance(begins, SegmentTrigger):
        return _behaviour(_members_then(begins.segment, as_of, window), goal, as_of), "segment"
    if isinstance(begins, EventTrigger):
        found = _behaviour(_happened_then(begins.event, as_of, window), goal, as_of)
        if found.n:
            return found, "event"
    return _behaviour(_buyers_then(as_of, window), goal, as_of), "everybody"


def _pace(scenario: Scenario, definition: Definition, as_of: date) -> tuple[float, str]:
    begins = definition.trigger
    if isinstance(begins, SegmentTrigger):
        return _entries(begins.segment, as_of) / WEEKS_LOOKED_AT, "segment"
    since, until = end_of_day(as_of - timedelta(weeks=WEEKS_LOOKED_AT)), end_of_day(as_of)
    if isinstance(begins, EventTrigger):
        found = _owned(
            lake.whole().filter(
                pl.col("type") == begins.event, pl.col("occurred_at") > since, pl.col("occurred_at") <= until
            )
        )
        return found["customer_id"].n_unique() / WEEKS_LOOKED_AT, "event"
    enrolled = Enrolment.objects.filter(
        scenario=scenario, is_test=False, enrolled_at__gt=since, enrolled_at__lte=until
    ).count()
    return enrolled / WEEKS_LOOKED_AT, "enrolments" if enrolled else "unknown"


def _entries(segment: str, as_of: date) -> int:
    """Customers who entered the segment in the last weeks; those of its first day were there before."""
    since = end_of_day(as_of - timedelta(weeks=WEEKS_LOOKED_AT))
    stays = Membership.objects.filter(segment__key=segment)
    first = stays.order_by("entered_at").values_list("entered_at", flat=True).first()
    found = stays.filter(entered_at__gt=max(since, first) if first else since, entered_at__lte=end_of_day(as_of))
    return found.values("customer_id").distinct().count()


def _members_then(segment: str, as_of: date, window_days: int) -> pl.DataFrame:
    """The members one window ago; those of now where the segment's history does not go back as far."""
    then = end_of_day(as_of - timedelta(days=window_days))
    stays = Membership.objects.filter(segment__key=segment)
    found = list(
        (
            stays.filter(entered_at__lte=then).exclude(left_at__lte=then)
        ).values_list("customer_id", flat=True).distinct()
    ) or list(stays.filter(left_at=None).values_list("customer_id", flat=True))  # fmt: skip
    return _imagined(pl.DataFrame({"customer_id": found}, schema={"customer_id": pl.Int64}), then, window_days)


def _happened_then(event: str, as_of: date, window_days: int) -> pl.DataFrame:
    until = end_of_day(as_of - timedelta(days=window_days))
    rows = lake.whole().filter(
        pl.col("type") == event,
        pl.col("occurred_at") <= until,
        pl.col("occurred_at") > until - timedelta(days=DAYS_OF_EVENTS),
    )
    first = _owned(rows).group_by("customer_id").agg(pl.col("occurred_at").min().alias("enrolled_at"))
    return _imagined(first, None, window_days)


def _buyers_then(as_of: date, window_days: int) -> pl.DataFrame:
    then = end_of_day(as_of - timedelta(days=window_days))
    rows = lake.whole().filter(
        pl.col("type") == "purchase_line",
        pl.col("occurred_at") <= then,
        pl.col("occurred_at") > then - timedelta(days=365),
    )
    return _imagined(_owned(rows).select("customer_id").unique(), then, window_days)


def _owned(rows: pl.LazyFrame) -> pl.DataFrame:
    owners = customer_queries.ownership_frame().lazy().select("identity_id", "customer_id")
    return rows.select("identity_id", "occurred_at").join(owners, on="identity_id", how="inner").collect()


def _imagined(customers: pl.DataFrame, then: datetime | None, window_days: int) -> pl.DataFrame:
    """As if they had been enrolled then and held out."""
    if then is not None:
        moment = pl.lit(then).cast(pl.Datetime("us", "UTC"))
        customers = customers.with_columns(enrolled_at=moment)
    return customers.with_columns(
        scenario=pl.lit("plan"), arm=pl.lit(HOLD_OUT), segment=pl.lit(""), window_days=pl.lit(window_days, pl.Int64)
    )


def _behaviour(imagined: pl.DataFrame, goal: Goal, as_of: date) -> Baseline:
    """What these customers did, and how many of them reached this goal."""
    if imagined.is_empty():
        return Baseline(0, None, None, None, 0.0)
    imagined = imagined.with_columns(goal=pl.lit(goal.token))
    reached = goals.happened([goal], imagined["customer_id"])
    theirs = customer_queries.ownership_frame().join(imagined.select("customer_id"), on="customer_id", how="semi")
    of_them = rfm.purchases(lake.whole(), theirs)
    rows = held_out.sums(imagined, of_them, reached=reached, as_of=as_of, zone=business().time_zone)
    return held_out.baseline(held_out.total(rows, arm=HOLD_OUT))
