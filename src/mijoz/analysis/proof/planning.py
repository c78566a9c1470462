"""How many customers a pilot needs, how long it lasts, and what it could see at best: said before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import scipy  # its parts are loaded when they are first used

from mijoz.analysis.arms import customers_needed
from mijoz.analysis.intervals import CONFIDENCE, z_for_power

POWER = 0.8
LONGEST_WEEKS = 26  # what takes longer is not worth waiting for: the business has changed by then
DIGITS = 1e-5


@dataclass(frozen=True, slots=True)
class Plan:
    """`weeks` until the last of `customers` has had the whole goal window. `smallest` is the rise of the goal rate that
    can be seen in LONGEST_WEEKS, None when not even a goal that all reach could."""

    customers: int
    weeks: float
    is_feasible: bool
    smallest: float | None


def plan(
    *,
    goal_rate: float,
    difference: float,
    holdout_share: float,
    customers_a_week: float,
    at_once: int = 0,
    window_days: int,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> Plan:
    """The pilot that sees `difference` in the goal rate with this power.

    `at_once` customers are enrolled on the first day (those already in the segment), `customers_a_week` come after
    them. Raises ValueError when rates or shares are none.
    """
    if customers_a_week < 0 or at_once < 0 or window_days < 1:
        raise ValueError("customers and days are not negative")
    needed = customers_needed(
        goal_rate=goal_rate, difference=difference, holdout_share=holdout_share, power=power, confidence=confidence
    )
    missing = max(0, needed - at_once)
    weeks = window_days / 7
    if missing:
        weeks = weeks + missing / customers_a_week if customers_a_week else float("inf")
    reachable = at_once + max(0.0, LONGEST_WEEKS - window_days / 7) * customers_a_week
    return Plan(
        customers=needed,
        weeks=weeks,
        is_feasible=weeks <= LONGEST_WEEKS,
        smallest=smallest_difference(
            goal_rate=goal_rate,
            customers=int(reachable),
            holdout_share=holdout_share,
            power=power,
            confidence=confidence,
        ),
    )


def plan_for_mean(
    *,
    difference: float,
    deviation: float,
    holdout_share: float,
    customers_a_week: float,
    at_once: int = 0,
    window_days: int,
    correlation: float = 0.0,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> Plan:
    """As `plan`, for a mean such as spending: `smallest` is the difference of means that LONGEST_WEEKS would show."""
    if customers_a_week < 0 or at_once < 0 or window_days < 1:
        raise ValueError("customers and days are not negative")
    needed = customers_for_mean(
        difference=difference,
        deviation=deviation,
        holdout_share=holdout_share,
        correlation=correlation,
        power=power,
        confidence=confidence,
    )
    missing = max(0, needed - at_once)
    weeks = window_days / 7
    if missing:
        weeks = weeks + missing / customers_a_week if customers_a_week else float("inf")
    reachable = int(at_once + max(0.0, LONGEST_WEEKS - window_days / 7) * customers_a_week)
    z = z_for_power(power, confidence=confidence)
    left = deviation * sqrt(1 - correlation**2)
    smallest = z * left / sqrt(reachable * holdout_share * (1 - holdout_share)) if reachable >= 2 else None
    return Plan(customers=needed, weeks=weeks, is_feasible=weeks <= LONGEST_WEEKS, smallest=smallest)


def smallest_difference(
    *,
    goal_rate: float,
    customers: int,
    holdout_share: float,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> float | None:
    """The smallest rise of the goal rate that so many customers would show; None when there is none below certainty."""
    most = 1 - goal_rate

    def missing(difference: float) -> float:
        return (
            customers_needed(
                goal_rate=goal_rate,
                difference=difference,
                holdout_share=holdout_share,
                power=power,
                confidence=confidence,
            )
            - customers
        )

    if most <= DIGITS or customers < 2 or missing(most) > 0:
        return None
    if missing(DIGITS) <= 0:
        return DIGITS
    return float(scipy.optimize.brentq(missing, DIGITS, most, xtol=DIGITS))


def customers_for_mean(
    *,
    difference: float,
    deviation: float,
    holdout_share: float = 0.5,
    correlation: float = 0.0,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> int:
    """How many customers of both arms show a difference of means; a covariate with this correlation (CUPED) saves its
    square of them. Rosner (2015), *Fundamentals of Biostatistics*, equation 8.26, for equal deviations.
    """
    if difference == 0 or deviation <= 0 or not 0 < holdout_share < 1 or not -1 < correlation < 1:
        raise ValueError("a difference, a deviation above zero, and shares between 0 and 1 are needed")
    z = z_for_power(power, confidence=confidence)
    left = deviation * sqrt(1 - correlation**2)
    ratio = (1 - holdout_share) / holdout_share
    held_out = (z * left / difference) ** 2 * (1 + 1 / ratio)
    return ceil(held_out) + ceil(ratio * held_out)
