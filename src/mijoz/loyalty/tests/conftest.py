"""A business with customers who buy, and offers for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
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
from mijoz.loyalty import actions
from mijoz.loyalty.models import Offer
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.pricing import Line
from mijoz.loyalty.quoting import Receipt
from mijoz.loyalty.terms import offer_terms

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent

SignedIn = Callable[..., Client]
Person = Callable[..., Customer]
MakeOffer = Callable[..., Offer]
Buys = Callable[..., None]


@pytest.fixture
def business(db: None) -> Business:
    return make_business()


def make_business() -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS", started_as="empty")


@pytest.fixture
def signed_in(business: Business) -> SignedIn:
    """signed_in(Role.FRONT_OFFICE) is the browser of somebody with this role, in English."""

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
def person(business: Business) -> Person:
    """person(first_name="Aziza") is a customer."""
    return lambda **traits: customers.add_customer(by=None, at=AT, **traits)


@pytest.fixture
def offer(business: Business) -> MakeOffer:
    """offer("tea", benefit={"kind": "percent", "percent": 10}) is a live offer."""
    return make_offer


def make_offer(
    key: str = "tea", *, budget_uses: int | None = None, budget_sum: int | None = None, **terms: Any
) -> Offer:
    terms.setdefault("benefit", {"kind": "percent", "percent": 10})
    return actions.write_offer(
        key,
        terms=offer_terms(terms),
        names={"en": key.title()},
        conditions={},
        budget_uses=budget_uses,
        budget_sum=None if budget_sum is None else Decimal(budget_sum),
        is_new=True,
        by=None,
        at=AT,
        state=State.LIVE,
    )


def receipt(total: int = 100_000, *, customer: Customer | None = None, item: str = "", **fields: Any) -> Receipt:
    return Receipt([Line(item, Decimal(total))], customer_id=customer.pk if customer else None, **fields)


@pytest.fixture
def buys(business: Business) -> Buys:
    """buys(customer, 50_000, "r1") writes a purchase to the log; a negative sum is a refund."""
    count = 0

    def write(customer: Customer, amount: int, reference: str = "", *, at: datetime = AT, **fields: Any) -> None:
        nonlocal count
        count += 1
        row = NewEvent(
            message_id=f"row-{count}",
            type="purchase_line" if amount >= 0 else "refund_line",
            identity=("customer", "", str(customer.pk)),
            occurred_at=at,
            reference=reference or f"receipt-{count}",
            amount=Decimal(amount),
            currency="UZS",
            **fields,
        )
        record([row], source="till")
        customers.project()

    return write
