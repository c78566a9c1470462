"""What is lived follows from the planted coefficients, and what was drawn before is as it was."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from mijoz.analysis.simulator import PILOTS, SimulatedBusiness, simulate
from mijoz.analysis.simulator.answers import DIMENSIONS, ITEMS, LIVED

UNTIL = date(2026, 6, 30)
CASE = ("case_opened", "case_answered", "case_reopened", "case_resolved")


@cache
def large(sector: str = "clinic") -> SimulatedBusiness:
    return simulate(sector=sector, customers=12_000, months=12, seed=11, until=UNTIL)  # type: ignore[arg-type]


def told(business: SimulatedBusiness, *types: str, **fields: Any) -> pl.DataFrame:
    """The events of these types with these fields of their payload as columns."""
    rows = business.events.filter(pl.col("type").is_in(types))
    return rows.with_columns(pl.col("payload").str.json_decode(pl.Struct(fields)).alias("told")).unnest("told")


def test_every_case_is_opened_then_answered_then_resolved(business: SimulatedBusiness) -> None:
    at = business.events.filter(pl.col("type").is_in(CASE)).pivot("type", index="reference", values="occurred_at")
    assert at["case_opened"].null_count() == 0
    assert (at["case_opened"] < at["case_answered"]).all()
    assert (at["case_answered"] < at["case_resolved"]).all()
    again = at.filter(pl.col("case_reopened").is_not_null())
    assert (again["case_reopened"] > again["case_answered"]).all()
    right = told(business, "case_resolved", first_time=pl.Boolean, automatic=pl.Boolean)
    assert set(right.filter(~pl.col("first_time"))["reference"]) <= set(again["reference"])
    assert right.filter("automatic")["first_time"].all()
    assert 0.05 < right["automatic"].mean() < 0.4


def test_every_complaint_has_a_case(business: SimulatedBusiness) -> None:
    cases = told(business, "case_opened", kind=pl.String, touchpoint=pl.String)
    complaints = told(business, "complaint", touchpoint=pl.String)
    found = cases.filter(pl.col("kind") == "complaint").join(complaints, on=["identity_value", "touchpoint"])
    assert complaints.height - found["message_id_right"].n_unique() <= 1
    assert set(cases["kind"]) == {"request", "complaint", "warranty"}


def test_bookings_are_cancelled_before_they_begin(business: SimulatedBusiness) -> None:
    cancelled = told(business, "booking_cancelled", starts_at=pl.String)
    made = business.events.filter(pl.col("type") == "booking_made")
    assert 0.02 < cancelled.height / made.height < 0.09
    both = cancelled.join(made, on="reference", suffix="_made")
    assert both.height == cancelled.height
    assert (both["occurred_at"] > both["occurred_at_made"]).all()
    assert (both["occurred_at"] < both["starts_at"].str.to_datetime(time_zone="UTC")).all()


def test_a_visit_names_who_served_there(business: SimulatedBusiness) -> None:
    visits = told(business, "visit", staff=pl.String).join(business.staff, left_on="staff", right_on="name")
    assert visits.height == business.events.filter(pl.col("type") == "visit").height
    assert set(visits["role"]) == {"service_master"}
    assert (visits["branch"] == visits["branch_right"]).all()


def test_perceptions_follow_from_what_was_lived() -> None:
    """Least squares finds the planted loss by waiting within four standard errors."""
    business = large()
    gaps = pl.Struct(dict.fromkeys(DIMENSIONS, pl.Float64))
    answers = told(business, "survey_answered", kind=pl.String, perceived=gaps).filter(pl.col("kind") == "servperf")
    lived = answers.join(told(business, "visit", waited_minutes=pl.Float64), on="reference").unnest("perceived")
    x = np.column_stack([np.ones(lived.height), lived["waited_minutes"].to_numpy() / 10])
    for dimension in ("responsiveness", "tangibles"):
        y = lived[dimension].to_numpy()
        beta, *_ = np.linalg.lstsq(x, y, rcond=None)
        error = np.sqrt(((y - x @ beta) ** 2).sum() / (len(y) - 2) * np.linalg.inv(x.T @ x)[1, 1])
        planted = LIVED["ten_minutes_of_waiting"].get(dimension, 0.0)
        assert abs(beta[1] - planted) < 4 * error + 0.03, dimension  # rounding and the ends of the scale take a little


def test_answers_are_those_that_the_log_tells(business: SimulatedBusiness) -> None:
    answered = business.responses.filter(pl.col("answers").is_not_null(), pl.col("survey") == "servqual")
    first = answered["answers"].list.head(sum(ITEMS)).list.eval(pl.element().cast(pl.Float64)).list.mean()
    scores = told(business, "survey_answered", kind=pl.String, score=pl.Float64).filter(pl.col("kind") == "servperf")
    both = answered.with_columns(mean=first).join(scores, left_on="episode", right_on="reference")
    assert both.height == answered.height == scores.height
    assert (both["mean"] - both["score"]).abs().max() < 1e-3
    assert (both["answered_at"] == both["occurred_at"]).all()
    assert set(business.responses["survey"]) == {"servqual", "nps", "ces", "indicators"}


def test_pain_is_where_it_was_planted() -> None:
    business = large("restaurant")
    kind_of = business.customers.select("customer_number", "kind")
    cases = (
        told(business, "case_opened", touchpoint=pl.String)
        .join(told(business, "case_resolved", first_time=pl.Boolean), on="reference", suffix="_end")
        .join(kind_of, left_on="identity_value", right_on="customer_number")
        .with_columns(minutes=(pl.col("occurred_at_end") - pl.col("occurred_at")).dt.total_minutes())
    )
    for planted in business.truth["pain_points"]:
        here = (pl.col("kind") == planted["segment"]) & (pl.col("touchpoint") == planted["touchpoint"])
        if planted["branch"]:
            here &= pl.col("branch") == planted["branch"]
        inside = cases.filter(here)
        outside = cases.filter(~here, pl.col("touchpoint") == planted["touchpoint"])
        lost = inside["first_time"].mean() - outside["first_time"].mean()
        assert lost == pytest.approx(planted["first_time_share"], abs=0.12)
        factor = inside["minutes"].median() / outside["minutes"].median()
        assert (factor > 1.6) == (planted["resolution_factor"] > 1)


def test_scenarios_move_only_their_own_dimension(restaurant: SimulatedBusiness) -> None:
    effects = restaurant.truth["gap_effects"]
    assert set(effects) == {pilot.key for pilot in PILOTS}
    for pilot in PILOTS:
        for dimension in DIMENSIONS:
            moves = dimension in pilot.gap_lift or (pilot.priority > 0 and dimension == "responsiveness")
            assert (effects[pilot.key][dimension] > 0.1) == moves, (pilot.key, dimension)


def test_with_nothing_planted_nothing_differs() -> None:
    plain = simulate(sector="salon", customers=300, months=6, seed=3, until=UNTIL, effect=0.0, pain=0.0)
    for effects in plain.truth["gap_effects"].values():
        assert not effects["empathy"]
    assert all(not point["first_time_share"] for point in plain.truth["pain_points"])
    assert {point["resolution_factor"] for point in plain.truth["pain_points"]} == {1.0}


def test_what_is_lived_changes_nothing_of_what_was_bought(restaurant: SimulatedBusiness) -> None:
    """Another amount of pain tells another life, and the same trade and the same enrolments."""
    other = simulate(sector="restaurant", customers=1_000, months=12, seed=7, until=UNTIL, pain=0.0)
    same = ~pl.col("type").is_in([*CASE, "survey_answered"])
    assert other.events.filter(same).equals(restaurant.events.filter(same))
    assert not other.events.equals(restaurant.events)
