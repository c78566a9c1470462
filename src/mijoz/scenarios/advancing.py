"""How due steps are taken: a batch of enrolments is claimed, what their steps do is written for all of them, and they
move on, in one transaction. A worker that dies leaves nothing half-done, and others pass over what it holds.

What a step does carries a key made of enrolment and step: it can stand in the outbox, the tasks and the log only once.
How each kind of step is taken stands in steps/.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from mijoz.business.models import Business
from mijoz.customers.privacy.stops import MAY_BE_PROFILED
from mijoz.scenarios import happenings, outcomes, reaching
from mijoz.scenarios.definition import HELD_OUT, Definition, Goal, Wait
from mijoz.scenarios.steps import Claimed, Course, Taken, Turn, take

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
      AND other.occasion = e.occasion
      AND (other.ended_at IS NULL OR other.ended_at > e.enrolled_at)
"""
CLAIM = f"""
    SELECT e.id, e.customer_id, e.version_id, e.next_step, e.offer_until, e.goal_reached_at IS NOT NULL, e.withheld,
           e.is_test, e.waits_since, e.offer_code
    FROM scenarios_enrolment e JOIN scenarios_scenario s ON s.id = e.scenario_id
    JOIN customers_customer c ON c.id = e.customer_id
    WHERE e.state = 'running' AND e.due_at <= %(at)s AND (s.state = 'live' OR e.is_test AND s.state = 'draft')
      AND (c.merged_into_id IS NULL OR NOT EXISTS ({SAME_PERSON}))
      AND {MAY_BE_PROFILED.format(customer="e.customer_id")}
    ORDER BY e.due_at, e.id LIMIT %(batch)s
    FOR UPDATE OF e SKIP LOCKED
"""  # noqa: S608 - built from constants; who may not be profiled waits where they are, until they may
# Whoever waits for something that has happened since: rows of transactions that the last look may not have seen.
WAKE_BY_EVENT = """
    WITH woken AS (
        SELECT w.id FROM scenarios_enrolment w
        WHERE w.version_id = %(version)s AND w.waits_for = %(step)s AND w.state = 'running' AND w.due_at > %(at)s
          AND w.customer_id IN (
            SELECT o.customer_id FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
            WHERE e.written_by >= %(seen)s AND {fits}
          )
        ORDER BY w.id FOR UPDATE
    )
    UPDATE scenarios_enrolment e SET due_at = %(at)s FROM woken WHERE e.id = woken.id
"""
OF_THESE = "e.id = ANY(%(ids)s)"
STILL_OPEN = "e.state IN ('running', 'watched')"
END_AT_GOAL = """
    UPDATE scenarios_enrolment SET
        state = 'ended', ended_at = %(at)s, ending = 'goal_reached', due_at = NULL, waits_since = NULL, waits_for = ''
    WHERE id = ANY(%(ids)s)
"""
CLOSING = """
    SELECT id, version_id FROM scenarios_enrolment WHERE state = 'watched' AND window_closes_at <= %(at)s
    ORDER BY window_closes_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
CLOSE_WINDOWS = """
    UPDATE scenarios_enrolment SET
        state = 'ended', ended_at = %(at)s,
        ending = CASE WHEN goal_reached_at IS NULL THEN 'window_closed' ELSE 'goal_reached' END
    WHERE id = ANY(%(ids)s)
"""
# The row has its step and since when it waits: only the moment was brought forward.
WAIT_ON = "UPDATE scenarios_enrolment SET due_at = waits_since + %(length)s WHERE id = ANY(%(ids)s)"
MOVE_ON = """
    UPDATE scenarios_enrolment SET
        next_step = %(next_step)s, due_at = %(due_at)s, state = %(state)s, waits_since = %(waits_since)s,
        waits_for = %(waits_for)s, offer_until = coalesce(%(offer_until)s, offer_until),
        offer_code = CASE %(offer_code)s WHEN '' THEN offer_code ELSE %(offer_code)s END
    WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where enrolments stand after a turn."""

    next_step: int
    due_at: datetime | None = None
    waits_since: datetime | None = None
    waits_for: str = ""


def claim(*, at: datetime, batch: int) -> list[Claimed]:
    """Enrolments whose step is due, held by this transaction; what another one holds is passed over."""
    with connection.cursor() as cursor:
        # Along the index of what is due, row by row until the batch is full: else all that is due is read and sorted.
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        cursor.execute(CLAIM, {"at": at, "batch": batch})
        claimed = [Claimed(*row) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
        return claimed


def groups(claimed: Sequence[Claimed]) -> list[list[Claimed]]:
    """Those of the same version, tests apart from others."""

    def kind_of(one: Claimed) -> tuple[int, bool]:
        return (one.version_id, one.is_test)

    return [list(members) for _kind, members in groupby(sorted(claimed, key=kind_of), key=kind_of)]


def note_goals(goals: Mapping[int, Goal], ids: Sequence[int] | None = None) -> set[int]:
    """Note who has reached the goal inside the window, of these enrolments or of all open ones; returns their ids.

    `goals` are those of the versions that are looked at.
    """
    return reaching.note(goals, which=STILL_OPEN if ids is None else OF_THESE, ids=ids or ())


def closing(*, at: datetime, batch: int) -> list[tuple[int, int]]:
    """Enrolments whose goal is no longer watched, with their version, at most `batch`, held by this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSING, {"at": at, "batch": batch})
        return cursor.fetchall()


