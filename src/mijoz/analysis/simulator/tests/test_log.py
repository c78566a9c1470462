"""The event frame has the agreed form and tells a life that can be believed."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from mijoz.analysis.simulator import SimulatedBusiness, simulate

MONEY = pl.Decimal(18, 4)
EVENT_FRAME = {
    "message_id": pl.String,
    "type": pl.String,
    "identity_kind": pl.String,
    "identity_account": pl.String,
    "identity_value": pl.String,
    "occurred_at": pl.Datetime("us", "UTC"),
    "reference": pl.String,
    "item": pl.String,
    "quantity": pl.Float64,
    "amount": MONEY,
    "discount": MONEY,
    "currency": pl.String,
    "branch": pl.String,
    "channel": pl.String,
    "payload": pl.String,
}
LINES = ("purchase_line", "refund_line", "gift_line")
AT_THE_BRANCH = ("visit", *LINES)
KIND = pl.col("payload").str.json_path_match("$.kind")


def of_type(business: SimulatedBusiness, *types: str) -> pl.DataFrame:
    return business.events.filter(pl.col("type").is_in(types))


def numbers_in(events: pl.DataFrame, *keys: str) -> pl.DataFrame:
    fields = pl.Struct(dict.fromkeys(keys, pl.Float64))
    return events.with_columns(pl.col("payload").str.json_decode(fields).alias("told")).unnest("told")


def test_the_same_seed_tells_the_same_story(restaurant: SimulatedBusiness) -> None:
    parameters = restaurant.truth["parameters"]
    again = simulate(
        sector="restaurant",
        customers=parameters["customers"],
        months=parameters["months"],
        seed=parameters["seed"],
        until=date.fromisoformat(parameters["until"]),
    )
    for frame in ("branches", "working_hours", "staff", "services", "customers", "events"):
        assert getattr(again, frame).equals(getattr(restaurant, frame)), frame
    assert again.truth == restaurant.truth


def test_another_seed_tells_another_story(restaurant: SimulatedBusiness) -> None:
    other = simulate(sector="restaurant", customers=1_000, months=12, seed=8, until=restaurant.last_day)
    assert not other.events.equals(restaurant.events)
    assert not other.customers.equals(restaurant.customers)


def test_the_frame_is_an_event_frame(business: SimulatedBusiness) -> None:
    assert dict(business.events.schema) == EVENT_FRAME
    assert business.events["message_id"].n_unique() == business.events.height
    may_be_null = ("quantity", "amount", "discount")
    assert business.events.drop(may_be_null).null_count().sum_horizontal().item() == 0
    assert business.events["occurred_at"].is_sorted()


def test_events_belong_to_a_customer_of_the_list_or_to_nobody(business: SimulatedBusiness) -> None:
    known = business.events.filter(pl.col("identity_value") != "")
    assert set(known["identity_value"]) == set(business.customers["customer_number"])
    assert set(known["identity_kind"]) == {"customer_number"}
    assert set(known["identity_account"]) == {"demo"}
    anonymous = business.events.filter(pl.col("identity_value") == "")
    assert set(anonymous["type"]) <= set(LINES)
    assert set(anonymous["identity_kind"]) | set(anonymous["identity_account"]) == {""}
    assert anonymous.height > 0


def test_purchases_cost_money_and_refunds_give_some_of_it_back(business: SimulatedBusiness) -> None:
    bought = of_type(business, "purchase_line")
    assert bought["amount"].min() > 0
    assert bought["quantity"].min() >= 1
    assert bought["discount"].min() == 0
    assert set(bought["currency"]) == {"UZS"}
    assert set(of_type(business, "gift_line")["amount"]) == {0}

    refunds = of_type(business, "refund_line")
    assert refunds["amount"].max() < 0
    assert refunds["quantity"].max() < 0
    assert refunds["reference"].str.starts_with("C").all()
    refunded = refunds.with_columns(pl.col("reference").str.strip_prefix("C"), -pl.col("amount"))
    found = refunded.join(bought, on=["reference", "item", "amount", "identity_value"], how="inner")
    assert found.height == refunds.height
    assert (found["occurred_at"] > found["occurred_at_right"]).all()


def test_prices_and_services_are_those_of_the_list(business: SimulatedBusiness) -> None:
    lines = of_type(business, "purchase_line").join(
        business.services.rename({"name_uz": "item"}), on="item", how="left"
    )
    full_price = lines["price"].cast(pl.Float64) * lines["quantity"]
    assert (full_price == (lines["amount"] + lines["discount"]).cast(pl.Float64)).all()


def test_everything_happens_inside_the_period(business: SimulatedBusiness) -> None:
    days = business.events["occurred_at"].dt.convert_time_zone(business.time_zone).dt.date()
    assert business.first_day == date(2025, 7, 1)
    assert business.first_day <= days.min()
    assert days.max() <= business.last_day


def test_customers_are_served_when_the_doors_are_open(business: SimulatedBusiness) -> None:
    local = pl.col("occurred_at").dt.convert_time_zone(business.time_zone)
    served = (
        of_type(business, *AT_THE_BRANCH)
        .with_columns((local.dt.weekday() - 1).cast(pl.Int64).alias("weekday"), local.dt.time().alias("time"))
        .join(business.working_hours, on=["branch", "weekday"], how="left")
    )
    assert served["opens"].null_count() == 0
    assert served.filter(~pl.col("time").is_between("opens", "closes")).is_empty()


def test_nothing_is_known_of_customers_before_they_joined(business: SimulatedBusiness) -> None:
    first = business.events.group_by("identity_value").agg(pl.col("occurred_at").min())
    first = first.with_columns(pl.col("occurred_at").dt.convert_time_zone(business.time_zone).dt.date())
    joined = business.customers.join(first, left_on="customer_number", right_on="identity_value")
    assert (joined["joined_on"] == joined["occurred_at"]).all()


def test_the_first_event_names_the_acquisition_channel(business: SimulatedBusiness) -> None:
    named = business.events.filter(pl.col("channel") != "")
    first = named.group_by("identity_value", maintain_order=True).agg(pl.col("channel").first())
    joined = business.customers.join(first, left_on="customer_number", right_on="identity_value")
    assert (joined["acquisition_channel"] == joined["channel"]).all()


def test_every_known_purchase_ends_a_visit(business: SimulatedBusiness) -> None:
    bought = of_type(business, "purchase_line").filter(pl.col("identity_value") != "")
    visits = numbers_in(of_type(business, "visit"), "waited_minutes", "took_minutes")
    assert set(bought["reference"]) == set(visits["reference"])
    both = bought.join(visits, on="reference", suffix="_of_visit")
    minutes = (both["occurred_at"] - both["occurred_at_of_visit"]).dt.total_seconds() / 60
    assert (minutes - both["waited_minutes"] - both["took_minutes"]).abs().max() < 0.1


def test_bookings_come_before_their_visit_and_missed_ones_have_none(business: SimulatedBusiness) -> None:
    made, missed, visits = (of_type(business, one) for one in ("booking_made", "booking_missed", "visit"))
    kept = made.join(visits, on="reference", suffix="_of_visit")
    assert (kept["occurred_at"] < kept["occurred_at_of_visit"]).all()
    assert missed.join(visits, on="reference").is_empty()
    assert missed.join(made, on="reference").height == missed.height
    assert 0.04 < missed.height / made.height < 0.12


def test_restaurants_live_at_the_weekend_and_clinics_on_working_mornings(
    restaurant: SimulatedBusiness, clinic: SimulatedBusiness
) -> None:
    def visits_by(business: SimulatedBusiness, part: str) -> dict[int, int]:
        local = of_type(business, "visit")["occurred_at"].dt.convert_time_zone(business.time_zone)
        counted = getattr(local.dt, part)().alias("part").value_counts()
        return dict(zip(counted["part"], counted["count"], strict=True))

    week = visits_by(restaurant, "weekday")
    assert min(week[6], week[7]) > 1.3 * max(week[1], week[2], week[3])
    assert 7 not in visits_by(clinic, "weekday")
    clinic_hours = visits_by(clinic, "hour")
    assert sum(clinic_hours.get(hour, 0) for hour in range(8, 12)) > sum(
        clinic_hours.get(hour, 0) for hour in range(12, 19)
    )
    assert visits_by(restaurant, "hour")[19] > 2 * visits_by(restaurant, "hour")[16]


def test_complaints_follow_from_waiting_as_the_truth_says(clinic: SimulatedBusiness) -> None:
    """Logistic regression by Newton's method finds the planted coefficients within three standard errors."""
    visits = numbers_in(of_type(clinic, "visit"), "waited_minutes")
    complained = visits["reference"].is_in(of_type(clinic, "complaint")["reference"].implode())
    x = np.column_stack([np.ones(visits.height), visits["waited_minutes"].to_numpy() / 10])
    y = complained.to_numpy().astype(float)
    beta = np.array([np.log(y.mean() / (1 - y.mean())), 0.0])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        information = x.T @ (x * (p * (1 - p))[:, None])
        beta += np.linalg.solve(information, x.T @ (y - p))
    error = np.sqrt(np.diag(np.linalg.inv(information)))
    truth = clinic.truth["complaints"]
    planted = [truth["log_odds_without_waiting"], truth["log_odds_per_ten_minutes_of_waiting"]]
    assert (np.abs(beta - planted) < 3 * error).all(), (beta, error)
    assert beta[1] > 5 * error[1]


