"""Reads of scenarios, their versions, enrolments and tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from mijoz.channels.hooks import OriginState
from mijoz.scenarios import checking, definition, rehearsal
from mijoz.scenarios.goals import Goal
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion
from mijoz.scenarios.steps import Course

ORIGINS = {
    Scenario.State.PAUSED: OriginState.PAUSED,
    Scenario.State.STOPPED: OriginState.STOPPED,
}


def names(keys: Iterable[str] | None = None) -> dict[str, str]:
    """The name of each scenario, or of those with these keys, in the language of the page, by its key."""
    wanted = Scenario.objects.all() if keys is None else Scenario.objects.filter(key__in=list(keys))
    return {scenario.key: scenario.name for scenario in wanted}


def version_in_force(scenario: Scenario) -> ScenarioVersion:
    """The latest version."""
    return scenario.versions.select_related("written_by").order_by("-number")[0]


def versions_in_force() -> QuerySet[ScenarioVersion]:
    """The latest version of every scenario."""
    return ScenarioVersion.objects.order_by("scenario_id", "-number").distinct("scenario_id")


def versions(scenario: Scenario) -> list[ScenarioVersion]:
    """All versions, the latest first."""
    return list(scenario.versions.select_related("written_by").order_by("-number"))


def definition_in_force(scenario: Scenario) -> definition.Definition:
    return checking.parse(version_in_force(scenario).definition)


def definitions_in_use(scenario: Scenario) -> dict[int, definition.Definition]:
    """The definitions on which somebody waits now, by the id of their version."""
    waiting = Enrolment.objects.filter(scenario=scenario, state=Enrolment.State.RUNNING).exclude(waits_for="")
    found = ScenarioVersion.objects.filter(pk__in=waiting.values("version"))
    return {version.pk: checking.parse(version.definition) for version in found}


def goals_in_force(keys: Collection[str]) -> dict[str, Goal]:
    """The goal of each of these scenarios, by its key."""
    found = versions_in_force().filter(scenario__key__in=keys)
    return {key: Goal(**goal) for key, goal in found.values_list("scenario__key", "definition__goal")}


def goals_watched() -> dict[int, Goal]:
    """The goals of open enrolments, by the id of their version."""
    open_ones = Enrolment.objects.filter(state__in=[Enrolment.State.RUNNING, Enrolment.State.WATCHED])
    found = ScenarioVersion.objects.filter(pk__in=open_ones.values("version"))
    return {version: Goal(**goal) for version, goal in found.values_list("pk", "definition__goal")}


def dry_run(
    scenario: Scenario | None, *, at: datetime, changed: definition.Definition | None = None
) -> rehearsal.DryRun:
    """What would happen if the scenario enrolled now, by its definition in force or by a `changed` one."""
    if changed is None:
        if scenario is None:
            raise ValueError("a scenario that does not exist yet needs a definition")
        changed = definition_in_force(scenario)
    return rehearsal.rehearse(changed, scenario=scenario, at=at)


def courses(versions: Collection[int]) -> dict[int, Course]:
    """How these versions run, by their id."""
    if not versions:
        return {}
    found = ScenarioVersion.objects.filter(pk__in=versions).select_related("scenario")
    return {
        version.pk: Course(
            version.scenario_id, version.scenario.key, version.number, checking.parse(version.definition)
        )
        for version in found
    }


def origin_states(keys: Iterable[str]) -> dict[str, OriginState]:
    """For the gate: whether messages of these scenarios may go out, by key; who is missing may."""
    found = Scenario.objects.filter(key__in=list(keys)).values_list("key", "state")
    return {key: ORIGINS.get(Scenario.State(state), OriginState.LIVE) for key, state in found}
