"""A business with customers who can be written to, for the tests of channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mijoz.business.models import Business
from mijoz.channels import hooks
from mijoz.channels.actions import set_up_account
from mijoz.channels.models import Channel, ChannelAccount
from mijoz.channels.outbox import NewMessage
from mijoz.channels.tests.mailserver import MailServer, mail_server
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent

Agreed = Callable[..., Customer]


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(
        pk=1, name="Choyxona", time_zone="Asia/Tashkent", messages_a_day=None, messages_a_week=None
    )


@pytest.fixture(autouse=True)
def unsubscribing() -> Iterator[None]:
    """Somewhere to unsubscribe, whoever is connected."""
    before = list(hooks._unsubscribe_link)
    hooks.connect_unsubscribe_link(lambda customer_id, channel: f"https://choyxona.uz/u/{customer_id}-{channel}")
    yield
    hooks._unsubscribe_link[:] = before


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


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server that takes everything unless it is told otherwise."""
    with mail_server() as server:
        yield server


@pytest.fixture
def account(business: Business, mail: MailServer) -> ChannelAccount:
    """The account of e-mail, at `mail`."""
    return set_up(mail)


def set_up(server: MailServer, *, secret: str = "") -> ChannelAccount:
    return set_up_account(Channel.EMAIL, name="127.0.0.1", settings=server.settings.model_dump(), secret=secret, at=AT)
