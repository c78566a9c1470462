"""Where service is worse than elsewhere: of segments, branches and channels, at each touchpoint, beyond chance.

Three questions are asked at each touchpoint, of each measure:

- is it worse for one segment than for all other segments; in one branch than in all others; by one channel than by all
  others?
- is it worse for a segment in one branch than for the others there, **and** than for the same segment elsewhere? Both
  have to be so (the larger of the two p-values counts; Berger 1982, *Technometrics* 24, 295-300), so that what is a
  branch's or a segment's own is not told again for each part of it.

All p-values are adjusted together (Holm 1979). Means are compared by Welch's test, shares by Fisher's exact one, both
two-sided though only what is worse is told. What a finer finding explains is not told by the coarser one as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Literal

import numpy as np
import scipy  # its parts are loaded when they are first used

from mijoz.analysis.intervals import CONFIDENCE, Difference, Moments, difference_of_means, difference_of_shares
from mijoz.analysis.proof.many import holm

WAITING, SATISFACTION, FIRST_TIME, RESOLUTION, COMPLAINT = (
    "waiting",
    "satisfaction",
    "first_time",
    "resolution",
    "complaint",
)
MEASURES = (WAITING, SATISFACTION, FIRST_TIME, RESOLUTION, COMPLAINT)
SHARES = frozenset({FIRST_TIME})  # of customers; the others are means over customers
HIGHER_IS_BETTER = frozenset({SATISFACTION})
FEWEST_IN_A_CELL = 10
SUREST = 0.05
EXPLAINED = 0.05  # a coarser finding is kept when it is below this without what a finer one tells
Level = Literal["segment", "branch", "channel", "segment_in_branch"]


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where something was measured; what is empty is all of it."""

    measure: str
    touchpoint: str
    segment: str = ""
    branch: str = ""
    channel: str = ""

    @property
    def told_apart_by(self) -> tuple[str, ...]:
        return tuple(part for part in ("segment", "branch", "channel") if getattr(self, part))

    @property
    def key(self) -> str:
        """One word for an address: measure, touchpoint, segment, branch, channel."""
        return "~".join((self.measure, self.touchpoint, self.segment, self.branch, self.channel))


@dataclass(frozen=True, slots=True)
class Sums:
    """Over `n` customers: sum and squares of what each lived, how many lived it badly, and their revenue of a year."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    bad: int = 0
    revenue: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n,
            self.total + other.total,
            self.squares + other.squares,
            self.bad + other.bad,
            self.revenue + other.revenue,
        )

    def __sub__(self, other: Sums) -> Sums:
        return Sums(
            self.n - other.n,
            self.total - other.total,
            max(0.0, self.squares - other.squares),
            self.bad - other.bad,
            self.revenue - other.revenue,
        )

    @property
    def moments(self) -> Moments:
        return Moments(self.n, self.total, self.squares)

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    @property
    def bad_share(self) -> float:
        return self.bad / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A pain point: `here` against `rest`. `worse_by` is above zero, in the unit of the measure; `p_value` is adjusted.

    `affected` customers live it badly beyond those who would anyway; `at_stake` is the same part of their revenue.
    """

    spot: Spot
    level: Level
    here: Sums
    rest: Sums
    worse_by: Difference
    p_value: float

    @property
    def excess(self) -> float:
        """By how much the share of those who live it badly is larger than in the rest."""
        return max(0.0, self.here.bad_share - self.rest.bad_share)

    @property
    def affected(self) -> float:
        return self.here.n * self.excess

    @property
    def at_stake(self) -> float:
        return self.here.revenue * self.excess


@dataclass(frozen=True, slots=True)
class PainMap:
    """What was found, the most money first, and how many comparisons were made."""

    found: tuple[Found, ...]
    comparisons: int


@dataclass(frozen=True, slots=True)
class _Comparison:
    spot: Spot
    level: Level
    here: Sums
    rests: tuple[Sums, ...]  # it has to be worse than each


def pain_map(cells: Mapping[Spot, Sums], *, surest: float = SUREST, confidence: float = CONFIDENCE) -> PainMap:
    """The places that are worse than the rest, of cells by segment, by branch, by both, and by channel.

    Cells under ten customers are not compared, but stand among the others.
    """
    comparisons = [comparison for group in _groups(cells) for comparison in _of_group(group)]
    p_values = _p_values(comparisons)
    adjusted = holm(p_values.tolist())
    found = []
    for comparison, p_value in zip(comparisons, adjusted, strict=True):
        if p_value > surest:
            continue
        rest = comparison.rests[0]
        worse = _worse(comparison.spot.measure, comparison.here, rest, confidence)
        if worse.value is not None and worse.value > 0:
            found.append(Found(comparison.spot, comparison.level, comparison.here, rest, worse, p_value))
    told = _without_what_is_explained(found)
    ordered = sorted(told, key=lambda point: (-point.at_stake, -point.affected, point.p_value, point.spot))
    return PainMap(tuple(ordered), len(comparisons))


