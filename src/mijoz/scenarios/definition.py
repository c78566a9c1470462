"""What a scenario does, as data: trigger, eligibility, hold-out, steps, goal. JSON such as

    {"trigger": {"kind": "segment_entered", "segment": "new", "include_present": true},
     "eligibility": {"field": "consents_to_marketing", "op": "is", "value": true},
     "holdout_share": 0.3, "again_after_days": null, "purpose": "marketing",
     "goal": {"kind": "purchase", "window_days": 30},
     "steps": [{"key": "wait", "kind": "wait", "days": 1}, {"key": "thanks", "kind": "message", ...}]}

`checking.parse` makes one of it or says what is wrong. Texts are objects by language. Triggers stand in triggers.py,
steps in step_kinds.py, goals in goals.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import model_validator

from mijoz.customers.models import Purpose
from mijoz.scenarios import fitting
from mijoz.scenarios.goals import Goal
from mijoz.scenarios.step_kinds import (
    BEST,
    HELD_OUT,
    KINDS,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    OUTCOMES,
    Arm,
    Confirm,
    End,
    Fork,
    GiveTask,
    Message,
    Offer,
    QueueFirst,
    SetProtocol,
    Split,
    Step,
    Survey,
    Wait,
    Webhook,
    arms_of,
    kind_label,
    outcome_label,
    outcomes_of,
)
from mijoz.scenarios.triggers import (
    TRIGGER_KINDS,
    DateTrigger,
    EventTrigger,
    Part,
    ScheduleTrigger,
    SegmentTrigger,
    SilenceTrigger,
    Trigger,
    Where,
    has_occasions,
    trigger_label,
)
from mijoz.segments import rules

__all__ = [
    "BEST",
    "HELD_OUT",
    "KINDS",
    "LONGEST_NAME",
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "OUTCOMES",
    "TRIGGER_KINDS",
    "Arm",
    "Confirm",
    "DateTrigger",
    "Definition",
    "End",
    "EventTrigger",
    "Fork",
    "GiveTask",
    "Goal",
    "Message",
    "Offer",
    "Placed",
    "QueueFirst",
    "ScheduleTrigger",
    "SegmentTrigger",
    "SetProtocol",
    "SilenceTrigger",
    "Split",
    "Step",
    "Survey",
    "Trigger",
    "Wait",
    "Webhook",
    "Where",
    "arms_of",
    "has_occasions",
    "kind_label",
    "outcome_label",
    "outcomes_of",
    "trigger_label",
]  # fmt: skip
MOST_STEPS = 30
MOST_LEVELS = 4  # of branches inside of branches
LARGEST_HOLDOUT = 0.9
HELD_FROM = ("everything", "messages", "service")
CARE = ("", "complaint", "safety", "clinical")
MESSAGES = ("message", "offer", "survey")  # what is withheld when only messages are; the rest is the service


@dataclass(frozen=True, slots=True)
class Placed:
    """A step where it stands: `position` counts all steps of the tree from the top, `place` is its place in the JSON.

    `after` is the position that follows it, the number of all steps being the end; `ways` are those of its outcomes.
    `before` are positions that everybody who comes here has passed.
    """

    step: Step
    position: int
    place: str
    after: int
    before: tuple[int, ...] = ()
    ways: dict[str, int] = field(default_factory=dict)
    level: int = 0


class Definition(Part):
    """A checked definition. `again_after_days` of None enrols a customer once and never again, where the trigger has no
    occasions of its own.

    `ends_at_goal` leaves out the steps that are still to come when the customer has reached the goal.
    `holdout_of` says what the customers kept for comparison go without: everything, the messages and offers alone, or
    the service alone (protocol, package, response target, queue, tasks). `care` marks what nobody is ever held out of.
    Of two scenarios that compete for a customer's attention, the higher `priority` goes first.
    `package_cost` is what the package costs us for each customer, in the business's currency.
    """

    trigger: Trigger
    eligibility: rules.Rule | None = None
    holdout_share: Annotated[float, fitting.share(LARGEST_HOLDOUT, above_zero=False)]
    holdout_of: Annotated[str, fitting.one_of(HELD_FROM)] = "everything"
    care: Annotated[str, fitting.one_of(CARE)] = ""
    again_after_days: Annotated[int, fitting.whole(1, 3650)] | None = None
    purpose: Annotated[str, fitting.one_of([Purpose.SERVICE.value, Purpose.MARKETING.value])]
    priority: Annotated[int, fitting.whole(1, 9)] = 5
    package_cost: Annotated[Decimal, fitting.money()] | None = None
    goal: Goal
    ends_at_goal: bool = True
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _care_is_for_everybody(self) -> Definition:
        if self.care:
            if self.holdout_share:
                raise fitting.problem(
                    _("Complaints, safety and clinical care are for everybody: nobody may be kept for comparison.")
                )
            if self.purpose != Purpose.SERVICE:
                raise fitting.problem(_("Complaints, safety and clinical care are service, not marketing."))
        return self

    def document(self) -> dict[str, Any]:
        """The definition as JSON, as it is kept."""
        document = self.model_dump(mode="json", exclude={"eligibility"})
        return document | {"eligibility": self.eligibility.document() if self.eligibility else None}

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """All steps of the tree in order, each where it stands; a step's index is its position."""
        return lay(self.steps)

    def position_of(self, key: str) -> int | None:
        """Where the step of this key stands."""
        return next((placed.position for placed in self.placed if placed.step.key == key), None)

    def offer_before(self, position: int) -> Offer | None:
        """The offer that the message at this position speaks of: the last one that was made before it for certain."""
        return offer_before(self.placed, position)

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.goal.window_days)

    @property
    def again_after(self) -> timedelta | None:
        return None if self.again_after_days is None else timedelta(days=self.again_after_days)

    @property
    def duration(self) -> timedelta:
        """How long the steps take at the longest from enrolment to the last of them."""
        return _duration(self.steps)

    def is_withheld(self, step: Step) -> bool:
        """Whether customers who are kept for comparison go without this step."""
        if self.holdout_of == "everything":
            return True
        if step.kind in ("wait", "branch", "split", "end"):
            return False
        return (step.kind in MESSAGES) == (self.holdout_of == "messages")


