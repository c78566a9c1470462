"""Filling an empty installation with a demo business, in steps that can be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db import connection

from mijoz.analysis.simulator import SimulatedBusiness, simulate, write_truth
from mijoz.analysis.simulator.sectors import SectorKey
from mijoz.business import actions as company
from mijoz.customers import actions as customers
from mijoz.customers.models import Ownership
from mijoz.events.actions import add_source, record
from mijoz.events.models import Event, Source
from mijoz.insights import actions as insights
from mijoz.loyalty import actions as loyalty
from mijoz.loyalty import ready
from mijoz.loyalty.models import Programme
from mijoz.loyalty.models.offers import State
from mijoz.onboarding.models import DemoLoad
from mijoz.onboarding.queries import DEMO_SOURCE
from mijoz.scenarios import actions as scenarios
from mijoz.segments import actions as segments
from mijoz.segments.queries import counts
from mijoz.surveys.history import keep_history
from mijoz.surveys.listening import demo as listening

ROWS_A_STEP = 100_000
ANSWERS_KEPT = timedelta(days=180)
DECLARED_AT = "09:00"  # on the day on which a customer was first heard of

Report = Callable[[float, DemoLoad.Step], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo business has. `unchanged` says that it was here already."""

    sector: str
    name: str
    first_day: date
    last_day: date
    branches: int
    staff: int
    customers: int
    events: int
    purchases: int
    purchase_lines: int
    revenue: float
    currency: str
    segments: dict[str, int]
    scenarios: list[str]
    truth_file: str
    seconds: float
    unchanged: bool = False


def demo_figures(result: DemoResult) -> dict[str, Any]:
    """The result as plain values, for JSON and for the page."""
    days = {"first_day": result.first_day.isoformat(), "last_day": result.last_day.isoformat()}
    return asdict(result) | days


def demo_result(figures: dict[str, Any]) -> DemoResult:
    """The result of `demo_figures`, back from plain values."""
    days = {name: date.fromisoformat(figures[name]) for name in ("first_day", "last_day")}
    return DemoResult(**figures | days)


def truth_file() -> Path:
    return Path(settings.DATA_DIR) / "demo" / "truth.json"


def load(wanted: DemoLoad, *, at: datetime, report: Report) -> DemoResult:
    """Load what is `wanted`. Killed half-way and called again, it ends in the same state."""
    started = time.perf_counter()
    report(0.01, DemoLoad.Step.PEOPLE)
    drawn = simulate(
        sector=cast(SectorKey, wanted.sector),  # checked when it was claimed
        customers=wanted.customers,
        months=wanted.months,
        seed=wanted.seed,
        effect=wanted.effect,
        until=wanted.until,
    )
    staff = _open(drawn, name=wanted.name)
    source = add_source(DEMO_SOURCE)
    for share in _write(drawn.events, source):
        report(0.05 + 0.5 * share, DemoLoad.Step.LOG)
    report(0.55, DemoLoad.Step.PROFILES)
    customers.declare_many(_told(drawn), source=source)
    customers.take_consents(source)
    customers.take_protocols(source)
    _analyse("events_event", "events_identity", "customers_customer", "customers_ownership")
    customers.project()
    report(0.7, DemoLoad.Step.SEGMENTS)
    segments.replay(at=at, months=wanted.months)
    segments.refresh(at=at)
    _reward(drawn)
    customers.project()  # what was given for it is in the log too
    _keep_answers(drawn)
    listening.take_talks(seed=wanted.seed, until=drawn.last_day, at=at)
    report(0.85, DemoLoad.Step.SCENARIOS)
    started_scenarios = scenarios.start_pilots(at=at)
    report(0.9, DemoLoad.Step.KPIS)
    insights.compute_all(as_of=None, at=at)
    truth_file().parent.mkdir(parents=True, exist_ok=True)
    write_truth(drawn, truth_file())
    opened = company.set_up(started_as="demo")
    lines = drawn.events.filter(pl.col("type") == "purchase_line")
    return DemoResult(
        sector=drawn.sector,
        name=opened.name,
        first_day=drawn.first_day,
        last_day=drawn.last_day,
        branches=drawn.branches.height,
        staff=staff,
        customers=drawn.customers.height,
        events=Event.objects.filter(source=source).count(),
        purchases=lines["reference"].n_unique(),
        purchase_lines=lines.height,
        revenue=float(lines["amount"].sum() or 0),
        currency=drawn.currency,
        segments=counts(),
        scenarios=started_scenarios,
        truth_file=str(truth_file()),
        seconds=round(time.perf_counter() - started, 3),
    )


