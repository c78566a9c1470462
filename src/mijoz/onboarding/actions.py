"""The first start: taking one of the three doors, loading a demo business, and removing it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, get_args

from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from mijoz.analysis.simulator.sectors import SectorKey
from mijoz.business import actions as company
from mijoz.business.locks import KILLED_LETS_GO_WITHIN, held
from mijoz.business.models import Business, StaffMember
from mijoz.business.queries import business
from mijoz.events import lake
from mijoz.onboarding import loading, queries
from mijoz.onboarding.loading import DemoResult, demo_figures, demo_result
from mijoz.onboarding.models import DemoLoad, FirstSteps
from mijoz.scenarios import actions as scenarios
from mijoz.segments import actions as segments

LOADING_LOCK = 0x4D696A6F7A03
PATIENCE = "10s"  # with jobs that are at work on what is to be removed

Status = DemoLoad.Status
Progress = Callable[[float, str], None]


class DemoRefused(ValueError):
    """The demo cannot be loaded or removed; the message says why, and nothing was changed."""


class DemoInTheWay(ValueError):
    """A demo was begun here: it has to be removed before another door is taken."""


def begin(*, door: str, at: datetime, **fields: Any) -> Business:
    """Set the business up by the door `import` or `empty`, with default segments and pilot scenarios ready.

    Raises DemoInTheWay.
    """
    if queries.demo():
        raise DemoInTheWay(_("A demo business was begun here. Remove it first."))
    with transaction.atomic():
        segments.install_defaults(at=at)
        scenarios.install_pilots(at=at)
        return company.set_up(**fields, started_as=door)


def close_first_steps(*, by: StaffMember, at: datetime) -> None:
    """Show the list of first steps no more."""
    FirstSteps.objects.update_or_create(pk=1, defaults={"closed_at": at, "closed_by": by})


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


def ask_again(load: DemoLoad, *, at: datetime) -> None:
    """Let a demo that failed be taken up where it stopped."""
    DemoLoad.objects.filter(pk=load.pk, status=Status.FAILED).update(
        status=Status.WAITING, step=DemoLoad.Step.WAITING, error="", asked_at=at
    )


def _claim(*, by: StaffMember | None, at: datetime, until: date | None, **wanted: Any) -> DemoLoad:
    """The one row of the demo, with these parameters."""
    if wanted["sector"] not in get_args(SectorKey):
        raise DemoRefused(
            _("There is no demo of the sector “%(sector)s”. Choose one of: %(sectors)s.")
            % {"sector": wanted["sector"], "sectors": ", ".join(get_args(SectorKey))}
        )
    with transaction.atomic():
        load = DemoLoad.objects.select_for_update().filter(pk=1).first()
        if load and load.status == Status.FAILED and queries.is_empty():
            load.delete()  # it came to nothing: another one may be asked for
            load = None
        if load and all(getattr(load, name) == value for name, value in wanted.items()):
            if until is None or until == load.until:
                return load
        elif load is None and queries.is_empty() and business().started_as in {"", "demo"}:
            yesterday = at.astimezone(business().zone).date() - timedelta(days=1)
            return DemoLoad.objects.create(pk=1, **wanted, until=until or yesterday, asked_by=by, asked_at=at)
        if load:
            raise DemoRefused(
                _("Another demo is here already: %(demo)s. Remove it first: mijoz demo --remove.")
                % {"demo": queries.demo_in_words(load)}
            )
        raise DemoRefused(_("The demo needs an empty installation: there is data here already."))


def fill(load: DemoLoad, *, at: datetime, report_progress: Progress | None = None) -> DemoResult:
    """Load what `load` asks for, in steps that can be repeated; killed half-way, it is simply called again.

    Raises DemoRefused when somebody else is at it.
    """
    with _alone(patience=KILLED_LETS_GO_WITHIN):
        load.refresh_from_db()
        if load.status == Status.DONE:
            return demo_result(load.figures | {"unchanged": True})
        load.status, load.error = Status.RUNNING, ""
        load.save()

        def report(share: float, step: DemoLoad.Step) -> None:
            DemoLoad.objects.filter(pk=1).update(share_done=share, step=step)
            if report_progress:
                report_progress(share, str(step.label))

        try:
            result = loading.load(load, at=at, report=report)
        except Exception as error:
            DemoLoad.objects.filter(pk=1).update(status=Status.FAILED, error=f"{type(error).__name__}: {error}")
            raise
        load.status, load.step, load.share_done = Status.DONE, DemoLoad.Step.DONE, 1.0
        load.figures = demo_figures(result)
        load.save()
    return result


def remove_demo() -> None:
    """Take the demo business away with everything that came of it, so that a door can be chosen anew.

    Accounts by which somebody signs in stay, and a connected channel too. Raises DemoRefused when there is no demo,
    when data of another source is here, or when it is being worked on.
    """
    if not queries.demo():
        raise DemoRefused(_("There is no demo business here."))
    if strangers := queries.sources_besides_the_demo():
        raise DemoRefused(
            _("There is other data here besides the demo (%(sources)s), and it would be lost with it.")
            % {"sources": ", ".join(strangers)}
        )
    with _alone(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        try:
            cursor.execute(f"TRUNCATE {', '.join(queries.tables_of_the_demo())} RESTART IDENTITY")
        except OperationalError as busy:
            if not isinstance(busy.__cause__, LockNotAvailable):
                raise
            raise DemoRefused(_("Jobs are at work on it. Try again in a minute.")) from busy
        company.begin_anew()
        transaction.on_commit(_remove_files)


def _remove_files() -> None:
    lake.forget()
    loading.truth_file().unlink(missing_ok=True)


@contextmanager
def _alone(*, patience: timedelta = timedelta(0)) -> Iterator[None]:
    with held(LOADING_LOCK, patience=patience) as is_alone:
        if not is_alone:
            raise DemoRefused(_("The demo is being loaded at this moment."))
        yield
