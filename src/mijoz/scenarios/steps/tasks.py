"""Giving tasks to staff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from mijoz.business.models import Branch
from mijoz.scenarios.definition import GiveTask, Placed
from mijoz.scenarios.fitting import text_in
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn

GIVE = """
    INSERT INTO scenarios_task (
        enrolment_id, scenario_id, customer_id, step, texts, role, branch_id, created_at, due_at, note, asked,
        is_overdue_noted
    )
    SELECT w.id, %(scenario)s, w.customer_id, %(step)s, %(texts)s::jsonb, %(role)s, %(branch)s, %(at)s, %(due_at)s, '',
           %(asked)s::jsonb, false
    FROM unnest(%(ids)s::bigint[], %(customers)s::bigint[]) AS w(id, customer_id)
    ON CONFLICT (enrolment_id, step) DO NOTHING
"""


def give(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """A task for each; its outcome is known when somebody has done it, or when it is overdue."""
    step = placed.step
    assert isinstance(step, GiveTask)
    due_at = datetime.combine(turn.today + timedelta(days=step.due_days), time(23, 59), turn.business.zone)
    branch = Branch.objects.filter(code=step.branch).first() if step.branch else None
    parameters: dict[str, Any] = {
        "scenario": turn.course.scenario_id,
        "step": step.key,
        "texts": json.dumps(step.texts),
        "role": step.role,
        "branch": branch.pk if branch else None,
        "at": turn.at,
        "due_at": due_at,
        "asked": json.dumps([{"key": one.key, "texts": one.texts} for one in step.confirm]),
        "ids": [one.id for one in members],
        "customers": [one.customer_id for one in members],
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE, parameters)
    if not turn.is_test:
        scenario = turn.course.scenario
        payload = {"scenario": scenario, "text": text_in(step.texts, turn.business.language), "role": step.role}
        log(
            "task_created", [one.done for one in members], scenario=scenario, step=step.key, at=turn.at, payload=payload
        )
    return Taken(open=list(members))
