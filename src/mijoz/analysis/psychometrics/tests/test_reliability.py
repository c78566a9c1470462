"""Reliability and factors against pingouin, statsmodels and what was planted."""

from __future__ import annotations

import numpy as np
import pingouin
import polars as pl
import pytest
from statsmodels.multivariate.factor import Factor

from mijoz.analysis.psychometrics.matrices import TooFewAnswers
from mijoz.analysis.psychometrics.reliability import factors, one_factor, reliability


def of_pingouin() -> pl.DataFrame:
    """Eleven answers of twelve people, some missing, that come with pingouin."""
    return pl.from_pandas(pingouin.read_dataset("cronbach_wide_missing"))


def planted(n: int, loadings: list[float], *, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(n)
    return pl.DataFrame(
        {
            f"q{place}": loading * common + np.sqrt(1 - loading**2) * rng.standard_normal(n)
            for place, loading in enumerate(loadings)
        }
    )


def test_alpha_is_that_of_pingouin() -> None:
    answers = of_pingouin()
    alpha, (low, high) = pingouin.cronbach_alpha(answers.drop_nulls().to_pandas())
    found = reliability(answers, answers.columns, resamples=0)
    assert found.alpha.value == pytest.approx(alpha, abs=1e-6)
    assert (found.alpha.low, found.alpha.high) == pytest.approx((low, high), abs=5.1e-4)  # it rounds to three digits
    assert found.n + found.left_out == answers.height
    assert found.left_out > 0
    assert found.is_small


def test_alpha_without_an_item_is_alpha_of_the_others() -> None:
    answers = of_pingouin().drop_nulls()
    found = reliability(answers, answers.columns, resamples=0)
    for item in found.items:
        alone, _ends = pingouin.cronbach_alpha(answers.drop(item.key).to_pandas())
        assert item.alpha_without == pytest.approx(alone, abs=1e-6)
        others = answers.drop(item.key).sum_horizontal()
        assert item.total == pytest.approx(pingouin.corr(answers[item.key], others)["r"].iloc[0], abs=1e-3)


def test_loadings_are_those_of_statsmodels() -> None:
    answers = planted(300, [0.9, 0.7, 0.6, 0.5, 0.8]).to_numpy()
    theirs = Factor(answers, n_factor=1, method="pa").fit(maxiter=500, tol=1e-12).loadings[:, 0]
    ours, unique = one_factor(np.corrcoef(answers, rowvar=False)[np.newaxis])
    assert ours[0] == pytest.approx(np.abs(theirs), abs=1e-6)
    assert unique[0] == pytest.approx(1 - theirs**2, abs=1e-6)


@pytest.mark.slow
def test_omega_covers_what_was_planted() -> None:
    """In 1,000 worlds. What is drawn again from a world is drawn by numbers that have nothing to do with it."""
    loadings = [0.8, 0.7, 0.6, 0.9]
    truth = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(1 - each**2 for each in loadings))
    covered = 0
    for seed in range(1_000):
        answers = planted(100, loadings, seed=seed)
        omega = reliability(answers, answers.columns, resamples=200, seed=1_000_000 + seed).omega
        assert omega.low is not None
        assert omega.high is not None
        covered += omega.low <= truth <= omega.high
    assert 0.93 <= covered / 1_000 <= 0.97, covered


def test_alpha_covers_what_was_planted() -> None:
    """Items that load alike, where alpha and its interval are exact."""
    truth = 16 * 0.49 / (16 * 0.49 + 4 * 0.51)
    found = [
        reliability(planted(60, [0.7] * 4, seed=seed), [f"q{i}" for i in range(4)], resamples=0)
        for seed in range(1_000)
    ]
    covered = np.mean([each.alpha.low <= truth <= each.alpha.high for each in found])  # type: ignore[operator]
    assert 0.93 <= covered <= 0.97


def test_two_planted_factors_are_found() -> None:
    one, other = planted(400, [0.8, 0.8, 0.7], seed=1), planted(400, [0.8, 0.7, 0.8], seed=2)
    answers = one.hstack(other.rename({column: f"r{column}" for column in other.columns}))
    found = factors(answers, answers.columns)
    assert found.suggested == 2
    loadings = np.abs(np.array(found.loadings))
    assert (loadings[:3].argmax(axis=1) != loadings[3:].argmax(axis=1)).all()
    assert loadings.max(axis=1).min() > 0.7
    assert loadings.min(axis=1).max() < 0.25
    assert found.adequacy > 0.6
    assert found.sphericity_p < 1e-6


def test_noise_has_no_factors() -> None:
    noise = pl.DataFrame(np.random.default_rng(5).standard_normal((200, 6)), schema=[f"q{i}" for i in range(6)])
    found = factors(noise, noise.columns)
    assert found.suggested <= 1
    assert found.sphericity_p > 0.01


def test_sphericity_of_two_items_by_hand() -> None:
    """-(n - 1 - 9/6) ln(1 - r²) with one degree of freedom; KMO of two items is one half."""
    answers = planted(50, [0.7, 0.7])
    r = np.corrcoef(answers.to_numpy(), rowvar=False)[0, 1]
    from scipy import stats

    found = factors(answers, answers.columns)
    assert found.sphericity_p == pytest.approx(stats.chi2.sf(-(49 - 1.5) * np.log(1 - r**2), 1), abs=1e-9)
    assert found.adequacy == pytest.approx(0.5, abs=1e-9)


def test_answers_all_alike_have_no_reliability() -> None:
    answers = pl.DataFrame({"a": [3, 3, 3, 3], "b": [4, 4, 4, 4], "c": [1, 1, 1, 1]})
    found = reliability(answers, answers.columns)
    assert (found.alpha.value, found.omega.value) == (None, None)
    with pytest.raises(TooFewAnswers):
        factors(answers, answers.columns)


@pytest.mark.parametrize("answers", [{"a": [1, 2, 3]}, {"a": [1, 2], "b": [2, 1]}, {"a": [1, 2, 3], "b": [None, 2, 3]}])
def test_too_few_answers_are_said(answers: dict[str, list[int]]) -> None:
    with pytest.raises(TooFewAnswers):
        reliability(pl.DataFrame(answers), list(answers))
