"""A business with customers in segments, for the tests of scenarios."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Profile, Purpose
from mijoz.customers.names import search_key
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions
from mijoz.scenarios.models import Scenario
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership, Segment

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent
DAY = timedelta(days=1)

Member = Callable[..., Customer]
Start = Callable[..., Scenario]


@pytest.fixture
def business(db: None) -> Business:
    company = Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", language="uz")
    segments.install_defaults(at=AT)
    return company


@pytest.fixture
def manager(business: Business) -> StaffMember:
    return StaffMember.objects.create_user(email="nodira@example.uz", name="Nodira", role=Role.MANAGER)


@pytest.fixture
def member(business: Business) -> Member:
    """member("new", first_name="Ali") is a customer who entered the segment an hour before AT, with all consents."""

    def enter(
        segment: str = "new", *, agreed: bool = True, entered_at: datetime | None = None, **traits: Any
    ) -> Customer:
        number = Customer.objects.count() + 1
        customer = Customer(**{"language": "uz", "email": f"c{number}@example.uz"} | traits)
        customer.search_key = search_key((customer.last_name, customer.first_name), phone=customer.phone)
        customer.save()
        Profile.objects.create(customer=customer, purchases=1, revenue=100, last_purchase_at=AT - DAY)
        if agreed:
            Consent.objects.create(customer=customer, purpose=Purpose.MARKETING, granted=True, answered_at=AT - DAY)
        Membership.objects.create(
            segment=Segment.objects.get(key=segment), customer=customer, entered_at=entered_at or AT - DAY / 24
        )
        return customer

    return enter


@pytest.fixture
def start(business: Business) -> Start:
    """start(steps, **definition) is a live scenario for the segment `new` that holds out nobody."""

    def begin(*steps: dict[str, Any], key: str = "trial", **fields: Any) -> Scenario:
        scenario = actions.add_scenario(
            key=key, names={"en": "Trial"}, descriptions={}, document=document(*steps, **fields), by=None, at=AT
        )
        actions.start(scenario, by=None, at=AT - 2 * DAY)
        return scenario

    return begin


def document(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "trigger": {"kind": "segment_entered", "segment": "new", "include_present": True},
        "eligibility": None,
        "holdout_share": 0,
        "purpose": "marketing",
        "goal": {"kind": "purchase", "window_days": 30},
        "steps": list(steps or (MESSAGE,)),
        **fields,
    }


MESSAGE: dict[str, Any] = {
    "kind": "message",
    "key": "letter",
    "channel": "email",
    "subjects": {"uz": "Salom", "ru": "Привет"},
    "texts": {"uz": "{{ greeting }} Sizni kutamiz.", "ru": "{{ greeting }} Ждём вас."},
}
OFFER: dict[str, Any] = {
    "kind": "offer",
    "key": "offer",
    "offer": "tea",
    "names": {"uz": "Choy sovgʻa", "en": "Free tea"},
    "gifts": {"uz": "bir choynak choy", "en": "a pot of tea"},
    "valid_days": 10,
}
PROTOCOL: dict[str, Any] = {"kind": "protocol", "key": "protocol", "priority": 2, "package": "value_adding"}
TASK: dict[str, Any] = {
    "kind": "task",
    "key": "call",
    "texts": {"uz": "Qoʻngʻiroq qiling", "en": "Call them"},
    "role": "operator",
    "due_days": 1,
}
WAIT: dict[str, Any] = {"kind": "wait", "key": "wait", "days": 2}


def buys(customer: Customer, *, at: datetime, amount: int = 50) -> None:
    """Record a purchase and bring the profile up to date."""
    record(
        [
            NewEvent(
                message_id=f"buy/{customer.pk}/{at.isoformat()}",
                type="purchase_line",
                identity=("customer", "", str(customer.pk)),
                occurred_at=at,
                reference=f"{customer.pk}/{at.isoformat()}",
                item="Plov",
                quantity=1,
                amount=Decimal(amount),
                currency="UZS",
            )
        ],
        source="till",
    )
    customers.project()
