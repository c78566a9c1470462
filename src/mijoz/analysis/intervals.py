"""Estimates with their 95 % intervals, from counts and sums, so that a table is read once.

Where an interval makes no sense (no observations, a single one, no variation) its ends are None.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import scipy  # its parts are loaded when they are first used: loading them at start takes a second

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second; `p_value` is two-sided, against no difference."""

    value: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Moments:
    """A sample of one quantity by its size, sum and sum of squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def variance(self) -> float:
        """Of the sample, with n - 1; 0 rather than a negative crumb of rounding."""
        return max(0.0, (self.squares - self.total * self.mean) / (self.n - 1))


@dataclass(frozen=True, slots=True)
class PairedMoments:
    """Sums over `n` customers of two of their quantities, y and x, and of the products."""

    n: int
    y: float
    x: float
    yy: float
    xy: float
    xx: float

    def __add__(self, other: PairedMoments) -> PairedMoments:
        return PairedMoments(
            self.n + other.n,
            self.y + other.y,
            self.x + other.x,
            self.yy + other.yy,
            self.xy + other.xy,
            self.xx + other.xx,
        )


def share(successes: int, n: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """A share with its score interval. Wilson (1927), as in Newcombe (1998a), method 3."""
    if n == 0:
        return Estimate(None)
    p, z = successes / n, z_of(confidence)
    middle = (2 * successes + z * z) / (2 * (n + z * z))
    half = z * sqrt(z * z + 4 * successes * (1 - p)) / (2 * (n + z * z))
    return Estimate(
        p,
        0.0 if successes == 0 else max(0.0, middle - half),
        1.0 if successes == n else min(1.0, middle + half),
    )


def difference_of_shares(
    successes: int, n: int, other_successes: int, other_n: int, *, confidence: float = CONFIDENCE
) -> Difference:
    """The difference of two independent shares with its hybrid score interval.

    Newcombe (1998b), Statistics in Medicine 17, 873-890, method 10. The p-value is that of the score test
    with pooled variance (Pearson's chi-square without correction).
    """
    first, second = (
        share(successes, n, confidence=confidence),
        share(other_successes, other_n, confidence=confidence),
    )
    if first.value is None or first.low is None or first.high is None:
        return Difference(None)
    if second.value is None or second.low is None or second.high is None:
        return Difference(None)
    difference = first.value - second.value
    below = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    above = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    pooled = (successes + other_successes) / (n + other_n)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
    p_value = float(2 * scipy.special.ndtr(-abs(difference) / error)) if error else 1.0
    return Difference(difference, max(-1.0, difference - below), min(1.0, difference + above), p_value)


def mean(sample: Moments, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean with Student's interval; without ends for a single observation or when all are equal."""
    if not sample.n:
        return Estimate(None)
    if sample.n < 2 or not sample.variance:
        return Estimate(sample.mean)
    half = float(scipy.special.stdtrit(sample.n - 1, (1 + confidence) / 2)) * sqrt(sample.variance / sample.n)
    return Estimate(sample.mean, sample.mean - half, sample.mean + half)


def difference_of_means(first: Moments, second: Moments, *, confidence: float = CONFIDENCE) -> Difference:
    """The difference of two means when variances may differ. Welch (1947), Biometrika 34, 28-35."""
    if not first.n or not second.n:
        return Difference(None)
    difference = first.mean - second.mean
    if first.n < 2 or second.n < 2:
        return Difference(difference)
    a, b = first.variance / first.n, second.variance / second.n
    if a + b == 0:
        return Difference(difference)
    error = sqrt(a + b)
    freedom = (a + b) ** 2 / (a * a / (first.n - 1) + b * b / (second.n - 1))
    half = float(scipy.special.stdtrit(freedom, (1 + confidence) / 2)) * error
    p_value = float(2 * scipy.special.stdtr(freedom, -abs(difference) / error))
    return Difference(difference, difference - half, difference + half, p_value)


def ratio(sums: PairedMoments, *, confidence: float = CONFIDENCE, least: float = 0.0) -> Estimate:
    """The ratio of two totals, y / x, with customers as the units that were drawn.

    Linearised variance of a ratio, Cochran (1977), *Sampling Techniques*, section 2.11, and Student's t.
    Twenty purchases of one customer are not taken for twenty independent observations. The interval does not go below
    `least`, which is 0 where neither total can be negative.
    """
    if sums.x <= 0:
        return Estimate(None)
    value = sums.y / sums.x
    residual = sums.yy - 2 * value * sums.xy + value * value * sums.xx
    scale = sums.yy + value * value * sums.xx
    if sums.n < 2 or residual <= 1e-12 * scale:
        return Estimate(value)
    error = sqrt(residual * sums.n / (sums.n - 1)) / sums.x
    half = float(scipy.special.stdtrit(sums.n - 1, (1 + confidence) / 2)) * error
    return Estimate(value, max(least, value - half), value + half)


def share_of_clusters(sums: PairedMoments, *, confidence: float = CONFIDENCE) -> Estimate:
    """The share y / x of cases, answers and the like, of which customers have several, with its score interval.

    Wilson's interval on as many independent cases as say the same (Kish 1965: x over the design effect, which is the
    variance between customers over that of a simple draw; Korn & Graubard 1998). At 0 and 1, where the cases show no
    variance, the customers are the independent ones. Nothing is surer than if all cases were independent.
    """
    if sums.x <= 0:
        return Estimate(None)
    p = sums.y / sums.x
    if sums.n < 2 or p <= 0 or p >= 1:
        independent = float(sums.n)
    else:
        between = (sums.yy - 2 * p * sums.xy + p * p * sums.xx) * sums.n / (sums.n - 1) / (sums.x * sums.x)
        independent = sums.x / max(1.0, between / (p * (1 - p) / sums.x))
    z = z_of(confidence)
    middle = (p * independent + z * z / 2) / (independent + z * z)
    half = z * sqrt(independent * p * (1 - p) + z * z / 4) / (independent + z * z)
    return Estimate(p, 0.0 if p <= 0 else max(0.0, middle - half), 1.0 if p >= 1 else min(1.0, middle + half))


def error_of(difference: Difference, *, confidence: float = CONFIDENCE) -> float:
    """The standard error of an ordinary interval; 0 where there is none."""
    if difference.low is None or difference.high is None:
        return 0.0
    return (difference.high - difference.low) / (2 * z_of(confidence))


def z_for_power(power: float, *, confidence: float = CONFIDENCE) -> float:
    """How many standard errors a difference has to be large, to be seen with this power: 2.80 for 80 % and 95 %."""
    return z_of(confidence) + float(scipy.special.ndtri(power))


def z_of(confidence: float) -> float:
    """How many standard errors a two-sided interval reaches: 1.96 for 95 %."""
    return float(scipy.special.ndtri((1 + confidence) / 2))
