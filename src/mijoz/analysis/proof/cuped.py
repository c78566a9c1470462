"""The difference between two arms, told more sharply by what was known of each customer beforehand (CUPED).

Deng, Xu, Kohavi & Walker (2013), *Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data*. The covariate, such as spending before enrolment, is the same for both arms but for chance;
taking out what it explains leaves the same effect with a shorter interval. It has to be known before anything was
done, for both arms.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from mijoz.analysis.intervals import CONFIDENCE, Difference, Moments, PairedMoments, difference_of_means


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Treated minus hold-out after the covariate; `plain` is without it. `error` is the standard error, and
    `variance_left` its square as a share of the plain one's: 0.5 is worth twice as many customers."""

    difference: Difference
    plain: Difference
    slope: float
    error: float | None
    variance_left: float | None


def cuped(treated: PairedMoments, held_out: PairedMoments, *, confidence: float = CONFIDENCE) -> Adjusted:
    """The adjusted difference of means of y, from sums of outcome y and covariate x over the customers of each arm.

    The slope is pooled within arms, so the value is that of least squares of y on arm and x (analysis of covariance);
    the interval is Welch's on what is left of y. A covariate that does not vary changes nothing.
    """
    plain = difference_of_means(_outcome(treated), _outcome(held_out), confidence=confidence)
    if plain.value is None or min(treated.n, held_out.n) < 3:
        return Adjusted(plain, plain, 0.0, None, None)
    spread = _within(treated.xx, treated.x, treated.x, treated.n) + _within(
        held_out.xx, held_out.x, held_out.x, held_out.n
    )
    together = _within(treated.xy, treated.x, treated.y, treated.n) + _within(
        held_out.xy, held_out.x, held_out.y, held_out.n
    )
    scale = treated.xx + held_out.xx
    slope = together / spread if spread > 1e-12 * scale else 0.0
    difference = difference_of_means(_left_of(treated, slope), _left_of(held_out, slope), confidence=confidence)
    before = _error(_outcome(treated), _outcome(held_out))
    after = _error(_left_of(treated, slope), _left_of(held_out, slope))
    return Adjusted(difference, plain, slope, after, (after / before) ** 2 if before else None)


def needed_after(customers: int, *, correlation: float) -> int:
    """How many of so many customers are still needed when outcome and covariate correlate like this."""
    return max(1, round(customers * (1 - correlation**2)))


def _within(products: float, a: float, b: float, n: int) -> float:
    return products - a * b / n


def _outcome(arm: PairedMoments) -> Moments:
    return Moments(arm.n, arm.y, arm.yy)


def _left_of(arm: PairedMoments, slope: float) -> Moments:
    """The moments of y - slope * x."""
    return Moments(arm.n, arm.y - slope * arm.x, arm.yy - 2 * slope * arm.xy + slope * slope * arm.xx)


def _error(first: Moments, second: Moments) -> float:
    return sqrt(first.variance / first.n + second.variance / second.n)
