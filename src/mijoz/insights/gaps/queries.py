"""Kept gaps as the page shows them, beside the scenarios that are meant to close them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mijoz.analysis.experiments import Verdict, verdict
from mijoz.analysis.psychometrics.gaps import ITEMS_OF
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS
from mijoz.analysis.scenario_gaps import GAPS, KPI_OF, is_enough
from mijoz.insights.dimensions import Names
from mijoz.insights.gaps.meant import dimensions_of
from mijoz.insights.models import GapAim, Reading
from mijoz.scenarios import checking
from mijoz.scenarios import fidelity as delivery
from mijoz.scenarios import queries as scenarios
from mijoz.scenarios.definition import Definition, SegmentTrigger
from mijoz.scenarios.models import Scenario


@dataclass(frozen=True, slots=True)
class Gap:
    """Of some customers in one dimension; `is_small` under 30 of them."""

    dimension: str
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS


@dataclass(frozen=True, slots=True)
class Row:
    """A segment, a branch or everybody, with a gap in each dimension."""

    key: str
    name: str
    gaps: list[Gap]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a scenario changed in one dimension: treated minus held-out, of so many customers who answered in each arm.

    `kpi` is the figure of the process that goes with it, with its own difference.
    """

    dimension: str
    answered: tuple[int, int]
    value: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    kpi: str
    kpi_lived: tuple[int, int]
    kpi_change: dict[str, float | None]

    @property
    def has_kpi_change(self) -> bool:
        return bool(self.kpi) and is_enough(self.kpi_lived) and self.kpi_change["low"] is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How much of what staff were to do was done; `is_confirmed` when each step of the protocol was confirmed."""

    asked: int
    done: int
    is_confirmed: bool

    @property
    def share(self) -> float:
        return self.done / self.asked

    @property
    def is_good(self) -> bool:
        return self.share >= delivery.GOOD_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class OfScenario:
    """A scenario with the gaps it is meant to close: `meant` changes first, `others` were not meant."""

    scenario: Scenario
    segment: str
    segment_name: str
    aim: GapAim | None
    gaps: list[Gap]  # of its segment, in the dimensions that are meant
    customers: tuple[int, int]
    meant: list[Change]
    others: list[Change]
    delivery: Delivery | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    as_of: date
    computed_at: datetime
    is_gap: bool  # else only what was perceived is known
    answers: int
    customers: int
    whole: Row
    segments: list[Row]
    branches: list[Row]
    scenarios: list[OfScenario]
    correlations: list[tuple[str, str, dict[str, Any]]]  # dimension, figure of the process, n and estimate


def latest() -> Reading | None:
    return Reading.objects.filter(kind=Reading.Kind.GAPS).first()


def page() -> Page | None:
    """The latest reading with the scenarios of today; None before the first one, or while nobody has answered."""
    reading = latest()
    if reading is None or reading.document["measure"] is None:
        return None
    told = reading.document
    names = Names()
    return Page(
        as_of=reading.as_of,
        computed_at=reading.computed_at,
        is_gap=told["measure"] == GAPS,
        answers=told["answers"],
        customers=told["customers"],
        whole=_row("", "", told["whole"]),
        segments=[
            _row(key, name, told["segments"][key]) for key, name in names.segments.items() if key in told["segments"]
        ],
        branches=[_row(key, names.of("branch", key), part) for key, part in sorted(told["branches"].items())],
        scenarios=_of_scenarios(told, names),
        correlations=[
            (dimension, KPI_OF[dimension], told["correlations"][dimension])
            for dimension in ITEMS_OF
            if dimension in told["correlations"]
        ],
    )


def _of_scenarios(told: Mapping[str, Any], names: Names) -> list[OfScenario]:
    """Scenarios that enrolled somebody, those with most answers first."""
    aims = {aim.scenario_id: aim for aim in GapAim.objects.select_related("chosen_by")}
    followed = delivery.followed_of_all()
    found = []
    for scenario, definition in _in_force(list(told["scenarios"])):
        arms, aim = told["scenarios"][scenario.key], aims.get(scenario.pk)
        meant = tuple(aim.dimensions) if aim else dimensions_of(definition)
        segment = definition.trigger.segment if isinstance(definition.trigger, SegmentTrigger) else ""
        part = told["segments"].get(segment) or told["whole"]
        changes = [_change(dimension, arms) for dimension in ITEMS_OF]
        found.append(
            OfScenario(
                scenario=scenario,
                segment=segment if segment in told["segments"] else "",
                segment_name=names.of("segment", segment),
                aim=aim,
                gaps=[_gap(dimension, part) for dimension in meant],
                customers=(arms["customers"][0], arms["customers"][1]),
                meant=[change for change in changes if change.dimension in meant],
                others=[change for change in changes if change.dimension not in meant],
                delivery=_delivery(followed.get(scenario.key), told["tasks"].get(scenario.key)),
            )
        )
    return sorted(found, key=lambda one: (-sum(min(each.answered) for each in one.meant), one.scenario.order))


def _in_force(keys: list[str]) -> list[tuple[Scenario, Definition]]:
    """These scenarios with the definition in force; one that can no longer be read is left out."""
    found = []
    for version in scenarios.versions_in_force().filter(scenario__key__in=keys).select_related("scenario"):
        try:
            found.append((version.scenario, checking.parse(version.definition)))
        except checking.DefinitionRefused:
            continue
    return found


def _delivery(followed: tuple[int, int] | None, tasks: Mapping[str, int] | None) -> Delivery | None:
    """What staff confirmed; where nothing was to be confirmed, how many of their tasks were done."""
    if followed is not None:
        return Delivery(asked=followed[0], done=followed[1], is_confirmed=True)
    if tasks and tasks["asked"]:
        return Delivery(asked=tasks["asked"], done=min(tasks["done"], tasks["asked"]), is_confirmed=False)
    return None


def _row(key: str, name: str, part: Mapping[str, Any]) -> Row:
    return Row(key, name, [_gap(dimension, part) for dimension in ITEMS_OF])


def _gap(dimension: str, part: Mapping[str, Any]) -> Gap:
    estimate = part["gaps"][dimension]
    return Gap(dimension, part["n"][dimension], estimate["value"], estimate["low"], estimate["high"])


def _change(dimension: str, arms: Mapping[str, Any]) -> Change:
    difference, answered = arms["gaps"][dimension], tuple(arms["answered"][dimension])
    kpi = KPI_OF.get(dimension, "")
    known = kpi in arms["kpis"]
    return Change(
        dimension=dimension,
        answered=(answered[0], answered[1]),
        value=difference["value"],
        low=difference["low"],
        high=difference["high"],
        verdict=verdict(difference["low"], difference["high"], smaller_arm=min(answered)),
        kpi=kpi if known else "",
        kpi_lived=(arms["lived"][kpi][0], arms["lived"][kpi][1]) if known else (0, 0),
        kpi_change=arms["kpis"][kpi] if known else {},
    )
