"""Waiting: for some time, until something happens to the customer, or until their good hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from mijoz.channels.queries import open_channels
from mijoz.scenarios import happenings
from mijoz.scenarios.choosing.choice import choose
from mijoz.scenarios.definition import Placed, Wait
from mijoz.scenarios.steps.turn import Claimed, Rest, Taken, Turn, divided

LONGEST_IN_A_TEST = timedelta(minutes=1)
HAPPENED = """
    SELECT w.id FROM unnest(%(ids)s::bigint[], %(customers)s::bigint[], %(since)s::timestamptz[])
        AS w(id, customer_id, since)
    WHERE EXISTS (
        SELECT FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
        WHERE o.customer_id = w.customer_id AND e.occurred_at >= w.since AND {fits}
    )
"""


def wait(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Who comes to it begins to wait; who has waited at it goes on, or waits on when they were woken too early."""
    step = placed.step
    assert isinstance(step, Wait)
    length = min(step.duration, LONGEST_IN_A_TEST) if turn.is_test else step.duration
    waited, begun = divided(members, [one.id for one in members if one.waits_since is not None])
    taken = _begin(step, begun, length, turn) if begun else Taken()
    return _finish(step, waited, length, turn, taken) if waited else taken


def _begin(step: Wait, members: Sequence[Claimed], length: timedelta, turn: Turn) -> Taken:
    """Let them wait from now on; who is in their good hours already goes on at once."""
    latest = turn.at + length
    if step.until == "event":
        return Taken(rests=[Rest(members, latest, waits_for=step.key)])
    if step.until != "good_hours":
        return Taken(rests=[Rest(members, latest)])
    customers, purpose = [one.customer_id for one in members], turn.course.definition.purpose
    chosen = choose(customers, channels=open_channels(), purpose=purpose, at=turn.at, within=length)
    taken, later = Taken(), defaultdict[datetime, list[Claimed]](list)
    now: list[Claimed] = []
    for one in members:
        best = chosen.get(one.customer_id)
        begins = min(best.moment, latest) if best else turn.at
        (now if begins <= turn.at else later[begins]).append(one)
    taken.came_to("done", now)
    taken.rests += [Rest(some, due_at) for due_at, some in later.items()]
    return taken


def _finish(step: Wait, members: Sequence[Claimed], length: timedelta, turn: Turn, taken: Taken) -> Taken:
    """Their time is up, or what they waited for has happened."""
    if step.until != "event":
        return taken.came_to("done", members)
    fits = happenings.fits(step.event, step.where)
    parameters = fits.parameters | {
        "ids": [one.id for one in members],
        "customers": [one.customer_id for one in members],
        "since": [one.waits_since for one in members],
    }
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED.format(fits=fits.sql), parameters)
        happened, not_yet = divided(members, [row[0] for row in cursor.fetchall()])
    # Who was woken by something older that the log learned of only now waits on until their time is up.
    over = taken.wait(not_yet, length, waits_for=step.key, at=turn.at)
    return taken.came_to("happened", happened).came_to("timed_out", over)
