"""Interrupted time series: known answers, and how often the intervals cover what was planted."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.linalg import toeplitz

from mijoz.analysis.proof.before_after import TooShort, _design, gls, interrupted
from mijoz.analysis.proof.tests.worlds import months


def test_for_one_lean_it_is_the_gls_of_statsmodels() -> None:
    y = months(1, points=48, begins_at=30, step=2.0, bend=0.1, lean=0.4)[0]
    design = _design(48, 30, 12, 2, with_bend=True)
    theirs = sm.GLS(y, design, sigma=toeplitz(0.4 ** np.arange(48))).fit()
    ours = gls(y, design, 0.4)
    assert ours.beta == pytest.approx(theirs.params, abs=1e-6)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, abs=1e-6)


@pytest.mark.parametrize(("lean", "with_bend"), [(0.0, True), (0.4, True), (0.4, False)])
def test_the_planted_change_is_covered(lean: float, with_bend: bool) -> None:
    bend = 0.15 if with_bend else 0.0
    series = months(1_000, points=60, begins_at=36, step=2.0, bend=bend, lean=lean, seed=11)
    truth = 2.0 + bend * np.arange(24).mean()
    found = [interrupted(each, begins_at=36, period=12, with_bend=with_bend).effect for each in series]
    covered = np.mean([(each.low or 0) <= truth <= (each.high or 0) for each in found])
    assert 0.93 <= covered <= 0.97
    assert np.mean([each.value for each in found]) == pytest.approx(truth, abs=0.15)


def test_what_would_have_been_carries_on_trend_and_season() -> None:
    t = np.arange(48)
    quiet = 10 + 0.5 * t + 2 * np.sin(2 * np.pi * t / 12)
    found = interrupted((quiet + 5 * (t >= 36)).tolist(), begins_at=36, period=12)
    assert found.expected == pytest.approx(quiet.tolist(), abs=1e-6)
    assert (found.effect.value, found.step.value) == pytest.approx((5, 5), abs=1e-6)
    assert found.bend.value == pytest.approx(0, abs=1e-6)


def test_a_short_series_has_no_season() -> None:
    y = months(1, points=17, begins_at=9, step=2.0, bend=0.0, lean=0.0)[0]
    assert not interrupted(y, begins_at=9, period=12).has_season
    with pytest.raises(TooShort):
        interrupted(y, begins_at=4, period=12)
