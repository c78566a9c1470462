"""Gaps by scenario: by hand, against SciPy, and the planted effects in their intervals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr, ttest_ind

from mijoz.analysis.scenario_gaps import DIMENSIONS, ScenarioGaps, correlation, is_enough, scenario_gaps
from mijoz.analysis.simulator import PILOTS, SimulatedBusiness, simulate

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def row(who: str, type_: str, day: float, payload: str, **told: Any) -> dict[str, Any]:
    return {
        "source": "till",
        "type": type_,
        "identity_id": who,
        "occurred_at": SINCE + timedelta(days=day),
        "reference": told.get("reference", ""),
        "branch": told.get("branch", "one"),
        "channel": "",
        "payload": payload,
    }


def answer(who: str, day: float, gap: float, *, kind: str = "servqual", branch: str = "one") -> dict[str, Any]:
    gaps = ", ".join(f'"{dimension}": {gap}' for dimension in DIMENSIONS)
    part = {"servqual": "gaps", "servperf": "perceived"}[kind]
    return row(
        who, "survey_answered", day, f'{{"{part}": {{{gaps}}}, "kind": "{kind}", "score": {gap}}}', branch=branch
    )


def enrolled(who: str, day: float, arm: str) -> dict[str, Any]:
    told = f'{{"arm": "{arm}", "goal": "purchase", "segment": "new", "version": 1, "window_days": 30}}'
    return row(who, "scenario_enrolled", day, told, reference="care")


def read(rows: list[dict[str, Any]]) -> ScenarioGaps:
    names = sorted({each["identity_id"] for each in rows})
    people = pl.DataFrame({"identity_id": names, "customer_id": list(range(len(names)))})
    segments = people.select("customer_id", segment=pl.lit("new"))
    return scenario_gaps(pl.DataFrame(rows), people, segments, since=SINCE, until=UNTIL)


def test_each_customer_counts_once_and_only_answers_after_enrolment_tell_of_the_scenario() -> None:
    rows = [
        answer("a", 1, -3.0),  # before
        enrolled("a", 2, "treated"),
        answer("a", 3, -1.0),
        answer("a", 4, 0.0, branch="two"),
        enrolled("b", 2, "treated"),
        answer("b", 5, 0.5),
        enrolled("c", 2, "hold-out"),
        answer("c", 3, -2.0),
        enrolled("d", 2, "hold-out"),
        answer("d", 3, -1.0),
        answer("e", 3, -1.0),
    ]
    found = read(rows)
    assert (found.measure, found.answers, found.customers) == ("gaps", 7, 5)
    assert found.whole.gaps["empathy"].value == pytest.approx(np.mean([-4 / 3, 0.5, -2, -1, -1]))
    assert found.segments["new"].n["empathy"] == 5
    assert found.branches["two"].gaps["empathy"].value == 0.0
    care = found.scenarios["care"]
    assert (care.customers, care.answered["empathy"]) == ((2, 2), (2, 2))
    difference = care.gaps["empathy"]
    assert difference.value == pytest.approx(np.mean([-0.5, 0.5]) - np.mean([-2, -1]))
    welch = ttest_ind([-0.5, 0.5], [-2.0, -1.0], equal_var=False).confidence_interval(0.95)
    assert (difference.low, difference.high) == pytest.approx((welch.low, welch.high), rel=1e-6)
    assert not is_enough(care.answered["empathy"])


def test_perceptions_stand_in_where_nobody_was_asked_what_they_expect() -> None:
    found = read([answer("a", 1, 5.0, kind="servperf"), answer("b", 1, 6.0, kind="servperf")])
    assert (found.measure, found.whole.gaps["assurance"].value) == ("perceived", 5.5)


def test_without_answers_there_is_nothing_to_say() -> None:
    found = read([enrolled("a", 1, "treated")])
    assert (found.measure, found.answers, found.whole.gaps["empathy"].value) == (None, 0, None)
    assert found.scenarios["care"].gaps["empathy"].value is None
    assert found.correlations["reliability"].estimate.value is None


def test_the_correlation_is_that_of_scipy_with_the_interval_of_bonett_and_wright() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    pairs = np.column_stack([x, np.exp(x + rng.normal(size=200))])
    found = correlation(pairs)
    r = spearmanr(pairs[:, 0], pairs[:, 1]).statistic
    assert found.estimate.value == pytest.approx(r, rel=1e-9)
    half = 1.959963984540054 * np.sqrt((1 + r * r / 2) / 197)
    assert found.estimate.low == pytest.approx(np.tanh(np.arctanh(r) - half), rel=1e-6)
    assert correlation(pairs[:20]).estimate.value is None
    assert correlation(np.ones((50, 2))).estimate.value is None


def of(business: SimulatedBusiness) -> ScenarioGaps:
    events = business.events.rename({"identity_value": "identity_id"}).with_columns(pl.lit("demo").alias("source"))
    return scenario_gaps(
        events,
        business.customers.select(identity_id="customer_number", customer_id="customer_number"),
        business.customers.select(customer_id="customer_number", segment="kind"),
        since=datetime(2025, 6, 30, tzinfo=UTC),
        until=UNTIL,
    )


PLANTED = dict(zip(DIMENSIONS, (0.0, 0.3, 0.8, -0.4, 1.5), strict=True))


def worlds(count: int, *, customers: int, seed: int) -> pl.DataFrame:
    """A log with a scenario for each world: two thirds of its customers treated, each with one to three answers before
    or after. Customers differ, and not symmetrically; an answer is the mean of five whole differences."""
    rng = np.random.default_rng(seed)
    people = count * customers
    world, treated = np.repeat(np.arange(count), customers), np.arange(people) % 3 != 0
    who = np.repeat(np.arange(people), rng.integers(1, 4, people))
    after = rng.random(len(who)) < 0.8
    own = rng.normal(-1.0, 0.7, people) - rng.gamma(1.0, 0.6, people)
    gaps = {}
    for dimension, effect in PLANTED.items():
        level = (own + rng.normal(0, 0.5, people))[who] + effect * (treated[who] & after)
        items = np.floor(level[:, None] + rng.random((len(who), 5)))  # on average the level itself
        gaps[dimension] = items.mean(axis=1).round(1)
    told = pl.DataFrame(gaps).select(
        payload=pl.concat_str(
            pl.lit('{"gaps": {'),
            pl.concat_str(*(pl.concat_str(pl.lit(f'"{name}": '), pl.col(name)) for name in gaps), separator=", "),
            pl.lit('}, "kind": "servqual", "score": 0}'),
        )
    )
    arm = pl.Series(np.where(treated, "treated", "hold-out"))
    enrolments = pl.select(
        type=pl.lit("scenario_enrolled"),
        identity_id=pl.Series(np.arange(people)),
        day=pl.lit(50.0),
        reference="w" + pl.Series(world).cast(pl.String),
        payload='{"arm": "' + arm + '", "goal": "purchase", "segment": "new", "version": 1, "window_days": 30}',
    )
    answers = pl.select(
        type=pl.lit("survey_answered"),
        identity_id=pl.Series(who),
        day=pl.Series(np.where(after, 60.0, 40.0)),
        reference=pl.lit(""),
        payload=told["payload"],
    )
    return pl.concat([enrolments, answers], how="vertical_relaxed").select(
        pl.lit("till").alias("source"),
        "type",
        "identity_id",
        (pl.lit(SINCE) + pl.duration(days=pl.col("day"))).dt.cast_time_unit("us").alias("occurred_at"),
        "reference",
        pl.lit("one").alias("branch"),
        pl.lit("").alias("channel"),
        "payload",
    )


def test_effects_on_gaps_are_covered_in_1000_worlds() -> None:
    """From the log to the interval, every world a scenario of its own: 1,000 intervals for each dimension."""
    events = worlds(1_000, customers=120, seed=5)
    people = events["identity_id"].unique().sort()
    owners = pl.DataFrame({"identity_id": people, "customer_id": people})
    nobody = pl.DataFrame(schema={"customer_id": pl.Int64, "segment": pl.String})
    found = scenario_gaps(events, owners, nobody, since=SINCE, until=UNTIL).scenarios
    assert len(found) == 1_000
    for dimension, planted in PLANTED.items():
        intervals = [arms.gaps[dimension] for arms in found.values() if is_enough(arms.answered[dimension])]
        assert len(intervals) > 900
        covered = np.mean([one.low <= planted <= one.high for one in intervals])  # type: ignore[operator]
        assert 0.93 <= covered <= 0.97, (dimension, covered)


@pytest.mark.slow
def test_planted_effects_on_gaps_lie_in_their_intervals() -> None:
    """Over 24 seeds, of all scenarios and dimensions with enough answers: two standard errors of 95 % over the some 240
    intervals, which are not independent within a seed, are taken as four points."""
    within, excluding_zero = [], []
    for seed in range(1, 25):
        business = simulate(sector="restaurant", customers=2_000, months=12, seed=seed, until=date(2026, 6, 30))
        found = of(business)
        for pilot in PILOTS:
            arms = found.scenarios[pilot.key]
            for dimension in DIMENSIONS:
                planted, difference = business.truth["gap_effects"][pilot.key][dimension], arms.gaps[dimension]
                if not is_enough(arms.answered[dimension]):
                    continue
                assert difference.low is not None
                assert difference.high is not None
                within.append(difference.low <= planted <= difference.high)
                if planted == 0:
                    excluding_zero.append(difference.low > 0 or difference.high < 0)
    assert len(within) > 200
    assert np.mean(within) == pytest.approx(0.95, abs=0.04)
    assert np.mean(excluding_zero) < 0.09


def test_what_goes_with_waiting_is_found_as_a_correlation() -> None:
    business = simulate(sector="restaurant", customers=2_000, months=12, seed=3, until=date(2026, 6, 30))
    found = of(business).correlations
    assert set(found) == {"reliability", "responsiveness", "assurance", "empathy"}
    for dimension in ("responsiveness", "reliability"):
        high = found[dimension].estimate.high
        assert high is not None
        assert high < 0
