"""Who fits a scenario now, and the statement that enrols them: all at once, each in the arm of their hash.

The arm is `analysis.arms.arm` in SQL: the first 32 bits of md5("scenario:customer") as a share of 2^32, below the
hold-out share or not. So anybody can check it afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.business.queries import business
from mijoz.channels import control
from mijoz.customers.models import Purpose
from mijoz.customers.privacy.stops import MAY_BE_PROFILED
from mijoz.customers.queries import ABSORBED
from mijoz.events.queries import default_as_of
from mijoz.scenarios import triggering
from mijoz.scenarios.definition import Definition, has_occasions
from mijoz.scenarios.models import Scenario, ScenarioVersion
from mijoz.scenarios.triggering import Look
from mijoz.segments import overview
from mijoz.segments.membership import facts, source
from mijoz.segments.rules import Condition, compile_rule, field_keys

PIECE = 50_000  # customers enrolled by one statement, so that none holds its rows for long

HELD_OUT = """
    ('x' || substr(md5(%(scenario_key)s || ':' || {customer}::text), 1, 8))::bit(32)::bigint::double precision
    / 4294967296 < %(holdout_share)s
"""
ARM = f"CASE WHEN {HELD_OUT} THEN '{HOLD_OUT}' ELSE '{TREATED}' END"

BARRED = """NOT e.is_test AND (
    e.state <> 'ended' OR %(free_before)s::timestamptz IS NULL OR e.enrolled_at > %(free_before)s
)"""
BARRED_BY_OCCASION = """NOT e.is_test AND (
    e.occasion = triggered.occasion OR e.enrolled_at > %(free_before)s::timestamptz
)"""
IN_PILOT = """
    (%(pilot_share)s >= 1 OR ('x' || substr(md5(%(scenario_key)s || ':pilot:' || {customer}::text), 1, 8))
        ::bit(32)::bigint::double precision / 4294967296 < %(pilot_share)s)
"""
# What stands in braces is put together below, from identifiers of ours only; values are parameters.
FITTING = """
    WITH RECURSIVE {absorbed}, triggered AS ({triggered}), candidate AS (
        SELECT customer_id, occasion FROM triggered
        WHERE triggered.customer_id >= %(after)s AND {may_be_profiled} AND NOT EXISTS (
            SELECT FROM scenarios_enrolment e
            WHERE e.scenario_id = %(scenario)s AND e.customer_id = triggered.customer_id AND {barred}
        ) AND NOT EXISTS (
            SELECT FROM absorbed JOIN scenarios_enrolment e ON e.customer_id = absorbed.id
            WHERE absorbed.root = triggered.customer_id AND e.scenario_id = %(scenario)s AND {barred}
        )
    ), fitting AS (
        SELECT c.id AS customer_id, candidate.occasion, {arm} AS arm, {facts} AS facts FROM {source}
        WHERE c.merged_into_id IS NULL AND {in_pilot} AND NOT (%(is_marketing)s AND {in_control}) AND {rule}
    )
"""
NOBODY = "SELECT NULL::bigint AS customer_id, '' AS occasion WHERE false"
ENROL = """
    {fitting}
    INSERT INTO scenarios_enrolment (
        scenario_id, version_id, customer_id, arm, withheld, occasion, segment, enrolled_at, window_closes_at, state,
        due_at, facts
    )
    SELECT %(scenario)s, %(version)s, customer_id, arm, withheld, occasion, %(segment)s, %(at)s, %(window_closes_at)s,
           CASE withheld WHEN 'everything' THEN 'watched' ELSE 'running' END,
           CASE WHEN withheld <> 'everything' THEN %(at)s::timestamptz END, facts
    FROM (
        SELECT customer_id, occasion, arm, facts, CASE arm WHEN '{held_out}' THEN %(holdout_of)s ELSE '' END AS withheld
        FROM fitting
    ) drawn
    ORDER BY customer_id, occasion LIMIT %(piece)s
    ON CONFLICT DO NOTHING
    RETURNING id, customer_id, arm
"""
TAKE_FROM_LOG = """
    INSERT INTO scenarios_enrolment (
        scenario_id, customer_id, arm, segment, enrolled_at, window_closes_at, state, ended_at, ending
    )
    SELECT DISTINCT ON (s.id, o.customer_id)
           s.id, o.customer_id, e.payload->>'arm', coalesce(e.payload->>'segment', ''), e.occurred_at,
           e.occurred_at + make_interval(hours => 24 * (e.payload->>'window_days')::integer),
           'ended', %(at)s, 'from_log'
    FROM events_event e
    JOIN scenarios_scenario s ON s.key = e.reference
    JOIN customers_ownership o ON o.identity_id = e.identity_id
    WHERE e.type = 'scenario_enrolled'
      AND e.payload->>'arm' IN ('treated', 'hold-out') AND e.payload->>'window_days' ~ '^[1-9][0-9]{0,3}$'
      AND NOT EXISTS (
        SELECT FROM scenarios_enrolment known WHERE known.scenario_id = s.id AND known.customer_id = o.customer_id
      )
    ORDER BY s.id, o.customer_id, e.occurred_at DESC
