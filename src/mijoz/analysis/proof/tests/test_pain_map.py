"""Pain points where they are, and none where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact, ttest_ind

from mijoz.analysis.proof.pain_map import (
    COMPLAINT,
    FIRST_TIME,
    RESOLUTION,
    SATISFACTION,
    WAITING,
    Spot,
    Sums,
    pain_map,
)

SEGMENTS = ("new", "regular", "high_value", "price_sensitive", "at_risk")
BRANCHES = ("one", "two", "three")
CHANNELS = ("phone", "telegram", "web")
TOUCHPOINTS = {
    WAITING: ("queue",),
    SATISFACTION: ("performance", "consultation", "order", "warranty"),
    FIRST_TIME: ("consultation", "order", "warranty", "queue"),
    RESOLUTION: ("consultation", "order", "warranty", "queue"),
    COMPLAINT: ("queue", "performance", "order"),
}


def draw(rng: np.random.Generator, measure: str, count: int, *, worse: float = 0.0) -> np.ndarray:
    """What `count` customers lived, as skewed as life is; `worse` moves it the bad way."""
    if measure == WAITING:
        return rng.gamma(2.0, 6.0 * (1 + worse), count)
    if measure == SATISFACTION:
        return np.clip(np.rint(rng.normal(4.3 - worse, 0.8, count)), 1, 5)
    if measure == FIRST_TIME:
        return (rng.random(count) < 0.15 + worse).astype(float)
    if measure == RESOLUTION:
        return rng.normal(6.0 + worse, 0.9, count)
    return rng.binomial(12, 0.02 * (1 + worse), count) / 12


def sums(values: np.ndarray) -> Sums:
    return Sums(len(values), float(values.sum()), float((values**2).sum()), int((values > 0).sum()), 1e6 * len(values))


def table(rng: np.random.Generator, worse: dict[tuple[str, str, str, str], float] | None = None) -> dict[Spot, Sums]:
    """Cells of every level from customers of all sizes of cells; `worse` by measure, touchpoint, segment, branch."""
    cells: dict[Spot, Sums] = {}
    for measure, touchpoints in TOUCHPOINTS.items():
        for touchpoint in touchpoints:
            for segment in SEGMENTS:
                for branch in BRANCHES:
                    by = (worse or {}).get((measure, touchpoint, segment, branch), 0.0)
                    cell = sums(draw(rng, measure, int(rng.integers(4, 90)), worse=by))
                    for spot in (Spot(measure, touchpoint, segment), Spot(measure, touchpoint, "", branch),
                                 Spot(measure, touchpoint, segment, branch)):  # fmt: skip
                        cells[spot] = cells.get(spot, Sums()) + cell
            for channel in CHANNELS:
                cells[Spot(measure, touchpoint, channel=channel)] = sums(draw(rng, measure, int(rng.integers(5, 200))))
    return cells


@pytest.mark.slow
def test_false_alarms_stay_under_one_in_twenty() -> None:
    """1,000 tables of 400 comparisons with nothing to find; two standard errors of 5 % are 1.4 points."""
    rng = np.random.default_rng(20)
    alarms = np.array([bool(pain_map(table(rng)).found) for _ in range(1_000)])
    assert alarms.mean() <= 0.05, alarms.mean()


def test_a_segment_that_is_worse_in_one_branch_is_told_once() -> None:
    found = pain_map(table(np.random.default_rng(3), {(FIRST_TIME, "warranty", "new", "two"): 0.6})).found
    assert [point.spot for point in found] == [Spot(FIRST_TIME, "warranty", "new", "two")]
    assert found[0].level == "segment_in_branch"
    assert found[0].affected == pytest.approx(found[0].here.n * found[0].excess)
    assert found[0].at_stake == pytest.approx(found[0].here.revenue * found[0].excess)


def test_a_branch_that_is_worse_for_everybody_is_not_told_for_every_segment() -> None:
    worse = {(WAITING, "queue", segment, "two"): 0.8 for segment in SEGMENTS}
    found = pain_map(table(np.random.default_rng(4), worse)).found
    assert [point.spot for point in found] == [Spot(WAITING, "queue", "", "two")]
    assert found[0].worse_by.low is not None
    assert found[0].worse_by.low > 0


def test_lower_satisfaction_is_worse_and_higher_is_not() -> None:
    worse = {(SATISFACTION, "order", "regular", branch): 1.0 for branch in BRANCHES}
    better = {(SATISFACTION, "order", "new", branch): -1.0 for branch in BRANCHES}
    found = pain_map(table(np.random.default_rng(5), worse | better)).found
    assert Spot(SATISFACTION, "order", "regular") in [point.spot for point in found]
    assert Spot(SATISFACTION, "order", "new") not in [point.spot for point in found]


def test_a_segment_at_one_touchpoint_is_found_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    found = pain_map(
        {
            Spot(SATISFACTION, touchpoint, segment): sums(
                draw(rng, SATISFACTION, int(rng.integers(20, 200)), worse=worse)
            )
            for touchpoint in TOUCHPOINTS[SATISFACTION]
            for segment in SEGMENTS
            for worse in [1.2 if (touchpoint, segment) == ("order", "regular") else 0.0]
        }
    ).found
    assert [point.spot for point in found] == [Spot(SATISFACTION, "order", "regular")]
    assert found[0].worse_by.low is not None
    assert found[0].worse_by.low > 0


def test_what_is_found_is_ranked_by_money() -> None:
    told = {
        Spot(FIRST_TIME, "order", "new"): Sums(200, 80.0, 80.0, 80, 100.0),
        Spot(FIRST_TIME, "order", "few"): Sums(5, 5.0, 5.0, 5, 9.0),
        Spot(FIRST_TIME, "order", "regular"): Sums(2_000, 100.0, 100.0, 100, 5_000.0),
        Spot(FIRST_TIME, "warranty", "regular"): Sums(200, 60.0, 60.0, 60, 10_000.0),
        Spot(FIRST_TIME, "warranty", "new"): Sums(2_000, 100.0, 100.0, 100, 5_000.0),
    }
    found = pain_map(told).found
    assert [(point.spot.segment, point.spot.touchpoint) for point in found] == [
        ("regular", "warranty"), ("new", "order"),
    ]  # fmt: skip
    assert found[0].at_stake == pytest.approx(10_000 * (found[0].worse_by.value or 0))


def test_p_values_are_those_of_fisher_and_welch() -> None:
    """One comparison each, doubled and adjusted for two: the tests as SciPy has them."""
    few, many = Sums(40, 14.0, 14.0, 14, 1.0), Sums(300, 45.0, 45.0, 45, 1.0)
    found = pain_map({Spot(FIRST_TIME, "order", "new"): few, Spot(FIRST_TIME, "order", "regular"): many}, surest=1.0)
    one_sided = fisher_exact([[14, 26], [45, 255]], alternative="greater").pvalue
    assert found.found[0].p_value == pytest.approx(min(1.0, 2 * 2 * one_sided), rel=1e-9)

    slow, usual = (
        draw(np.random.default_rng(1), RESOLUTION, 30, worse=0.5),
        draw(np.random.default_rng(2), RESOLUTION, 90),
    )
    cells = {Spot(RESOLUTION, "order", "new"): sums(slow), Spot(RESOLUTION, "order", "regular"): sums(usual)}
    told = pain_map(cells, surest=1.0).found[0]
    welch = ttest_ind(slow, usual, equal_var=False)
    assert told.p_value == pytest.approx(min(1.0, 2 * welch.pvalue), rel=1e-6)


def test_small_cells_and_lonely_ones_are_not_compared() -> None:
    assert pain_map({}).comparisons == 0
    lonely = {Spot(WAITING, "queue", "new"): Sums(50, 500.0, 6000.0, 5, 1.0)}
    assert pain_map(lonely).comparisons == 0
    small = {Spot(WAITING, "queue", "new"): Sums(9, 500.0, 40_000.0, 9, 1.0),
             Spot(WAITING, "queue", "regular"): Sums(50, 500.0, 6_000.0, 5, 1.0)}  # fmt: skip
    assert pain_map(small).comparisons == 0
