"""Who reached the goal of a scenario, and when, as SQL: for the machine, and for whoever compares the arms afterwards.

Both ask the same conditions of the log, so a customer's page and the effect of a scenario speak of the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

from mijoz.scenarios import happenings
from mijoz.scenarios.goals import PURCHASE, Goal
from mijoz.scenarios.models import ScenarioVersion
from mijoz.segments.rules import Condition

HAPPENED = """
    SELECT min(e.occurred_at) AS first_at
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = candidate.customer_id AND {fits}
      AND e.occurred_at > candidate.enrolled_at AND e.occurred_at <= candidate.window_closes_at
"""
MOVED = """
    SELECT min(m.{moment}) AS first_at
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE m.customer_id = candidate.customer_id AND g.key = %(g_segment)s
      AND m.{moment} > candidate.enrolled_at AND m.{moment} <= candidate.window_closes_at
"""
# Profiles say who can have bought at all.
MAY_HAVE_BOUGHT = """
    JOIN customers_profile p ON p.customer_id = e.customer_id AND p.last_purchase_at > e.enrolled_at
"""
NOTE = """
    WITH candidate AS (
        SELECT e.id, e.customer_id, e.enrolled_at, e.window_closes_at
        FROM scenarios_enrolment e {hurdle}
        WHERE e.goal_reached_at IS NULL AND e.version_id = ANY(%(versions)s) AND {which}
    ), reached AS (
        SELECT candidate.id, found.first_at FROM candidate CROSS JOIN LATERAL ({first}) found
        WHERE found.first_at IS NOT NULL
    )
    UPDATE scenarios_enrolment e SET goal_reached_at = reached.first_at FROM reached WHERE e.id = reached.id
    RETURNING e.id
"""
ALL_HAPPENED = """
    SELECT o.customer_id, e.occurred_at
    FROM unnest(%(customers)s::bigint[]) AS wanted(id) JOIN customers_ownership o ON o.customer_id = wanted.id
    JOIN events_event e ON e.identity_id = o.identity_id WHERE {fits}
"""
ALL_MOVED = """
    SELECT m.customer_id, m.{moment} FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.key = %(g_segment)s AND m.customer_id = ANY(%(customers)s) AND m.{moment} IS NOT NULL
"""
MOMENTS = {"segment_entered": "entered_at", "segment_left": "left_at"}
FOUND: dict[str, pl.DataType | type[pl.DataType]] = {
    "goal": pl.String,
    "customer_id": pl.Int64,
    "occurred_at": pl.Datetime("us", "UTC"),
}


def note(goals: Mapping[int, Goal], *, which: str, ids: Sequence[int] = ()) -> set[int]:
    """Note who has reached the goal of their version inside the window; returns the enrolments.

    `goals` has them by version, `which` is SQL of the enrolments `e` that are looked at.
    """
    alike: dict[str, list[int]] = {}
    for version, goal in goals.items():
        alike.setdefault(goal.token, []).append(version)
    reached: set[int] = set()
    for versions in alike.values():
        goal = goals[versions[0]]
        first = _first(goal)
        hurdle = MAY_HAVE_BOUGHT if goal.kind == PURCHASE else ""
        with connection.cursor() as cursor:
            cursor.execute(
                NOTE.format(hurdle=hurdle, which=which, first=first.sql),
                first.parameters | {"versions": versions, "ids": list(ids)},
            )
            reached |= {row[0] for row in cursor.fetchall()}
    return reached


def goals_by_token() -> dict[str, Goal]:
    """Every goal that a version of a scenario ever had, by the text that the log has for it."""
    found = ScenarioVersion.objects.order_by().values_list("definition__goal", flat=True).distinct()
    goals = (Goal(**goal) for goal in found)
    return {goal.token: goal for goal in goals}


def happened(goals: Iterable[Goal], customers: Collection[int]) -> pl.DataFrame:
    """Each time that one of these goals could have been reached by one of these customers: goal, customer_id,
    occurred_at. Purchases are not among them: they are read from the lake."""
    parts, asked = [pl.DataFrame(schema=FOUND)], sorted(customers)
    for token, goal in {goal.token: goal for goal in goals if goal.kind != PURCHASE}.items():
        every = _every(goal)
        with connection.cursor() as cursor:
            cursor.execute(every.sql, every.parameters | {"customers": asked})
            rows = [(token, *row) for row in cursor.fetchall()]
        parts.append(pl.DataFrame(rows, schema=FOUND, orient="row"))
    return pl.concat(parts)


def _first(goal: Goal) -> Condition:
    fits = _fits(goal)
    if fits is None:
        return Condition(MOVED.format(moment=MOMENTS[goal.kind]), {"g_segment": goal.segment})
    return Condition(HAPPENED.format(fits=fits.sql), fits.parameters)


def _every(goal: Goal) -> Condition:
    fits = _fits(goal)
    if fits is None:
        return Condition(ALL_MOVED.format(moment=MOMENTS[goal.kind]), {"g_segment": goal.segment})
    return Condition(ALL_HAPPENED.format(fits=fits.sql), fits.parameters)


def _fits(goal: Goal) -> Condition | None:
    asked = goal.happening
    if asked is None:
        return None
    events, where = asked
    parameters: dict[str, Any] = {}
    parts = []
    for number, event in enumerate(events):
        one = happenings.fits(event, where, prefix=f"g{number}")
        parts.append(f"({one.sql})")
        parameters |= one.parameters
    return Condition(f"({' OR '.join(parts)})", parameters)
