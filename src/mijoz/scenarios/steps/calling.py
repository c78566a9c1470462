"""Calling other systems: a row in the transaction of the step, which a job sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from mijoz.scenarios import hooks
from mijoz.scenarios.definition import Placed, Webhook
from mijoz.scenarios.models import Endpoint
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn

PUT = """
    INSERT INTO scenarios_call (endpoint_id, enrolment_id, step, body, status, attempts, due_at, detail)
    SELECT %(endpoint)s, w.id, %(step)s, jsonb_build_object(
               'type', 'scenario.step', 'timestamp', %(moment)s::text,
               'data', jsonb_build_object(
                   'scenario', %(scenario)s::text, 'version', %(version)s::integer, 'step', %(step)s::text,
                   'enrolment', w.id, 'customer', w.customer_id, 'is_test', %(is_test)s::boolean
               )
           ), 'waiting', 0, %(at)s, ''
    FROM unnest(%(ids)s::bigint[], %(customers)s::bigint[]) AS w(id, customer_id)
    ON CONFLICT (enrolment_id, step) DO NOTHING
"""


def call(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Put a call for each into the outbox of calls; an endpoint that is gone or switched off fails at once."""
    step = placed.step
    assert isinstance(step, Webhook)
    endpoint = Endpoint.objects.filter(key=step.endpoint, is_active=True).first()
    if endpoint is None:
        return Taken().came_to("failed", members, "no_endpoint")
    parameters: dict[str, Any] = {
        "endpoint": endpoint.pk,
        "step": step.key,
        "moment": turn.at.isoformat(),
        "scenario": turn.course.scenario,
        "version": turn.course.number,
        "is_test": turn.is_test,
        "at": turn.at,
        "ids": [one.id for one in members],
        "customers": [one.customer_id for one in members],
    }
    with connection.cursor() as cursor:
        cursor.execute(PUT, parameters)
    hooks.calls_put()
    return Taken(open=list(members))
