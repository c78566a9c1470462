"""The kept KPIs, arranged as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from mijoz.analysis.experiments import FEWEST_IN_AN_ARM, customers_needed
from mijoz.analysis.intervals import Difference, error_of
from mijoz.analysis.kpis import KPIS
from mijoz.analysis.proof.always_valid import always_valid
from mijoz.business.queries import business
from mijoz.insights import months
from mijoz.insights.dimensions import LABELS, Names
from mijoz.insights.models import Computation, KpiValue
from mijoz.insights.months import Change
from mijoz.insights.register import Definition, Words, definition, definitions
from mijoz.scenarios import queries as scenarios
from mijoz.scenarios import sentences
from mijoz.segments.families import names_of
from mijoz.segments.models import Segment
from mijoz.ui import formats

TILES = 6
FIRST = (  # the KPIs that an owner looks at first; of those with a value as many as there are tiles
    "revenue",
    "repeat_purchase_share",
    "average_check",
    "active_share",
    "churn_risk_share",
    "satisfaction",
    "purchasers",
    "new_customers",
)
BY_SEGMENT = (
    "purchasers",
    "revenue",
    "average_check",
    "repeat_purchase_share",
    "active_share",
    "churn_risk_share",
)
FIRST_POSSIBLE_DAY = date(1970, 1, 1)
FOLLOWED = timedelta(minutes=15)  # a computation that has not ended by then was lost with its worker
WORTH_SEEING = 0.05  # a difference of goal rates that is worth knowing of


class DayRefused(ValueError):
    """There can be no KPIs as of this day; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI for the whole business: as of the day, by month, and what the last whole month changed."""

    definition: Definition
    value: KpiValue
    months: list[KpiValue]
    change: Change | None

    @property
    def whole_months(self) -> list[KpiValue]:
        """Those that are over as of the day: others cannot be set beside them."""
        return [month for month in self.months if months.is_whole(month.month, self.value.as_of)]

    @property
    def trend(self) -> list[float | None]:
        """The whole months as a small line; the first one, which may have begun late, is left out of a longer one."""
        values = [month.value for month in self.whole_months]
        return values[1:] if len(values) > 3 else values

    @property
    def last_month(self) -> KpiValue | None:
        """The last month that is over."""
        return self.whole_months[-1] if self.whole_months else None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    key: str
    name: str
    values: list[KpiValue | None]  # in the order of BY_SEGMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a scenario changed against its hold-out.

    `missing` says how many customers more the smaller arm needs before anything is said, `wanting` how many more both
    arms need together to see a difference of WORTH_SEEING; None when that cannot be told.
    """

    key: str
    name: str
    has_page: bool
    value: KpiValue
    verdict: str
    treated: int
    held_out: int
    treated_rate: float | None
    held_out_rate: float | None
    revenue_difference: float | None
    revenue_low: float | None
    revenue_high: float | None
    goal: str = ""  # what counts as reached, as a sentence; on the board

    @property
    def is_early(self) -> bool:
        """Whether the verdict is clear at one look, but not to somebody who looks every day, as a board invites to."""
        if self.verdict not in {"works", "harms"}:
            return False
        found = Difference(self.value.value, self.value.low, self.value.high)
        lasting = always_valid(
            found,
            error=error_of(found),
            smaller_arm=min(self.treated, self.held_out),
            customers=self.treated + self.held_out,
        )
        return lasting.low is None or lasting.high is None or lasting.low <= 0 <= lasting.high

    @property
    def missing(self) -> int:
        return max(0, FEWEST_IN_AN_ARM - min(self.treated, self.held_out))

    @property
    def wanting(self) -> int | None:
        if self.held_out_rate is None or not self.treated or not self.held_out:
            return None
        rate = self.held_out_rate
        needed = customers_needed(
            goal_rate=rate,
            difference=WORTH_SEEING if rate + WORTH_SEEING <= 1 else -WORTH_SEEING,
            holdout_share=self.held_out / (self.treated + self.held_out),
        )
        return max(0, needed - self.treated - self.held_out)