"""
# Did those taken from the log reach the goal? So that lists show the same for them as for all others.
NOTE_GOALS_OF_LOG = """
    WITH reached AS (
        SELECT e.id, min(event.occurred_at) AS first_at
        FROM scenarios_enrolment e
        JOIN customers_ownership o ON o.customer_id = e.customer_id
        JOIN events_event event ON event.identity_id = o.identity_id
        WHERE e.ending = 'from_log' AND e.goal_reached_at IS NULL AND event.type = 'purchase_line'
          AND event.occurred_at > e.enrolled_at AND event.occurred_at <= e.window_closes_at
          AND EXISTS (
            SELECT FROM customers_ownership told_of JOIN events_event told ON told.identity_id = told_of.identity_id
            WHERE told_of.customer_id = e.customer_id AND told.type = 'scenario_enrolled'
              AND told.occurred_at = e.enrolled_at AND coalesce(told.payload->>'goal', 'purchase') = 'purchase'
          )
        GROUP BY e.id
    )
    UPDATE scenarios_enrolment e SET goal_reached_at = reached.first_at FROM reached WHERE e.id = reached.id
"""


def fitting(definition: Definition, *, scenario: Scenario | None, at: datetime) -> Condition:
    """SQL of a `fitting` relation (customer_id, occasion, arm, facts): who fits now and is not enrolled or barred yet.

    A `scenario` of None is one that does not exist yet; its arms are then those of the key "".
    """
    triggered = triggering.triggered(definition.trigger, look_of(scenario, at=at)) or Condition(NOBODY, {})
    rule = compile_rule(definition.eligibility, prefix="e") if definition.eligibility else Condition("true", {})
    asked = field_keys(definition.eligibility) if definition.eligibility else []
    seen = facts(asked) if asked else Condition("NULL::jsonb", {})
    again_after = definition.again_after
    sql = FITTING.format(
        absorbed=ABSORBED,
        triggered=triggered.sql,
        may_be_profiled=MAY_BE_PROFILED.format(customer="triggered.customer_id"),
        barred=BARRED_BY_OCCASION if has_occasions(definition.trigger) else BARRED,
        arm=ARM.format(customer="c.id"),
        facts=seen.sql,
        source=source(of="candidate"),
        in_pilot=IN_PILOT.format(customer="c.id"),
        in_control=control.IN_CONTROL.format(customer="c.id"),
        rule=rule.sql,
    )
    last = overview.last_run()
    percent = scenario.pilot_percent if scenario else None
    parameters: dict[str, Any] = {
        "after": 0,
        "scenario": scenario.pk if scenario else 0,
        "scenario_key": scenario.key if scenario else "",
        "holdout_share": definition.holdout_share,
        "pilot_share": (percent or 100) / 100,
        "is_marketing": definition.purpose == Purpose.MARKETING,
        "free_before": None if again_after is None else at - again_after,
        "as_of": last.as_of if last else default_as_of(at),
        "zone": business().time_zone,
    }
    return Condition(
        sql, triggered.parameters | seen.parameters | rule.parameters | control.parameters(at) | parameters
    )


def look_of(scenario: Scenario | None, *, at: datetime) -> Look:
    """What the scenario has seen so far; one that does not exist yet begins now."""
    started_at = (scenario.started_at if scenario else None) or at
    return Look(
        at=at,
        started_at=started_at,
        live_since=max(started_at, scenario.state_at or started_at) if scenario else at,
        looked_until=scenario.looked_until if scenario else None,
        seen=(scenario.seen_transactions if scenario else None) or 0,
        zone=business().zone,
    )


def count_enrolments() -> None:
    """Let the planner count enrolments after a large piece: PostgreSQL does so by itself a minute later, and meanwhile
    expects so few that it may compare everybody who comes with everybody who is there."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED) scenarios_enrolment")


def horizon() -> int:
    """The first transaction whose rows a statement of now may not see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def enrol_statement(
    scenario: Scenario, version: ScenarioVersion, definition: Definition, *, at: datetime, after: int = 0
) -> Condition:
    """The statement that enrols up to PIECE customers, from the number `after` on, and gives (id, customer_id, arm)."""
    who = fitting(definition, scenario=scenario, at=at)
    parameters = who.parameters | {
        "version": version.pk,
        "at": at,
        "window_closes_at": at + definition.window,
        "holdout_of": definition.holdout_of,
        "segment": definition.trigger.segment,
        "piece": PIECE,
        "after": after,
    }
    return Condition(ENROL.format(fitting=who.sql, held_out=HOLD_OUT), parameters)


def payload(version: int, arm: str, definition: Definition) -> dict[str, Any]:
    """What the log says of an enrolment: the facts that analysis.experiments reads."""
    return {
        "version": version,
        "arm": arm,
        "segment": definition.trigger.segment,
        "goal": definition.goal.token,
        "window_days": definition.goal.window_days,
        **({"holdout_of": definition.holdout_of} if definition.holdout_of != "everything" else {}),
        **({"package_cost": str(definition.package_cost)} if definition.package_cost is not None else {}),
    }
