"""Scores of one question against published figures."""

from __future__ import annotations

import numpy as np
import pytest

from mijoz.analysis.psychometrics import scores


def test_nps_of_324_answers() -> None:
    """162 promoters, 108 passives, 54 detractors: error 4.14, Wald 25.2 to 41.4, adjusted 24.9 to 41.1 (Rocks 2016)."""
    nps = scores.net_promoters(162, 108, 54)
    assert nps.value == pytest.approx(100 / 3, abs=1e-6)
    assert nps.error == pytest.approx(4.14087, abs=1e-5)
    assert (nps.low, nps.high) == (pytest.approx(24.93, abs=0.06), pytest.approx(41.10, abs=0.06))
    assert nps.value - 1.96 * nps.error == pytest.approx(25.2, abs=0.05)
    assert nps.value + 1.96 * nps.error == pytest.approx(41.4, abs=0.06)


def test_nps_interval_is_the_adjusted_wald_formula() -> None:
    """By hand for 3, 4, 3: middle 0, p+ = p- = 3.75/13, variance 7.5/13."""
    nps = scores.net_promoters(3, 4, 3, confidence=0.95)
    half = 100 * 1.959963984540054 * (7.5 / 13 / 13) ** 0.5
    assert (nps.value, nps.low, nps.high) == pytest.approx((0.0, -half, half), abs=1e-6)
    assert nps.is_small


def test_nps_covers_the_truth_in_small_samples() -> None:
    rng = np.random.default_rng(3)
    for p in ((0.5, 0.3, 0.2), (0.8, 0.15, 0.05)):
        truth = 100 * (p[0] - p[2])
        drawn = [scores.net_promoters(*counts) for counts in rng.multinomial(25, p, size=1_000).tolist()]
        covered = np.mean([each.low <= truth <= each.high for each in drawn if each.low is not None])
        assert 0.93 <= covered <= 0.985, (p, covered)


def test_nobody_answered() -> None:
    assert scores.net_promoters(0, 0, 0).value is None
    assert scores.mean(np.array([np.nan])).value is None
    assert scores.mean(np.array([4.0, 4.0])) == scores.Estimate(4.0)


def test_answers_from_0_to_10_are_counted() -> None:
    assert scores.counts_of_promoters(np.array([0, 6, 7, 8, 9, 10, np.nan])) == (2, 2, 2)


def test_top_box_of_100() -> None:
    """85 of 100: Wilson 76.7 to 90.7 %."""
    answers = np.array([5.0] * 60 + [4.0] * 25 + [3.0] * 15 + [np.nan] * 7)
    share = scores.top_box(answers, highest=5)
    assert share.value == 0.85
    assert (share.low, share.high) == (pytest.approx(0.767, abs=5e-4), pytest.approx(0.907, abs=5e-4))
    assert scores.top_box(answers, highest=5, boxes=1).value == 0.6


def test_how_many_answers() -> None:
    assert scores.answers_for_share(within=0.05) == 385
    assert scores.answers_for_nps(within=5) == 854
    assert scores.answers_for_nps(within=5, spread=1) == 1_537
    assert scores.of_population(385, population=1_000) == 279  # 385 / (1 + 384 / 1000) = 278.2
    assert scores.of_population(385, population=100) == 80
    with pytest.raises(ValueError, match="precision"):
        scores.answers_for_share(within=0)