def _groups(cells: Mapping[Spot, Sums]) -> list[dict[Spot, Sums]]:
    """The cells that are compared with each other: of one measure at one touchpoint."""
    groups: dict[tuple[str, str], dict[Spot, Sums]] = {}
    for spot, sums in cells.items():
        groups.setdefault((spot.measure, spot.touchpoint), {})[spot] = sums
    return [groups[key] for key in sorted(groups)]


def _of_group(group: Mapping[Spot, Sums]) -> list[_Comparison]:
    levels: dict[tuple[str, ...], dict[Spot, Sums]] = {}
    for spot, sums in group.items():
        levels.setdefault(spot.told_apart_by, {})[spot] = sums
    found: list[_Comparison] = []
    for level in ("segment", "branch", "channel"):
        cells = levels.get((level,), {})
        whole = reduce(add, cells.values(), Sums())
        found += [_Comparison(spot, level, sums, (whole - sums,)) for spot, sums in cells.items()]
    both = levels.get(("segment", "branch"), {})
    by_segment, by_branch = _added(both, "segment"), _added(both, "branch")
    found += [
        _Comparison(spot, "segment_in_branch", sums, (by_segment[spot.segment] - sums, by_branch[spot.branch] - sums))
        for spot, sums in both.items()
    ]
    enough = [each for each in found if min(each.here.n, *(rest.n for rest in each.rests)) >= FEWEST_IN_A_CELL]
    return sorted(enough, key=lambda each: (each.level, each.spot))


def _added(cells: Mapping[Spot, Sums], part: str) -> dict[str, Sums]:
    """The cells together by one part of where they are."""
    found: dict[str, Sums] = {}
    for spot, sums in cells.items():
        key = getattr(spot, part)
        found[key] = found.get(key, Sums()) + sums
    return found


def _p_values(comparisons: list[_Comparison]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of each comparison the two-sided p-value, 1 when it is not worse; of several the largest."""
    owner = np.array([place for place, each in enumerate(comparisons) for _rest in each.rests], dtype=np.int64)
    pairs = [(each.spot.measure, each.here, rest) for each in comparisons for rest in each.rests]
    if not pairs:
        return np.zeros(0)
    n, total, squares, bad = (
        np.array([[getattr(here, name), getattr(rest, name)] for _measure, here, rest in pairs], dtype=np.float64).T
        for name in ("n", "total", "squares", "bad")
    )
    sign = np.array([-1.0 if measure in HIGHER_IS_BETTER else 1.0 for measure, _here, _rest in pairs])
    is_share = np.array([measure in SHARES for measure, _here, _rest in pairs])
    one_sided = np.ones(len(pairs))
    # Of shares: as many bad ones or more among those here, were all bad ones spread by chance (Fisher 1935).
    exact = scipy.stats.hypergeom.sf(bad[0] - 1, n.sum(axis=0), bad.sum(axis=0), n[0])
    one_sided[is_share] = exact[is_share]
    mean = total / n
    error = np.maximum(squares - total * mean, 0.0) / (n - 1) / n
    both = error.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = sign * (mean[0] - mean[1]) / np.sqrt(both)
        freedom = both**2 / (error[0] ** 2 / (n[0] - 1) + error[1] ** 2 / (n[1] - 1))
    tail = scipy.special.stdtr(freedom, -t)
    known = ~is_share & (both > 0)
    one_sided[known] = tail[known]
    two_sided = np.minimum(1.0, 2 * one_sided)
    largest = np.zeros(len(comparisons))
    np.maximum.at(largest, owner, two_sided)
    return largest


def _worse(measure: str, here: Sums, rest: Sums, confidence: float) -> Difference:
    if measure in SHARES:
        return difference_of_shares(here.bad, here.n, rest.bad, rest.n, confidence=confidence)
    first, second = (rest, here) if measure in HIGHER_IS_BETTER else (here, rest)
    return difference_of_means(first.moments, second.moments, confidence=confidence)


def _without_what_is_explained(found: list[Found]) -> list[Found]:
    """A segment or branch that is worse only by what is told of a part of it is not told as well."""
    finer = [point for point in found if point.level == "segment_in_branch"]
    told = []
    for point in found:
        parts = (
            [part for part in finer if _lies_in(part.spot, point.spot)] if point.level in ("segment", "branch") else []
        )
        if parts:
            here = reduce(lambda left, part: left - part.here, parts, point.here)
            if min(here.n, point.rest.n) < FEWEST_IN_A_CELL:
                continue
            [p_value] = _p_values([_Comparison(point.spot, point.level, here, (point.rest,))])
            if p_value > EXPLAINED:
                continue
        told.append(point)
    return told


def _lies_in(part: Spot, whole: Spot) -> bool:
    same = (part.measure, part.touchpoint) == (whole.measure, whole.touchpoint)
    return same and not whole.channel and whole.segment in ("", part.segment) and whole.branch in ("", part.branch)