def _open(drawn: SimulatedBusiness, *, name: str) -> int:
    """Set up the business, its branches with their hours, and its staff; returns how many work there."""
    opened = company.set_up(
        name=name or drawn.name, sector=drawn.sector, currency=drawn.currency, time_zone=drawn.time_zone
    )
    for branch in drawn.branches.iter_rows(named=True):
        hours = drawn.working_hours.filter(pl.col("branch") == branch["code"])
        company.open_or_change_branch(**branch, hours=hours.select("weekday", "opens", "closes").rows())
    return company.employ(drawn.staff.iter_rows(named=True), language=opened.language)


def _reward(drawn: SimulatedBusiness) -> None:
    """Let the ready programmes run since the first day, those that only look at the log: nobody's service changes.

    What they give stands at the end of the history, whenever it is loaded.
    """
    at = cast(datetime, drawn.events["occurred_at"].max())
    chosen = [one for one in ready.programmes(drawn.sector, drawn.currency) if one.kind != "tiers"]
    loyalty.take_ready(chosen, by=None, at=at)
    began = datetime.combine(drawn.first_day, time_of_day.min, tzinfo=ZoneInfo(drawn.time_zone))
    for programme in Programme.objects.filter(key__in=[one.key for one in chosen], starts_at=None):
        loyalty.set_programme_state(programme, State.LIVE, at=began)
    loyalty.count_purchases(at=at)
    loyalty.let_points_expire(at=at)


def _keep_answers(drawn: SimulatedBusiness) -> None:
    """What customers were asked in the last months and answered, so that the pages of surveys have it too."""
    until = cast(datetime, drawn.events["occurred_at"].max())
    numbers = Ownership.objects.filter(identity__kind="customer_number", identity__account=DEMO_SOURCE)
    known = pl.DataFrame(
        list(numbers.values_list("identity__value", "customer_id")),
        schema={"customer_number": pl.String, "customer_id": pl.Int64},
        orient="row",
    )
    recent = drawn.responses.filter(pl.col("invited_at") > until - ANSWERS_KEPT)
    keep_history(recent.join(known, on="customer_number"), touchpoint="performance", until=until)


def _write(events: pl.DataFrame, source: Source) -> Iterator[float]:
    """Write the events in steps; yields the share that is written."""
    for written in range(0, events.height, ROWS_A_STEP):
        record(events.slice(written, ROWS_A_STEP), source=source)
        yield min(1.0, (written + ROWS_A_STEP) / events.height)


def _told(drawn: SimulatedBusiness) -> pl.DataFrame:
    """What the customers told of themselves, as customers.actions.declare_many takes it."""
    morning = (pl.col("joined_on").cast(pl.String) + "T" + DECLARED_AT).str.to_datetime("%Y-%m-%dT%H:%M")
    return drawn.customers.with_columns(
        kind=pl.lit("customer_number"),
        account=pl.lit(DEMO_SOURCE),
        value="customer_number",
        declared_at=morning.dt.replace_time_zone(drawn.time_zone).dt.convert_time_zone("UTC"),
    )


def _analyse(*tables: str) -> None:
    """Let the planner know the tables that have just been filled."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
