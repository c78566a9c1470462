"""The machine of scenarios: it enrols who fits, takes the steps that are due, and keeps what they came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.business.queries import business
from mijoz.scenarios import advancing, checking, enrolling, outcomes, queries
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.scenarios.steps import Course

State = Scenario.State
BY_SEGMENT = ("segment_entered", "segment_left")
BATCH = 10_000  # enrolments that move on in one transaction


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


def ask_to_enrol() -> None:
    """Ask a worker to enrol, once what changed can be seen."""
    transaction.on_commit(_defer_enrolling)


def enrol(*, at: datetime, scenarios: Iterable[Scenario] | None = None) -> Enrolled:
    """Enrol everybody who fits a live scenario now and is not in it yet, each in the arm of their hash.

    Twice changes nothing. Who was in the scenario before comes again only as its definition allows.
    """
    enrolled = Enrolled()
    for scenario in scenarios if scenarios is not None else Scenario.objects.filter(state=State.LIVE):
        after, is_more = 0, True
        while is_more:
            after, is_more = _enrol_piece(scenario, at=at, after=after, enrolled=enrolled)
            if is_more:
                enrolling.count_enrolments()
    return enrolled


def look_around(*, at: datetime) -> Enrolled:
    """Enrol by what has happened and by the clock, and wake whoever waits for what has happened.

    What begins by a segment is enrolled when segments were refreshed.
    """
    begun: list[Scenario] = []
    for scenario in Scenario.objects.filter(state=State.LIVE):
        with transaction.atomic():
            horizon = enrolling.horizon()
            for version, definition in queries.definitions_in_use(scenario).items():
                advancing.wake_by_events(version, definition, seen=scenario.seen_transactions or 0, at=at)
            kind = queries.definition_in_force(scenario).trigger.kind
            if kind in BY_SEGMENT:
                Scenario.objects.filter(pk=scenario.pk).update(seen_transactions=horizon)
            else:
                begun.append(scenario)
    return enrol(at=at, scenarios=begun)


def advance(*, at: datetime, batch: int = BATCH) -> Advanced:
    """Take every step that is due, note who reached the goal, and end what is over.

    Many workers may do so at once; each batch is one transaction, so whatever dies, nothing is done twice or lost.
    """
    advanced = Advanced()
    courses: dict[int, Course] = {}
    while _advance_batch(at=at, batch=batch, courses=courses, advanced=advanced):
        pass
    while closed := _close_batch(at=at, batch=batch, courses=courses):
        advanced.closed += closed
    while note_overdue(at=at, batch=batch):
        pass
    return advanced


def note_goals() -> int:
    """Note which open enrolments have reached their goal; returns how many had not been noted yet."""
    with transaction.atomic():
        return len(advancing.note_goals(queries.goals_watched()))


def _enrol_piece(scenario: Scenario, *, at: datetime, after: int, enrolled: Enrolled) -> tuple[int, bool]:
    """Enrol the next ones and log it, in one transaction that a pause or a new version waits for.

    Begins with the customer `after`; returns the last one and whether there may be more. What the trigger has seen is
    noted with the last piece.
    """
    with transaction.atomic():
        held = hold(scenario)
        if held.state != State.LIVE:
            return after, False
        version = queries.version_in_force(held)
        course = checking.parse(version.definition)
        horizon = enrolling.horizon()
        statement = enrolling.enrol_statement(held, version, course, at=at, after=after)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.parameters)
            rows: list[tuple[int, int, str]] = cursor.fetchall()
        if len(rows) < enrolling.PIECE and course.trigger.kind not in BY_SEGMENT:
            Scenario.objects.filter(pk=held.pk).update(seen_transactions=horizon, looked_until=at)
        for arm, counted in (
            (Enrolment.Arm.TREATED, enrolled.treated),
            (Enrolment.Arm.HOLD_OUT, enrolled.held_out),
        ):
            done = [(enrolment, customer) for enrolment, customer, drawn in rows if drawn == arm]
            payload = enrolling.payload(version.number, arm.value, course)
            log("scenario_enrolled", done, scenario=held.key, at=at, payload=payload)
            counted[held.key] = counted.get(held.key, 0) + len(done)
    return max((customer for _enrolment, customer, _arm in rows), default=after), len(rows) >= enrolling.PIECE


def _advance_batch(*, at: datetime, batch: int, courses: dict[int, Course], advanced: Advanced) -> int:
    with transaction.atomic():
        claimed = advancing.claim(at=at, batch=batch)
        if not claimed:
            return 0
        courses.update(queries.courses({one.version_id for one in claimed} - courses.keys()))
        goals = {one.version_id: courses[one.version_id].definition.goal for one in claimed}
        reached = frozenset(
            advancing.note_goals(goals, [one.id for one in claimed])
            | {one.id for one in claimed if one.has_reached_goal}
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


def _close_batch(*, at: datetime, batch: int, courses: dict[int, Course]) -> int:
    with transaction.atomic():
        closing = advancing.closing(at=at, batch=batch)
        if closing:
            versions = {version for _id, version in closing}
            courses.update(queries.courses(versions - courses.keys()))
            ids = [one for one, _version in closing]
            advancing.note_goals({version: courses[version].definition.goal for version in versions}, ids)
            advancing.close_windows(ids, at=at)
    return len(closing)


def hold(scenario: Scenario) -> Scenario:
    """The scenario as it is now, held against a change by anybody else until the transaction ends."""
    return Scenario.objects.select_for_update(no_key=True).get(pk=scenario.pk)


def _defer_enrolling() -> None:
    try:
        with transaction.atomic():
            app.configure_task("scenarios.enrol", queueing_lock="scenarios.enrol", lock="scenarios.enrol").defer()
    except AlreadyEnqueued:
        return  # the waiting job will see it too
