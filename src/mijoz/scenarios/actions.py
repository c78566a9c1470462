"""What scenarios can do: be written, started, paused and stopped, enrol customers and take their steps, give tasks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, StaffMember
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.scenarios import checking, enrolling, outcomes, queries
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.engine import (
    BATCH,
    Advanced,
    Enrolled,
    advance,
    ask_to_enrol,
    enrol,
    hold,
    look_around,
    note_goals,
    note_outcomes,
    note_overdue,
)
from mijoz.scenarios.fitting import text_in
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.pilots import PILOTS
from mijoz.segments.queries import segments

__all__ = [
    "BATCH",
    "Advanced",
    "Enrolled",
    "advance",
    "enrol",
    "look_around",
    "note_goals",
    "note_outcomes",
    "note_overdue",
]
State = Scenario.State
CHANGED_WITH_STATE = (
    "state", "state_by", "state_at", "started_at", "pilot_percent", "seen_transactions", "looked_until",
)  # fmt: skip


class KeyTaken(ValueError):
    """Another scenario has this key."""


class StateRefused(ValueError):
    """The scenario cannot go into this state from the one in which it is; nothing was changed."""


class TaskDone(ValueError):
    """Somebody has done the task already."""


def install_pilots(*, at: datetime) -> None:
    """Write the five pilot scenarios as drafts, where they are missing."""
    with transaction.atomic():
        present = set(Scenario.objects.values_list("key", flat=True))
        for order, pilot in enumerate(PILOTS, start=1):
            if pilot.key not in present:
                scenario = Scenario.objects.create(
                    key=pilot.key, names=pilot.names, descriptions=pilot.descriptions, order=order
                )
                document = checking.parse(pilot.definition).document()
                ScenarioVersion.objects.create(scenario=scenario, number=1, definition=document, written_at=at)


def start_pilots(*, at: datetime) -> list[str]:
    """Take over the enrolments that the log knows, and start every pilot that is a draft.

    Returns the keys of the pilots that are live.
    """
    install_pilots(at=at)
    take_enrolments_of_log(at=at)
    keys = [pilot.key for pilot in PILOTS]
    for scenario in Scenario.objects.filter(key__in=keys, state=State.DRAFT):
        start(scenario, by=None, at=at)
    return list(Scenario.objects.filter(key__in=keys, state=State.LIVE).values_list("key", flat=True))


def add_scenario(
    *,
    key: str,
    names: dict[str, str],
    descriptions: dict[str, str],
    document: Any,
    by: StaffMember | None,
    at: datetime,
) -> Scenario:
    """A new draft with its first version. Raises checking.DefinitionRefused, or KeyTaken."""
    checked = check(document).document()
    try:
        with transaction.atomic():
            scenario = Scenario.objects.create(key=key, names=names, descriptions=descriptions)
            ScenarioVersion.objects.create(
                scenario=scenario, number=1, definition=checked, written_by=by, written_at=at
            )
    except IntegrityError as error:
        raise KeyTaken(_("There is a scenario with the key “%(key)s” already.") % {"key": key}) from error
    return scenario


def describe(scenario: Scenario, *, names: dict[str, str], descriptions: dict[str, str]) -> Scenario:
    """Change name and description."""
    scenario.names, scenario.descriptions = names, descriptions
    scenario.save(update_fields=["names", "descriptions"])
    return scenario


def check(document: Any) -> Definition:
    """The definition, checked against what this installation has. Raises checking.DefinitionRefused."""
    return checking.parse(
        document,
        language=business().language,
        segments=set(segments().values_list("key", flat=True)),
        branches=set(Branch.objects.values_list("code", flat=True)),
    )


def write_version(scenario: Scenario, document: Any, *, by: StaffMember | None, at: datetime) -> ScenarioVersion:
    """Put a new definition in force for whoever is enrolled from now on; the same again makes no new version.

    Running enrolments finish on the version on which they began. Raises checking.DefinitionRefused.
    """
    definition = check(document)
    checked = definition.document()
    with transaction.atomic():
        held = hold(scenario)
        latest = queries.version_in_force(scenario)
        if held.state != State.DRAFT:
            checking.refuse_what_cannot_run(definition)
        if latest.definition == checked:
            return latest
        return ScenarioVersion.objects.create(
            scenario=scenario, number=latest.number + 1, definition=checked, written_by=by, written_at=at
        )


def start(scenario: Scenario, *, by: StaffMember | None, at: datetime, pilot_percent: int | None = None) -> Scenario:
    """Let a draft or a stopped scenario enrol from now on, which a worker is asked to do.

    With `pilot_percent` (1 to 99) only so many of a hundred of those who fit, drawn by chance, until `widen`. Raises
    StateRefused, or checking.DefinitionRefused.
    """
    checking.refuse_what_cannot_run(check(queries.version_in_force(scenario).definition))
    return _change_state(
        scenario, State.LIVE, frm=(State.DRAFT, State.STOPPED), by=by, at=at, started_at=at, pilot_percent=pilot_percent
    )


def widen(scenario: Scenario, *, pilot_percent: int | None, at: datetime) -> Scenario:
    """Change for how many of a hundred a live or paused scenario is; None is for all. Who is enrolled goes on."""
    if pilot_percent is not None and not 1 <= pilot_percent <= 99:
        raise ValueError("a pilot is for 1 to 99 of a hundred")
    with transaction.atomic():
        held = hold(scenario)
        if held.state not in (State.LIVE, State.PAUSED):
            raise StateRefused(_refusal(held))
        held.pilot_percent = scenario.pilot_percent = pilot_percent
        held.save(update_fields=["pilot_percent"])
        ask_to_enrol()
    return held


def try_on(scenario: Scenario, customer: Customer, *, at: datetime) -> Enrolment:
    """Enrol one customer to see the scenario work: marked as a test, counted nowhere, and with short waits.

    Whoever it is for otherwise. The gate is asked as ever. Raises StateRefused when the scenario is stopped or paused,
    or checking.DefinitionRefused.
    """
    with transaction.atomic():
        held = hold(scenario)
        if held.state not in (State.DRAFT, State.LIVE):
            raise StateRefused(_refusal(held))
        version = queries.version_in_force(held)
        definition = check(version.definition)
        checking.refuse_what_cannot_run(definition)
        enrolment = Enrolment.objects.create(
            scenario=held,
            version=version,
            customer=customer,
            arm=Enrolment.Arm.TREATED,
            is_test=True,
            occasion=f"test/{uuid.uuid4()}",
            segment=definition.trigger.segment,
            enrolled_at=at,
            window_closes_at=at + definition.window,
            state=Enrolment.State.RUNNING,
            due_at=at,
        )
        ask_to_enrol()
    return enrolment


def pause(scenario: Scenario, *, by: StaffMember | None, at: datetime) -> Scenario:
    """Enrol nobody and take no step until it is resumed; what waits in the outbox waits on. Raises StateRefused."""
    return _change_state(scenario, State.PAUSED, frm=(State.LIVE,), by=by, at=at)


def resume(scenario: Scenario, *, by: StaffMember | None, at: datetime) -> Scenario:
    """Go on where the scenario was paused. Raises StateRefused."""
    return _change_state(scenario, State.LIVE, frm=(State.PAUSED,), by=by, at=at)


def stop(scenario: Scenario, *, by: StaffMember | None, at: datetime) -> Scenario:
    """End the scenario for everybody in it: no step follows, and what waits in the outbox is not sent.

    Goals are still watched for those whose steps are done and for those held out. Raises StateRefused.
    """
    with transaction.atomic():
        stopped = _change_state(scenario, State.STOPPED, frm=(State.LIVE, State.PAUSED), by=by, at=at)
        Enrolment.objects.filter(scenario=scenario, state=Enrolment.State.RUNNING).update(
            state=Enrolment.State.ENDED,
            ending=Enrolment.Ending.SCENARIO_STOPPED,
            ended_at=at,
            due_at=None,
            waits_since=None,
            waits_for="",
        )
    return stopped


def take_enrolments_of_log(*, at: datetime) -> int:
    """Keep who was enrolled in our scenarios by somebody else, as the log says, so that nobody is enrolled twice.

    An imported or simulated history brings such rows. Returns how many customers that were.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(enrolling.TAKE_FROM_LOG, {"at": at})
        taken = cursor.rowcount
        if taken:
            cursor.execute(enrolling.NOTE_GOALS_OF_LOG)
    return taken