@dataclass(frozen=True, slots=True)
class BoardPage:
    as_of: date
    computed_at: datetime
    lines: dict[str, Line]
    columns: list[Definition]
    segments: list[SegmentRow]
    effects: list[Effect]

    @property
    def tiles(self) -> list[Line]:
        """The KPIs that an owner looks at first, those with a value."""
        known = [self.lines[name] for name in FIRST if name in self.lines]
        return [line for line in known if line.value.value is not None][:TILES]

    @property
    def others(self) -> list[Line]:
        """All the other KPIs with a value."""
        return [line for line in self.lines.values() if line not in self.tiles and line.value.value is not None]

    @property
    def is_empty(self) -> bool:
        """Whether nobody had bought anything by then."""
        purchasers = self.lines.get("purchasers")
        return purchasers is None or not purchasers.value.value

    @property
    def first_month(self) -> str:
        """The month with which the log begins, such as 2026-03; empty without any."""
        return min((month.month for line in self.lines.values() for month in line.months), default="")

    @property
    def compares(self) -> bool:
        """Whether there are months to compare."""
        return any(line.change is not None for line in self.lines.values())

    def line(self, name: str) -> Line | None:
        return self.lines.get(name)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a dimension with its value, its months and the way to who stands behind it."""

    name: str
    value: KpiValue
    trend: list[float | None]
    url: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A KPI by one dimension."""

    dimension: str
    label: Words
    rows: list[MemberRow]


@dataclass(frozen=True, slots=True)
class KpiPage:
    as_of: date
    line: Line
    segments: list[tuple[str, str, KpiValue]]  # key, name, value
    breakdowns: list[Breakdown]
    behind_url: str  # to the customers behind it; empty when it is not computed from single ones

    @property
    def definition(self) -> Definition:
        return self.line.definition

    @property
    def has_intervals(self) -> bool:
        return any(month.low is not None for month in self.line.months)


def check_day(day: date, *, at: datetime) -> None:
    """Raise DayRefused for a day that has not come yet, or lies before any log."""
    today = at.astimezone(business().zone).date()
    if day > today:
        raise DayRefused(_("%(day)s has not come yet.") % {"day": formats.day(day)})
    if day < FIRST_POSSIBLE_DAY:
        raise DayRefused(_("%(day)s lies before any log.") % {"day": formats.day(day)})


