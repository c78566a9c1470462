"""What changed at a date, beyond trend and season: an interrupted time series.

y(t) = level + trend t + step after(t) + bend (t - t0) after(t) + season(t) + error(t), with errors of which each
leans on the one before: Wagner, Soumerai, Zhang & Ross-Degnan (2002), *Journal of Clinical Pharmacy and Therapeutics*
27, 299-309. How far they lean is not known; every value is taken with the weight that the series gives it (restricted
likelihood, a flat prior), since a single estimate makes intervals of short series too short.

Weaker than a hold-out: whatever else happened at that date is in it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are first used
from numpy.typing import NDArray

from mijoz.analysis.intervals import CONFIDENCE, Difference

Floats = NDArray[np.float64]
FEWEST_ON_A_SIDE = 8
LEANS = np.linspace(-0.6, 0.95, 63)
FEWEST_SEASONS = 1.5  # periods that the series has to last before a season is taken out


class TooShort(ValueError):
    """There are too few points on one side of the date."""


@dataclass(frozen=True, slots=True)
class Change:
    """`effect` is the mean difference over the time afterwards to what trend and season alone would have been.

    `step` is the part at once, `bend` the change of trend per point. `lean` is the mean autocorrelation of errors.
    `expected` is what would have been at every point without the change, `fitted` what the model says.
    """

    effect: Difference
    step: Difference
    bend: Difference
    lean: float
    has_season: bool
    expected: tuple[float, ...]
    fitted: tuple[float, ...]


def interrupted(
    values: Sequence[float],
    *,
    begins_at: int,
    period: float | None = None,
    harmonics: int = 2,
    with_bend: bool = True,
    confidence: float = CONFIDENCE,
) -> Change:
    """What changed from point `begins_at` on, in a series at equal distances.

    `period` is the length of a season in points (12 for months, 52.18 for weeks, 7 for days); it is left out when the
    series is shorter than one and a half of it. Raises TooShort with fewer than eight points on a side.
    """
    y = np.asarray(values, dtype=float)
    if min(begins_at, len(y) - begins_at) < FEWEST_ON_A_SIDE:
        raise TooShort(f"needs {FEWEST_ON_A_SIDE} points before and after")
    has_season = period is not None and len(y) >= FEWEST_SEASONS * period
    design = _design(len(y), begins_at, period if has_season else None, harmonics, with_bend=with_bend)
    place = {"step": 2, "bend": 3} if with_bend else {"step": 2}
    contrasts = np.zeros((3, design.shape[1]))
    contrasts[0] = np.where(
        np.isin(np.arange(design.shape[1]), list(place.values())), design[begins_at:].mean(axis=0), 0
    )
    contrasts[1, 2] = 1
    if with_bend:
        contrasts[2, 3] = 1
    found = [gls(y, design, lean) for lean in LEANS]
    logs = np.array([each.restricted for each in found])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    beta = sum(weight * each.beta for weight, each in zip(weights, found, strict=True))
    without = beta.copy()
    without[list(place.values())] = 0
    freedom = len(y) - design.shape[1]
    effect, step, bend = (_mixed(contrast, found, weights, freedom, confidence) for contrast in contrasts)
    return Change(
        effect=effect,
        step=step,
        bend=bend if with_bend else Difference(0.0),
        lean=float(weights @ LEANS),
        has_season=has_season,
        expected=tuple((design @ without).tolist()),
        fitted=tuple((design @ beta).tolist()),
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """Generalised least squares with errors that lean `lean` on the one before; `restricted` is the log likelihood."""

    beta: Floats
    covariance: Floats
    restricted: float


def gls(y: Floats, design: Floats, lean: float) -> Fit:
    """Least squares after taking the lean out of errors, the first point kept (Prais & Winsten 1954)."""
    whitened_y, whitened = _whiten(y[:, np.newaxis], lean)[:, 0], _whiten(design, lean)
    n, k = design.shape
    gram = whitened.T @ whitened
    inverse = np.linalg.inv(gram)
    beta = inverse @ (whitened.T @ whitened_y)
    rest = whitened_y - whitened @ beta
    squares = max(float(rest @ rest), 1e-300)
    _sign, logarithm = np.linalg.slogdet(gram)
    restricted = 0.5 * np.log(1 - lean**2) - 0.5 * logarithm - (n - k) / 2 * np.log(squares)
    return Fit(beta, inverse * squares / (n - k), float(restricted))


def _whiten(columns: Floats, lean: float) -> Floats:
    whitened = columns.copy()
    whitened[1:] -= lean * columns[:-1]
    whitened[0] *= np.sqrt(1 - lean**2)
    return whitened


def _design(n: int, begins_at: int, period: float | None, harmonics: int, *, with_bend: bool) -> Floats:
    t = np.arange(n, dtype=float)
    after = (t >= begins_at).astype(float)
    columns = [np.ones(n), (t - begins_at) / n, after]
    if with_bend:
        columns.append((t - begins_at) * after)
    if period is not None:
        for harmonic in range(1, harmonics + 1):
            angle = 2 * np.pi * harmonic * t / period
            columns.append(np.sin(angle))
            if 2 * harmonic < period:  # at the shortest wave the sine says it all
                columns.append(np.cos(angle))
    return np.column_stack(columns)


def _mixed(contrast: Floats, found: Sequence[Fit], weights: Floats, freedom: int, confidence: float) -> Difference:
    """The middle and the ends of the mixture of Student's distributions that the leans give."""
    if not contrast.any():
        return Difference(None)
    at = np.array([contrast @ each.beta for each in found])
    errors = np.sqrt(np.array([contrast @ each.covariance @ contrast for each in found]))

    def below(value: float) -> float:
        return float(weights @ scipy.special.stdtr(freedom, (value - at) / errors))

    tail = (1 - confidence) / 2
    reach = 40 * errors.max() + np.ptp(at)
    low, high = (
        float(scipy.optimize.brentq(lambda value, q=q: below(value) - q, at.min() - reach, at.max() + reach))
        for q in (tail, 1 - tail)
    )
    zero = below(0.0)
    return Difference(float(weights @ at), low, high, 2 * min(zero, 1 - zero))
