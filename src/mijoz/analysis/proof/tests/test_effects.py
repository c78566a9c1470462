"""CUPED, confidence sequences, difference in differences: known answers, and how often they cover the truth."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof.always_valid import always_valid, widening
from mijoz.analysis.proof.cuped import cuped, needed_after
from mijoz.analysis.proof.difference_in_differences import difference_in_differences, trends
from mijoz.analysis.proof.held_out import pooled
from mijoz.analysis.proof.tests.worlds import branches, pilots, sums

WORLDS = 1_000
COVERED = (0.93, 0.97)


def covers(differences: list[Difference], truth: float) -> float:
    return float(np.mean([(each.low or 0) <= truth <= (each.high or 0) for each in differences]))


def test_cuped_is_the_analysis_of_covariance_of_statsmodels() -> None:
    world = pilots(1, treated=300, held_out=100, effect=0.5)
    found = cuped(sums(world.treated_y, world.treated_x)[0], sums(world.held_y, world.held_x)[0])
    y = np.concatenate([world.treated_y[0], world.held_y[0]])
    x = np.concatenate([world.treated_x[0], world.held_x[0]])
    arm = np.repeat([1.0, 0.0], [300, 100])
    fitted = sm.OLS(y, np.column_stack([np.ones_like(y), arm, x])).fit()
    assert (found.difference.value, found.slope) == pytest.approx(tuple(fitted.params[1:]), abs=1e-6)
    left = y - found.slope * x
    theirs = CompareMeans(DescrStatsW(left[:300]), DescrStatsW(left[300:]))
    assert (found.difference.low, found.difference.high) == pytest.approx(
        theirs.tconfint_diff(usevar="unequal"), abs=1e-6
    )


def test_cuped_covers_the_planted_effect_and_is_shorter() -> None:
    world = pilots(WORLDS, treated=350, held_out=150, effect=0.6)
    arms = zip(sums(world.treated_y, world.treated_x), sums(world.held_y, world.held_x), strict=True)
    found = [cuped(treated, held_out) for treated, held_out in arms]
    assert COVERED[0] <= covers([each.difference for each in found], 0.6) <= COVERED[1]
    assert COVERED[0] <= covers([each.plain for each in found], 0.6) <= COVERED[1]
    assert np.mean([each.variance_left for each in found if each.variance_left is not None]) < 0.75


def test_several_pilots_together_cover_the_planted_effect() -> None:
    """Four pilots of unequal size in each world, sharpened by CUPED each, with the same effect."""
    several = [pilots(WORLDS, treated=n, held_out=n // 2, effect=0.6, seed=n) for n in (120, 200, 300, 400)]
    of_each = [
        [
            cuped(treated, held_out).difference
            for treated, held_out in zip(sums(one.treated_y, one.treated_x), sums(one.held_y, one.held_x), strict=True)
        ]
        for one in several
    ]
    together = [pooled(world) for world in zip(*of_each, strict=True)]
    assert COVERED[0] <= covers(together, 0.6) <= COVERED[1]


def test_a_covariate_that_does_not_vary_changes_nothing() -> None:
    world = pilots(1, treated=30, held_out=30, effect=0.0)
    flat = np.ones((1, 30))
    found = cuped(sums(world.treated_y, flat)[0], sums(world.held_y, flat)[0])
    assert found.difference == found.plain
    assert found.variance_left == pytest.approx(1)


def test_customers_saved_by_the_covariate() -> None:
    assert needed_after(1_000, correlation=0.7) == 510


def test_a_confidence_sequence_by_hand() -> None:
    """rho² = (-2 ln 0.05 + ln(1 - 2 ln 0.05)) / 1000 = 0.0079358; theorem 2.2 at 1000."""
    rho2 = (5.991464547107983 + np.log(6.991464547107983)) / 1_000
    grown = 1_000 * rho2
    half = np.sqrt(2 * (grown + 1) / grown * np.log(np.sqrt(grown + 1) / 0.05))
    assert widening(np.array([1_000]))[0] == pytest.approx(half, abs=1e-9)
    found = always_valid(Difference(1.0), error=0.25, smaller_arm=300, customers=1_000)
    assert (found.low, found.high) == pytest.approx((1 - 0.25 * half, 1 + 0.25 * half), abs=1e-9)


def test_its_p_value_and_its_interval_agree() -> None:
    for value in np.linspace(0.1, 1.2, 23):
        found = always_valid(Difference(float(value)), error=0.25, smaller_arm=300, customers=1_000)
        assert found.low is not None
        assert found.p_value is not None
        assert (found.low > 0) == (found.p_value < 0.05)


def test_before_there_are_enough_nothing_is_said() -> None:
    assert always_valid(Difference(0.4), error=0.1, smaller_arm=20, customers=40) == Difference(0.4, p_value=1.0)


def looks(worlds: int, effect: float, *, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Goal rates looked at daily for 60 days: differences and errors, shape (worlds, days), and customers by day."""
    rng = np.random.default_rng(seed)
    treated, held_out = 28, 12  # a day
    base = 0.2
    a = rng.binomial(treated, base + effect, size=(worlds, 60)).cumsum(axis=1)
    b = rng.binomial(held_out, base, size=(worlds, 60)).cumsum(axis=1)
    days = np.arange(1, 61)
    p, q = a / (treated * days), b / (held_out * days)
    error = np.sqrt(p * (1 - p) / (treated * days) + q * (1 - q) / (held_out * days))
    return p - q, error, days * (treated + held_out)