def lay(steps: tuple[Step, ...]) -> tuple[Placed, ...]:
    """All steps of the tree in order, each where it stands."""
    return tuple(_laid(steps, place="steps", begin=0, after=count_steps(steps), before=(), level=0))


def offer_before(laid: tuple[Placed, ...], position: int) -> Offer | None:
    before = (laid[earlier].step for earlier in reversed(laid[position].before))
    return next((step for step in before if isinstance(step, Offer)), None)


def count_steps(steps: tuple[Step, ...]) -> int:
    """How many steps there are with those inside of them."""
    return sum(1 + sum(count_steps(inner) for _outcome, inner in arms_of(step)) for step in steps)


def _laid(
    steps: tuple[Step, ...], *, place: str, begin: int, after: int, before: tuple[int, ...], level: int
) -> Iterator[Placed]:
    position = begin
    for index, step in enumerate(steps):
        here = f"{place}.{index}"
        follows = position + count_steps((step,))
        joins = follows if index + 1 < len(steps) else after
        inside: list[Placed] = []
        ways: dict[str, int] = {}
        entry = position + 1
        for number, (outcome, inner) in enumerate(arms_of(step)):
            ways[outcome] = entry if inner else joins
            where = f"{here}.{outcome}" if isinstance(step, Fork) else f"{here}.arms.{number}.steps"
            passed = (*before, position)
            inside += _laid(inner, place=where, begin=entry, after=joins, before=passed, level=level + 1)
            entry += count_steps(inner)
        yield Placed(step, position, here, joins, before, ways, level)
        yield from inside
        before = (*before, position)
        position = follows


def _duration(steps: tuple[Step, ...]) -> timedelta:
    total = timedelta()
    for step in steps:
        if isinstance(step, Wait):
            total += step.duration
        total += max((_duration(inner) for _outcome, inner in arms_of(step)), default=timedelta())
    return total
