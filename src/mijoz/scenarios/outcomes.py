"""What steps came to: written in sets, once known, and waking whoever waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection

from mijoz.channels.hooks import Settled
from mijoz.scenarios.models import Enrolment
from mijoz.scenarios.step_kinds import TOLD_LATER

Row = tuple[int, str, str, str]  # enrolment, step, outcome, detail
MANY = 1_000  # rows from which on a COPY is quicker
# A message that failed may be tried again, one that was sent may be delivered, opened, come back; what is told late of
# an earlier moment changes nothing. A survey that was delivered may be answered.
ON_CONFLICT = f"""
    ON CONFLICT (enrolment, step) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, at = excluded.at
    WHERE o.outcome IN ('failed', 'sent') AND o.outcome <> excluded.outcome
       OR o.outcome IN ('delivered', 'opened', 'clicked') AND excluded.outcome IN ('answered', 'timed_out')
       OR array_position(ARRAY{list(TOLD_LATER)}, o.outcome::text)
          < array_position(ARRAY{list(TOLD_LATER)}, excluded.outcome::text)
"""
WRITE = f"""
    INSERT INTO scenarios_stepoutcome AS o (enrolment, step, outcome, detail, at)
    SELECT enrolment, step, outcome, detail, %(at)s
    FROM unnest(%(enrolments)s::bigint[], %(steps)s::text[], %(outcomes)s::text[], %(details)s::text[])
        AS given(enrolment, step, outcome, detail)
    ORDER BY enrolment, step {ON_CONFLICT}
"""  # noqa: S608 - built from constants
WRITE_MANY = f"""
    INSERT INTO scenarios_stepoutcome AS o (enrolment, step, outcome, detail, at)
    SELECT enrolment, step, outcome, detail, %(at)s FROM given_outcomes ORDER BY enrolment, step {ON_CONFLICT}
"""  # noqa: S608 - built from constants
# Locked in the order of their ids, so that two who wake the same ones wait and never lock each other.
WAKE = """
    WITH woken AS (
        SELECT e.id FROM scenarios_enrolment e
        JOIN unnest(%(enrolments)s::bigint[], %(steps)s::text[]) AS given(enrolment, step)
            ON e.id = given.enrolment AND e.waits_for = given.step
        WHERE e.state = 'running' AND e.due_at > %(at)s
        ORDER BY e.id FOR UPDATE OF e
    )
    UPDATE scenarios_enrolment e SET due_at = %(at)s FROM woken WHERE e.id = woken.id
"""
NOTE_OVERDUE = """
    WITH overdue AS (
        SELECT t.id FROM scenarios_task t WHERE t.done_at IS NULL AND NOT t.is_overdue_noted AND t.due_at < %(at)s
        ORDER BY t.due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    UPDATE scenarios_task t SET is_overdue_noted = true FROM overdue WHERE t.id = overdue.id
    RETURNING t.enrolment_id, t.step
"""


def write(rows: Sequence[Row], *, at: datetime) -> None:
    """Write what steps came to; a step that has come to something already keeps it."""
    if not rows:
        return
    if len(rows) >= MANY:
        _copy(rows, at)
        return
    enrolments, steps, outcomes, details = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "enrolments": list(enrolments),
                "steps": list(steps),
                "outcomes": list(outcomes),
                "details": list(details),
                "at": at,
            },
        )


def note(rows: Sequence[Row], *, at: datetime) -> None:
    """Write what steps came to after their turn, and let those go on who waited for it."""
    write(rows, at=at)
    if not rows:
        return
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {
            "enrolments": [row[0] for row in rows],
            "steps": [row[1] for row in rows],
            "at": at,
        }
        cursor.execute(WAKE, parameters)


def note_settled(messages: Iterable[Settled]) -> None:
    """What came of messages in the outbox; of several things told of one message at once, the last of TOLD_LATER."""
    given = sorted(messages, key=lambda one: TOLD_LATER.index(one.status) if one.status in TOLD_LATER else -1)
    last = {(one.enrolment, one.step): one for one in given}
    rows: list[Row] = [(one.enrolment, one.step, one.status, one.reason) for one in last.values()]
    if rows:
        note(rows, at=max(one.settled_at for one in given))


def note_overdue(*, at: datetime, batch: int) -> int:
    """Give up on tasks that nobody did in time, so that no branch waits for them; returns how many, at most `batch`."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_OVERDUE, {"at": at, "batch": batch})
        rows: list[Row] = [(enrolment, step, "timed_out", "") for enrolment, step in cursor.fetchall()]
    note(rows, at=at)
    return len(rows)


def of(enrolment: Enrolment) -> dict[str, tuple[str, str, datetime]]:
    """Outcome, detail and moment by the key of the step."""
    with connection.cursor() as cursor:
        statement = "SELECT step, outcome, detail, at FROM scenarios_stepoutcome WHERE enrolment = %s ORDER BY at"
        cursor.execute(statement, [enrolment.pk])
        return {step: (outcome, detail, at) for step, outcome, detail, at in cursor.fetchall()}


def _copy(rows: Sequence[Row], at: datetime) -> None:
    frame = pl.DataFrame(rows, schema=["enrolment", "step", "outcome", "detail"], orient="row")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS given_outcomes"
            " (enrolment bigint, step text, outcome text, detail text) ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE given_outcomes")
        with cursor.copy("COPY given_outcomes FROM STDIN (FORMAT csv)") as copy:
            copy.write(frame.write_csv(include_header=False, quote_style="non_numeric"))
        cursor.execute(WRITE_MANY, {"at": at})
