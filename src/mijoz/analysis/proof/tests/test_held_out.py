"""From the log to the answer: the same figures as the board, intervals that may be looked at, segments, plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from mijoz.analysis import experiments
from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.analysis.intervals import Difference, error_of
from mijoz.analysis.proof import held_out
from mijoz.analysis.proof.always_valid import confidence_at_shortest, widening
from mijoz.analysis.proof.cuped import cuped
from mijoz.analysis.proof.planning import customers_for_mean, plan_for_mean
from mijoz.analysis.proof.series import METRICS, weekly
from mijoz.analysis.proof.tests.worlds import pilots, sums, whole_pilots

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
AS_OF = date(2026, 6, 30)


def world(customers: int = 600, *, gain: float = 0.15, seed: int = 3) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Enrolments over a month, two segments, and purchases before and after."""
    rng = np.random.default_rng(seed)
    enrolments, bought = [], []
    for customer in range(customers):
        at = START + timedelta(days=int(rng.integers(0, 30)))
        arm = HOLD_OUT if rng.random() < 0.4 else TREATED
        segment = "new" if customer % 2 else "regular"
        enrolments.append(("pilot", customer, at, arm, segment, 30))
        likes = rng.random()
        for _visit in range(rng.poisson(3 * likes)):
            bought.append((customer, at - timedelta(days=float(rng.uniform(1, 170))), float(rng.integers(50, 150))))
        if rng.random() < 0.2 + 0.4 * likes + (gain if arm == TREATED else 0):
            bought.append((customer, at + timedelta(days=float(rng.uniform(1, 29))), float(rng.integers(50, 150))))
        bought.append((customer, at + timedelta(days=45), 100.0))  # after the window
    names = ["scenario", "customer_id", "enrolled_at", "arm", "segment", "window_days"]
    moment = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(enrolments, schema=names, orient="row")
    purchases = pl.DataFrame(bought, schema=["customer_id", "occurred_at", "amount"], orient="row")
    return frame.cast({"enrolled_at": moment}), purchases.cast({"occurred_at": moment})


def test_the_plain_figures_are_those_of_the_board() -> None:
    enrolments, purchases = world()
    [effect] = experiments.scenario_effects(enrolments, purchases, as_of=AS_OF)
    found = held_out.compare(held_out.sums(enrolments, purchases, as_of=AS_OF))
    assert (found.treated.n, found.held_out.n) == (effect.treated, effect.held_out)
    plain = found.goal.plain
    assert (plain.value, plain.low, plain.high) == pytest.approx((effect.difference, effect.low, effect.high))
    money = found.money.plain
    assert (money.value, money.low, money.high) == pytest.approx(
        (effect.revenue_difference, effect.revenue_low, effect.revenue_high)
    )


def test_history_sharpens_and_daily_looks_widen() -> None:
    enrolments, purchases = world()
    found = held_out.compare(held_out.sums(enrolments, purchases, as_of=AS_OF))
    assert found.goal.variance_left is not None
    assert found.goal.variance_left < 1
    answer, adjusted = found.goal.answer, found.goal.adjusted
    assert answer.value == adjusted.value
    ratio = (answer.high - answer.low) / (adjusted.high - adjusted.low)
    assert ratio == pytest.approx(float(widening(np.array([found.customers]))[0]) / 1.96, rel=0.01)


def test_the_sums_are_those_that_cuped_takes() -> None:
    drawn = pilots(1, treated=200, held_out=200, effect=0.3)
    [treated], [held] = sums(drawn.treated_y, drawn.treated_x), sums(drawn.held_y, drawn.held_x)

    def as_sums(arm: object) -> held_out.Sums:
        return held_out.Sums(n=arm.n, spent=arm.y, spent2=arm.yy, before=arm.x, before2=arm.xx, spent_before=arm.xy)

    day = date(2026, 2, 1)
    rows = [
        held_out.Row("pilot", TREATED, "", day, as_sums(treated)),
        held_out.Row("pilot", HOLD_OUT, "", day, as_sums(held)),
    ]
    assert held_out.compare(rows).money.adjusted == cuped(treated, held).difference


