"""Foreseeing who comes back: known answers, no look ahead, and a planted world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from mijoz.analysis import returning

BEFORE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)


def bought(rows: list[tuple[int, date, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(who, datetime(on.year, on.month, on.day, 12, tzinfo=UTC), paid) for who, on, paid in rows],
        schema={"customer_id": pl.Int64, "occurred_at": pl.Datetime("us", "UTC"), "amount": pl.Float64},
        orient="row",
    )


def world(seed: int, *, customers: int = 1_500) -> pl.DataFrame:
    """Customers of different pace, half of whom leave at some time: what they did tells what they will do."""
    rng = np.random.default_rng(seed)
    rows, begin = [], date(2025, 3, 1)
    for who in range(customers):
        pace, leaves = rng.gamma(2.0, 20.0) + 3, rng.exponential(300.0)
        day = rng.uniform(0, 200)
        while day < min(396.0, leaves + 60):
            rows.append((who, begin + timedelta(days=int(day)), float(rng.integers(1, 9)) * 10_000))
            day += rng.exponential(pace)
    return bought(rows)


def test_features_are_those_of_the_days_before() -> None:
    rows = [(1, date(2026, 1, 1), 100.0), (1, date(2026, 2, 19), 300.0), (1, date(2026, 3, 5), 900.0)]
    rows += [(2, date(2025, 12, 1), 50.0), (3, date(2026, 3, 2), 10.0), (4, date(2025, 2, 1), 10.0)]
    table = returning.histories(bought(rows), before=BEFORE, until=UNTIL)
    assert table["customer_id"].to_list() == [1, 2]  # 3 had not bought before, 4 has been silent for over a year
    one, two = table.rows(named=True)
    assert one["silent"] == pytest.approx(np.log(10))
    assert one["purchases"] == pytest.approx(np.log(2))
    assert one["lately"] == pytest.approx(np.log(3))
    assert one["age"] == pytest.approx(np.log(59))
    assert one["revenue"] == pytest.approx(np.log(401))
    assert (one["came_last"], one["came"]) == (1, 1)
    assert (two["came_last"], two["came"]) == (0, 0)
    assert two["lately"] == pytest.approx(np.log(2))


def test_nothing_of_the_period_itself_is_told_to_the_model() -> None:
    """Purchases of the month foreseen, and of all days after it, change no feature."""
    past = world(1).filter(pl.col("occurred_at") < datetime(2026, 3, 1, tzinfo=UTC))
    more = bought([(who, date(2026, 3, 1) + timedelta(days=who % 40), 1e6) for who in range(0, 900, 3)])
    without = returning.histories(past, before=BEFORE, until=UNTIL).to_native()
    changed = returning.histories(pl.concat([past, more]), before=BEFORE, until=UNTIL).to_native()
    assert without.drop("came").equals(changed.drop("came"))
    assert changed["came"].sum() > 0


def test_the_fit_is_that_of_scikit_learn() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    table = returning.histories(world(2), before=BEFORE, until=UNTIL)
    features = np.column_stack([table[name].to_numpy() for name in returning.FEATURES])
    came = table["came"].to_numpy().astype(float)
    ours = returning.learn(features, came)
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    theirs = linear.LogisticRegression(C=1 / returning.RIDGE, tol=1e-10, max_iter=2_000).fit(scaled, came)
    assert ours.weights == pytest.approx(theirs.coef_[0], abs=1e-6)
    assert ours.intercept == pytest.approx(float(theirs.intercept_[0]), abs=1e-6)
    assert ours.chances(features) == pytest.approx(theirs.predict_proba(scaled)[:, 1], abs=1e-6)


def test_it_beats_plain_rules_where_the_past_tells_something_and_its_counts_are_calibrated() -> None:
    gains = []
    for seed in range(8):
        purchases = world(seed)
        judged = returning.judge(
            returning.histories(purchases, before=date(2026, 2, 1), until=date(2026, 2, 28)),
            returning.histories(purchases, before=BEFORE, until=UNTIL),
        )
        gains.append(judged.gain.value)
        assert judged.foreseen == pytest.approx(judged.came, rel=0.25)
        assert judged.auc is not None
        assert judged.auc > 0.7
        low, high = judged.accuracy.low, judged.accuracy.high
        assert low is not None
        assert high is not None
        assert low < judged.right / judged.customers < high
    assert np.mean([gain for gain in gains if gain is not None]) > 0


def test_where_nothing_can_be_foreseen_it_claims_nothing() -> None:
    """Coins: no rule is better than another by more than its interval says."""
    rng = np.random.default_rng(5)
    rows = []
    for who in range(2_000):
        rows += [(who, date(2025, 12, 1) + timedelta(days=int(day)), 1.0) for day in rng.uniform(0, 60, 2)]
        rows += [(who, on, 1.0) for on in (date(2026, 2, 10), date(2026, 3, 10)) if rng.random() < 0.5]
    judged = returning.judge(
        returning.histories(bought(rows), before=date(2026, 2, 1), until=date(2026, 2, 28)),
        returning.histories(bought(rows), before=BEFORE, until=UNTIL),
    )
    assert judged.gain.low is not None
    assert judged.gain.high is not None
    assert judged.gain.low < 0.03
    assert judged.gain.high > -0.03
    assert judged.auc == pytest.approx(0.5, abs=0.05)


def test_too_few_or_all_alike_is_refused() -> None:
    few = returning.histories(bought([(who, date(2026, 1, 5), 1.0) for who in range(50)]), before=BEFORE, until=UNTIL)
    with pytest.raises(returning.TooFewCustomers):
        returning.judge(few, few)
    alike = returning.histories(
        bought([(who, date(2026, 1, 5), 1.0) for who in range(200)]), before=BEFORE, until=UNTIL
    )
    with pytest.raises(returning.TooFewCustomers):
        returning.judge(alike, alike)


def test_the_paired_interval_is_near_that_of_a_textbook() -> None:
    """Agresti (2002), *Categorical Data Analysis*, section 10.1: 150 and 86 of 1,600 changed their mind, which gives
    0.04 with the interval 0.02 to 0.06; the half observations move it by less than a thousandth."""
    found = returning.paired_difference(150, 86, 1_600)
    assert found.value == pytest.approx(0.04)
    assert found.low == pytest.approx(0.04 - 1.959964 * 0.0095, abs=5e-4)
    assert found.high == pytest.approx(0.04 + 1.959964 * 0.0095, abs=5e-4)
    assert returning.paired_difference(0, 0, 0).value is None
