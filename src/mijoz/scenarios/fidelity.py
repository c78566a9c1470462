"""Was the protocol followed? Of what staff had to confirm, how much they did: a bad scenario or a bad delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Role
from mijoz.scenarios.definition import Definition, GiveTask
from mijoz.scenarios.models import Scenario
from mijoz.segments.models import in_language

GOOD_SHARE = 0.8  # below it the delivery is to be looked at before the scenario is
# A row for each thing that was asked in a task that is done or overdue: an overdue task followed nothing.
CONFIRMED = """
    SELECT t.step, asked.one->>'key', t.role, coalesce(t.branch_id, 0), count(*),
           count(*) FILTER (WHERE coalesce((t.confirmed->>(asked.one->>'key'))::boolean, false))
    FROM scenarios_task t
    JOIN scenarios_enrolment e ON e.id = t.enrolment_id AND NOT e.is_test
    CROSS JOIN LATERAL jsonb_array_elements(t.asked) AS asked(one)
    WHERE t.scenario_id = %(scenario)s AND (t.done_at IS NOT NULL OR t.is_overdue_noted)
    GROUP BY 1, 2, 3, 4
"""


CONFIRMED_OF_ALL = """
    SELECT s.key, count(*), count(*) FILTER (WHERE coalesce((t.confirmed->>(asked.one->>'key'))::boolean, false))
    FROM scenarios_task t
    JOIN scenarios_enrolment e ON e.id = t.enrolment_id AND NOT e.is_test
    JOIN scenarios_scenario s ON s.id = t.scenario_id
    CROSS JOIN LATERAL jsonb_array_elements(t.asked) AS asked(one)
    WHERE t.done_at IS NOT NULL OR t.is_overdue_noted
    GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Line:
    """How many of `asked` were followed; `label` is a step, a branch or a role."""

    label: str
    asked: int
    followed: int

    @property
    def share(self) -> float:
        return self.followed / self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """The share of protocol steps followed: of all, by step, by branch, and by role of the staff."""

    asked: int
    followed: int
    by_step: list[Line]
    by_branch: list[Line]
    by_role: list[Line]

    @property
    def share(self) -> float:
        return self.followed / self.asked

    @property
    def is_good(self) -> bool:
        return self.share >= GOOD_SHARE


def fidelity(scenario: Scenario, definition: Definition) -> Fidelity | None:
    """What staff confirmed in the tasks of the scenario, in any version; None when nothing was to be confirmed yet."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIRMED, {"scenario": scenario.pk})
        rows: list[tuple[str, str, str, int, int, int]] = cursor.fetchall()
    if not rows:
        return None
    names = {
        (placed.step.key, asked.key): in_language(asked.texts)
        for placed in definition.placed
        if isinstance(placed.step, GiveTask)
        for asked in placed.step.confirm
    }
    branches = dict(Branch.objects.values_list("pk", "name"))
    return Fidelity(
        asked=sum(row[4] for row in rows),
        followed=sum(row[5] for row in rows),
        by_step=_lines(rows, lambda row: names.get((row[0], row[1]), row[1])),
        by_branch=_lines(rows, lambda row: branches.get(row[3], _("all branches"))),
        by_role=_lines(rows, lambda row: str(Role(row[2]).label)),
    )


def followed_of_all() -> dict[str, tuple[int, int]]:
    """Of each scenario, by its key, how much was to be confirmed and how much of it was followed."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIRMED_OF_ALL)
        return {key: (asked, followed) for key, asked, followed in cursor.fetchall()}


def _lines(
    rows: list[tuple[str, str, str, int, int, int]], label: Callable[[tuple[str, str, str, int, int, int]], str]
) -> list[Line]:
    """The rows together by a label, the least followed first."""
    counted: dict[str, list[int]] = {}
    for row in rows:
        both = counted.setdefault(label(row), [0, 0])
        both[0] += row[4]
        both[1] += row[5]
    lines = [Line(name, asked, followed) for name, (asked, followed) in counted.items()]
    return sorted(lines, key=lambda line: (line.share, line.label))


# Of what was asked in tasks done or overdue in a span of time, as in CONFIRMED but for all scenarios together.
CONFIRMED_BETWEEN = """
    SELECT count(*), count(*) FILTER (WHERE coalesce((t.confirmed->>(asked.one->>'key'))::boolean, false))
    FROM scenarios_task t
    JOIN scenarios_enrolment e ON e.id = t.enrolment_id AND NOT e.is_test
    CROSS JOIN LATERAL jsonb_array_elements(t.asked) AS asked(one)
    WHERE (t.done_at IS NOT NULL OR t.is_overdue_noted)
      AND coalesce(t.done_at, t.due_at) >= %(begins)s AND coalesce(t.done_at, t.due_at) < %(ends)s
"""


def followed_between(begins: datetime, ends: datetime) -> tuple[int, int]:
    """How much staff were asked for in that time, and how much of it they did."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIRMED_BETWEEN, {"begins": begins, "ends": ends})
        asked, followed = cursor.fetchone()
    return asked, followed
