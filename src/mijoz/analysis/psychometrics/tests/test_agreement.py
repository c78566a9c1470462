"""Kappa against a published example, statsmodels and scikit-learn, and where it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa as of_statsmodels

from mijoz.analysis.psychometrics.agreement import cohens_kappa, of_two_coders

# Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., table 18.1: 100 diagnoses.
DIAGNOSES = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def test_the_example_of_fleiss_comes_out() -> None:
    kappa = cohens_kappa(DIAGNOSES)
    assert (kappa.agreed, kappa.expected) == (pytest.approx(0.89), pytest.approx(0.66))
    assert kappa.value == pytest.approx(0.676, abs=5e-4)
    assert kappa.error == pytest.approx(0.088, abs=1.5e-3)
    assert kappa.strength == "good"


@pytest.mark.parametrize(
    "table", [DIAGNOSES, [[20, 5], [10, 15]], [[88, 10, 2], [14, 40, 6], [18, 10, 12]], [[4, 6], [7, 3]]]
)
def test_it_equals_that_of_statsmodels_to_six_digits(table: list[list[int]]) -> None:
    ours, theirs = cohens_kappa(table), of_statsmodels(np.array(table))
    assert ours.value == pytest.approx(theirs.kappa, rel=1e-6)
    assert ours.error == pytest.approx(theirs.std_kappa, rel=1e-6)
    assert (ours.low, ours.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), rel=1e-6)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_it_equals_that_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    first, second = zip(*pairs, strict=True)
    ours = of_two_coders(first, second).value
    if ours is None:
        assert len(set(first) | set(second)) == 1
        return
    assert ours == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)


def test_without_cases_or_variety_there_is_no_kappa() -> None:
    assert cohens_kappa([[0, 0], [0, 0]]).value is None
    same = of_two_coders([True] * 5, [True] * 5)
    assert (same.value, same.agreed, same.strength) == (None, 1.0, "unclear")


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        cohens_kappa([[1, 2]])
    with pytest.raises(ValueError, match="square"):
        cohens_kappa([[1, -2], [0, 3]])


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Two coders who agree beyond chance by a known kappa, 200 passages, drawn 2,000 times."""
    p = np.array([[0.30, 0.10], [0.10, 0.50]])
    truth = (0.8 - (0.4 * 0.4 + 0.6 * 0.6)) / (1 - (0.4 * 0.4 + 0.6 * 0.6))
    drawn = np.random.default_rng(5).multinomial(200, p.ravel(), size=2_000).reshape(-1, 2, 2)
    found = [cohens_kappa(table) for table in drawn]
    covered = np.mean([one.low <= truth <= one.high for one in found if one.low is not None and one.high is not None])
    assert 0.935 <= covered <= 0.965
