"""How due steps are taken: a batch of enrolments is claimed, what their steps do is written for all of them, and they
move on, in one transaction. A worker that dies leaves nothing half-done, and others pass over what it holds.

What a step does carries a key made of enrolment and step: it can stand in the outbox, the tasks and the log only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from mijoz.business.models import Branch, Business
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.outbox import NewMessage
from mijoz.customers.actions import set_protocols
from mijoz.customers.privacy.stops import MAY_BE_PROFILED
from mijoz.scenarios.definition import Definition, GiveTask, Message, Offer, SetProtocol, Wait
from mijoz.scenarios.fitting import text_in
from mijoz.scenarios.letters import Writer, known_of
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.models import Task

# Of one person's enrolments in a scenario that overlap, since two customers became one, a single one goes on: that of
# the customer kept, else the earliest. The others rest, and go on when the merge is undone.
SAME_PERSON = """
    WITH RECURSIVE up(id, next) AS (
        SELECT c.id, c.merged_into_id
        UNION ALL SELECT w.id, w.merged_into_id FROM up JOIN customers_customer w ON w.id = up.next
    ), person(id, is_root) AS (
        SELECT id, true FROM up WHERE next IS NULL
        UNION ALL SELECT w.id, false FROM person JOIN customers_customer w ON w.merged_into_id = person.id
    )
    SELECT FROM person JOIN scenarios_enrolment other ON other.customer_id = person.id
    WHERE other.scenario_id = e.scenario_id AND other.id <> e.id AND (person.is_root OR other.id < e.id)
      AND (other.ended_at IS NULL OR other.ended_at > e.enrolled_at)
"""
CLAIM = f"""
    SELECT e.id, e.customer_id, e.version_id, e.next_step, e.offer_until, e.goal_reached_at IS NOT NULL
    FROM scenarios_enrolment e JOIN scenarios_scenario s ON s.id = e.scenario_id
    JOIN customers_customer c ON c.id = e.customer_id
    WHERE e.state = 'running' AND e.due_at <= %(at)s AND s.state = 'live'
      AND (c.merged_into_id IS NULL OR NOT EXISTS ({SAME_PERSON}))
      AND {MAY_BE_PROFILED.format(customer="e.customer_id")}
    ORDER BY e.due_at, e.id LIMIT %(batch)s
    FOR UPDATE OF e SKIP LOCKED
"""  # noqa: S608 - built from constants; who may not be profiled waits where they are, until they may
# The first purchase inside the window; profiles say who can have one at all.
NOTE_GOALS = """
    WITH candidate AS (
        SELECT e.id, e.customer_id, e.enrolled_at, e.window_closes_at
        FROM scenarios_enrolment e JOIN customers_profile p ON p.customer_id = e.customer_id
        WHERE e.goal_reached_at IS NULL AND p.last_purchase_at > e.enrolled_at AND {which}
    ), reached AS (
        SELECT candidate.id, bought.first_at
        FROM candidate CROSS JOIN LATERAL (
            SELECT min(event.occurred_at) AS first_at
            FROM customers_ownership o JOIN events_event event ON event.identity_id = o.identity_id
            WHERE o.customer_id = candidate.customer_id AND event.type = 'purchase_line'
              AND event.occurred_at > candidate.enrolled_at AND event.occurred_at <= candidate.window_closes_at
        ) bought
        WHERE bought.first_at IS NOT NULL
    )
    UPDATE scenarios_enrolment e SET goal_reached_at = reached.first_at FROM reached WHERE e.id = reached.id
    RETURNING e.id
"""
OF_THESE = "e.id = ANY(%(ids)s)"
STILL_OPEN = "e.state IN ('running', 'watched')"
END_AT_GOAL = """
    UPDATE scenarios_enrolment SET state = 'ended', ended_at = %(at)s, ending = 'goal_reached', due_at = NULL
    WHERE id = ANY(%(ids)s)
"""
CLOSING = """
    SELECT id FROM scenarios_enrolment WHERE state = 'watched' AND window_closes_at <= %(at)s
    ORDER BY window_closes_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
CLOSE_WINDOWS = """
    UPDATE scenarios_enrolment SET
        state = 'ended', ended_at = %(at)s,
        ending = CASE WHEN goal_reached_at IS NULL THEN 'window_closed' ELSE 'goal_reached' END
    WHERE id = ANY(%(ids)s)
"""
MOVE_ON = """
    UPDATE scenarios_enrolment SET
        next_step = %(next_step)s, due_at = %(due_at)s, state = %(state)s,
        offer_until = coalesce(%(offer_until)s, offer_until)
    WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An enrolment with a due step."""

    id: int
    customer_id: int
    version_id: int
    next_step: int
    offer_until: date | None
    has_reached_goal: bool

    @property
    def done(self) -> tuple[int, int]:
        return (self.id, self.customer_id)


@dataclass(frozen=True, slots=True)
class Course:
    """A version as it runs: its scenario, its number, and its definition."""

    scenario_id: int
    scenario: str  # its key
    number: int
    definition: Definition


