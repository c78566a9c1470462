"""What scenarios can do: be written, started, paused and stopped, enrol customers and take their steps, give tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.business.models import Branch, StaffMember
from mijoz.business.queries import business
from mijoz.scenarios import advancing, checking, enrolling, outcomes, queries
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.fitting import text_in
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.pilots import PILOTS
from mijoz.scenarios.steps import Course
from mijoz.segments.queries import segments

State = Scenario.State
BATCH = 10_000  # enrolments that move on in one transaction


class KeyTaken(ValueError):
    """Another scenario has this key."""


class StateRefused(ValueError):
    """The scenario cannot go into this state from the one in which it is; nothing was changed."""


class TaskDone(ValueError):
    """Somebody has done the task already."""


@dataclass(slots=True)
class Enrolled:
    """How many customers were enrolled, by key of the scenario and arm."""

    treated: dict[str, int] = field(default_factory=dict)
    held_out: dict[str, int] = field(default_factory=dict)

    @property
    def customers(self) -> int:
        return sum(self.treated.values()) + sum(self.held_out.values())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Advanced:
    """How many enrolments took how many steps, and how many came to their end."""

    enrolments: int = 0
    steps: int = 0
    reached_goal: int = 0
    closed: int = 0


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
        held = _hold(scenario)
        latest = queries.version_in_force(scenario)
        if held.state != State.DRAFT:
            checking.refuse_what_cannot_run(definition)
        if latest.definition == checked:
            return latest
        return ScenarioVersion.objects.create(
            scenario=scenario, number=latest.number + 1, definition=checked, written_by=by, written_at=at
        )


def start(scenario: Scenario, *, by: StaffMember | None, at: datetime) -> Scenario:
    """Let a draft or a stopped scenario enrol from now on, which a worker is asked to do.

    Raises StateRefused, or checking.DefinitionRefused.
    """
    checking.refuse_what_cannot_run(check(queries.version_in_force(scenario).definition))
    return _change_state(scenario, State.LIVE, frm=(State.DRAFT, State.STOPPED), by=by, at=at, started_at=at)


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


def ask_to_enrol() -> None:
    """Ask a worker to enrol, once what changed can be seen."""
    transaction.on_commit(_defer_enrolling)


def enrol(*, at: datetime, scenarios: Iterable[Scenario] | None = None) -> Enrolled:
    """Enrol everybody who fits a live scenario now and is not in it yet, each in the arm of their hash.

    Twice changes nothing. Who was in the scenario before comes again only as its definition allows.
    """
    enrolled = Enrolled()
    for scenario in scenarios if scenarios is not None else Scenario.objects.filter(state=State.LIVE):
        while piece := _enrol_piece(scenario, at=at, enrolled=enrolled):
            if piece < enrolling.PIECE:
                break
    return enrolled


def advance(*, at: datetime, batch: int = BATCH) -> Advanced:
    """Take every step that is due, note who reached the goal, and end what is over.

    Many workers may do so at once; each batch is one transaction, so whatever dies, nothing is done twice or lost.
    """
    advanced = Advanced()
    courses: dict[int, Course] = {}
    while _advance_batch(at=at, batch=batch, courses=courses, advanced=advanced):
        pass
    while closed := _close_batch(at=at, batch=batch):
        advanced.closed += closed
    while note_overdue(at=at, batch=batch):
        pass
    return advanced


def note_goals() -> int:
    """Note which open enrolments have reached their goal; returns how many had not been noted yet."""
    with transaction.atomic():
        return len(advancing.note_goals())


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


def _enrol_piece(scenario: Scenario, *, at: datetime, enrolled: Enrolled) -> int:
    """Enrol the next ones and log it, in one transaction that a pause or a new version waits for."""
    with transaction.atomic():
        held = _hold(scenario)
        if held.state != State.LIVE:
            return 0
        version = queries.version_in_force(held)
        course = checking.parse(version.definition)
        statement = enrolling.enrol_statement(held, version, course, at=at)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.parameters)
            rows: list[tuple[int, int, str]] = cursor.fetchall()
        for arm, counted in (
            (Enrolment.Arm.TREATED, enrolled.treated),
            (Enrolment.Arm.HOLD_OUT, enrolled.held_out),
        ):
            done = [(enrolment, customer) for enrolment, customer, drawn in rows if drawn == arm]
            payload = enrolling.payload(version.number, arm.value, course)
            log("scenario_enrolled", done, scenario=held.key, at=at, payload=payload)
            counted[held.key] = counted.get(held.key, 0) + len(done)
    return len(rows)


def _advance_batch(*, at: datetime, batch: int, courses: dict[int, Course], advanced: Advanced) -> int:
    with transaction.atomic():
        claimed = advancing.claim(at=at, batch=batch)
        if not claimed:
            return 0
        courses.update(queries.courses({one.version_id for one in claimed} - courses.keys()))
        reached = frozenset(
            advancing.note_goals([one.id for one in claimed]) | {one.id for one in claimed if one.has_reached_goal}
        )
        over = {one.id for one in claimed if one.id in reached and courses[one.version_id].definition.ends_at_goal}
        if over:
            advancing.end_at_goal(list(over), at=at)
        company = business()
        for members in advancing.groups([one for one in claimed if one.id not in over]):
            course = courses[members[0].version_id]
            advanced.steps += advancing.take_steps(members, course, at=at, business=company, reached_goal=reached)
        advanced.enrolments += len(claimed)
        advanced.reached_goal += len(over)
    return len(claimed)


@transaction.atomic
def note_overdue(*, at: datetime, batch: int = BATCH) -> int:
    """Let those go on who waited for a task that nobody did in time; returns how many tasks, at most `batch`."""
    return outcomes.note_overdue(at=at, batch=batch)


@transaction.atomic
def note_outcomes(rows: Sequence[outcomes.Row], *, at: datetime) -> None:
    """Keep what steps came to after their turn (enrolment, step, outcome, detail), as surveys tell it."""
    outcomes.note(rows, at=at)


def _close_batch(*, at: datetime, batch: int) -> int:
    with transaction.atomic():
        return advancing.close_windows(at=at, batch=batch)


def _hold(scenario: Scenario) -> Scenario:
    """The scenario as it is now, held against a change by anybody else until the transaction ends."""
    return Scenario.objects.select_for_update(no_key=True).get(pk=scenario.pk)


def _change_state(
    scenario: Scenario,
    state: State,
    *,
    frm: tuple[State, ...],
    by: StaffMember | None,
    at: datetime,
    started_at: datetime | None = None,
) -> Scenario:
    with transaction.atomic():
        held = _hold(scenario)
        if held.state not in frm:
            raise StateRefused(
                _("“%(name)s” is %(state)s now: reload the page and look again.")
                % {"name": held.name, "state": held.get_state_display()}
            )
        held.state, held.state_by, held.state_at = state, by, at
        held.started_at = started_at or held.started_at
        held.save(update_fields=["state", "state_by", "state_at", "started_at"])
        if state == State.LIVE:
            ask_to_enrol()
    for name in ("state", "state_by", "state_at", "started_at"):
        setattr(scenario, name, getattr(held, name))
    return held


def _defer_enrolling() -> None:
    try:
        with transaction.atomic():
            app.configure_task("scenarios.enrol", queueing_lock="scenarios.enrol", lock="scenarios.enrol").defer()
    except AlreadyEnqueued:
        return  # the waiting job will see it too
