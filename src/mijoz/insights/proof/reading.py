"""A pilot, and all that follows from what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from mijoz.analysis import experiments
from mijoz.analysis.arms import HOLD_OUT, TREATED, SampleRatio, sample_ratio
from mijoz.analysis.experiments import Verdict
from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof import held_out
from mijoz.analysis.proof.always_valid import FEWEST_IN_AN_ARM, USUAL_LOOK, confidence_at_shortest
from mijoz.analysis.proof.money import Return, worth
from mijoz.analysis.proof.planning import plan as plan_for_share
from mijoz.insights.models import PilotPlan
from mijoz.insights.queries import WORTH_SEEING
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import Definition, Goal
from mijoz.scenarios.models import Scenario

RECENT_WEEKS = 8


class State(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    DECIDED = "decided"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Pilot:
    """A plan, or a scenario that ran without one."""

    scenario: Scenario
    definition: Definition
    latest_version: int
    changed_at: datetime | None  # when a later version than that of the plan was written
    plan: PilotPlan | None = None

    @property
    def key(self) -> str:
        return f"plan/{self.plan.pk}" if self.plan else f"scenario/{self.scenario.key}"

    @property
    def of_money(self) -> bool:
        return self.plan is not None and self.plan.of_money

    @property
    def window_days(self) -> int:
        return self.plan.window_days if self.plan else self.definition.goal.window_days

    @property
    def goal(self) -> Goal:
        """What counts as reached: as the plan fixed it, else as the scenario has it."""
        return Goal(**self.plan.reaches) if self.plan else self.definition.goal

    @property
    def goal_text(self) -> str:
        return sentences.goal(self.goal)

    @property
    def terms(self) -> str:
        """Which of the customers of its scenario it counts: of a plan those who came on its version, while it ran."""
        if self.plan is None or self.plan.started_at is None:
            return ""
        return f"{self.plan.version_id} {self.plan.started_at.isoformat()} {self.plan.ended_at or ''}".strip()

    @property
    def wanted(self) -> int | None:
        """How many customers the plan wants."""
        return self.plan.customers if self.plan else None


@dataclass(frozen=True)
class Reading:
    """A pilot as of the end of a day. `enrolled` counts by arm whoever began, `rows` those who have had their time."""

    pilot: Pilot
    as_of: date
    enrolled: dict[str, int]
    rows: Sequence[held_out.Row]
    expected_share: float | None
    recent: int  # enrolled in the last RECENT_WEEKS
    read_at: datetime
    is_behind: bool = False  # whether the log, or the day, has gone on since

    @cached_property
    def compared(self) -> held_out.Compared:
        return held_out.compare(self.rows, shortest_at=self.shortest_at)

    @property
    def shortest_at(self) -> int:
        return max(2, self.pilot.wanted or USUAL_LOOK)

    @property
    def measured(self) -> held_out.Measured:
        """The difference on the goal that was fixed; without a plan on the goal rate."""
        return self.compared.money if self.pilot.of_money else self.compared.goal

    @property
    def answer(self) -> Difference:
        return self.measured.answer

    @property
    def enrolled_treated(self) -> int:
        return self.enrolled.get(TREATED, 0)

    @property
    def enrolled_held_out(self) -> int:
        return self.enrolled.get(HOLD_OUT, 0)

    @property
    def enrolled_in_all(self) -> int:
        return sum(self.enrolled.values())

    @property
    def waiting(self) -> int:
        """Enrolled, with a window that is still open."""
        return max(0, self.enrolled_in_all - self.compared.customers)

    @cached_property
    def ratio(self) -> SampleRatio | None:
        """The arms' sizes against what they should be; None where nobody is to be held out."""
        if self.expected_share is None or not 0 < self.expected_share < 1 or not self.enrolled_in_all:
            return None
        return sample_ratio(
            treated=self.enrolled_treated,
            held_out=self.enrolled_held_out,
            holdout_share=self.expected_share,
        )

    @property
    def is_mismatched(self) -> bool:
        return self.ratio is not None and self.ratio.mismatch

    @property
    def verdict(self) -> Verdict:
        """What the customers say, whether or not the comparison can be trusted."""
        return experiments.verdict(self.answer.low, self.answer.high, smaller_arm=self.compared.smaller_arm)

    @property
    def called(self) -> str:
        """The verdict as pages call it: planned before it starts, broken when the comparison cannot be trusted."""
        if self.state == State.PLANNED:
            return "planned"
        return "broken" if self.is_mismatched else self.verdict.value

    @property
    def is_complete(self) -> bool:
        """Whether as many as were planned have had their time."""
        return self.pilot.wanted is not None and self.compared.customers >= self.pilot.wanted

    @property
    def was_changed(self) -> bool:
        """Whether the scenario was changed under the plan, so that nobody comes to the comparison any more."""
        return self.pilot.changed_at is not None

    @property
    def state(self) -> State:
        plan = self.pilot.plan
        if plan is not None and plan.started_at is None:
            return State.PLANNED
        if self.is_mismatched:
            return State.BROKEN
        is_clear = self.verdict in (Verdict.WORKS, Verdict.HARMS)
        if is_clear or self.is_complete or (plan is not None and plan.ended_at is not None):
            return State.DECIDED
        if self.was_changed and not self.waiting:
            return State.BROKEN
        return State.RUNNING

    @property
    def missing_in_smaller_arm(self) -> int:
        return max(0, FEWEST_IN_AN_ARM - self.compared.smaller_arm)

    @cached_property
    def missing(self) -> int:
        """How many customers more the plan wants, or would want for WORTH_SEEING, beyond those who are enrolled."""
        if self.pilot.wanted is not None:
            return max(0, self.pilot.wanted - self.enrolled_in_all)
        held, n = self.compared.held_out, self.compared.customers
        if not held.n or held.n == n:
            return 0
        rate = held.reached / held.n
        needed = plan_for_share(
            goal_rate=rate,
            difference=WORTH_SEEING if rate + WORTH_SEEING <= 1 else -WORTH_SEEING,
            holdout_share=held.n / n,
            customers_a_week=0,
            window_days=self.pilot.window_days,
            confidence=confidence_at_shortest(),
        )
        return max(0, needed.customers - self.enrolled_in_all)

    @property
    def a_week(self) -> float:
        return self.recent / RECENT_WEEKS

    @property
    def rules_out(self) -> bool:
        """Whether an effect as large as was hoped for can be excluded."""
        plan = self.pilot.plan
        return plan is not None and self.answer.high is not None and self.answer.high < plan.smallest

    @property
    def worth(self) -> Return | None:
        """The effect in money over those who were treated and have had their time."""
        each = self.compared.money.answer
        if each.low is None or not self.compared.treated.n:
            return None
        plan = self.pilot.plan
        return worth(
            each,
            treated=self.compared.treated.n,
            cost_each=float(self.pilot.definition.package_cost or 0),
            fixed_cost=float(plan.fixed_cost) if plan else 0.0,
            margin=plan.margin if plan else 1.0,
        )

    def looks(self) -> list[held_out.Look]:
        return held_out.looks(self.rows, of_money=self.pilot.of_money, shortest_at=self.shortest_at)

    def by_segment(self) -> held_out.BySegment:
        return held_out.by_segment(self.rows, of_money=self.pilot.of_money, shortest_at=self.shortest_at)