def claim(*, at: datetime, batch: int) -> list[Claimed]:
    """Enrolments whose step is due, held by this transaction; what another one holds is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "batch": batch})
        return [Claimed(*row) for row in cursor.fetchall()]


def groups(claimed: Sequence[Claimed]) -> list[list[Claimed]]:
    """Those that take the same step of the same version."""

    def step_of(one: Claimed) -> tuple[int, int]:
        return (one.version_id, one.next_step)

    return [list(members) for _step, members in groupby(sorted(claimed, key=step_of), key=step_of)]


def note_goals(ids: Sequence[int] | None = None) -> set[int]:
    """Note who has reached the goal inside the window, of these enrolments or of all open ones; returns their ids."""
    which = STILL_OPEN if ids is None else OF_THESE
    with connection.cursor() as cursor:
        cursor.execute(NOTE_GOALS.format(which=which), {"ids": list(ids or [])})
        return {row[0] for row in cursor.fetchall()}


def close_windows(*, at: datetime, batch: int) -> int:
    """End enrolments whose goal is no longer watched; returns how many, at most `batch`."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSING, {"at": at, "batch": batch})
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            note_goals(ids)
            cursor.execute(CLOSE_WINDOWS, {"at": at, "ids": ids})
    return len(ids)


def end_at_goal(ids: Sequence[int], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(END_AT_GOAL, {"at": at, "ids": list(ids)})


def take_steps(members: Sequence[Claimed], course: Course, *, at: datetime, business: Business) -> int:
    """Take the steps of one group until the next wait or the end, and move them on; returns the number of steps."""
    position, steps = members[0].next_step, course.definition.steps
    begun, made_until = position, None
    while position < len(steps) and not isinstance(steps[position], Wait):
        step = steps[position]
        match step:
            case Offer():
                made_until = at.astimezone(business.zone).date() + timedelta(days=step.valid_days)
                _make_offers(step, members, course, until=made_until, at=at)
            case Message():
                offer = course.definition.offer_before(position)
                _write_messages(step, members, course, offer=offer, made_until=made_until, at=at, business=business)
            case SetProtocol():
                _set_protocols(step, members, course, at=at, business=business)
            case GiveTask():
                _give_tasks(step, members, course, at=at, business=business)
        position += 1
    due_at = None
    if position < len(steps):
        wait = steps[position]
        assert isinstance(wait, Wait)
        position, due_at = position + 1, at + wait.duration
    _move_on(members, next_step=position, due_at=due_at, offer_until=made_until)
    return position - begun


def _move_on(members: Sequence[Claimed], *, next_step: int, due_at: datetime | None, offer_until: date | None) -> None:
    parameters: dict[str, Any] = {
        "ids": [one.id for one in members],
        "next_step": next_step,
        "due_at": due_at,
        "state": "running" if due_at else "watched",
        "offer_until": offer_until,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ON, parameters)


def _make_offers(step: Offer, members: Sequence[Claimed], course: Course, *, until: date, at: datetime) -> None:
    payload: dict[str, Any] = {"scenario": course.scenario, "offer": step.offer, "until": until.isoformat()}
    payload |= {"gift": step.gifts} if step.gifts else {"discount": step.discount}
    log("offer_made", [one.done for one in members], scenario=course.scenario, step=step.key, at=at, payload=payload)


def _write_messages(
    step: Message,
    members: Sequence[Claimed],
    course: Course,
    *,
    offer: Offer | None,
    made_until: date | None,
    at: datetime,
    business: Business,
) -> None:
    known = known_of([one.customer_id for one in members])
    writer = Writer(step, offer=offer, business=business)
    messages = []
    for one in members:
        language, subject, text = writer.write(known[one.customer_id], until=made_until or one.offer_until)
        if not (subject and text):
            continue  # nothing is left of it without what we do not know of this customer
        messages.append(
            NewMessage(
                customer_id=one.customer_id,
                channel=step.channel,
                purpose=course.definition.purpose,
                dedupe_key=f"enrolment/{one.id}/{step.key}",
                language=language,
                subject=subject,
                text=text,
                send_after=at,
                scenario=course.scenario,
                scenario_version=course.number,
                enrolment=one.id,
                step=step.key,
            )
        )
    put_in_outbox(messages)


def _set_protocols(
    step: SetProtocol, members: Sequence[Claimed], course: Course, *, at: datetime, business: Business
) -> None:
    wanted: dict[str, Any] = {
        "priority": step.priority,
        "script": text_in(step.scripts, business.language) or None,
        "package": step.package or None,
        "preferred_channel": step.preferred_channel or None,
        "preferred_hours": step.preferred_hours or None,
    }
    fields = {name: value for name, value in wanted.items() if value is not None}
    changed = set_protocols([one.customer_id for one in members], by=course.scenario, at=at, **fields)
    log(
        "protocol_set",
        [one.done for one in members if one.customer_id in changed],
        scenario=course.scenario,
        step=step.key,
        at=at,
        payload={"scenario": course.scenario, "by": course.scenario, **fields},
    )


def _give_tasks(
    step: GiveTask, members: Sequence[Claimed], course: Course, *, at: datetime, business: Business
) -> None:
    last_day = at.astimezone(business.zone).date() + timedelta(days=step.due_days)
    due_at = datetime.combine(last_day, time(23, 59), business.zone)
    branch = Branch.objects.filter(code=step.branch).first() if step.branch else None
    Task.objects.bulk_create(
        (
            Task(
                enrolment_id=one.id,
                scenario_id=course.scenario_id,
                customer_id=one.customer_id,
                step=step.key,
                texts=step.texts,
                role=step.role,
                branch=branch,
                created_at=at,
                due_at=due_at,
            )
            for one in members
        ),
        batch_size=2_000,
        ignore_conflicts=True,
    )
    text = text_in(step.texts, business.language)
    payload = {"scenario": course.scenario, "text": text, "role": step.role}
    log("task_created", [one.done for one in members], scenario=course.scenario, step=step.key, at=at, payload=payload)
