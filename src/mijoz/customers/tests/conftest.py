"""A business with staff who sign in, and customers with a log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers import actions
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

AT = datetime(2024, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent; long ago, as an imported history is

SignedIn = Callable[..., Client]
Told = Callable[..., Customer]
Happened = Callable[..., None]


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")


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


@pytest.fixture
def told(business: Business) -> Told:
    """told(first_name="Aziza", phone="+998…") is a customer whom staff wrote down."""
    return lambda **traits: actions.add_customer(by=None, at=AT, **traits)


@pytest.fixture
def happened(business: Business) -> Happened:
    """happened(customer, "complaint", days_ago=3, payload={...}) is a row of the log, shown by the profile."""
    count = 0

    def write(customer: Customer, type_: str = "purchase_line", *, days_ago: float = 0, **fields: Any) -> None:
        nonlocal count
        count += 1
        amount = fields.pop("amount", 100 if type_ == "purchase_line" else None)
        row = NewEvent(
            message_id=f"row-{count}",
            type=type_,
            identity=("customer", "", str(customer.pk)),
            occurred_at=AT - timedelta(days=days_ago),
            reference=fields.pop("reference", f"ref-{count}"),
            amount=None if amount is None else Decimal(str(amount)),
            currency="UZS",
            **fields,
        )
        record([row], source="till")
        actions.project()

    return write
