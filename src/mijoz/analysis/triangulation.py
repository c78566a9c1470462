"""What several sources say of one thing together: they agree, they contradict each other, or too few speak.

Each figure is first judged by itself: *better* or *worse* only when its whole 95 % interval lies on that side of the
target, or of no change since the period before; else it is *unclear*. A source is better when at least one of its
figures is better and none is worse, and the other way round. Two sources that speak and say the same agree; when two
of them say the opposite they contradict each other, whatever the third says; with fewer than two that speak, silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mijoz.analysis.intervals import Difference, Estimate

Says = Literal["better", "worse", "unclear", "nothing"]
Verdict = Literal["agree", "contradict", "silent"]

FEWEST = 10  # observations, below which a figure is unclear
SPEAKING = ("better", "worse")


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict over all sources and, when they agree, in which direction."""

    verdict: Verdict
    direction: Literal["better", "worse", ""]
    speaking: int


def against_target(found: Estimate, n: int, *, target: float, higher_is_better: bool) -> Says:
    """Whether a figure is surely better or worse than its target. Nothing without a value."""
    if found.value is None or n == 0:
        return "nothing"
    low = found.value if found.low is None else found.low
    high = found.value if found.high is None else found.high
    if n < FEWEST or (found.low is None and found.value == target):
        return "unclear"
    if low > target:
        return "better" if higher_is_better else "worse"
    if high < target:
        return "worse" if higher_is_better else "better"
    return "unclear"


def against_before(change: Difference, n: int, n_before: int, *, higher_is_better: bool) -> Says:
    """Whether a figure has surely become better or worse than in the period before."""
    if n == 0:
        return "nothing"
    if change.value is None or change.low is None or change.high is None or min(n, n_before) < FEWEST:
        return "unclear"
    if change.low > 0:
        return "better" if higher_is_better else "worse"
    if change.high < 0:
        return "worse" if higher_is_better else "better"
    return "unclear"


def of_source(figures: Iterable[Says]) -> Says:
    """What a source says with all its figures."""
    said = set(figures) - {"nothing"}
    if not said:
        return "nothing"
    if "better" in said and "worse" not in said:
        return "better"
    if "worse" in said and "better" not in said:
        return "worse"
    return "unclear"


def together(sources: Iterable[Says]) -> Judged:
    """What the sources say together."""
    said = [one for one in sources if one in SPEAKING]
    if "better" in said and "worse" in said:
        return Judged("contradict", "", len(said))
    if len(said) >= 2:
        return Judged("agree", "better" if said[0] == "better" else "worse", len(said))
    return Judged("silent", "", len(said))
