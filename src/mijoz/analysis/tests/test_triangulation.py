"""The rule by which sources agree, contradict each other or are silent."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.intervals import Difference, Estimate
from mijoz.analysis.triangulation import FEWEST, Says, against_before, against_target, of_source, together

SAYS: tuple[Says, ...] = ("better", "worse", "unclear", "nothing")


@pytest.mark.parametrize(
    ("found", "n", "higher", "says"),
    [
        (Estimate(0.8, 0.72, 0.86), 100, True, "better"),
        (Estimate(0.8, 0.72, 0.86), 100, False, "worse"),
        (Estimate(0.6, 0.5, 0.69), 100, True, "worse"),
        (Estimate(0.72, 0.62, 0.8), 100, True, "unclear"),
        (Estimate(0.9, 0.8, 0.97), FEWEST - 1, True, "unclear"),
        (Estimate(0.9), 50, True, "better"),
        (Estimate(0.7), 50, True, "unclear"),
        (Estimate(None), 0, True, "nothing"),
    ],
)
def test_a_figure_is_judged_by_its_whole_interval(found: Estimate, n: int, higher: bool, says: Says) -> None:
    assert against_target(found, n, target=0.7, higher_is_better=higher) == says


@pytest.mark.parametrize(
    ("change", "n", "before", "says"),
    [
        (Difference(0.1, 0.02, 0.18), 50, 50, "better"),
        (Difference(-0.1, -0.18, -0.02), 50, 50, "worse"),
        (Difference(0.1, -0.02, 0.22), 50, 50, "unclear"),
        (Difference(0.1, 0.02, 0.18), 50, FEWEST - 1, "unclear"),
        (Difference(None), 50, 0, "unclear"),
        (Difference(None), 0, 50, "nothing"),
    ],
)
def test_a_change_is_judged_by_its_whole_interval(change: Difference, n: int, before: int, says: Says) -> None:
    assert against_before(change, n, before, higher_is_better=True) == says


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ([], "nothing"),
        (["nothing"], "nothing"),
        (["better", "unclear", "nothing"], "better"),
        (["worse", "unclear"], "worse"),
        (["better", "worse"], "unclear"),
        (["unclear"], "unclear"),
    ],
)
def test_a_source_speaks_when_its_figures_do_not_contradict_each_other(figures: list[Says], says: Says) -> None:
    assert of_source(figures) == says


@pytest.mark.parametrize(
    ("sources", "verdict", "direction"),
    [
        (("better", "better", "better"), "agree", "better"),
        (("worse", "worse", "unclear"), "agree", "worse"),
        (("better", "worse", "worse"), "contradict", ""),
        (("better", "unclear", "nothing"), "silent", ""),
        (("nothing", "nothing", "nothing"), "silent", ""),
    ],
)
def test_the_verdict_does_not_depend_on_the_order(sources: tuple[Says, ...], verdict: str, direction: str) -> None:
    for order in permutations(sources):
        judged = together(order)
        assert (judged.verdict, judged.direction) == (verdict, direction)


@given(st.lists(st.sampled_from(SAYS), max_size=6))
def test_who_is_unclear_changes_nothing(sources: list[Says]) -> None:
    assert together([*sources, "unclear", "nothing"]) == together(sources)
