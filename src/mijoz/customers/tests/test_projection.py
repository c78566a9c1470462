"""The profile is what the log says, whatever the order in which its rows arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mijoz.customers import actions
from mijoz.customers.models import Customer, Profile
from mijoz.events.actions import record
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
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
