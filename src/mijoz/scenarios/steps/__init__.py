"""How each kind of step is taken, for all enrolments that take it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mijoz.scenarios.definition import Placed
from mijoz.scenarios.steps import calling, choosing_ways, messages, offering, serving, surveying, tasks, waiting
from mijoz.scenarios.steps.turn import Claimed, Course, Rest, Taken, Turn

__all__ = ["Claimed", "Course", "Rest", "Taken", "Turn", "take"]

Taker = Callable[[Placed, Sequence[Claimed], Turn], Taken]
TAKERS: dict[str, Taker] = {
    "wait": waiting.wait,
    "branch": choosing_ways.branch,
    "split": choosing_ways.split,
    "message": messages.write,
    "offer": offering.make,
    "protocol": serving.set_protocol,
    "queue": serving.put_first,
    "task": tasks.give,
    "survey": surveying.invite,
    "webhook": calling.call,
    "end": choosing_ways.end,
}


def take(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Take the step for these; who has waited at it says since when."""
    return TAKERS[placed.step.kind](placed, members, turn)
