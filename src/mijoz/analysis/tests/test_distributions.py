"""The distributions taken from `scipy.special` are those that `scipy.stats` documents."""

from __future__ import annotations

import pytest
from scipy import stats

from mijoz.analysis import arms, intervals


@pytest.mark.parametrize(("treated", "held_out", "share"), [(70, 55, 0.3), (900, 100, 0.1), (5, 5, 0.5)])
def test_the_sample_ratio_is_pearsons_chi_square(treated: int, held_out: int, share: float) -> None:
    n = treated + held_out
    expected = stats.chisquare([treated, held_out], [n * (1 - share), n * share]).pvalue
    measured = arms.sample_ratio(treated=treated, held_out=held_out, holdout_share=share)
    assert measured.p_value == pytest.approx(expected)


def test_the_difference_of_means_is_welchs_test() -> None:
    first, second = [1.0, 4.0, 2.5, 9.0, 3.5, 6.0], [2.0, 2.5, 3.0, 1.0]
    moments = [
        intervals.Moments(len(values), sum(values), sum(value**2 for value in values)) for values in (first, second)
    ]
    found = intervals.difference_of_means(*moments)
    expected = stats.ttest_ind(first, second, equal_var=False)
    low, high = expected.confidence_interval(0.95)
    assert (found.p_value, found.low, found.high) == pytest.approx((expected.pvalue, low, high))


def test_the_share_is_wilsons_score_interval() -> None:
    found = intervals.share(85, 100)
    expected = stats.binomtest(85, 100).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