def close_windows(ids: Sequence[int], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_WINDOWS, {"at": at, "ids": list(ids)})


def wake_by_events(version: int, definition: Definition, *, seen: int, at: datetime) -> int:
    """Let those go on for whom what they wait for may have happened; their step looks closely. Returns how many."""
    woken = 0
    for placed in definition.placed:
        if isinstance(placed.step, Wait) and placed.step.until == "event":
            fits = happenings.fits(placed.step.event, placed.step.where)
            own: dict[str, Any] = {"version": version, "step": placed.step.key, "seen": seen, "at": at}
            with connection.cursor() as cursor:
                cursor.execute(WAKE_BY_EVENT.format(fits=fits.sql), fits.parameters | own)
                woken += cursor.rowcount
    return woken


def end_at_goal(ids: Sequence[int], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(END_AT_GOAL, {"at": at, "ids": list(ids)})


def take_steps(
    members: Sequence[Claimed],
    course: Course,
    *,
    at: datetime,
    business: Business,
    reached_goal: frozenset[int] = frozenset(),
) -> int:
    """Take the steps of one version until the next wait or the end, and move everybody on; returns how many steps.

    Ways only lead forward, so the earliest position is taken first, by all who have come to it by whatever way.
    """
    turn = Turn(course, at, business, is_test=members[0].is_test, reached_goal=reached_goal)
    placed = course.definition.placed
    coming: dict[int, list[Claimed]] = defaultdict(list)
    for one in members:
        coming[one.next_step].append(one)
    stands: dict[Stand, list[Claimed]] = defaultdict(list)
    written: list[outcomes.Row] = []
    steps = 0
    while coming:
        position = min(coming)
        here = coming.pop(position)
        if position >= len(placed):
            stands[Stand(position)] += here
            continue
        taken = _take(position, here, turn)
        step = placed[position].step
        for outcome, detail, some in taken.outcomes:
            written += [(one.id, step.key, outcome, detail) for one in some]
            turn.came_to.setdefault(step.key, {}).update(dict.fromkeys((one.id for one in some), outcome))
            ends = step.kind == "end" and outcome == "ended"
            goes_to = len(placed) if ends else placed[position].ways.get(outcome, placed[position].after)
            coming[goes_to] += map(_gone_on, some)
            steps += len(some)
        if taken.open:
            coming[placed[position].after] += map(_gone_on, taken.open)
            steps += len(taken.open)
        for rest in taken.rests:
            stands[Stand(position, rest.due_at, at, rest.waits_for)] += rest.members
        for some, length in taken.waits_on:
            _wait_on(some, length)
        _forget_empty(coming)
    outcomes.write(written, at=at)
    _move_on(stands, turn)
    return steps


def _take(position: int, here: Sequence[Claimed], turn: Turn) -> Taken:
    """Take the step at this position: who is held out of it passes by."""
    definition = turn.course.definition
    placed = definition.placed[position]
    withheld = [one for one in here if one.withheld] if definition.is_withheld(placed.step) else []
    served = [one for one in here if not one.withheld] if withheld else list(here)
    taken = take(placed, served, turn) if served else Taken()
    return taken.came_to(HELD_OUT, withheld)


def _gone_on(one: Claimed) -> Claimed:
    """As they come to a later step, at which they have not waited yet."""
    return one if one.waits_since is None else one._replace(waits_since=None)


def _wait_on(members: Sequence[Claimed], length: timedelta) -> None:
    parameters: dict[str, Any] = {"length": length, "ids": [one.id for one in members]}
    with connection.cursor() as cursor:
        cursor.execute(WAIT_ON, parameters)


def _forget_empty(coming: dict[int, list[Claimed]]) -> None:
    for position in [position for position, some in coming.items() if not some]:
        del coming[position]


def _move_on(stands: dict[Stand, list[Claimed]], turn: Turn) -> None:
    for stand, members in stands.items():
        # An offer of this turn is kept with the enrolment: its day for all at once, its codes one by one.
        alike: dict[tuple[Any, str], list[int]] = defaultdict(list)
        for one in members:
            alike[turn.offers_until.get(one.id), turn.codes.get(one.id, "")].append(one.id)
        for (until, code), ids in alike.items():
            parameters: dict[str, Any] = {
                "ids": ids,
                "next_step": stand.next_step,
                "due_at": stand.due_at,
                "state": "running" if stand.due_at else "watched",
                "waits_since": stand.waits_since,
                "waits_for": stand.waits_for,
                "offer_until": until,
                "offer_code": code,
            }
            with connection.cursor() as cursor:
                cursor.execute(MOVE_ON, parameters)