def test_long_waits_and_complaints_lower_satisfaction(restaurant: SimulatedBusiness) -> None:
    answers = numbers_in(of_type(restaurant, "survey_answered").filter(KIND == "csat"), "score")
    assert set(answers["score"]) == {1, 2, 3, 4, 5}
    lived = answers.join(numbers_in(of_type(restaurant, "visit"), "waited_minutes"), on="reference")
    short, long = lived.filter(pl.col("waited_minutes") < 10), lived.filter(pl.col("waited_minutes") > 25)
    assert short["score"].mean() > long["score"].mean() + 0.6
    complained = pl.col("reference").is_in(of_type(restaurant, "complaint")["reference"].implode())
    assert lived.filter(complained)["score"].mean() < lived.filter(~complained)["score"].mean() - 1


def test_people_wait_longest_at_the_slow_branch(business: SimulatedBusiness) -> None:
    visits = numbers_in(of_type(business, "visit"), "waited_minutes")
    waits = visits.group_by("branch").agg(pl.col("waited_minutes").mean()).sort("waited_minutes")
    assert waits["branch"][-1] == business.truth["waiting"]["slowest_branch"]
    assert waits["waited_minutes"][-1] > 1.2 * waits["waited_minutes"][-2]


def test_services_go_together(restaurant: SimulatedBusiness) -> None:
    """Who eats a warm dish drinks tea far more often than wedding plov is followed by a banquet."""
    lines = of_type(restaurant, "purchase_line", "gift_line").group_by("reference").agg("item")
    with_plov = lines.filter(pl.col("item").list.contains("Toʻy oshi"))
    assert with_plov["item"].list.contains("Koʻk choy").mean() > 0.25
    assert with_plov["item"].list.contains("Banket (bir kishi)").mean() < 0.02
    sizes = lines["item"].list.len()
    assert sizes.min() == 1
    assert sizes.max() >= 5


@pytest.mark.parametrize(
    ("argument", "value", "sentence"),
    [
        ("sector", "bank", "no sector 'bank'"),
        ("customers", 49, "at least 50 customers"),
        ("months", 3, "at least 4 months"),
        ("effect", -1.0, "from 0 to 2"),
        ("languages", {"de": 1.0}, "not de"),
        ("languages", {"uz": 0.0}, "not all zero"),
    ],
)
def test_what_cannot_be_drawn_is_refused(argument: str, value: object, sentence: str) -> None:
    arguments = {"sector": "salon", "customers": 50, "months": 4, "seed": 1, "until": date(2026, 6, 30)}
    with pytest.raises(ValueError, match=sentence):
        simulate(**{**arguments, argument: value})


def test_the_smallest_business_is_whole_too() -> None:
    small = simulate(sector="hotel", customers=50, months=4, seed=1, until=date(2026, 3, 31))
    assert small.first_day == date(2025, 12, 1)
    assert small.customers.height == 50
    assert sum(small.truth["kinds"].values()) == 50
