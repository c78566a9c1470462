"""Intervals against published tables, hand arithmetic, and what must hold for any numbers."""

from __future__ import annotations

from math import inf, isclose, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from mijoz.analysis.intervals import (
    Difference,
    Estimate,
    Moments,
    PairedMoments,
    difference_of_means,
    difference_of_shares,
    ratio,
    share,
)

counts = st.integers(min_value=0, max_value=300)
# R's data set `sleep`: extra hours of sleep with two drugs, Student (1908). The interval is that of R's t.test.
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)


def moments(values: list[float]) -> Moments:
    return Moments(len(values), sum(values), sum(value * value for value in values))


def paired(y: list[float], x: list[float]) -> PairedMoments:
    a, b = np.array(y), np.array(x)
    return PairedMoments(n=len(a), y=a.sum(), x=b.sum(), yy=(a * a).sum(), xy=(a * b).sum(), xx=(b * b).sum())


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998a), Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (85, 100, 0.7672, 0.9069),
    ],
)
def test_a_share_has_wilsons_interval(successes: int, n: int, low: float, high: float) -> None:
    found = share(successes, n)
    assert found.value == successes / n
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


def test_the_retailers_share_of_those_who_came_back() -> None:
    """2,845 of 4,338, by hand: (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n) with z = 1.959964."""
    found = share(2_845, 4_338)
    p, n, z = 2_845 / 4_338, 4_338, 1.959964
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert found.value == pytest.approx(0.6558, abs=5e-5)
    assert found.low == pytest.approx((p + z * z / (2 * n) - half) / (1 + z * z / n), abs=1e-7)
    assert found.high == pytest.approx((p + z * z / (2 * n) + half) / (1 + z * z / n), abs=1e-7)


def test_no_observations_have_no_share() -> None:
    assert share(0, 0) == Estimate(None)


@given(successes=counts, others=counts)
def test_a_share_lies_in_its_interval_and_mirrors(successes: int, others: int) -> None:
    n = successes + others
    assume(n > 0)
    found, mirrored = share(successes, n), share(others, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert isclose(found.low, 1 - mirrored.high, abs_tol=1e-12)
    assert isclose(found.high, 1 - mirrored.low, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998b), Statistics in Medicine 17, 873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_a_difference_of_shares_has_newcombes_interval(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = difference_of_shares(*first, *second)
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


@given(a=counts, not_a=counts, b=counts, not_b=counts)
def test_a_difference_of_shares_turns_its_sign_with_the_arms(a: int, not_a: int, b: int, not_b: int) -> None:
    n, m = a + not_a, b + not_b
    assume(n > 0 and m > 0)
    found, turned = difference_of_shares(a, n, b, m), difference_of_shares(b, m, a, n)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert isclose(found.low, -turned.high, abs_tol=1e-12)
    assert isclose(found.p_value, turned.p_value, abs_tol=1e-12)
    assert 0 <= found.p_value <= 1


@given(a=counts, not_a=counts, b=counts, not_b=counts)
def test_the_p_value_is_that_of_pearsons_chi_square(a: int, not_a: int, b: int, not_b: int) -> None:
    assume(a + not_a > 0 and b + not_b > 0 and a + b > 0 and not_a + not_b > 0)
    expected = stats.chi2_contingency([[a, not_a], [b, not_b]], correction=False).pvalue
    assert difference_of_shares(a, a + not_a, b, b + not_b).p_value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("n", "m"), [(0, 5), (5, 0), (0, 0)])
def test_an_empty_arm_has_no_difference(n: int, m: int) -> None:
    assert difference_of_shares(0, n, 0, m) == Difference(None)


def test_a_difference_of_means_is_welchs() -> None:
    found = difference_of_means(moments(SLEEP[0]), moments(SLEEP[1]))
    assert found.value == pytest.approx(-1.58)
    assert found.low == pytest.approx(-3.3654832, abs=1e-6)
    assert found.high == pytest.approx(0.2054832, abs=1e-6)
    assert found.p_value == pytest.approx(0.07939, abs=1e-5)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [1.0, 2.0], Difference(None)),
        ([3.0], [1.0, 2.0], Difference(1.5)),  # one observation says nothing of the spread
        ([5.0, 5.0], [2.0, 2.0, 2.0], Difference(3.0)),
    ],
)
def test_where_means_cannot_be_compared(first: list[float], second: list[float], expected: Difference) -> None:
    assert difference_of_means(moments(first), moments(second)) == expected