def do_task(
    task: Task, *, by: StaffMember, note: str, at: datetime, confirmed: Mapping[str, bool] | None = None
) -> Task:
    """Note that a task is done, with what came of it and which of the asked steps of the protocol were followed.

    What was asked and not answered counts as not followed. Raises TaskDone.
    """
    with transaction.atomic():
        held = Task.objects.select_for_update(of=("self",)).select_related("scenario").get(pk=task.pk)
        if held.done_at is not None:
            raise TaskDone(_("%(name)s has done it already.") % {"name": held.done_by or _("Somebody")})
        held.done_at, held.done_by, held.note = at, by, note.strip()
        if held.asked:
            held.confirmed = {one["key"]: bool((confirmed or {}).get(one["key"])) for one in held.asked}
        held.save(update_fields=["done_at", "done_by", "note", "confirmed"])
        outcomes.note([(held.enrolment_id, held.step, "done", "")], at=at)
        log(
            "task_done",
            [(held.enrolment_id, held.customer_id)],
            scenario=held.scenario.key,
            step=held.step,
            at=at,
            payload={
                "scenario": held.scenario.key,
                "text": text_in(held.texts, business().language),
                "by": by.email,
                "note": held.note,
                **({"confirmed": held.confirmed} if held.asked else {}),
            },
        )
    return held


def _change_state(
    scenario: Scenario,
    state: State,
    *,
    frm: tuple[State, ...],
    by: StaffMember | None,
    at: datetime,
    started_at: datetime | None = None,
    pilot_percent: int | None = None,
) -> Scenario:
    with transaction.atomic():
        held = hold(scenario)
        if held.state not in frm:
            raise StateRefused(_refusal(held))
        held.state, held.state_by, held.state_at = state, by, at
        if started_at:
            held.started_at, held.pilot_percent = started_at, pilot_percent
        if state == State.LIVE:  # what happened before, or during a pause, begins nothing
            held.seen_transactions, held.looked_until = enrolling.horizon(), at
            ask_to_enrol()
        held.save(update_fields=CHANGED_WITH_STATE)
    for name in CHANGED_WITH_STATE:
        setattr(scenario, name, getattr(held, name))
    return held


def _refusal(scenario: Scenario) -> str:
    return _("“%(name)s” is %(state)s now: reload the page and look again.") % {
        "name": scenario.name,
        "state": scenario.get_state_display(),
    }
