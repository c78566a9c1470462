"""How a value stands to its target, and how sure that is."""

from __future__ import annotations

from typing import Literal

State = Literal["good", "near", "bad", "unknown"]
Certainty = Literal["surely", "perhaps"]


def state(value: float | None, *, target: float | None, higher_is_better: bool | None, tolerance: float) -> State:
    """good at the target or beyond it, near within `tolerance` (a part of the target) of it, else bad.

    unknown without a value, a target or a direction.
    """
    if value is None or target is None or higher_is_better is None:
        return "unknown"
    missing = target - value if higher_is_better else value - target
    if missing <= 0:
        return "good"
    return "near" if missing <= tolerance * abs(target) else "bad"


def certainty(low: float | None, high: float | None, *, target: float, higher_is_better: bool) -> Certainty:
    """Of a value on the bad side of its target: surely when its whole interval is, else perhaps.

    A value without an interval is a fact.
    """
    if low is None or high is None:
        return "surely"
    return "surely" if (high < target if higher_is_better else low > target) else "perhaps"
