"""The first start: taking one of the three doors, and filling an empty installation with a demo business."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast, get_args

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from mijoz.analysis.simulator import SimulatedBusiness, simulate, write_truth
from mijoz.analysis.simulator.sectors import SectorKey
from mijoz.business import actions as company
from mijoz.business.models import Business, StaffMember
from mijoz.business.queries import business
from mijoz.customers import actions as customers
from mijoz.events.actions import add_source, record
from mijoz.events.models import Source
from mijoz.insights import actions as insights
from mijoz.onboarding import queries
from mijoz.onboarding.models import DemoLoad
from mijoz.scenarios.actions import install_pilots, start_pilots
from mijoz.segments import actions as segments
from mijoz.segments.queries import counts

SOURCE = "demo"
ROWS_A_STEP = 100_000
LOADING_LOCK = 0x4D696A6F7A03
DECLARED_AT = "09:00"  # on the day on which a customer was first heard of

Status = DemoLoad.Status
Progress = Callable[[float, str], None]


class DemoRefused(ValueError):
    """The demo cannot be loaded; the message says why, and nothing was changed."""


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


def begin(*, door: str, at: datetime, **fields: Any) -> Business:
    """Set the business up by the door `import` or `empty`, with default segments and pilot scenarios ready."""
    with transaction.atomic():
        segments.install_defaults(at=at)
        install_pilots(at=at)
        return company.set_up(**fields, started_as=door)


def load_demo(
    *,
    sector: str,
    customers: int,
    months: int,
    seed: int,
    effect: float,
    at: datetime,
    name: str = "",
    until: date | None = None,
    report_progress: Progress | None = None,
) -> DemoResult:
    """Fill an empty installation with a simulated business whose history ends with `until`, else yesterday.

    Loading the same demo again completes it, or changes nothing. Raises DemoRefused when other data is here.
    """
    wanted = {"sector": sector, "name": name, "customers": customers, "months": months, "seed": seed}
    load = _claim(**wanted, effect=effect, until=until, by=None, at=at)
    return fill(load, at=at, report_progress=report_progress)


def ask_for_demo(
    *, sector: str, name: str, customers: int, months: int, seed: int, by: StaffMember, at: datetime
) -> DemoLoad:
    """Note which demo is wanted, for a worker to load it. Raises DemoRefused."""
    wanted = {"sector": sector, "name": name, "customers": customers, "months": months, "seed": seed}
    return _claim(**wanted, effect=1.0, until=None, by=by, at=at)


def _claim(*, by: StaffMember | None, at: datetime, until: date | None, **wanted: Any) -> DemoLoad:
    """The one row of the demo, with these parameters."""
    if wanted["sector"] not in get_args(SectorKey):
        raise DemoRefused(_("There is no demo of the sector “%(sector)s”.") % {"sector": wanted["sector"]})
    with transaction.atomic():
        load = DemoLoad.objects.select_for_update().filter(pk=1).first()
        if load and all(getattr(load, name) == value for name, value in wanted.items()):
            if until is None or until == load.until:
                return load
        elif load is None and queries.is_empty() and business().started_as in {"", "demo"}:
            yesterday = at.astimezone(business().zone).date() - timedelta(days=1)
            return DemoLoad.objects.create(pk=1, **wanted, until=until or yesterday, asked_by=by, asked_at=at)
        raise DemoRefused(_("The demo needs an empty installation: there is data here already."))


def fill(load: DemoLoad, *, at: datetime, report_progress: Progress | None = None) -> DemoResult:
    """Load what `load` asks for, in steps that can be repeated; killed half-way, it is simply called again.

    Raises DemoRefused when somebody else is at it.
    """
    with _alone():
        load.refresh_from_db()
        if load.status == Status.DONE:
            return _result(load.figures | {"unchanged": True})
        load.status, load.error = Status.RUNNING, ""
        load.save()

        def report(share: float, step: DemoLoad.Step) -> None:
            DemoLoad.objects.filter(pk=1).update(share_done=share, step=step)
            if report_progress:
                report_progress(share, str(step.label))

        try:
            figures = demo_figures(_load(load, at=at, report=report))
        except Exception as error:
            DemoLoad.objects.filter(pk=1).update(status=Status.FAILED, error=str(error))
            raise
        load.status, load.step, load.share_done, load.figures = Status.DONE, DemoLoad.Step.DONE, 1.0, figures
        load.save()
    return _result(figures)


def _load(load: DemoLoad, *, at: datetime, report: Callable[[float, DemoLoad.Step], None]) -> DemoResult:
    started = time.perf_counter()
    report(0.01, DemoLoad.Step.PEOPLE)
    drawn = simulate(
        sector=cast(SectorKey, load.sector),  # checked when it was claimed
        customers=load.customers,
        months=load.months,
        seed=load.seed,
        effect=load.effect,
        until=load.until,
    )
    staff = _open(drawn, name=load.name)
    source = add_source(SOURCE)
    for share in _write(drawn.events, source):
        report(0.05 + 0.5 * share, DemoLoad.Step.LOG)
    report(0.55, DemoLoad.Step.PROFILES)
    customers.declare_many(_told(drawn), source=source)
    customers.take_consents(source)
    customers.take_protocols(source)
    _analyse("events_event", "events_identity", "customers_customer", "customers_ownership")
    customers.project()
    report(0.7, DemoLoad.Step.SEGMENTS)
    segments.replay(at=at, months=load.months)
    segments.refresh(at=at)
    report(0.85, DemoLoad.Step.SCENARIOS)
    scenarios = _start_scenarios(at=at)
    report(0.9, DemoLoad.Step.KPIS)
    insights.compute(as_of=None, at=at)
    truth_file = Path(settings.DATA_DIR) / "demo" / "truth.json"
    truth_file.parent.mkdir(parents=True, exist_ok=True)
    write_truth(drawn, truth_file)
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
        events=drawn.events.height,
        purchases=lines["reference"].n_unique(),
        purchase_lines=lines.height,
        revenue=float(lines["amount"].sum() or 0),
        currency=drawn.currency,
        segments=counts(),
        scenarios=scenarios,
        truth_file=str(truth_file),
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
        account=pl.lit(SOURCE),
        value="customer_number",
        declared_at=morning.dt.replace_time_zone(drawn.time_zone).dt.convert_time_zone("UTC"),
    )


def _start_scenarios(*, at: datetime) -> list[str]:
    """Put the pilot scenarios in force; returns their keys."""
    return start_pilots(at=at)


def _analyse(*tables: str) -> None:
    """Let the planner know the tables that have just been filled."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _result(figures: dict[str, Any]) -> DemoResult:
    days = {name: date.fromisoformat(figures[name]) for name in ("first_day", "last_day")}
    return DemoResult(**figures | days)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOADING_LOCK])
        if not cursor.fetchone()[0]:
            raise DemoRefused(_("The demo is being loaded at this moment."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOADING_LOCK])
