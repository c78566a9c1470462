"""Branches or segments that got something against those that did not: how much more did they change?

Card & Krueger (1994). Each unit (branch, customer) counts once, by its own change, so that many days of few branches
are not taken for many observations: Bertrand, Duflo & Mullainathan (2004), *Quarterly Journal of Economics* 119,
section IV.C; Donald & Lang (2007). It stands on the two groups having gone alike before; `trends` asks that of the
time before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from mijoz.analysis.intervals import CONFIDENCE, Difference, Moments, difference_of_means

Floats = NDArray[np.float64]
MOST_ARRANGEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class InDifferences:
    """`effect` is the change of the treated minus that of the others. `by_rearranging` is the p-value of Fisher's exact
    test over all ways the units could have been chosen, None when there are too many ways to need it."""

    treated: int
    others: int
    effect: Difference
    change_of_treated: float
    change_of_others: float
    by_rearranging: float | None


def difference_in_differences(
    before: Sequence[float], after: Sequence[float], is_treated: Sequence[bool], *, confidence: float = CONFIDENCE
) -> InDifferences:
    """From the mean of each unit before and after. With one unit on a side there is a value and no interval.

    The value is that of the interaction in least squares of y on group, time and both; the interval is Welch's over
    units. Raises ValueError when a side has no unit.
    """
    change = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    treated = np.asarray(is_treated, dtype=bool)
    if treated.all() or not treated.any():
        raise ValueError("there are units on both sides")
    effect = difference_of_means(_moments(change[treated]), _moments(change[~treated]), confidence=confidence)
    return InDifferences(
        treated=int(treated.sum()),
        others=int((~treated).sum()),
        effect=effect,
        change_of_treated=float(change[treated].mean()),
        change_of_others=float(change[~treated].mean()),
        by_rearranging=_by_rearranging(change, treated),
    )


def trends(series: Floats, is_treated: Sequence[bool], *, confidence: float = CONFIDENCE) -> Difference:
    """The slope per point of the treated minus that of the others, before anything was done; shape (units, points).

    An interval that holds zero does not prove that they went alike; one that does not hold it says they did not.
    """
    t = np.arange(series.shape[1], dtype=float)
    centred = t - t.mean()
    slopes = series @ centred / (centred @ centred)
    treated = np.asarray(is_treated, dtype=bool)
    return difference_of_means(_moments(slopes[treated]), _moments(slopes[~treated]), confidence=confidence)


def _moments(values: Floats) -> Moments:
    return Moments(len(values), float(values.sum()), float(values @ values))


def _by_rearranging(change: Floats, treated: NDArray[np.bool_]) -> float | None:
    units, chosen = len(change), int(treated.sum())
    if comb(units, chosen) > MOST_ARRANGEMENTS:
        return None
    ways = np.array(list(combinations(range(units), chosen)))
    sums = change[ways].sum(axis=1)
    apart = np.abs(sums / chosen - (change.sum() - sums) / (units - chosen))
    seen = abs(change[treated].mean() - change[~treated].mean())
    return float((apart >= seen - 1e-12 * max(1.0, seen)).mean())
