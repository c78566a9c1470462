"""Planted groups are found with their number, described, and found again by a rule; where there are none, none are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mijoz.analysis.learning import clusters
from mijoz.analysis.learning.clusters import Cut

KS = range(2, 6)


def planted(seed: int = 1, customers: int = 900) -> tuple[np.ndarray, np.ndarray]:
    """Three kinds: seldom and cheap, often and cheap, seldom and dear; skewed as counts and money are."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, customers)
    purchases = np.round(rng.lognormal(np.log([3.0, 30.0, 4.0])[kind], 0.25)) + 1
    check = rng.lognormal(np.log([50.0, 60.0, 900.0])[kind], 0.3)
    age = rng.normal(40, 10, customers)
    return np.column_stack([purchases, check, age]), kind


def found(values: np.ndarray, **how: object) -> tuple[list[clusters.Trial], np.ndarray]:
    points = clusters.scaling(values).apply(values)
    return clusters.trials(points, ks=KS, bootstraps=5, **how), points  # type: ignore[arg-type]


def test_planted_groups_are_found_with_their_number() -> None:
    values, kind = planted()
    trials, points = found(values[:, :2])
    assert clusters.proposed(trials) == 3
    labels = clusters.assign(points, clusters.centres_of(points, 3))
    assert adjusted_rand_score(kind, labels) >= 0.9


@pytest.mark.parametrize("seed", [1, 2])
def test_one_cloud_has_no_natural_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cloud = rng.multivariate_normal([0, 0, 0], [[1, 0.7, 0], [0.7, 1, 0], [0, 0, 2]], 800)
    skewed = np.column_stack([np.exp(cloud[:, 0]), cloud[:, 1:]])
    trials, _points = found(skewed)
    assert clusters.proposed(trials) is None


def test_a_group_is_described_by_what_sets_it_apart() -> None:
    values, kind = planted()
    points = clusters.scaling(values).apply(values)
    [first, *_others] = clusters.marks(values, points, kind, 1)
    assert (first.trait, first.effect > 0) == (0, True)
    assert first.inside > 20 > first.outside
    [dear, *_others] = clusters.marks(values, points, kind, 2)
    assert dear.trait == 1


def test_a_rule_finds_the_group_again_and_says_how_well() -> None:
    values, kind = planted()
    for group in range(3):
        rule = clusters.describe(values, kind, group, places=[0, 2, 0])
        assert rule.precision > 0.95
        assert rule.recall > 0.95
        chosen = clusters.fits(values, rule.ways)
        assert rule.precision == pytest.approx((kind[chosen] == group).mean())
        assert all(cut.value == int(cut.value) for way in rule.ways for cut in way if cut.trait == 0)


def test_what_is_not_known_fits_no_condition_and_counts_as_the_middle_in_groups() -> None:
    values, kind = planted()
    values[:50, 1] = np.nan
    points = clusters.scaling(values).apply(values)
    assert np.isfinite(points).all()
    assert not clusters.fits(values, [[Cut(1, ">=", -1e9)]])[:50].any()
    assert clusters.describe(values, kind, 2, places=[0, 2, 0]).recall < 1


def test_many_customers_are_assigned_as_the_few_were() -> None:
    values, kind = planted(customers=20_000)
    scaling = clusters.scaling(values)
    few = clusters.sample(len(values), most=2_000)
    centres = clusters.centres_of(scaling.apply(values[few])[:, :2], 3)
    labels = clusters.assign(scaling.apply(values)[:, :2], centres)
    assert adjusted_rand_score(kind, labels) >= 0.9
    assert (np.diff(np.bincount(labels)) <= 0).sum() >= 1


def test_the_picture_shows_the_most_that_two_axes_can() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(500, 3)) * [3.0, 2.0, 1.0]
    plane, (first, second), axes = clusters.picture(points)
    assert plane.shape == (500, 2)
    assert (first, second) == (pytest.approx(9 / 14, abs=0.05), pytest.approx(4 / 14, abs=0.05))
    assert abs(axes[0, 0]) > 0.95


@pytest.mark.parametrize("values", [np.ones((60, 2)), np.arange(20.0).reshape(10, 2)])
def test_too_few_or_all_the_same_is_refused(values: np.ndarray) -> None:
    with pytest.raises(clusters.TooFew):
        clusters.scaling(values)


@pytest.mark.parametrize(
    ("value", "places", "cut"),
    [
        (3.5, 0, (3.0, 4.0)),
        (1234.56, 0, (1230.0, 1231.0)),
        (0.123, 2, (0.12, 0.13)),
        (1_234_567.0, 2, (1_230_000.0, 1_230_000.01)),
    ],
)
def test_cuts_are_as_people_say_numbers(value: float, places: int, cut: tuple[float, float]) -> None:
    assert clusters._rounded(value, places) == pytest.approx(cut)