def test_looks_end_with_the_answer_of_today() -> None:
    enrolments, purchases = world()
    rows = held_out.sums(enrolments, purchases, as_of=AS_OF)
    looks = held_out.looks(rows)
    assert 20 <= len(looks) <= held_out.MOST_LOOKS
    assert [look.on for look in looks] == sorted(look.on for look in looks)
    assert looks[-1].difference == held_out.compare(rows).goal.answer
    early = held_out.sums(enrolments, purchases, as_of=looks[9].on)
    assert held_out.compare(early).goal.answer.value == pytest.approx(looks[9].difference.value)


def test_looking_daily_at_a_whole_pilot_raises_few_false_alarms() -> None:
    """With nothing planted, sixty looks at each of 1,000 pilots: one in twenty at most, and what chance adds."""
    alarms = 0
    for rows in whole_pilots(1_000, treated=180, held_out=120, days=60):
        looks = held_out.looks(rows, shortest_at=300)
        ends = [(look.difference.low, look.difference.high) for look in looks if look.difference.low is not None]
        alarms += any(low > 0 or high < 0 for low, high in ends)
    assert alarms <= 63


def test_segments_pay_for_their_number() -> None:
    enrolments, purchases = world(gain=0.25)
    rows = held_out.sums(enrolments, purchases, as_of=AS_OF)
    found = held_out.by_segment(rows)
    assert [row.segment for row in found.rows] == ["new", "regular"]
    raw = sorted(row.compared.goal.answer.p_value for row in found.rows)
    told = sorted(row.p_value for row in found.rows)
    assert told == pytest.approx([min(1, 2 * raw[0]), min(1, max(2 * raw[0], raw[1]))])
    assert found.differs is not None
    assert sum(row.compared.customers for row in found.rows) == 600


def test_nobody_counts_before_the_window_has_closed() -> None:
    enrolments, purchases = world()
    assert held_out.sums(enrolments, purchases, as_of=date(2026, 1, 20)) == []
    empty = held_out.compare([])
    assert (empty.customers, empty.goal.answer.low, empty.goal.plain.value) == (0, None, None)
    assert held_out.looks([]) == []
    assert sum(held_out.enrolled(enrolments)["pilot"].values()) == 600


def test_several_pilots_together_are_weighted_by_what_they_know() -> None:
    first, second = Difference(0.10, 0.10 - 0.0196, 0.10 + 0.0196), Difference(0.04, 0.04 - 0.0392, 0.04 + 0.0392)
    errors = [error_of(one) for one in (first, second)]
    assert errors == pytest.approx([0.01, 0.02], rel=1e-4)
    found = held_out.pooled([first, second])
    assert found.value == pytest.approx((0.10 * 4 + 0.04) / 5)  # weights of 10,000 and 2,500
    assert found.high - found.value == pytest.approx(1.96 / np.sqrt(12_500), rel=1e-3)
    assert held_out.pooled([first]).value is None
    assert held_out.pooled([first], fewest=1).value == first.value


def test_a_baseline_is_read_for_the_planner() -> None:
    given = {"spent": 40.0, "spent2": 800.0, "before": 40.0, "before2": 800.0, "spent_before": 800.0}
    found = held_out.baseline(held_out.Sums(n=4, reached=2, **given))
    assert (found.n, found.goal_rate, found.mean) == (4, 0.5, 10.0)
    assert found.deviation == pytest.approx(np.sqrt(400 / 3))
    assert found.correlation == 0.99  # not more, so that a plan never needs nobody
    assert held_out.baseline(held_out.Sums()).goal_rate is None


def test_a_plan_for_a_mean_reckons_with_arrivals_and_what_could_be_seen() -> None:
    made = plan_for_mean(
        difference=10, deviation=100, holdout_share=0.5, customers_a_week=100, at_once=500, window_days=14,
        correlation=0.6, confidence=confidence_at_shortest(),
    )  # fmt: skip
    needed = customers_for_mean(
        difference=10, deviation=100, holdout_share=0.5, correlation=0.6, confidence=confidence_at_shortest()
    )
    assert made.customers == needed
    assert made.weeks == pytest.approx(2 + (needed - 500) / 100)
    assert made.smallest is not None
    reachable = 500 + 24 * 100
    seen = customers_for_mean(
        difference=made.smallest, deviation=100, holdout_share=0.5, correlation=0.6, confidence=confidence_at_shortest()
    )
    assert abs(seen - reachable) <= 2
    with pytest.raises(ValueError, match="not negative"):
        plan_for_mean(difference=1, deviation=1, holdout_share=0.5, customers_a_week=-1, window_days=7)


