"""What a pilot needs, and what its effect is worth."""

from __future__ import annotations

import math

import pytest
from statsmodels.stats.power import NormalIndPower

from mijoz.analysis.arms import customers_needed
from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof.many import holm, uplift
from mijoz.analysis.proof.money import worth
from mijoz.analysis.proof.planning import customers_for_mean, plan, smallest_difference


def test_customers_for_a_mean_are_those_of_statsmodels() -> None:
    each = NormalIndPower().solve_power(effect_size=0.2, power=0.8, alpha=0.05, ratio=1)
    assert customers_for_mean(difference=2, deviation=10) == 2 * math.ceil(each)
    unequal = NormalIndPower().solve_power(effect_size=0.2, power=0.8, alpha=0.05, ratio=4)
    assert customers_for_mean(difference=2, deviation=10, holdout_share=0.2) == math.ceil(unequal) + math.ceil(
        4 * unequal
    )


def test_a_covariate_halves_them() -> None:
    assert customers_for_mean(difference=2, deviation=10, correlation=math.sqrt(0.5)) == pytest.approx(394, abs=2)


def test_a_plan_says_how_long() -> None:
    needed = customers_needed(goal_rate=0.2, difference=0.05, holdout_share=0.3)
    found = plan(goal_rate=0.2, difference=0.05, holdout_share=0.3, customers_a_week=200, at_once=500, window_days=28)
    assert found.customers == needed
    assert found.weeks == pytest.approx(4 + (needed - 500) / 200)
    assert found.is_feasible


def test_a_small_business_is_told_that_it_cannot_see_it() -> None:
    found = plan(goal_rate=0.2, difference=0.02, holdout_share=0.3, customers_a_week=5, window_days=28)
    assert not found.is_feasible
    assert found.smallest is not None
    assert found.smallest > 0.2
    nobody = plan(goal_rate=0.2, difference=0.02, holdout_share=0.3, customers_a_week=0, window_days=28)
    assert (nobody.weeks, nobody.smallest) == (math.inf, None)


def test_the_smallest_difference_needs_the_customers_there_are() -> None:
    smallest = smallest_difference(goal_rate=0.2, customers=2_000, holdout_share=0.3)
    assert smallest is not None
    assert customers_needed(goal_rate=0.2, difference=smallest, holdout_share=0.3) == pytest.approx(2_000, abs=5)


def test_worth_by_hand() -> None:
    found = worth(Difference(10.0, 2.0, 18.0), treated=100, cost_each=3.0, fixed_cost=50.0, margin=0.5)
    assert (found.revenue.value, found.cost) == (1_000, 350)
    assert (found.gain.value, found.gain.low, found.gain.high) == (150, -250, 550)
    assert found.ratio == pytest.approx(500 / 350)
    assert worth(Difference(None), treated=5, cost_each=0).ratio is None
    with pytest.raises(ValueError, match="margin"):
        worth(Difference(1.0), treated=5, cost_each=1, margin=0)


def test_uplift_is_drawn_together_when_chance_explains_the_spread() -> None:
    same = {
        key: Difference(0.05 + shift, shift - 0.05, 0.15 + shift, 0.3)
        for key, shift in zip("abc", (-0.01, 0, 0.01), strict=True)
    }
    found = uplift(same)
    assert found.differs is not None
    assert found.differs > 0.9
    assert list(found.shrunk.values()) == pytest.approx([0.05] * 3)
    apart = {"a": Difference(0.3, 0.25, 0.35, 1e-9), "b": Difference(0.0, -0.05, 0.05, 1.0)}
    told = uplift(apart)
    assert told.differs is not None
    assert told.differs < 0.001
    assert told.shrunk["a"] > 0.25
    assert told.p_values == {"a": pytest.approx(2e-9), "b": 1.0}


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = [0.04, 0.001, 0.03, 0.2, 0.01, 0.9]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist(), abs=1e-9)
