"""Pilots as pages show them, from what was kept of the log when it was read last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mijoz.analysis.intervals import Difference, error_of
from mijoz.analysis.proof import held_out
from mijoz.customers import queries as customer_queries
from mijoz.events import lake
from mijoz.events.queries import default_as_of, newest_event
from mijoz.insights.dimensions import Names
from mijoz.insights.models import Comparison, Improvement, KpiValue, PilotPlan, PilotReading
from mijoz.insights.proof import measuring
from mijoz.insights.proof.reading import Pilot, Reading
from mijoz.insights.queries import Effect, effects, shown_day
from mijoz.scenarios import checking, fidelity
from mijoz.scenarios.models import Scenario, ScenarioVersion


@dataclass(frozen=True, slots=True)
class ProofPage:
    """A reading with all that its page shows beside it."""

    reading: Reading
    looks: list[held_out.Look]
    segments: held_out.BySegment
    segment_names: Mapping[str, str]
    board: Effect | None
    fidelity: fidelity.Fidelity | None
    earlier: list[PilotPlan]
    improvements: list[Improvement]


def of_plans(plans: Iterable[int] | None = None) -> list[Pilot]:
    """Every plan, or only these."""
    wanted = PilotPlan.objects.select_related("scenario", "version", "made_by", "started_by", "ended_by")
    found = list(wanted if plans is None else wanted.filter(pk__in=list(plans)))
    versions = _versions({plan.scenario_id for plan in found})
    return [_pilot(plan.scenario, versions[plan.scenario_id], plan) for plan in found]


def of_scenarios(keys: Iterable[str] | None = None) -> list[Pilot]:
    """Every scenario for itself, or only these, each with everybody who was ever enrolled."""
    found = list(Scenario.objects.all() if keys is None else Scenario.objects.filter(key__in=list(keys)))
    versions = _versions({scenario.pk for scenario in found})
    return [_pilot(scenario, versions[scenario.pk], None) for scenario in found]


def _versions(scenarios: Collection[int]) -> dict[int, list[ScenarioVersion]]:
    """All versions of each scenario, the latest last."""
    found: dict[int, list[ScenarioVersion]] = {}
    for version in ScenarioVersion.objects.filter(scenario__in=scenarios).order_by("number"):
        found.setdefault(version.scenario_id, []).append(version)
    return found


def _pilot(scenario: Scenario, versions: Sequence[ScenarioVersion], plan: PilotPlan | None) -> Pilot:
    latest = versions[-1]
    number = plan.version.number if plan and plan.version else None
    later = [version for version in versions if number is not None and version.number > number]
    used = plan.version if plan and plan.version else latest
    ended_at = plan.ended_at if plan else None
    changed = [version.written_at for version in later if ended_at is None or version.written_at < ended_at]
    return Pilot(scenario, checking.parse(used.definition), latest.number, changed[0] if changed else None, plan)


def readings(found: Sequence[Pilot], *, at: datetime) -> list[Reading]:
    """These pilots as they were read last; what was not read yet on its present terms is read now, for all at once."""
    as_of, newest = default_as_of(at), newest_event()
    kept = {one.pilot: one for one in PilotReading.objects.filter(pilot__in=[pilot.key for pilot in found])}
    known = {
        pilot.key: _as_kept(pilot, one, is_behind=one.as_of != as_of or one.newest_event != newest)
        for pilot in found
        if (one := kept.get(pilot.key)) is not None and one.terms == pilot.terms
    }
    if missing := [pilot for pilot in found if pilot.key not in known]:
        fresh = measuring.read(missing, lake.whole(), customer_queries.ownership_frame(), as_of=as_of, at=at)
        known |= {reading.pilot.key: reading for reading in fresh}
    return [known[pilot.key] for pilot in found]


def _as_kept(pilot: Pilot, kept: PilotReading, *, is_behind: bool) -> Reading:
    told = kept.document
    return Reading(
        pilot=pilot,
        as_of=kept.as_of,
        enrolled=told["enrolled"],
        rows=[_row(pilot, *row) for row in told["rows"]],
        expected_share=told["expected_share"],
        recent=told["recent"],
        read_at=kept.read_at,
        is_behind=is_behind,
    )


def _row(pilot: Pilot, arm: str, segment: str, closed_on: str, sums: Sequence[float]) -> held_out.Row:
    of_them: dict[str, Any] = dict(zip(held_out.SUMMED, sums, strict=True))
    return held_out.Row(pilot.key, arm, segment, date.fromisoformat(closed_on), held_out.Sums(**of_them))


def reading_of_plan(plan: int, *, at: datetime) -> Reading | None:
    found = readings(of_plans([plan]), at=at)
    return found[0] if found else None


def reading_of_scenario(key: str, *, at: datetime) -> Reading | None:
    """The scenario by itself, with everybody who was ever enrolled."""
    found = readings(of_scenarios([key]), at=at)
    return found[0] if found else None


def current_plan(scenario: Scenario) -> PilotPlan | None:
    """The plan that runs, else the last one."""
    plans = PilotPlan.objects.filter(scenario=scenario)
    return plans.filter(started_at__isnull=False, ended_at=None).first() or plans.first()


def page(reading: Reading) -> ProofPage:
    """All that the page of a pilot shows."""
    pilot = reading.pilot
    plans = PilotPlan.objects.filter(scenario=pilot.scenario).select_related("scenario")
    linked = Improvement.objects.filter(plan=pilot.plan) if pilot.plan else Improvement.objects.filter(
        scenario=pilot.scenario, plan=None
    )  # fmt: skip
    return ProofPage(
        reading=reading,
        looks=reading.looks(),
        segments=reading.by_segment(),
        segment_names=Names().segments,
        board=_on_board(pilot.scenario.key, reading.as_of),
        fidelity=fidelity.fidelity(pilot.scenario, pilot.definition),
        earlier=[plan for plan in plans if pilot.plan is None or plan.pk != pilot.plan.pk],
        improvements=list(linked.select_related("owner")),
    )


def oldest(found: Iterable[Reading]) -> Reading | None:
    """The one that was read longest ago, which says as of when a list speaks; None of an empty list."""
    return min(found, key=lambda one: (one.as_of, one.read_at), default=None)


def together(found: Iterable[Reading]) -> tuple[Difference, int]:
    """What all scenarios changed on the whole, and how many they are; weaker than each by itself."""
    counted = [
        difference
        for reading in found
        if reading.pilot.plan is None and not reading.is_mismatched and reading.compared.smaller_arm >= 2
        if (difference := reading.compared.goal.adjusted).value is not None and error_of(difference) > 0
    ]
    return held_out.pooled(counted), len(counted)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A proof in the list: a reading of a pilot, or a comparison that was asked for."""

    reading: Reading | None = None
    comparison: Comparison | None = None

    @property
    def title(self) -> str:
        return self.reading.pilot.scenario.name if self.reading else str(self.comparison)

    @property
    def kind(self) -> str:
        if self.reading is None:
            return str(self.comparison.kind) if self.comparison else ""
        return "plan" if self.reading.pilot.plan else "scenario"

    @property
    def state(self) -> str:
        if self.reading:
            return self.reading.state.value
        return "broken" if self.verdict == "broken" else "decided"

    @property
    def verdict(self) -> str:
        if self.reading:
            return self.reading.called
        return str(self.comparison.result.get("verdict", "")) if self.comparison else ""


def listing(*, at: datetime, state: str = "", kind: str = "", text: str = "") -> tuple[list[ListRow], list[Reading]]:
    """All proofs, those that run first, narrowed; and every reading, for what they say together."""
    all_of_them = readings([*of_plans(), *of_scenarios()], at=at)
    shown = [one for one in all_of_them if one.pilot.plan is not None or one.enrolled_in_all]
    rows = [ListRow(reading=one) for one in shown]
    rows += [ListRow(comparison=one) for one in Comparison.objects.select_related("asked_by")]
    order = ["running", "planned", "broken", "decided"]
    wanted = [
        row
        for row in rows
        if (not state or row.state == state)
        and (not kind or row.kind == kind)
        and (not text or text.casefold() in row.title.casefold())
    ]
    wanted.sort(key=lambda row: (order.index(row.state), row.kind != "plan", row.title.casefold()))
    return wanted, all_of_them


def _on_board(key: str, as_of: date) -> Effect | None:
    """What the KPI board says of the scenario now."""
    day = shown_day(as_of)
    kept = KpiValue.objects.filter(as_of=day, name="scenario_effect", dimension="", scenario=key) if day else []
    found = effects(kept)
    return found[0] if found else None