def test_daily_looks_cost_about_twice_the_customers() -> None:
    assert confidence_at_shortest() == pytest.approx(0.9976, abs=2e-4)


def events(rows: list[tuple[str, datetime, float | None, str, str]]) -> pl.DataFrame:
    words = dict.fromkeys(["source", "type", "reference", "branch", "payload"], pl.String)
    return pl.DataFrame(
        {
            "source": ["till"] * len(rows),
            "type": [row[0] for row in rows],
            "identity_id": pl.Series([1] * len(rows), dtype=pl.Int64),
            "occurred_at": pl.Series([row[1] for row in rows]).cast(pl.Datetime("us", "UTC")),
            "reference": [str(place) for place in range(len(rows))],
            "amount": pl.Series([row[2] for row in rows], dtype=pl.Float64),
            "branch": [row[3] for row in rows],
            "payload": [row[4] for row in rows],
        },
        schema_overrides=words,
    )


OWNERS = pl.DataFrame({"identity_id": [1], "customer_id": [10]})


def test_weeks_are_counted_from_the_day_of_the_change() -> None:
    change = date(2026, 3, 4)
    begins = datetime(2026, 2, 16, 12, tzinfo=UTC)  # a Monday; two whole weeks and two days lie before the change
    rows = [("purchase_line", begins + timedelta(days=day), 10.0, "", "{}") for day in range(40)]
    found = weekly(events(rows), OWNERS, metric=METRICS["revenue"], change_on=change, as_of=date(2026, 3, 27))
    assert (found.first, found.weeks, found.begins_at) == (-2, 5, 2)
    assert found.values == {"": (70.0,) * 5}


def test_means_leave_empty_weeks_open_and_branches_stand_side_by_side() -> None:
    change = date(2026, 3, 4)
    at = datetime(2026, 2, 18, 12, tzinfo=UTC)
    rows = [
        ("visit", at, None, "a", '{"waited_minutes": 10}'),
        ("visit", at + timedelta(days=1), None, "a", '{"waited_minutes": 20}'),
        ("visit", at + timedelta(days=15), None, "a", '{"waited_minutes": 4}'),
        ("visit", at + timedelta(days=8), None, "b", '{"waited_minutes": 6}'),
        ("visit", at + timedelta(days=9), None, "b", '{"took_minutes": 6}'),
        ("visit", at, None, "", '{"waited_minutes": 60}'),  # of no branch
    ]
    log, until = events(rows), date(2026, 3, 10)
    found = weekly(log, OWNERS, metric=METRICS["waiting"], change_on=change, as_of=until, by_branch=True)
    assert (found.first, found.weeks) == (-2, 3)
    assert found.values["a"] == pytest.approx((15.0, np.nan, 4.0), nan_ok=True)
    assert found.values["b"] == pytest.approx((np.nan, 6.0, np.nan), nan_ok=True)


def test_an_empty_log_has_no_weeks() -> None:
    found = weekly(events([]), OWNERS, metric=METRICS["revenue"], change_on=date(2026, 3, 4), as_of=AS_OF)
    assert (found.weeks, found.values) == (0, {})


def test_pooling_weighs_by_sureness() -> None:
    one, same = Difference(0.1, 0.0, 0.2), Difference(0.1, 0.0, 0.2)
    both = held_out.pooled([one, same])
    assert both.value == pytest.approx(0.1)
    assert both.low == pytest.approx(0.1 - 0.1 / np.sqrt(2))
    sure = Difference(0.3, 0.299, 0.301)
    assert held_out.pooled([one, sure]).value == pytest.approx(0.3, abs=1e-4)
    assert held_out.pooled([Difference(None)]).value is None
