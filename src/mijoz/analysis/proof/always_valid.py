"""Intervals that may be looked at every day: over all days together they miss the truth as rarely as promised.

An ordinary interval is right for one look, planned beforehand. Whoever looks daily and stops at the first success is
wrong far more often. A confidence sequence pays for all looks beforehand with a wider interval.
Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), *Time-uniform central limit theory and asymptotic confidence
sequences*, Annals of Statistics 52, 2613-2640, theorem 2.2 and the tuning of appendix B.2.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

from mijoz.analysis.intervals import CONFIDENCE, Difference

FEWEST_IN_AN_ARM = 50  # before, the sequence, which is right for large numbers, says nothing
USUAL_LOOK = 1_000  # customers at which it is shortest, unless the planner says how many there will be


def always_valid(
    difference: Difference,
    *,
    error: float | None,
    smaller_arm: int,
    customers: int,
    shortest_at: int = USUAL_LOOK,
    confidence: float = CONFIDENCE,
) -> Difference:
    """The difference with the interval of a confidence sequence, from its standard error at this look.

    `customers` counts both arms; `shortest_at` is chosen before the first look and kept. The p-value is always valid
    too: it is the largest level at which the sequence still holds zero, 1 before there are enough customers.
    """
    if difference.value is None or error is None or smaller_arm < FEWEST_IN_AN_ARM or error == 0:
        return Difference(difference.value, p_value=1.0 if difference.value is not None else None)
    half = error * float(widening(np.array([customers]), shortest_at=shortest_at, confidence=confidence)[0])
    rho2 = _rho2(shortest_at, confidence)
    grown = customers * rho2
    evidence = (difference.value / error) ** 2 * grown / (2 * (grown + 1)) - log(grown + 1) / 2
    p_value = min(1.0, float(np.exp(-evidence)))
    return Difference(difference.value, difference.value - half, difference.value + half, p_value)


def widening(
    customers: NDArray[np.int64], *, shortest_at: int = USUAL_LOOK, confidence: float = CONFIDENCE
) -> NDArray[np.float64]:
    """How many standard errors the half-width has, at each of these numbers of customers; an ordinary one has 1.96."""
    grown = customers * _rho2(shortest_at, confidence)
    return np.sqrt(2 * (grown + 1) / grown * np.log(np.sqrt(grown + 1) / (1 - confidence)))


def confidence_at_shortest(confidence: float = CONFIDENCE) -> float:
    """The confidence of an ordinary interval as wide as the sequence where it is shortest: what a plan reckons with."""
    width = widening(np.array([USUAL_LOOK]), shortest_at=USUAL_LOOK, confidence=confidence)
    return float(2 * scipy.special.ndtr(width[0]) - 1)


def _rho2(shortest_at: int, confidence: float) -> float:
    alpha = 1 - confidence
    rho = sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / shortest_at)
    return rho * rho
