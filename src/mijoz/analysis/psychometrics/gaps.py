"""SERVQUAL: what customers perceived minus what they expected, by item, by dimension and as a whole.

Parasuraman, Zeithaml & Berry (1988), *Journal of Retailing* 64, 12-40; the weights by points are those of Zeithaml,
Parasuraman & Berry (1990), *Delivering Quality Service*, appendix A. A negative gap means less than was expected.
Perceptions alone are SERVPERF: Cronin & Taylor (1992), *Journal of Marketing* 56, 55-68.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mijoz.analysis.frames import Frame
from mijoz.analysis.intervals import CONFIDENCE, Estimate
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS, Floats, TooFewAnswers, matrix, row_means
from mijoz.analysis.psychometrics.scores import mean

TANGIBLES, RELIABILITY, RESPONSIVENESS, ASSURANCE, EMPATHY = (
    "tangibles",
    "reliability",
    "responsiveness",
    "assurance",
    "empathy",
)
ITEMS_OF: dict[str, int] = {TANGIBLES: 4, RELIABILITY: 5, RESPONSIVENESS: 4, ASSURANCE: 4, EMPATHY: 5}
POINTS_IN_ALL = 100


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension with the columns of its items, the same number of each; without `expected`, perceptions alone."""

    key: str
    perceived: tuple[str, ...]
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Of an item, a dimension or all: means over respondents, and the mean of their own gaps with its interval."""

    key: str
    n: int
    perception: float | None
    expectation: float | None
    gap: Estimate

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS


@dataclass(frozen=True, slots=True)
class Gaps:
    """`plain` is the mean of the dimensions, `by_items` that of all items, `by_points` weighs dimensions by points.

    The three differ, so whoever shows one says which. Without points `by_points` is None.
    """

    items: tuple[Gap, ...]
    dimensions: tuple[Gap, ...]
    plain: Gap
    by_items: Gap
    by_points: Gap | None


def servqual(
    answers: Frame,
    dimensions: Sequence[Dimension],
    *,
    points: Mapping[str, float] | None = None,
    confidence: float = CONFIDENCE,
) -> Gaps:
    """Gaps of all items, dimensions and as a whole, from one row for each respondent.

    `points` are shares of 100 by dimension. A respondent counts in a dimension by the items of it that they answered
    twice, and in the whole when they count in every dimension. Intervals are Student's over respondents, points fixed.
    """
    if points is not None:
        _check_points(points, dimensions)
    perceived = {dimension.key: matrix(answers, dimension.perceived) for dimension in dimensions}
    expected = {
        dimension.key: matrix(answers, dimension.expected) if dimension.expected else None for dimension in dimensions
    }
    items = tuple(
        _gap(name, perceived[dimension.key][:, place], _column(expected[dimension.key], place), confidence)
        for dimension in dimensions
        for place, name in enumerate(dimension.perceived)
    )
    own = {key: _of_respondents(perceived[key], expected[key]) for key in perceived}
    each = tuple(_gap(key, *own[key], confidence) for key in own)
    sizes = {dimension.key: float(len(dimension.perceived)) for dimension in dimensions}
    return Gaps(
        items=items,
        dimensions=each,
        plain=_whole("plain", own, dict.fromkeys(own, 1.0), confidence),
        by_items=_whole("by_items", own, sizes, confidence),
        by_points=None if points is None else _whole("by_points", own, points, confidence),
    )


def importance(points: Frame, dimensions: Sequence[str]) -> dict[str, float]:
    """The mean points of those respondents whose points add up to 100; raises TooFewAnswers when none do."""
    given = matrix(points, dimensions)
    right = given[np.isclose(given.sum(axis=1), POINTS_IN_ALL) & (given >= 0).all(axis=1)]
    if not len(right):
        raise TooFewAnswers("nobody shared out 100 points")
    return dict(zip(dimensions, right.mean(axis=0).tolist(), strict=True))


def _check_points(points: Mapping[str, float], dimensions: Sequence[Dimension]) -> None:
    keys = {dimension.key for dimension in dimensions}
    if points.keys() != keys or min(points.values()) < 0 or not np.isclose(sum(points.values()), POINTS_IN_ALL):
        raise ValueError("points name every dimension and add up to 100")


def _column(answers: Floats | None, place: int) -> Floats | None:
    return None if answers is None else answers[:, place]


def _of_respondents(perceived: Floats, expected: Floats | None) -> tuple[Floats, Floats | None]:
    """Each respondent's means in a dimension, over the items that have both answers."""
    if expected is None:
        return row_means(perceived), None
    both = np.isnan(perceived) | np.isnan(expected)
    return row_means(np.where(both, np.nan, perceived)), row_means(np.where(both, np.nan, expected))


def _gap(key: str, perceived: Floats, expected: Floats | None, confidence: float) -> Gap:
    if expected is None:
        known = perceived[~np.isnan(perceived)]
        return Gap(key, len(known), mean(known).value, None, Estimate(None))
    both = ~np.isnan(perceived) & ~np.isnan(expected)
    perceived, expected = perceived[both], expected[both]
    return Gap(
        key=key,
        n=len(perceived),
        perception=mean(perceived).value,
        expectation=mean(expected).value,
        gap=mean(perceived - expected, confidence=confidence),
    )


def _whole(
    key: str, own: Mapping[str, tuple[Floats, Floats | None]], weights: Mapping[str, float], confidence: float
) -> Gap:
    """The weighted mean of the dimensions for each respondent, and of those over respondents."""
    total = sum(weights.values())
    perceived = sum((weights[name] / total * own[name][0] for name in own), start=np.zeros(1))
    wanted = [expected for _perceived, expected in own.values() if expected is not None]
    if len(wanted) < len(own):
        return _gap(key, perceived, None, confidence)
    expected = sum(
        (weights[name] / total * column for name, column in zip(own, wanted, strict=True)), start=np.zeros(1)
    )
    return _gap(key, perceived, expected, confidence)
