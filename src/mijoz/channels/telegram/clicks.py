"""Links of messages that Telegram says nothing about: they lead through us, and who follows one has opened it."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mijoz.channels import queries
from mijoz.channels.models import Message
from mijoz.channels.reports.report import CLICKED
from mijoz.channels.telegram.compose import link_of, may_be_button

OUTCOMES = frozenset({CLICKED})

_signer = signing.Signer(salt="mijoz.telegram.click", sep=".")


class NowhereToGo(ValueError):
    """The address was not made here, or its message is not kept any more."""


def address_for(message: Message) -> str:
    """The address that stands for the link of the message; "" where that stays as it is."""
    if message.pk is None or message.is_test or not queries.links_reach_customers() or not link_of(message):
        return ""
    address = settings.PUBLIC_URL + reverse("channels:telegram_link", args=[_signer.sign(str(message.pk))])
    return address if may_be_button(address) else ""


def number_in(token: str) -> int:
    """The message behind the address. Raises NowhereToGo."""
    try:
        return int(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NowhereToGo from error
