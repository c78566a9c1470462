"""SERVQUAL gaps against a published worked example, by hand, and with answers missing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mijoz.analysis.psychometrics import gaps
from mijoz.analysis.psychometrics.gaps import ITEMS_OF, Dimension, servqual
from mijoz.analysis.psychometrics.matrices import TooFewAnswers

# A restaurant with 51 guests: means of the dimensions, perceived and expected.
PERCEIVED = (3.5147, 3.4771, 3.5686, 3.4771, 3.8922)
EXPECTED = (3.9412, 3.9085, 4.0000, 3.9706, 3.5490)
POINTS = dict(zip(ITEMS_OF, (11, 32, 22, 19, 16), strict=True))


def dimensions(sizes: dict[str, int] = ITEMS_OF) -> list[Dimension]:
    return [
        Dimension(
            key,
            tuple(f"p_{key}_{place}" for place in range(count)),
            tuple(f"e_{key}_{place}" for place in range(count)),
        )
        for key, count in sizes.items()
    ]


def restaurant(sizes: dict[str, int]) -> pl.DataFrame:
    """51 guests whose own answers differ but whose means are the published ones."""
    spread = np.linspace(-0.5, 0.5, 51)
    columns = {}
    for place, (key, count) in enumerate(sizes.items()):
        for item in range(count):
            columns[f"p_{key}_{item}"] = PERCEIVED[place] + spread
            columns[f"e_{key}_{item}"] = EXPECTED[place] + spread[::-1] * 0.3
    return pl.DataFrame(columns)


def test_the_worked_example() -> None:
    """Gaps -0.4265 -0.4314 -0.4314 -0.4935 +0.3432; the mean of five -0.2879; by items -0.2658; by points -0.3187."""
    found = servqual(restaurant(ITEMS_OF), dimensions(), points=POINTS)
    assert [each.gap.value for each in found.dimensions] == pytest.approx(
        [-0.4265, -0.4314, -0.4314, -0.4935, 0.3432], abs=1e-6
    )
    assert found.plain.gap.value == pytest.approx(-0.28792, abs=1e-6)
    assert found.by_points is not None
    assert found.by_points.gap.value == pytest.approx(
        (11 * -0.4265 + 32 * -0.4314 + 22 * -0.4314 + 19 * -0.4935 + 16 * 0.3432) / 100, abs=1e-6
    )
    assert found.by_points.gap.value == pytest.approx(-0.3187, abs=1e-4)
    assert found.by_items.gap.value == pytest.approx(-0.2658, abs=5e-5)
    assert (found.plain.n, found.plain.is_small) == (51, False)


def test_interval_is_of_the_own_gaps_of_respondents() -> None:
    answers = pl.DataFrame({"p_x_0": [5.0, 4.0, 3.0, 4.0], "e_x_0": [4.0, 4.0, 4.0, 5.0]})
    gap = servqual(answers, dimensions({"x": 1})).dimensions[0].gap
    # gaps 1, 0, -1, -1: mean -0.25, deviation 0.957427, t with 3 degrees 3.182446
    half = 3.182446305284263 * 0.9574271077563381 / 2
    assert (gap.value, gap.low, gap.high) == pytest.approx((-0.25, -0.25 - half, -0.25 + half), abs=1e-6)


def test_does_not_apply_is_left_out_item_by_item() -> None:
    answers = pl.DataFrame(
        {
            "p_x_0": [5.0, 1.0, None],
            "p_x_1": [3.0, None, None],
            "e_x_0": [4.0, 2.0, 4.0],
            "e_x_1": [4.0, 5.0, 4.0],
        }
    )
    found = servqual(answers, dimensions({"x": 2}))
    assert [each.n for each in found.items] == [2, 1]
    assert (found.dimensions[0].n, found.dimensions[0].gap.value) == (2, pytest.approx((0 + -1) / 2))
    assert found.dimensions[0].expectation == pytest.approx((4 + 2) / 2)


def test_perceptions_alone_have_no_gap() -> None:
    answers = pl.DataFrame({"p_x_0": [5.0, 4.0], "p_y_0": [3.0, 2.0]})
    found = servqual(answers, [Dimension("x", ("p_x_0",)), Dimension("y", ("p_y_0",))], points={"x": 75, "y": 25})
    assert (found.plain.perception, found.plain.gap.value) == (3.5, None)
    assert found.by_points is not None
    assert found.by_points.perception == pytest.approx(0.75 * 4.5 + 0.25 * 2.5)


@pytest.mark.parametrize("points", [{"x": 100}, {"x": 60, "y": 50}, {"x": 120, "y": -20}])
def test_points_that_are_no_shares_of_100_are_refused(points: dict[str, float]) -> None:
    answers = pl.DataFrame({"p_x_0": [5.0], "e_x_0": [5.0], "p_y_0": [3.0], "e_y_0": [3.0]})
    with pytest.raises(ValueError, match="100"):
        servqual(answers, dimensions({"x": 1, "y": 1}), points=points)


def test_importance_is_the_mean_of_those_who_shared_out_100() -> None:
    given = pl.DataFrame({"x": [60, 40, 90, None], "y": [40, 60, 90, 100]})
    assert gaps.importance(given, ["x", "y"]) == {"x": 50, "y": 50}
    with pytest.raises(TooFewAnswers):
        gaps.importance(given.tail(2), ["x", "y"])
