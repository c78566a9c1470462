"""What a scenario changed: who is counted, within which window, and what may be said of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.analysis.experiments import Effect, Verdict, enrolments, scenario_effects, verdict
from mijoz.analysis.intervals import difference_of_shares
from mijoz.analysis.tests.logs import Row, at, events, ownership

MARCH_31 = date(2026, 3, 31)
ENROLMENTS: dict[str, Any] = {
    "scenario": pl.String,
    "customer_id": pl.Int64,
    "enrolled_at": pl.Datetime("us", "UTC"),
    "arm": pl.String,
    "segment": pl.String,
    "window_days": pl.Int64,
}
PURCHASES: dict[str, Any] = {
    "customer_id": pl.Int64,
    "occurred_at": pl.Datetime("us", "UTC"),
    "amount": pl.Decimal(18, 4),
}
Enrolled = tuple[str, int, datetime, str, str, int]
Purchase = tuple[int, datetime, int]


def enrolled(customer: int, when: str, arm: str = "treated", *, days: int = 14, segment: str = "new") -> Enrolled:
    return ("welcome", customer, at(when), arm, segment, days)


def purchase(customer: int, when: str, amount: int = 10) -> Purchase:
    return (customer, at(when), amount)


def effects(enrolled: list[Enrolled], purchases: list[Purchase], **options: Any) -> list[Effect]:
    bought = [(customer, when, Decimal(amount)) for customer, when, amount in purchases]
    return scenario_effects(
        pl.DataFrame(enrolled, schema=ENROLMENTS, orient="row"),
        pl.DataFrame(bought, schema=PURCHASES, orient="row"),
        **({"as_of": MARCH_31} | options),
    )


def only(found: list[Effect]) -> Effect:
    [effect] = found
    return effect


def test_two_arms_by_hand() -> None:
    """Three of four treated and one of two held out came back; they spent 10, 20, 30 and 5."""
    people = [
        *(enrolled(one, "2026-03-01 09:00") for one in (1, 2, 3, 4)),
        *(enrolled(one, "2026-03-01 09:00", "hold-out") for one in (5, 6)),
    ]
    bought = [
        purchase(1, "2026-03-02", 10),
        purchase(2, "2026-03-05", 15),
        purchase(2, "2026-03-10", 5),
        purchase(3, "2026-03-14", 30),
        purchase(5, "2026-03-03", 5),
    ]
    found = only(effects(people, bought))
    expected = difference_of_shares(3, 4, 1, 2)
    assert (found.treated, found.held_out) == (4, 2)
    assert (found.treated_goal_rate, found.held_out_goal_rate) == (0.75, 0.5)
    assert (found.difference, found.low, found.high, found.p_value) == (
        0.25,
        expected.low,
        expected.high,
        expected.p_value,
    )
    assert found.revenue_difference == pytest.approx(60 / 4 - 5 / 2)
    assert found.revenue_low < found.revenue_difference < found.revenue_high
    assert found.verdict is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("bought_at", "counts"),
    [
        ("2026-03-01 08:59", False),  # before
        ("2026-03-01 09:00", False),  # the purchase that triggered it
        ("2026-03-01 09:01", True),
        ("2026-03-15 09:00", True),  # the last moment of 14 days
        ("2026-03-15 09:01", False),
    ],
)
def test_the_window_opens_with_the_enrolment_and_closes_by_the_minute(bought_at: str, counts: bool) -> None:
    found = only(effects([enrolled(1, "2026-03-01 09:00")], [purchase(1, bought_at)]))
    assert found.treated_goal_rate == counts


@pytest.mark.parametrize(
    ("enrolled_at", "zone", "treated"),
    [
        ("2026-03-17 23:59", "UTC", 1),
        ("2026-03-18 00:00", "UTC", 1),  # closes at the very end of the day
        ("2026-03-18 00:01", "UTC", 0),
        ("2026-03-17 19:01", "Asia/Tashkent", 0),  # past midnight there
        ("2026-03-17 19:00", "Asia/Tashkent", 1),
    ],
)
def test_a_customer_counts_when_the_window_has_closed(enrolled_at: str, zone: str, treated: int) -> None:
    found = effects([enrolled(1, enrolled_at)], [purchase(1, "2026-03-19")], zone=zone)
    assert sum(effect.treated for effect in found) == treated


def test_only_the_first_enrolment_counts() -> None:
    """Who comes back into a scenario would otherwise be counted twice, and the second time knowing the first."""
    again = [enrolled(1, "2026-01-01"), enrolled(1, "2026-03-01")]
    found = only(effects(again, [purchase(1, "2026-03-05")]))
    assert (found.treated, found.treated_goal_rate) == (1, 0)


def test_each_scenario_and_segment_is_for_itself() -> None:
    rows = [
        ("welcome", 1, at("2026-03-01"), "treated", "new", 14),
        ("welcome", 2, at("2026-03-01"), "hold-out", "regular", 14),
        ("missed_you", 1, at("2026-02-01"), "hold-out", "at_risk", 30),
    ]
    bought = [purchase(1, "2026-02-20"), purchase(2, "2026-03-05")]
    found = {effect.scenario: effect for effect in effects(rows, bought)}
    assert list(found) == ["missed_you", "welcome"]
    assert (found["missed_you"].held_out_goal_rate, found["welcome"].treated_goal_rate) == (1, 0)
    parts = [(effect.scenario, effect.segment, effect.treated, effect.held_out) for effect in effects(
        rows, bought, by_segment=True
    )]  # fmt: skip
    assert parts == [("missed_you", "at_risk", 0, 1), ("welcome", "new", 1, 0), ("welcome", "regular", 0, 1)]


def test_nobody_enrolled_is_no_effect() -> None:
    assert effects([], [purchase(1, "2026-03-05")]) == []


def test_one_arm_alone_shows_no_difference() -> None:
    found = only(effects([enrolled(1, "2026-03-01")], []))
    assert (found.difference, found.low, found.high, found.revenue_difference) == (None, None, None, None)
    assert found.verdict is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("low", "high", "smaller_arm", "expected"),
    [
        (0.01, 0.2, 30, Verdict.WORKS),
        (-0.2, -0.01, 30, Verdict.HARMS),
        (-0.01, 0.2, 30, Verdict.NO_DIFFERENCE_SEEN),
        (0.0, 0.2, 30, Verdict.NO_DIFFERENCE_SEEN),
        (0.01, 0.2, 29, Verdict.TOO_FEW),
        (None, None, 500, Verdict.TOO_FEW),
    ],
)
def test_what_may_be_said(low: float | None, high: float | None, smaller_arm: int, expected: Verdict) -> None:
    assert verdict(low, high, smaller_arm=smaller_arm) is expected


def test_enrolments_are_read_from_the_log() -> None:
    told = {"version": 1, "arm": "hold-out", "segment": "new", "goal": "purchase", "window_days": 14}
    rows = [
        Row("scenario_enrolled", 1, at("2026-03-01 09:00"), None, "welcome", told),
        Row("scenario_enrolled", 2, at("2026-03-02 09:00"), None, "welcome", told | {"arm": "treated", "segment": ""}),
        Row("scenario_enrolled", 9, at("2026-03-02 09:00"), None, "welcome", told),  # an identity of no customer
        Row("goal_reached", 1, at("2026-03-04"), None, "welcome", {}),
    ]
    found = enrolments(events(rows), ownership({1: 10, 2: 20})).collect().to_polars().sort("customer_id")
    assert found.rows() == [
        ("welcome", 10, at("2026-03-01 09:00"), "hold-out", "new", "purchase", 14, 1),
        ("welcome", 20, at("2026-03-02 09:00"), "treated", "", "purchase", 14, 1),
    ]


days = st.integers(min_value=0, max_value=120)
some_enrolments = st.lists(
    st.tuples(
        st.sampled_from(["welcome", "missed_you"]),
        st.integers(1, 6),
        days.map(lambda day: datetime(2025, 12, 20, 9, tzinfo=UTC) + timedelta(days=day)),
        st.sampled_from(["treated", "hold-out"]),
        st.sampled_from(["new", "regular"]),
        st.sampled_from([7, 14, 30]),
    ),
    max_size=15,
    unique_by=lambda row: (row[0], row[1], row[2]),
)
some_purchases = st.lists(
    st.tuples(
        st.integers(1, 6),
        days.map(lambda day: datetime(2025, 12, 20, 12, tzinfo=UTC) + timedelta(days=day)),
        st.integers(1, 100),
    ),
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(some_enrolments, some_purchases)
def test_the_arms_are_what_plain_python_counts(rows: list[Enrolled], bought: list[Purchase]) -> None:
    end = datetime(2026, 4, 1, tzinfo=UTC)
    counted: dict[tuple[str, str], list[float]] = {}
    for scenario, customer in {(row[0], row[1]) for row in rows}:
        first = min((row for row in rows if row[:2] == (scenario, customer)), key=lambda row: row[2])
        closes = first[2] + timedelta(days=first[5])
        if closes <= end:
            spent = [float(amount) for one, when, amount in bought if one == customer and first[2] < when <= closes]
            counted.setdefault((scenario, first[3]), []).append(sum(spent))
    found = {effect.scenario: effect for effect in effects(rows, bought)}
    assert set(found) == {scenario for scenario, _ in counted}
    for scenario, effect in found.items():
        treated, held_out = counted.get((scenario, "treated"), []), counted.get((scenario, "hold-out"), [])
        assert (effect.treated, effect.held_out) == (len(treated), len(held_out))
        if treated:
            assert effect.treated_goal_rate == pytest.approx(sum(spent > 0 for spent in treated) / len(treated))
        if treated and held_out:
            means = sum(treated) / len(treated) - sum(held_out) / len(held_out)
            assert effect.revenue_difference == pytest.approx(means)


def test_another_goal_than_a_purchase_is_counted_by_what_reaches_it() -> None:
    """Two of three treated booked and one of two held out; purchases count as money, not as the goal."""
    people = [(*enrolled(who, "2026-03-01 10:00"), "booking") for who in (1, 2, 3)]
    people += [(*enrolled(who, "2026-03-01 10:00", "hold-out"), "booking") for who in (4, 5)]
    people.append((*enrolled(6, "2026-03-01 10:00"), "survey/unknown"))
    booked = [
        ("booking", who, at(when)) for who, when in [(1, "2026-03-02 10:00"), (1, "2026-03-03 10:00"),
        (2, "2026-03-15 09:59"), (3, "2026-03-16 10:00"), (4, "2026-03-02 10:00"), (5, "2026-03-01 10:00")]
    ]  # fmt: skip
    booked.append(("visit", 5, at("2026-03-02 10:00")))
    found = scenario_effects(
        pl.DataFrame(people, schema={**ENROLMENTS, "goal": pl.String}, orient="row"),
        pl.DataFrame([(3, at("2026-03-02 10:00"), Decimal(30))], schema=PURCHASES, orient="row"),
        reached=pl.DataFrame(
            booked, schema={"goal": pl.String, "customer_id": pl.Int64, "occurred_at": ENROLMENTS["enrolled_at"]},
            orient="row",
        ),
        as_of=MARCH_31,
    )  # fmt: skip
    one = only(found)
    assert (one.treated, one.held_out) == (4, 2)
    assert (one.treated_goal_rate, one.held_out_goal_rate) == (0.5, 0.5)
    assert one.revenue_difference == pytest.approx(30 / 4)


def test_without_what_reaches_them_enrolments_with_another_goal_are_left_out() -> None:
    people = [(*enrolled(1, "2026-03-01 10:00"), "booking"), (*enrolled(2, "2026-03-01 10:00"), None)]
    found = scenario_effects(
        pl.DataFrame(people, schema={**ENROLMENTS, "goal": pl.String}, orient="row"),
        pl.DataFrame([], schema=PURCHASES, orient="row"),
        as_of=MARCH_31,
    )
    assert only(found).treated == 1
