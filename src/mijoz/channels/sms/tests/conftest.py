"""A business that writes SMS by a stub of Eskiz."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mijoz.business.models import Business
from mijoz.channels.actions import set_up_account
from mijoz.channels.models import Channel, ChannelAccount
from mijoz.channels.sms.settings import SmsSettings
from mijoz.channels.sms.tests.stub import StubEskiz, stub_eskiz
from mijoz.channels.tests.conftest import AT, agreed, business, mail, unsubscribing
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose

__all__ = ["agreed", "business", "mail", "unsubscribing"]

ByPhone = Callable[..., Customer]


@pytest.fixture
def eskiz() -> Iterator[StubEskiz]:
    with stub_eskiz() as stub:
        yield stub


@pytest.fixture
def sms(business: Business, eskiz: StubEskiz) -> ChannelAccount:
    """The account of SMS, at `eskiz`."""
    return set_up_sms(eskiz)


def set_up_sms(stub: StubEskiz, **changed: Any) -> ChannelAccount:
    settings = SmsSettings(**{"user": stub.user, "sender": "Choyxona", "part_price": "95", **changed})
    return set_up_account(
        Channel.SMS, name="Choyxona · Eskiz.uz", settings=settings.model_dump(mode="json"), secret=stub.code, at=AT
    )


@pytest.fixture
def by_phone(business: Business) -> ByPhone:
    """by_phone("+998901234567") is a customer with this number who agreed to marketing by every channel."""

    def customer(phone: str, *, agrees: bool = True, **traits: Any) -> Customer:
        told = customers.add_customer(by=None, at=AT, phone=phone, **{"language": "uz", **traits})
        if agrees:
            customers.answer_consent(
                told, purpose=Purpose.MARKETING, granted=True, proof="asked at the till", through="staff", at=AT
            )
        return told

    return customer
