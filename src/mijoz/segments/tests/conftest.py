"""Customers with purchases for the tests of segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.segments import preview

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)

Buy = Callable[..., Customer]
SignedIn = Callable[..., Client]


def purchases(
    number: str, *, days_ago: Sequence[float], check: float = 100, discount: float | None = None, item: str = "Plov"
) -> list[NewEvent]:
    """One purchase that long before AT for each of `days_ago`."""
    return [
        NewEvent(
            message_id=f"{number}/{days}",
            type="purchase_line",
            identity=("customer_number", "till", number),
            occurred_at=AT - timedelta(days=days),
            reference=f"{number}/{days}",
            item=item,
            quantity=1,
            amount=Decimal(str(check)),
            discount=None if discount is None else Decimal(str(discount)),
            currency="UZS",
        )
        for days in days_ago
    ]


def customer_of(number: str) -> Customer:
    return Customer.objects.get(ownerships__identity__value=number)


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a preview of a little town is exact unless a test says otherwise."""
    monkeypatch.setattr(preview, "EXACT_WITHIN_SECONDS", 60.0)
    monkeypatch.setattr(preview, "SAMPLES", tuple((customers, 60.0) for customers, _seconds in preview.SAMPLES))


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")


@pytest.fixture
def buy(business: Business) -> Buy:
    """buy("Ali", days_ago=[90, 3], check=100, discount=0) records purchases that long before AT."""

    def record_purchases(number: str, **bought: Any) -> Customer:
        record(purchases(number, **bought), source="till")
        customers.project()
        return customer_of(number)

    return record_purchases


@pytest.fixture
def town(business: Business) -> dict[str, Customer]:
    """Forty customers, so that scores have something to cut: from daily guests to people long gone."""
    events: list[NewEvent] = []
    for place in range(40):
        last, every, times = 1 + place * 7 % 200, 5 + place % 25, 1 + place * 3 % 12
        events += purchases(
            f"c{place}",
            days_ago=[last + every * visit for visit in range(times)],
            check=20 + place * 13 % 300,
            discount=1 if place % 5 == 0 else None,
        )
    record(events, source="till")
    customers.project()
    return {f"c{place}": customer_of(f"c{place}") for place in range(40)}


@pytest.fixture
def signed_in(business: Business) -> SignedIn:
    """signed_in(Role.ANALYST) is the browser of somebody with this role, in English."""

    def browser(role: str = Role.OWNER, language: str = "en") -> Client:
        member = StaffMember.objects.filter(role=role).first() or StaffMember.objects.create_user(
            email=f"{role}@example.uz", role=role, name="Malika"
        )
        client = Client()
        client.force_login(member)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return browser
