"""Branches compared with the same mix of segments: a worked example, chance left alone, truth found."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from mijoz.analysis.intervals import PairedMoments
from mijoz.analysis.kpis import KPIS
from mijoz.analysis.kpis.fair import place_among, standings, strata
from mijoz.analysis.tests.test_kpi_dimensions import A_WEEK, OWNERS, SEGMENTS, log

SHARE, TIME = KPIS["first_time_right_share"], KPIS["waiting_time"]


def of_share(hits: int, n: int) -> PairedMoments:
    """Single cases of `n` customers."""
    return PairedMoments(n, hits, n, hits, hits, n)


def test_the_mix_is_taken_out() -> None:
    """Both branches serve each segment alike, and differ only in whom they serve: as measured 0.82 and 0.58.

    The mix of the whole is half and half, so both come to (0.9 + 0.5) / 2 = 0.7.
    """
    found = standings(
        {
            "a": {"regular": of_share(360, 400), "new": of_share(50, 100)},
            "b": {"regular": of_share(90, 100), "new": of_share(200, 400)},
        },
        SHARE,
    )
    assert [one.measured for one in found] == [pytest.approx(0.82), pytest.approx(0.58)]
    assert [one.fair for one in found] == [pytest.approx(0.7), pytest.approx(0.7)]
    assert {one.verdict for one in found} == {"same"}


def test_what_is_more_than_chance_is_said_and_the_better_stands_first() -> None:
    found = standings(
        {
            "slow": {"regular": of_share(120, 200), "new": of_share(60, 200)},
            "usual": {"regular": of_share(160, 200), "new": of_share(100, 200)},
            "good": {"regular": of_share(190, 200), "new": of_share(150, 200)},
            "tiny": {"regular": of_share(0, 4)},
        },
        SHARE,
    )
    assert [(one.branch, one.verdict) for one in found] == [
        ("good", "better"),
        ("usual", "same"),
        ("tiny", "too_few"),
        ("slow", "worse"),
    ]
    assert found[0].low < found[0].fair < found[0].high


def test_of_a_time_less_is_better() -> None:
    def minutes(mean: float, n: int) -> PairedMoments:
        return PairedMoments(n, mean * n, n, (mean**2 + 4) * n, mean * n, n)

    found = standings({"quick": {"": minutes(8, 100)}, "slow": {"": minutes(12, 100)}}, TIME)
    assert [(one.branch, one.verdict) for one in found] == [("quick", "better"), ("slow", "worse")]


def test_a_segment_that_only_one_branch_has_is_left_out_and_one_branch_is_not_compared() -> None:
    mine = {"a": {"regular": of_share(80, 100), "new": of_share(1, 10)}, "b": {"regular": of_share(70, 100)}}
    first = next(one for one in standings(mine, SHARE) if one.branch == "a")
    assert first.covered == pytest.approx(200 / 210)
    assert first.fair == pytest.approx(0.8)
    assert [one.verdict for one in standings({"a": mine["a"]}, SHARE)] == ["too_few"]
    assert standings({}, SHARE) == []


def test_where_nothing_differs_a_false_alarm_is_raised_one_time_in_twenty_at_most() -> None:
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(1_000):
        found = {
            f"b{branch}": {
                segment: of_share(int(rng.binomial(size, rate)), size)
                for segment, rate, size in (("regular", 0.8, 40 + 60 * branch), ("new", 0.4, 220 - 50 * branch))
            }
            for branch in range(4)
        }
        alarms += any(one.verdict in {"better", "worse"} for one in standings(found, SHARE))
    assert alarms <= 50 + 3 * 7  # three standard errors of 1,000 draws


def test_intervals_cover_the_truth() -> None:
    """The fair value of a branch whose rates are known, over 1,000 draws."""
    rng, mix, rates = np.random.default_rng(11), {"regular": 0.6, "new": 0.4}, {"regular": 0.7, "new": 0.4}
    truth = sum(mix[segment] * rate for segment, rate in rates.items())
    covered = 0
    for _ in range(1_000):
        sizes = {"a": {"regular": 100, "new": 200}, "b": {"regular": 500, "new": 200}}
        found = {
            branch: {segment: of_share(int(rng.binomial(n, rates[segment])), n) for segment, n in of.items()}
            for branch, of in sizes.items()
        }
        one = next(one for one in standings(found, SHARE) if one.branch == "a")
        assert one.low is not None
        assert one.high is not None
        covered += one.low <= truth <= one.high
    assert 930 <= covered <= 970


def test_the_sums_are_those_of_the_log() -> None:
    found = strata(log(A_WEEK), OWNERS, SEGMENTS, name="waiting_time", as_of=date(2026, 3, 31), zone="UTC")
    assert found["Markaz"] == {
        "regular": PairedMoments(1, 10, 1, 100, 10, 1),
        "new": PairedMoments(1, 20, 1, 400, 20, 1),
    }
    assert found["Sergeli"]["regular"].y == 0
    of_month = strata(
        log(A_WEEK), OWNERS, pl.DataFrame(SEGMENTS), name="average_check", as_of=date(2026, 3, 31), zone="UTC",
        month=2026 * 12 + 1,
    )  # fmt: skip
    assert {branch: sums["regular"].y for branch, sums in of_month.items()} == {"Sergeli": 40}


@pytest.mark.parametrize(("value", "higher", "expected"), [(9, True, 1), (9, False, 4), (5, True, 3), (1, True, 4)])
def test_the_quarter_in_which_a_value_lies(value: float, higher: bool, expected: int) -> None:
    assert place_among(value, p25=4, median=6, p75=8, higher_is_better=higher) == expected
