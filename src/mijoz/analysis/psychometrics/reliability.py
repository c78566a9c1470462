"""Whether the items of a scale measure one thing: alpha, omega, item-total correlations, and a check of the factors.

Respondents with a gap in the items are left out. Nothing here is read off a table, so any number of items will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are loaded when they are first used

from mijoz.analysis.frames import Frame
from mijoz.analysis.intervals import CONFIDENCE, Estimate
from mijoz.analysis.psychometrics.matrices import FEWEST_ANSWERS, Floats, TooFewAnswers, complete, matrix

RESAMPLES = 1_000
TURNS = 200  # of the one-factor model; it settles within some dozens
EDGE = 1e-9  # how near to 0 or 1 a share is taken on the logit scale
SETTLED, ROUGHLY_SETTLED = 1e-9, 1e-5  # changes of a communality: for a value, and for the ends of an interval
RANDOM_TABLES = 200  # for parallel analysis
PERCENTILE = 0.95


@dataclass(frozen=True, slots=True)
class Item:
    """`total` is the correlation with the sum of the others; `alpha_without` is alpha when this one is left out."""

    key: str
    mean: float
    deviation: float
    total: float | None
    loading: float | None
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """`left_out` respondents had a gap. An estimate without a value could not be computed: all answers were alike."""

    n: int
    left_out: int
    alpha: Estimate
    omega: Estimate
    items: tuple[Item, ...]

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_ANSWERS


@dataclass(frozen=True, slots=True)
class Factors:
    """How many things a questionnaire measures. `eigenvalues` fall; `by_chance` are their 95th percentiles in tables of
    noise of this size, and `suggested` counts those above (Horn 1965). `adequacy` is Kaiser's KMO, 0 to 1, from 0.6 on
    good enough; `sphericity_p` is Bartlett's test that nothing correlates. `loadings` has shape (items, suggested).
    """

    n: int
    eigenvalues: tuple[float, ...]
    by_chance: tuple[float, ...]
    suggested: int
    adequacy: float
    sphericity_p: float
    loadings: tuple[tuple[float, ...], ...]


def reliability(
    answers: Frame, items: Sequence[str], *, confidence: float = CONFIDENCE, resamples: int = RESAMPLES, seed: int = 7
) -> Reliability:
    """Alpha and omega of the items with intervals, and what each item does to them.

    Alpha: Cronbach (1951) with the interval of Feldt (1965), exact for normal answers and equal loadings. Omega:
    McDonald (1999), equation 6.20b, of one factor; its interval is made on the logit scale (Browne 1982), with the
    standard error of a bootstrap over respondents. Percentiles of it are too narrow for a hundred respondents.
    Raises TooFewAnswers with fewer than two items or three whole answers.
    """
    given = matrix(answers, items)
    known = complete(given)
    n, k = known.shape
    if k < 2 or n < 3:
        raise TooFewAnswers("reliability needs two items and three respondents who answered both")
    covariance = np.cov(known, rowvar=False)
    return Reliability(
        n=n,
        left_out=len(given) - n,
        alpha=_feldt(_alpha(covariance), n, k, confidence),
        omega=_omega_interval(known, confidence=confidence, resamples=resamples, seed=seed),
        items=tuple(_item(known, covariance, place, key) for place, key in enumerate(items)),
    )


def factors(answers: Frame, items: Sequence[str], *, seed: int = 7) -> Factors:
    """How many factors the items have, by parallel analysis, with loadings rotated by varimax (Kaiser 1958).

    Raises TooFewAnswers when an item does not vary, or when there are no more respondents than items.
    """
    known = complete(matrix(answers, items))
    n, k = known.shape
    if n <= k or k < 2 or (known.std(axis=0) == 0).any():
        raise TooFewAnswers("a factor check needs more respondents than items, and items that vary")
    correlation: Floats = np.atleast_2d(np.corrcoef(known, rowvar=False))
    eigenvalues = np.linalg.eigvalsh(correlation)[::-1]
    by_chance = _eigenvalues_of_noise(n, k, seed)
    above = eigenvalues > by_chance
    suggested = k if above.all() else int(np.argmin(above))
    return Factors(
        n=n,
        eigenvalues=tuple(eigenvalues.tolist()),
        by_chance=tuple(by_chance.tolist()),
        suggested=suggested,
        adequacy=_adequacy(correlation),
        sphericity_p=_sphericity(correlation, n),
        loadings=tuple(tuple(row) for row in _loadings(correlation, suggested).tolist()),
    )


def _alpha(covariance: Floats) -> float | None:
    k, total = len(covariance), covariance.sum()
    return None if total <= 0 else float(k / (k - 1) * (1 - np.trace(covariance) / total))


def _feldt(alpha: float | None, n: int, k: int, confidence: float) -> Estimate:
    if alpha is None:
        return Estimate(None)
    tail, df1, df2 = (1 - confidence) / 2, n - 1, (n - 1) * (k - 1)
    high_f, low_f = (float(scipy.special.fdtri(df1, df2, at)) for at in (1 - tail, tail))
    return Estimate(alpha, 1 - (1 - alpha) * high_f, 1 - (1 - alpha) * low_f)


def _item(answers: Floats, covariance: Floats, place: int, key: str) -> Item:
    others = np.delete(answers, place, axis=1).sum(axis=1)
    own = answers[:, place]
    varies = own.std() > 0 and others.std() > 0
    without = np.delete(np.delete(covariance, place, axis=0), place, axis=1)
    loading = one_factor(covariance[np.newaxis])[0][0]
    scale = np.sqrt(covariance[place, place])
    return Item(
        key=key,
        mean=float(own.mean()),
        deviation=float(own.std(ddof=1)),
        total=float(np.corrcoef(own, others)[0, 1]) if varies else None,
        loading=float(loading[place] / scale) if scale > 0 else None,
        alpha_without=_alpha(without) if len(without) > 1 else None,
    )


def one_factor(covariances: Floats, *, settled_at: float = SETTLED) -> tuple[Floats, Floats]:
    """Loadings and unique variances, each of shape (tables, items), of one factor in each of many covariance tables of
    shape (tables, items, items): principal axes, repeated until they settle (Harman 1976, chapter 8)."""
    spread = np.sqrt(np.maximum(np.einsum("tii->ti", covariances), 1e-12))
    correlations = covariances / (spread[:, :, None] * spread[:, None, :])
    off = np.abs(correlations - np.eye(correlations.shape[1]))
    communality = off.max(axis=2)  # to begin with
    diagonal = np.arange(correlations.shape[1])
    loadings = np.zeros_like(communality)
    for _turn in range(TURNS):
        reduced = correlations.copy()
        reduced[:, diagonal, diagonal] = communality
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1], 0.0))[:, None]
        settled = np.abs(loadings**2 - communality).max() < settled_at
        communality = np.minimum(loadings**2, 1.0)
        if settled:
            break
    loadings *= np.where(loadings.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    return loadings * spread, (1 - communality) * spread**2


def _omega(covariances: Floats, *, settled_at: float = SETTLED) -> Floats:
    loadings, unique = one_factor(covariances, settled_at=settled_at)
    common = loadings.sum(axis=1) ** 2
    whole = common + unique.sum(axis=1)
    return np.divide(common, whole, out=np.full(len(common), np.nan), where=whole > 0)


def _omega_interval(answers: Floats, *, confidence: float, resamples: int, seed: int) -> Estimate:
    n, k = answers.shape
    covariance = np.cov(answers, rowvar=False)
    if k < 3 or (np.diag(covariance) == 0).any():  # two items do not say where a factor lies
        return Estimate(None)
    value = float(_omega(covariance[np.newaxis])[0])
    if resamples < 1:
        return Estimate(value)
    chosen = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)
    means = chosen @ answers / n
    products = np.einsum("rn,ni,nj->rij", chosen, answers, answers, optimize=True) / n
    drawn = products - means[:, :, None] * means[:, None, :]
    varied = (np.einsum("tii->ti", drawn) > 1e-12).all(axis=1)
    again = _logit(_omega(drawn[varied], settled_at=ROUGHLY_SETTLED))
    spread = float(np.nanstd(again, ddof=1)) * np.sqrt(n / (n - 1))
    half = float(scipy.special.stdtrit(n - 1, (1 + confidence) / 2)) * spread
    low, high = scipy.special.expit(_logit(np.array([value])) + np.array([-half, half]))
    return Estimate(value, float(low), float(high))


def _logit(shares: Floats) -> Floats:
    return scipy.special.logit(np.clip(shares, EDGE, 1 - EDGE))


def _eigenvalues_of_noise(n: int, k: int, seed: int) -> Floats:
    noise = np.random.default_rng(seed).standard_normal((RANDOM_TABLES, n, k))
    noise -= noise.mean(axis=1, keepdims=True)
    noise /= noise.std(axis=1, keepdims=True)
    tables = np.einsum("tni,tnj->tij", noise, noise, optimize=True) / n
    return np.quantile(np.linalg.eigvalsh(tables)[:, ::-1], PERCENTILE, axis=0)


def _adequacy(correlation: Floats) -> float:
    """KMO, Kaiser & Rice (1974): correlations against partial ones."""
    inverse = np.linalg.pinv(correlation)
    scale = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(scale, scale)
    off = ~np.eye(len(correlation), dtype=bool)
    plain, left = (correlation[off] ** 2).sum(), (partial[off] ** 2).sum()
    return float(plain / (plain + left))


def _sphericity(correlation: Floats, n: int) -> float:
    """Bartlett (1951): the p-value against no correlation at all."""
    k = len(correlation)
    sign, logarithm = np.linalg.slogdet(correlation)
    if sign <= 0:
        return 0.0
    return float(scipy.special.chdtrc(k * (k - 1) / 2, -(n - 1 - (2 * k + 5) / 6) * logarithm))


def _loadings(correlation: Floats, count: int) -> Floats:
    values, vectors = np.linalg.eigh(correlation)
    kept = vectors[:, ::-1][:, :count] * np.sqrt(values[::-1][:count])
    rotated = _varimax(kept) if count > 1 else kept
    return rotated * np.where(rotated.sum(axis=0) < 0, -1.0, 1.0)


def _varimax(loadings: Floats) -> Floats:
    items, count = loadings.shape
    turn, before = np.eye(count), 0.0
    for _turn in range(TURNS):
        turned = loadings @ turn
        left, sizes, right = np.linalg.svd(loadings.T @ (turned**3 - turned @ np.diag((turned**2).sum(axis=0)) / items))
        turn = left @ right
        if sizes.sum() - before < SETTLED:
            break
        before = sizes.sum()
    return loadings @ turn
