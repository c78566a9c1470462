"""What goes with satisfaction, return and NPS: correlations and a regression on the personalisation indicators.

All of it is correlation: who is served with more care may be who was happier before. Only a hold-out says more.
Statsmodels comes with the extra `statistics`; without it `is_installed` is False.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from mijoz.analysis.frames import Frame
from mijoz.analysis.intervals import CONFIDENCE, Estimate, z_of
from mijoz.analysis.proof.many import holm
from mijoz.analysis.psychometrics.matrices import Floats, TooFewAnswers, complete, matrix

WANTED = 'pip install "mijoz[statistics]"'
FEWEST_FOR_EACH = 10  # respondents for each indicator: Harrell (2015), section 4.4
ALL_BUT_SURE = 1e-3  # each answer foreseen as closely: no odds can be told
ENTANGLED = 5.0  # a variance inflation from which indicators can hardly be told apart


@dataclass(frozen=True, slots=True)
class Driver:
    """One indicator. `correlation` stands for itself; `effect` is with all others held: of a linear outcome in its
    standard deviations for one of the indicator's, of a yes-or-no outcome the odds ratio for one of them.
    `p_value` is adjusted for the number of indicators (Holm 1979); `inflation` is the variance inflation factor."""

    key: str
    correlation: Estimate
    effect: Estimate
    p_value: float | None
    inflation: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """`fit` is R², of a yes-or-no outcome McFadden's; `is_binary` says which it was."""

    outcome: str
    n: int
    is_binary: bool
    fit: float
    drivers: tuple[Driver, ...]

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST_FOR_EACH * (len(self.drivers) + 1)

    @property
    def is_entangled(self) -> bool:
        return any(driver.inflation >= ENTANGLED for driver in self.drivers)


def is_installed() -> bool:
    return importlib.util.find_spec("statsmodels") is not None


def drivers(answers: Frame, outcome: str, indicators: Sequence[str], *, confidence: float = CONFIDENCE) -> Drivers:
    """How the outcome goes with each indicator, over the respondents who answered all of them.

    A column of 0 and 1 only is taken as yes or no, by logistic regression; else by least squares, with intervals that
    allow unequal spread (HC3, MacKinnon & White 1985). Raises TooFewAnswers when there is nothing to tell apart.
    """
    known = complete(matrix(answers, [outcome, *indicators]))
    n, columns = known.shape
    if n < columns + 2:
        raise TooFewAnswers("a regression needs more respondents than indicators")
    if (known.std(axis=0) == 0).any():
        raise TooFewAnswers("the outcome and every indicator have to vary")
    y, x = known[:, 0], known[:, 1:]
    scaled = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    if np.linalg.matrix_rank(scaled) < len(indicators):
        raise TooFewAnswers("some indicators are made up of others: leave one out")
    is_binary = bool(np.isin(y, (0.0, 1.0)).all())
    effects, p_values, fit = (_odds if is_binary else _slopes)(y, scaled, confidence)
    between = np.corrcoef(scaled, rowvar=False).reshape(len(indicators), len(indicators))
    inflations = np.diag(np.linalg.inv(between))
    adjusted = holm(p_values)
    return Drivers(
        outcome=outcome,
        n=n,
        is_binary=is_binary,
        fit=fit,
        drivers=tuple(
            Driver(
                key=key,
                correlation=correlation(x[:, place], y, confidence=confidence),
                effect=effects[place],
                p_value=adjusted[place],
                inflation=float(inflations[place]),
            )
            for place, key in enumerate(indicators)
        ),
    )


def correlation(first: Floats, second: Floats, *, confidence: float = CONFIDENCE) -> Estimate:
    """Pearson's r of two columns without gaps, with Fisher's (1921) interval."""
    if len(first) < 3 or first.std() == 0 or second.std() == 0:
        return Estimate(None)
    r = float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))
    if len(first) < 4 or abs(r) == 1.0:
        return Estimate(r)
    half = z_of(confidence) / sqrt(len(first) - 3)
    return Estimate(r, tanh(atanh(r) - half), tanh(atanh(r) + half))


def _slopes(y: Floats, x: Floats, confidence: float) -> tuple[list[Estimate], list[float], float]:
    import statsmodels.api as sm

    fitted = sm.OLS((y - y.mean()) / y.std(ddof=1), sm.add_constant(x)).fit(cov_type="HC3", use_t=True)
    ends = fitted.conf_int(alpha=1 - confidence)[1:]
    effects = [Estimate(float(at), *map(float, pair)) for at, pair in zip(fitted.params[1:], ends, strict=True)]
    return effects, [float(p) for p in fitted.pvalues[1:]], float(fitted.rsquared)


def _odds(y: Floats, x: Floats, confidence: float) -> tuple[list[Estimate], list[float], float]:
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it would warn of is asked next
        fitted = sm.Logit(y, sm.add_constant(x)).fit(disp=False, warn_convergence=False)
    if np.abs(fitted.predict() - y).max() < ALL_BUT_SURE:
        raise TooFewAnswers("the indicators tell yes from no without a miss: too few answers")
    ends = np.exp(fitted.conf_int(alpha=1 - confidence)[1:])
    effects = [Estimate(float(np.exp(at)), *map(float, pair)) for at, pair in zip(fitted.params[1:], ends, strict=True)]
    return effects, [float(p) for p in fitted.pvalues[1:]], float(fitted.prsquared)
