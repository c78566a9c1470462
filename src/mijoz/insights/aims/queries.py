"""The register of KPIs with what is wanted of each, as the pages show it; alerts, open and past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mijoz.analysis.kpis import targets
from mijoz.analysis.kpis.targets import State
from mijoz.business.models import StaffMember
from mijoz.business.rights import LEADS
from mijoz.insights import queries
from mijoz.insights.models import KpiAim, KpiAlert, KpiValue
from mijoz.insights.queries import Line
from mijoz.insights.register import GROUPS, Definition, Words, definitions

READERS = LEADS | {"marketer", "analyst"}  # who may own a KPI, since the owner is told on these pages
ENOUGH = 30  # customers or cases from which a month that is not over can be judged


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI of the register: what it is, what is wanted, and how its present value stands to that.

    `value` is the one that is judged (see `judged`); None when nothing was computed yet.
    """

    definition: Definition
    aim: KpiAim
    line: Line | None
    value: KpiValue | None
    state: State
    alert: KpiAlert | None

    @property
    def trend(self) -> list[float | None]:
        return self.line.trend if self.line is not None else []


@dataclass(frozen=True, slots=True)
class Part:
    """The KPIs of one group."""

    label: Words
    rows: list[Row]


def aims() -> dict[str, KpiAim]:
    """What is wanted of each registered KPI; one that nobody edited wants nothing yet."""
    kept = {aim.name: aim for aim in KpiAim.objects.select_related("owner")}
    return {known.name: kept.get(known.name) or KpiAim(name=known.name) for known in definitions()}


def rows(as_of: date | None) -> list[Row]:
    """All registered KPIs with their values as of the day."""
    page = queries.board(as_of) if as_of is not None else None
    wanted, alerts = aims(), {alert.name: alert for alert in open_alerts()}
    return [_row(known, page.line(known.name) if page else None, wanted[known.name], alerts) for known in definitions()]


def row(name: str, as_of: date | None) -> Row | None:
    """The row of one KPI; None for one that nobody registered."""
    return next((one for one in rows(as_of) if one.definition.name == name), None)


def parts(as_of: date | None) -> list[Part]:
    """The register by group."""
    found = rows(as_of)
    return [Part(label, [one for one in found if one.definition.group == group]) for group, label in GROUPS.items()]


def judged(line: Line) -> KpiValue:
    """The value that is set beside the target: of a state the present one, else that of a month.

    The present month as soon as enough is known of it, for shares and means; sums and counts need a month that is over.
    """
    if line.definition.is_state or not line.months:
        return line.value
    last = line.months[-1]
    adds_up = line.value.denominator is None
    if not adds_up and last.value is not None and (last.count or 0) >= ENOUGH:
        return last
    return line.last_month or last


def open_alerts() -> QuerySet[KpiAlert]:
    return KpiAlert.objects.filter(closed_at=None).select_related("owner")


def alerts_of(member: StaffMember) -> QuerySet[KpiAlert]:
    """What this member of staff is to look at: open alerts of their KPIs, for an owner also those of nobody."""
    found = open_alerts()
    mine = found.filter(owner=member)
    return mine | found.filter(owner=None) if member.role == "owner" else mine


def history() -> QuerySet[KpiAlert]:
    """All alerts, the newest first."""
    return KpiAlert.objects.select_related("owner").order_by("-opened_at", "-id")


def possible_owners() -> QuerySet[StaffMember]:
    return StaffMember.objects.filter(is_active=True, role__in=READERS)


def _row(known: Definition, line: Line | None, aim: KpiAim, alerts: dict[str, KpiAlert]) -> Row:
    value = judged(line) if line is not None else None
    state = targets.state(
        value.value if value is not None else None,
        target=aim.target,
        higher_is_better=known.higher_is_better,
        tolerance=aim.tolerance,
    )
    return Row(known, aim, line, value, state, alerts.get(known.name))
