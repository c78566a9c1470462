"""The profile is what the log says, whatever the order in which its rows arrive."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.customers import actions, hooks
from mijoz.customers.models import Customer, Ownership, Profile
from mijoz.customers.tests import recount
from mijoz.events.actions import record
from mijoz.events.models import Identity
from mijoz.events.types import NewEvent

START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def event(
    place: int, type_: str, *, days: int, reference: str, amount: str | None = None, **fields: object
) -> NewEvent:
    return NewEvent(
        message_id=f"{reference}/{place}",
        type=type_,
        identity=("customer_number", "till", "7"),
        occurred_at=START + timedelta(days=days),
        reference=reference,
        amount=Decimal(amount) if amount else None,
        **fields,  # type: ignore[arg-type]
    )


HISTORY = [
    event(1, "purchase_line", days=0, reference="A", amount="10", item="Osh", channel="walk_in"),
    event(2, "purchase_line", days=0, reference="A", amount="5", item="Choy", discount=Decimal(1)),
    event(1, "purchase_line", days=9, reference="B", amount="20", item="Osh", channel="phone"),
    event(1, "gift_line", days=9, reference="C", amount="0", item="Shirinlik"),
    event(1, "refund_line", days=10, reference="D", amount="-5", item="Choy"),
    event(1, "complaint", days=11, reference="E", payload={"text": "slow"}),
    event(1, "survey_answered", days=12, reference="F", payload={"kind": "csat", "score": 2}),
    event(1, "survey_answered", days=13, reference="G", payload={"kind": "csat", "score": 5}),
]


@pytest.mark.django_db
def test_every_trait_follows_from_the_log() -> None:
    record(HISTORY, source="till")
    assert actions.project() == 1
    profile = Profile.objects.get()
    assert (profile.purchases, profile.purchase_lines, profile.revenue) == (2, 3, Decimal(35))
    assert profile.average_check == Decimal("17.5")
    assert profile.first_purchase_at == START
    assert profile.last_purchase_at == START + timedelta(days=9)
    assert profile.last_seen_at == START + timedelta(days=13)
    assert (profile.refunds, profile.refund_value) == (1, Decimal(5))
    assert profile.discount_share == pytest.approx(1 / 3)
    assert profile.favourite_services == ["Osh", "Choy"]
    assert profile.acquisition_channel == "walk_in"
    assert profile.complaints == 1
    assert profile.last_satisfaction == 5


@pytest.mark.django_db
def test_nothing_new_leaves_profiles_alone() -> None:
    record(HISTORY, source="till")
    actions.project()
    assert actions.project() == 0


@pytest.mark.django_db
@settings(max_examples=15)
@given(st.permutations(HISTORY), st.integers(1, len(HISTORY)))
def test_any_order_and_any_pieces_give_the_same_profile(history: list[NewEvent], size: int) -> None:
    with transaction.atomic():
        for start in range(0, len(history), size):
            record(history[start : start + size], source="till")
            actions.project()
        stepwise = Profile.objects.values().get()
        actions.project_all()
        at_once = Profile.objects.values().get()
        assert {**stepwise, "refreshed_at": None} == {**at_once, "refreshed_at": None}
        assert (stepwise["purchases"], stepwise["revenue"]) == (2, Decimal(35))
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(1, 60), st.integers(1, 25))
def test_any_log_in_any_pieces_is_counted_as_a_person_would(chance: random.Random, rows: int, piece: int) -> None:
    log = recount.random_log(chance, rows=rows)
    with transaction.atomic():
        together()
        arriving = chance.sample(log, len(log))
        for start in range(0, rows, piece):
            record(arriving[start : start + piece], source="till")
            record(arriving[max(0, start - 3) : start + 1], source="till")  # told twice
            actions.project()
        stepwise = profiles()
        actions.project_all()
        assert profiles() == stepwise
        for number, numbers in recount.CUSTOMERS.items():
            expected = recount.profile_of(recount.rows_of(log, numbers))
            if found := stepwise.get(number):
                assert recount.differences(expected, found) == {}
            else:
                assert recount.rows_of(log, numbers) == []
        transaction.set_rollback(True)


def together() -> None:
    """Let two numbers lead to one customer, as a merge would."""
    identities = [Identity.objects.create(kind="customer_number", account="till", value=value) for value in ("7", "8")]
    customer = Customer.objects.create(number="7")
    Profile.objects.create(customer=customer)
    for identity in identities:
        Ownership.objects.create(identity=identity, customer=customer, home=customer)


def profiles() -> dict[str, dict[str, Any]]:
    """All profiles, by the customer's number."""
    found = Profile.objects.values("customer__number", *recount.profile_of([]))
    return {row.pop("customer__number"): row for row in found}


