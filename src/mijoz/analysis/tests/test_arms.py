"""Who is held out, whether the arms have the sizes they should, and how many customers a test needs."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import md5

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.arms import HOLD_OUT, TREATED, arm, arms, customers_needed, sample_ratio
from mijoz.analysis.intervals import difference_of_shares


def test_the_arm_is_the_first_eight_hex_digits_of_a_hash() -> None:
    """md5("missed_you:42") begins with b6034051, which is 0.711 of the way: held out only by a share above."""
    assert md5(b"missed_you:42").hexdigest().startswith("b6034051")
    assert pytest.approx(0.711, abs=5e-4) == 0xB6034051 / 2**32
    assert arm(42, scenario="missed_you", holdout_share=0.71) == TREATED
    assert arm(42, scenario="missed_you", holdout_share=0.72) == HOLD_OUT
    assert arm("42", scenario="missed_you", holdout_share=0.72) == HOLD_OUT


@given(st.lists(st.integers(min_value=1, max_value=10**9), max_size=40), st.floats(min_value=0, max_value=1))
def test_a_series_is_drawn_as_its_customers_are(customers: list[int], share: float) -> None:
    drawn = arms(pl.Series(customers, dtype=pl.Int64), scenario="welcome", holdout_share=share)
    assert drawn.to_list() == [arm(one, scenario="welcome", holdout_share=share) for one in customers]


@given(st.text(min_size=1, max_size=20), st.floats(min_value=0, max_value=1), st.floats(min_value=0, max_value=1))
def test_a_larger_hold_out_keeps_whom_the_smaller_one_held(customer: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    if arm(customer, scenario="s", holdout_share=small) == HOLD_OUT:
        assert arm(customer, scenario="s", holdout_share=large) == HOLD_OUT


@pytest.mark.parametrize(("share", "expected"), [(0.0, TREATED), (1.0, HOLD_OUT)])
def test_nobody_and_everybody_held_out(share: float, expected: str) -> None:
    assert {arm(one, scenario="s", holdout_share=share) for one in range(500)} == {expected}


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_arms_have_their_share_in_every_scenario_and_are_drawn_anew_in_each(share: float) -> None:
    drawn = {
        key: arms(pl.Series(range(20_000)), scenario=key, holdout_share=share).to_list() for key in ("one", "another")
    }
    held = {key: found.count(HOLD_OUT) for key, found in drawn.items()}
    for count in held.values():
        assert not sample_ratio(treated=20_000 - count, held_out=count, holdout_share=share).mismatch
    both = sum(a == b == HOLD_OUT for a, b in zip(*drawn.values(), strict=True))
    assert both / 20_000 == pytest.approx(share**2, abs=0.01)


def test_a_broken_draw_is_noticed() -> None:
    """821,588 against 815,482 of a half and half draw: Kohavi, Tang & Xu (2020), chapter 3, p = 1.8e-6."""
    found = sample_ratio(treated=821_588, held_out=815_482, holdout_share=0.5)
    assert found.p_value == pytest.approx(1.8e-6, rel=0.05)
    assert found.mismatch
    assert not sample_ratio(treated=815_482, held_out=815_482, holdout_share=0.5).mismatch


def test_nobody_enrolled_is_no_mismatch() -> None:
    found = sample_ratio(treated=0, held_out=0, holdout_share=0.2)
    assert (found.holdout_share, found.p_value, found.mismatch) == (None, None, False)


@pytest.mark.parametrize(
    ("goal_rate", "difference", "power", "each_arm"),
    [
        (0.50, 0.25, 0.90, 77),  # R's help of power.prop.test: n = 76.7
        (0.15, 0.15, 0.90, 161),  # by hand: (1.9600 · 0.59055 + 1.2816 · 0.58095)² / 0.15² = 160.8
    ],
)
def test_how_many_customers_are_needed(goal_rate: float, difference: float, power: float, each_arm: int) -> None:
    assert customers_needed(goal_rate=goal_rate, difference=difference, power=power) == 2 * each_arm


def test_that_many_customers_do_find_the_difference() -> None:
    """With the number that is said to be needed, about 80 of 100 experiments see the difference."""
    needed = customers_needed(goal_rate=0.2, difference=0.1, holdout_share=0.25)
    held_out = needed // 4
    rng, rounds = np.random.default_rng(2), 3_000
    treated = rng.binomial(needed - held_out, 0.3, rounds)
    others = rng.binomial(held_out, 0.2, rounds)
    seen = [
        difference_of_shares(int(a), needed - held_out, int(b), held_out).p_value < 0.05
        for a, b in zip(treated, others, strict=True)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.03)


@given(st.floats(min_value=0.05, max_value=0.6), st.floats(min_value=0.02, max_value=0.3))
def test_a_smaller_difference_and_a_lopsided_draw_need_more(goal_rate: float, difference: float) -> None:
    half = customers_needed(goal_rate=goal_rate, difference=difference)
    assert customers_needed(goal_rate=goal_rate, difference=difference / 2) > half
    assert customers_needed(goal_rate=goal_rate, difference=difference, holdout_share=0.1) > half


@pytest.mark.parametrize(
    "ask",
    [
        lambda: customers_needed(goal_rate=0.2, difference=0.0),
        lambda: customers_needed(goal_rate=0.9, difference=0.2),
        lambda: customers_needed(goal_rate=0.2, difference=0.1, holdout_share=0.0),
        lambda: sample_ratio(treated=5, held_out=5, holdout_share=1.0),
    ],
)
def test_what_cannot_be_answered_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ask()
