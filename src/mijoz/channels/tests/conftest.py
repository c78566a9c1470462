"""A business with customers who can be written to, for the tests of channels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mijoz.business.models import Business
from mijoz.channels.outbox import NewMessage
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent

Agreed = Callable[..., Customer]


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(
        pk=1, name="Choyxona", time_zone="Asia/Tashkent", messages_a_day=None, messages_a_week=None
    )


@pytest.fixture
def agreed(business: Business) -> Agreed:
    """agreed("ali@example.uz") is a customer with this address who agreed to marketing by every channel."""

    def customer(email: str, **traits: Any) -> Customer:
        told = customers.add_customer(by=None, at=AT, email=email, **{"language": "uz", **traits})
        customers.answer_consent(
            told, purpose=Purpose.MARKETING, granted=True, proof="asked at the till", through="staff", at=AT
        )
        return told

    return customer


def new_message(customer: Customer, key: str = "k1", **fields: Any) -> NewMessage:
    told: dict[str, Any] = {
        "customer_id": customer.pk,
        "channel": "email",
        "purpose": Purpose.MARKETING,
        "dedupe_key": key,
        "language": "uz",
        "subject": "Sizni kutamiz",
        "text": "Assalomu alaykum!\n\nChoyxonada sizni kutamiz.",
        "send_after": AT,
    }
    return NewMessage(**told | fields)