def test_a_ratio_by_hand() -> None:
    """Three customers spent 10, 30, 20 in 1, 2, 3 purchases: 60/6 = 10, residuals 0, 10, -10.

    Cochran (1977), 2.11: the variance of the residuals is 200/2 = 100, so the error of the ratio is
    √(3 · 100) / 6 = 2.886751, and t with two degrees of freedom is 4.302653.
    """
    found = ratio(paired([10, 30, 20], [1, 2, 3]))
    assert found.value == 10
    assert found.low == 0  # 10 - 12.42 is below what a check can be
    assert found.high == pytest.approx(10 + 4.302653 * 2.886751, abs=1e-4)


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=2, max_size=30))
def test_a_ratio_to_the_number_of_customers_is_the_mean_with_students_interval(values: list[float]) -> None:
    spread = float(np.std(values, ddof=1))
    assume(spread > 1e-3 * max(values))
    found = ratio(paired(values, [1.0] * len(values)))
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), spread / sqrt(len(values)))
    assert found.value == pytest.approx(np.mean(values))
    assert found.low == pytest.approx(max(0.0, low), abs=1e-6 * high)
    assert found.high == pytest.approx(high, rel=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(min_value=1, max_value=1e4), st.floats(min_value=1, max_value=50)), min_size=3, max_size=20
    ),
    st.floats(min_value=0.01, max_value=1000),
)
def test_a_ratio_in_another_currency_is_the_same_ratio(pairs: list[tuple[float, float]], rate: float) -> None:
    y, x = [one for one, _ in pairs], [other for _, other in pairs]
    found, changed = ratio(paired(y, x)), ratio(paired([rate * one for one in y], x))
    assert changed.value == pytest.approx(rate * found.value)
    if found.high is not None and changed.high is not None:
        assert changed.high - changed.value == pytest.approx(rate * (found.high - found.value), rel=1e-3)


@pytest.mark.parametrize(
    ("y", "x", "expected"),
    [
        ([], [], Estimate(None)),
        ([0.0], [0.0], Estimate(None)),
        ([50.0], [2.0], Estimate(25.0)),  # one customer
        ([50.0, 25.0], [2.0, 1.0], Estimate(25.0)),  # all the same
    ],
)
def test_where_a_ratio_has_no_interval(y: list[float], x: list[float], expected: Estimate) -> None:
    assert ratio(paired(y, x)) == expected


def test_95_percent_are_95_percent() -> None:
    """Over 2,000 samples the intervals hold the truth as often as they say."""
    rng = np.random.default_rng(1)
    rounds, held = 2_000, {"share": 0, "difference": 0, "ratio": 0}
    for _ in range(rounds):
        a, b = rng.binomial(220, 0.3), rng.binomial(80, 0.18)
        wilson, newcombe = share(int(a), 220), difference_of_shares(int(a), 220, int(b), 80)
        purchases = 1 + rng.poisson(2.0, 200)
        spent = purchases * rng.gamma(4.0, 25.0, 200)
        cochran = ratio(paired(list(spent), list(purchases)))
        held["share"] += wilson.low <= 0.3 <= wilson.high
        held["difference"] += newcombe.low <= 0.12 <= newcombe.high
        held["ratio"] += cochran.low <= 100 <= cochran.high
    error = 3 * sqrt(0.95 * 0.05 / rounds)
    assert all(0.95 - error - 0.005 < hits / rounds < 0.95 + error + 0.01 for hits in held.values()), held


def test_confidence_widens_the_interval() -> None:
    widths = []
    for confidence in (0.8, 0.95, 0.99):
        found = difference_of_shares(30, 100, 20, 100, confidence=confidence)
        widths.append(found.high - found.low)
    assert 0 < widths[0] < widths[1] < widths[2] < inf