def test_looking_daily_does_no_harm() -> None:
    """With nothing planted an ordinary interval excludes zero at some look far too often; this one does not."""
    difference, error, customers = looks(WORLDS, 0.0, seed=4)
    counted = customers * 12 / 40 >= 50
    ordinary = (np.abs(difference) > 1.96 * error)[:, counted].any(axis=1).mean()
    sequence = (np.abs(difference) > widening(customers) * error)[:, counted].any(axis=1).mean()
    assert ordinary > 0.15
    assert sequence <= 0.05


def test_the_sequence_covers_a_planted_effect_at_every_look() -> None:
    difference, error, customers = looks(WORLDS, 0.1, seed=5)
    counted = customers * 12 / 40 >= 50
    always = (np.abs(difference - 0.1) <= widening(customers) * error)[:, counted].all(axis=1)
    assert always.mean() >= 0.95
    seen = (difference > widening(customers) * error)[:, counted].any(axis=1)
    assert seen.mean() > 0.8  # and it finds such an effect


def test_difference_in_differences_is_the_interaction_of_statsmodels() -> None:
    before, after = (each[0] for each in branches(1, treated=5, others=9, effect=3.0))
    is_treated = [place < 5 for place in range(14)]
    found = difference_in_differences(before, after, is_treated)
    group = np.tile(np.array(is_treated, float), 2)
    time = np.repeat([0.0, 1.0], 14)
    design = np.column_stack([np.ones(28), group, time, group * time])
    fitted = sm.OLS(np.concatenate([before, after]), design).fit()
    assert found.effect.value == pytest.approx(fitted.params[3], abs=1e-6)
    change = after - before
    theirs = CompareMeans(DescrStatsW(change[:5]), DescrStatsW(change[5:]))
    assert (found.effect.low, found.effect.high) == pytest.approx(theirs.tconfint_diff(usevar="unequal"), abs=1e-6)
    assert found.effect.value == pytest.approx(found.change_of_treated - found.change_of_others)


def test_difference_in_differences_covers_the_planted_effect_with_few_branches() -> None:
    before, after = branches(WORLDS, treated=6, others=8, effect=3.0)
    is_treated = [place < 6 for place in range(14)]
    found = [difference_in_differences(b, a, is_treated) for b, a in zip(before, after, strict=True)]
    assert COVERED[0] <= covers([each.effect for each in found], 3.0) <= COVERED[1]


def test_rearranging_is_exact_with_nothing_planted() -> None:
    before, after = branches(WORLDS, treated=3, others=5, effect=0.0, seed=8)
    is_treated = [place < 3 for place in range(8)]
    found = [difference_in_differences(b, a, is_treated).by_rearranging for b, a in zip(before, after, strict=True)]
    assert np.mean([p <= 0.05 for p in found if p is not None]) <= 0.06  # 56 ways, so 2 of 56 at most


def test_one_branch_alone_has_no_interval() -> None:
    found = difference_in_differences([50, 60, 61], [58, 61, 62], [True, False, False])
    assert (found.effect.value, found.effect.low) == (7.0, None)
    assert found.by_rearranging == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="both sides"):
        difference_in_differences([1], [2], [True])


def test_groups_that_went_apart_before_are_seen() -> None:
    rng = np.random.default_rng(2)
    flat = rng.normal(50, 1, size=(8, 12))
    rising = flat.copy()
    rising[:4] += np.arange(12)
    is_treated = [True] * 4 + [False] * 4
    alike, apart = trends(flat, is_treated), trends(rising, is_treated)
    assert alike.low is not None
    assert alike.high is not None
    assert alike.low <= 0 <= alike.high
    assert apart.low is not None
    assert apart.low > 0.5