@pytest.mark.django_db
def test_what_we_do_is_not_what_a_customer_did() -> None:
    record(
        [
            event(1, "purchase_line", days=0, reference="A", amount="10", channel=""),
            event(1, "message_sent", days=3, reference="M", channel="email"),
            event(1, "offer_made", days=4, reference="O", payload={"offer": "tea"}),
        ],
        source="till",
    )
    actions.project()
    profile = Profile.objects.get()
    assert (profile.first_seen_at, profile.last_seen_at) == (START, START)
    assert profile.acquisition_channel == ""


@pytest.mark.django_db
def test_a_purchase_over_midnight_is_dated_by_its_first_line() -> None:
    lines = [event(place, "purchase_line", days=place, reference="A", amount="1") for place in (1, 2)]
    record(lines, source="till")
    actions.project()
    profile = Profile.objects.get()
    assert (profile.purchases, profile.last_purchase_at) == (1, START + timedelta(days=1))


@pytest.mark.django_db
def test_lines_without_a_number_are_purchases_of_their_own() -> None:
    lines = [event(place, "purchase_line", days=place, reference="", amount="1") for place in (1, 2)]
    record(lines, source="till")
    actions.project()
    assert Profile.objects.get().purchases == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([("csat", 2), ("nps", 10)], 2.0),  # scales are not mixed
        ([("csat", "4.5")], 4.5),
        ([("csat", "1_000")], None),  # a number for Python, none for the database: it must not stop the others
        ([("csat", "nan"), ("csat", "inf")], None),
    ],
)
def test_satisfaction_is_the_last_answer_of_its_scale(scores: list[tuple[str, Any]], expected: float | None) -> None:
    answers = [
        event(place, "survey_answered", days=place, reference="S", payload={"kind": kind, "score": score})
        for place, (kind, score) in enumerate(scores)
    ]
    record([*answers, event(9, "purchase_line", days=0, reference="A", amount="1")], source="till")
    actions.project()
    profile = Profile.objects.get()
    assert (profile.last_satisfaction, profile.purchases) == (expected, 1)


@pytest.mark.django_db
def test_own_events_reach_the_customer_and_make_no_second_one() -> None:
    customer = actions.add_customer(by=None, at=START, first_name="Aziza", phone="+998901234567")
    actions.answer_consent(customer, purpose="marketing", granted=True, proof="form", through="staff", at=START)
    assert Customer.objects.count() == 1
    assert customer.ownerships.filter(identity__kind="customer").exists()
    actions.project()
    assert Profile.objects.get().first_seen_at == START


@pytest.mark.django_db
def test_a_phone_told_by_staff_leads_later_rows_to_the_same_customer() -> None:
    customer = actions.add_customer(by=None, at=START, first_name="Aziza", phone="+998901234567")
    bought = NewEvent(
        message_id="1",
        type="purchase_line",
        occurred_at=START,
        amount=Decimal(9),
        identity=("phone", "", "+998901234567"),
    )
    record([bought], source="till")
    actions.project()
    assert Profile.objects.get(customer=customer).purchases == 1


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_of_changed_profiles_once_they_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[list[int], Decimal]] = []

    def fail(customers: list[int], at: datetime) -> None:
        raise ValueError("a listener that fails")

    def listen(customers: list[int], at: datetime) -> None:
        assert not connection.in_atomic_block
        heard.append((customers, Profile.objects.get(pk=customers[0]).revenue))

    monkeypatch.setattr(hooks, "_on_profiles_changed", [])
    hooks.on_profiles_changed(fail)
    hooks.on_profiles_changed(listen)
    record(HISTORY, source="till")
    actions.project()
    customer = Customer.objects.get()
    assert heard == [([customer.pk], Decimal(35))]
    actions.project()
    assert len(heard) == 1
