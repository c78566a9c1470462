"""Scores of one question: means, top box, NPS, and how many answers they take."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import scipy  # its parts are loaded when they are first used

from mijoz.analysis.intervals import CONFIDENCE, Estimate, share, z_of
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS, Floats

TYPICAL_NPS_SPREAD = 5 / 9  # variance of an answer when half promote and a sixth detracts; at worst it is 1


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """NPS in points from -100 to 100, with the adjusted Wald interval; `error` is the plain standard error."""

    n: int
    value: float | None
    low: float | None
    high: float | None
    error: float | None

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS


def net_promoters(promoters: int, passives: int, detractors: int, *, confidence: float = CONFIDENCE) -> NetPromoters:
    """NPS from counts of 9 and 10, of 7 and 8, and of 0 to 6.

    Reichheld (2003) for the score. The interval adds three answers, three quarters of one each to promoters and
    detractors (Rocks 2016, *The American Statistician* 70, 365-372, adjusted Wald): it covers well with few answers
    too.
    """
    n = promoters + passives + detractors
    if n == 0:
        return NetPromoters(0, None, None, None, None)
    value, error = _net(promoters, detractors, n)
    middle, half = _net(promoters + 0.75, detractors + 0.75, n + 3)
    half *= z_of(confidence)
    return NetPromoters(
        n, 100 * value, max(-100.0, 100 * (middle - half)), min(100.0, 100 * (middle + half)), 100 * error
    )


def counts_of_promoters(answers: Floats) -> tuple[int, int, int]:
    """Promoters, passives and detractors among answers from 0 to 10; NaN is left out."""
    known = answers[~np.isnan(answers)]
    promoters, detractors = int((known >= 9).sum()), int((known <= 6).sum())
    return promoters, len(known) - promoters - detractors, detractors


def top_box(answers: Floats, *, highest: float, boxes: int = 2, confidence: float = CONFIDENCE) -> Estimate:
    """The share of answers in the `boxes` best values of a scale that ends at `highest`, with its Wilson interval."""
    known = answers[~np.isnan(answers)]
    return share(int((known > highest - boxes).sum()), len(known), confidence=confidence)


def mean(answers: Floats, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean with Student's interval; without ends for a single answer or when all are equal."""
    known = answers[~np.isnan(answers)]
    if len(known) == 0:
        return Estimate(None)
    value = float(known.mean())
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    if spread == 0:
        return Estimate(value)
    half = float(scipy.special.stdtrit(len(known) - 1, (1 + confidence) / 2)) * spread / sqrt(len(known))
    return Estimate(value, value - half, value + half)


def answers_for_share(*, within: float, expected: float = 0.5, confidence: float = CONFIDENCE) -> int:
    """How many answers a share needs to lie within `within` (0 to 1) of the truth: Cochran (1977), section 4.4."""
    _check_precision(within)
    return ceil(round(z_of(confidence) ** 2 * expected * (1 - expected) / within**2, 6))


def answers_for_nps(*, within: float, spread: float = TYPICAL_NPS_SPREAD, confidence: float = CONFIDENCE) -> int:
    """How many answers NPS needs to lie within `within` points (0 to 100); a `spread` of 1 is the worst there is."""
    _check_precision(within / 100)
    return ceil(round(z_of(confidence) ** 2 * spread / (within / 100) ** 2, 6))


def answers_for_mean(*, within: float, deviation: float, confidence: float = CONFIDENCE) -> int:
    """How many answers a mean needs to lie within `within`, in units of the scale; `deviation` is that of answers."""
    if within <= 0 or deviation <= 0:
        raise ValueError("precision and deviation are above zero")
    return ceil(round((z_of(confidence) * deviation / within) ** 2, 6))


def of_population(answers: int, *, population: int) -> int:
    """As many answers as are needed when there are only so many customers: the finite population correction."""
    return min(population, ceil(answers / (1 + (answers - 1) / population))) if population > 0 else 0


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    value = (promoters - detractors) / n
    variance = (promoters + detractors) / n - value**2
    return value, sqrt(max(0.0, variance) / n)


def _check_precision(within: float) -> None:
    if not 0 < within < 1:
        raise ValueError("the precision lies between nothing and the whole scale")
