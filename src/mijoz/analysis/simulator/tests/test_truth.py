"""What was planted is found again in the log, by the analysis that the product uses."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mijoz.analysis.arms import arm
from mijoz.analysis.experiments import Effect, enrolments, scenario_effects
from mijoz.analysis.rfm import purchases
from mijoz.analysis.simulator import PILOTS, SimulatedBusiness, simulate, write_truth
from mijoz.analysis.simulator.kinds import draw_lives
from mijoz.analysis.simulator.pilots import enrol
from mijoz.analysis.simulator.purchases import draw_purchases, first_days
from mijoz.analysis.simulator.sectors import SectorKey

UNTIL = date(2026, 6, 30)
SEEDS = range(1, 21)


def found(business: SimulatedBusiness) -> dict[str, Effect]:
    """The effects as the product measures them."""
    events = business.events.rename({"identity_value": "identity_id"}).with_columns(pl.lit("demo").alias("source"))
    ownership = business.customers.select(
        pl.col("customer_number").alias("identity_id"), pl.col("customer_number").alias("customer_id")
    )
    effects = scenario_effects(
        enrolments(events, ownership), purchases(events, ownership), as_of=business.last_day, zone=business.time_zone
    )
    return {effect.scenario: effect for effect in effects}


def enrolled(business: SimulatedBusiness) -> pl.DataFrame:
    fields = pl.Struct({"arm": pl.String, "segment": pl.String, "goal": pl.String, "window_days": pl.Int64})
    rows = business.events.filter(pl.col("type") == "scenario_enrolled")
    return rows.with_columns(pl.col("payload").str.json_decode(fields).alias("told")).unnest("told")


@pytest.mark.parametrize("sector", ["restaurant", "hotel"])
def test_planted_effects_lie_in_the_intervals(sector: SectorKey) -> None:
    """For each scenario by itself, at least 17 of 20: of the seeds 1 to 20, which nobody chose."""
    within: dict[str, int] = defaultdict(int)
    errors: dict[str, list[float]] = defaultdict(list)
    for seed in SEEDS:
        business = simulate(sector=sector, customers=2_000, months=12, seed=seed, until=UNTIL)
        effects = found(business)
        for key, truth in business.truth["scenarios"].items():
            effect = effects[key]
            assert (effect.treated, effect.held_out) == (truth["treated"], truth["held_out"])
            assert 0.05 < truth["effect"] < 0.2
            within[key] += effect.low <= truth["effect"] <= effect.high
            errors[key].append(effect.difference - truth["effect"])
    assert set(within) == {pilot.key for pilot in PILOTS}
    assert min(within.values()) >= 17, dict(within)
    assert max(abs(np.mean(of_one)) for of_one in errors.values()) < 0.04  # three standard errors


@pytest.mark.parametrize("sector", ["restaurant", "salon"])
def test_where_nothing_is_planted_little_is_found(sector: SectorKey) -> None:
    """For each scenario by itself, at most 3 of 20 intervals exclude zero."""
    excluding_zero: dict[str, int] = defaultdict(int)
    for seed in SEEDS:
        business = simulate(sector=sector, customers=2_000, months=12, seed=seed, until=UNTIL, effect=0.0)
        for key, effect in found(business).items():
            assert business.truth["scenarios"][key]["effect"] == 0
            excluding_zero[key] += effect.low > 0 or effect.high < 0
    assert len(excluding_zero) == len(PILOTS)
    assert max(excluding_zero.values()) <= 3, dict(excluding_zero)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_window_holds_a_purchase_exactly_when_the_draw_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    days, customers = 365, 3_000
    open_weights = np.tile([1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 0.0], 53)[:days]  # closed on Sundays
    season = np.linspace(0.7, 1.3, days)
    lives = draw_lives(rng, customers=customers, days=days, tempo=1.0)
    first_day = first_days(rng, lives, day_weights=season * open_weights)
    pilots = enrol(
        rng,
        lives,
        numbers=[str(one) for one in range(customers)],
        agreed=np.ones(customers, dtype=bool),
        first_day=first_day,
        days=days,
        effect=1.0,
    )
    bought = draw_purchases(
        rng,
        lives,
        pilots,
        first_day=first_day,
        season=season,
        open_weights=open_weights,
        anonymous_share=0.1,
    )
    seen = np.zeros(customers, dtype=bool)
    for customer, day in zip(pilots.customer, pilots.day, strict=True):
        window = pilots.window[pilots.customer == customer][0]
        own = bought.day[bought.customer == customer]
        seen[customer] = ((own >= day) & (own <= day + window)).any()
    assert (seen[pilots.customer] == pilots.reached).all()
    assert open_weights[bought.day].min() > 0


def test_nobody_is_in_two_pilots_and_the_hash_chose_the_arm(business: SimulatedBusiness) -> None:
    rows = enrolled(business)
    assert rows["identity_value"].n_unique() == rows.height
    share = business.truth["scenarios"]["missed_you"]["holdout_share"]
    for row in rows.iter_rows(named=True):
        assert row["arm"] == arm(row["identity_value"], scenario=row["reference"], holdout_share=share)
    kinds = rows.join(business.customers, left_on="identity_value", right_on="customer_number")
    assert (kinds["segment"] == kinds["kind"]).all()
    assert kinds["consents"].list.contains("marketing").all()
    assert set(rows["goal"]) == {"purchase"}


def test_windows_end_within_the_period(business: SimulatedBusiness) -> None:
    rows = enrolled(business)
    ends = rows.select(pl.col("occurred_at") + pl.duration(days="window_days")).to_series()
    assert ends.dt.convert_time_zone(business.time_zone).dt.date().max() <= business.last_day
    started = rows["occurred_at"].dt.date().min()
    assert business.last_day - started <= timedelta(days=151)


def test_only_the_treated_get_something(business: SimulatedBusiness) -> None:
    arms = enrolled(business).select("identity_value", "reference", "arm", pl.col("occurred_at").alias("from"))
    given = business.events.filter(
        pl.col("type").is_in(["message_sent", "offer_made", "protocol_set", "task_created", "task_done"])
    ).join(arms, on=["identity_value", "reference"], how="left")
    assert set(given["arm"]) == {"treated"}
    assert (given["occurred_at"] > given["from"]).all()
    assert set(given["reference"]) == {pilot.key for pilot in PILOTS}
    treated = arms.filter(pl.col("arm") == "treated")
    assert set(treated["identity_value"]) == set(given["identity_value"])


def test_the_effect_scales(restaurant: SimulatedBusiness) -> None:
    stronger = simulate(sector="restaurant", customers=1_000, months=12, seed=7, until=UNTIL, effect=1.4)
    for key, truth in restaurant.truth["scenarios"].items():
        assert truth["effect"] < stronger.truth["scenarios"][key]["effect"] <= 1.4 * truth["effect"] + 1e-9
        assert truth["enrolled"] == stronger.truth["scenarios"][key]["enrolled"]


def test_truth_is_written_beside_the_business(restaurant: SimulatedBusiness, tmp_path: Path) -> None:
    write_truth(restaurant, tmp_path / "truth.json")
    written = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert written == restaurant.truth
    assert written["parameters"]["seed"] == 7
    assert written["scenarios"]["missed_you"]["window_days"] == 30