def parse_day(text: str, *, at: datetime) -> date:
    """The day written as 2026-03-31. Raises DayRefused when it is none, or cannot have KPIs."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise DayRefused(_("“%(day)s” is not a day such as 2026-03-31.") % {"day": text}) from error
    check_day(day, at=at)
    return day


def shown_day(default: date) -> date | None:
    """The day that the board shows by itself: the default one, else the last kept one before it; None without any."""
    kept = KpiValue.objects.filter(as_of__lte=default).order_by("-as_of")
    return kept.values_list("as_of", flat=True).first()


def is_kept(as_of: date) -> bool:
    """Whether the KPIs of the day were computed."""
    return KpiValue.objects.filter(as_of=as_of).exists()


def open_computation(at: datetime) -> Computation | None:
    """The computation that waits or runs now."""
    states = [Computation.Status.WAITING, Computation.Status.RUNNING]
    return Computation.objects.filter(status__in=states, asked_at__gt=at - FOLLOWED).first()


def failed_computation() -> Computation | None:
    """The last computation when it failed."""
    last = Computation.objects.exclude(ended_at=None).order_by("-ended_at").first()
    return last if last is not None and last.status == Computation.Status.FAILED else None


def board(as_of: date) -> BoardPage | None:
    """Everything the board shows for a day in one read of the kept values; None when none are kept."""
    values = list(KpiValue.objects.filter(as_of=as_of).filter(Q(dimension="") | Q(dimension="segment", month="")))
    if not values:
        return None
    by_segment = {(value.member, value.name): value for value in values if value.dimension}
    return BoardPage(
        as_of=as_of,
        computed_at=values[0].computed_at,
        lines=_lines(values),
        columns=[definition(name) for name in BY_SEGMENT],
        segments=[
            SegmentRow(segment.key, segment.name, [by_segment.get((segment.key, name)) for name in BY_SEGMENT])
            for segment in Segment.objects.order_by("order", "key")
            if any((segment.key, name) in by_segment for name in BY_SEGMENT)
        ],
        effects=_with_goals(effects(values)),
    )


def kpi(name: str, as_of: date) -> KpiPage | None:
    """One KPI in all, by month and by segment; None for one that nobody registered or that was not computed."""
    of_the_day = list(KpiValue.objects.filter(as_of=as_of, name=name))
    values = [
        value for value in of_the_day if not value.dimension or (value.dimension == "segment" and not value.month)
    ]
    line = _lines(values).get(name)
    if line is None:
        return None
    by_segment = {value.member: value for value in values if value.dimension}
    return KpiPage(
        as_of=as_of,
        line=line,
        segments=[
            (segment.key, segment.name, by_segment[segment.key])
            for segment in Segment.objects.order_by("order", "key")
            if segment.key in by_segment
        ],
        breakdowns=_breakdowns(of_the_day),
        behind_url=f"{reverse('insights:behind', args=[name])}?as_of={as_of:%Y-%m-%d}" if name in KPIS else "",
    )


def _breakdowns(values: Iterable[KpiValue]) -> list[Breakdown]:
    """By each dimension that has members, these in their order."""
    in_all: dict[str, dict[str, KpiValue]] = {}
    trends: dict[tuple[str, str], list[float | None]] = {}
    for value in sorted(values, key=lambda value: value.month):
        if value.scenario or not value.dimension:
            continue
        if value.month:
            if months.is_whole(value.month, value.as_of):
                trends.setdefault((value.dimension, value.member), []).append(value.value)
        elif value.value is not None:
            in_all.setdefault(value.dimension, {})[value.member] = value
    names = Names()
    return [
        Breakdown(
            dimension,
            label,
            [
                MemberRow(names.of(dimension, member), value, trends.get((dimension, member), []), _behind_url(value))
                for member, value in sorted(in_all[dimension].items(), key=lambda item: names.order(dimension, item[0]))
            ],
        )
        for dimension, label in LABELS.items()
        if dimension in in_all
    ]


def _behind_url(value: KpiValue) -> str:
    if value.name not in KPIS:
        return ""
    asked = {"dimension": value.dimension, "member": value.member, "as_of": f"{value.as_of:%Y-%m-%d}"}
    return f"{reverse('insights:behind', args=[value.name])}?{urlencode(asked)}"


def export_rows(as_of: date) -> Iterable[list[Any]]:
    """The kept values of a day as rows of a file, a heading first."""
    fields = ["name", "group", "unit", "dimension", "member", "month", "scenario", "value", "low", "high"]
    fields += ["numerator", "denominator", "count"]
    yield ["as_of", *fields]
    ordered = KpiValue.objects.filter(as_of=as_of).order_by("dimension", "member", "month", "scenario", "name")
    for row in ordered.values_list(*fields):
        yield [as_of, *row]


def _lines(values: Iterable[KpiValue]) -> dict[str, Line]:
    """The registered KPIs among the values, in the order in which they were registered."""
    whole: dict[str, KpiValue] = {}
    by_month: dict[str, list[KpiValue]] = {}
    for value in sorted(values, key=lambda value: value.month):
        if value.dimension or value.scenario:
            continue
        if value.month:
            by_month.setdefault(value.name, []).append(value)
        else:
            whole[value.name] = value
    return {
        known.name: Line(
            known,
            whole[known.name],
            by_month.get(known.name, []),
            months.last_change(known, whole[known.name], by_month.get(known.name, [])),
        )
        for known in definitions()
        if known.name in whole
    }


def effects(values: Iterable[KpiValue]) -> list[Effect]:
    """The effects among kept values, in the order of the scenarios."""
    found = {value.scenario: value for value in values if value.name == "scenario_effect" and not value.dimension}
    names = scenarios.names(found) if found else {}
    ordered = sorted(found, key=lambda key: (list(names).index(key) if key in names else len(names), key))
    return [_effect(key, names.get(key, ""), found[key]) for key in ordered]


def _with_goals(found: list[Effect]) -> list[Effect]:
    """The effects with the goal that each scenario has now."""
    goals = scenarios.goals_in_force([effect.key for effect in found]) if found else {}
    wanted = {goal.segment for goal in goals.values() if goal.segment}
    with names_of(Segment.objects.filter(key__in=wanted) if wanted else ()):
        told = {key: sentences.goal(goal) for key, goal in goals.items()}
    return [replace(effect, goal=told.get(effect.key, "")) for effect in found]


def _effect(key: str, name: str, value: KpiValue) -> Effect:
    detail = value.detail or {}
    return Effect(
        key=key,
        name=name or key.replace("_", " ").capitalize(),
        has_page=bool(name),
        value=value,
        verdict=detail.get("verdict", "too_few"),
        treated=detail.get("treated", 0),
        held_out=detail.get("held_out", 0),
        treated_rate=detail.get("treated_rate"),
        held_out_rate=detail.get("held_out_rate"),
        revenue_difference=detail.get("revenue_difference"),
        revenue_low=detail.get("revenue_low"),
        revenue_high=detail.get("revenue_high"),
    )
