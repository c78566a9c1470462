"""Links of messages that Telegram says nothing about: they lead through us, and who follows one has opened it."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mijoz.channels.models import Message
from mijoz.channels.reports.report import CLICKED
from mijoz.channels.telegram.compose import link_of, may_be_button

_signer = signing.Signer(salt="mijoz.telegram.click", sep=".")


class NowhereToGo(ValueError):
    """The address was not made here, or its message is not kept any more."""


def outcomes() -> frozenset[str]:
    """What our own addresses can tell of a message: nothing where no customer can open them."""
    return frozenset({CLICKED}) if may_be_button(settings.PUBLIC_URL) else frozenset()


def address_for(message: Message) -> str:
    """The address that stands for the link of the message; "" where that stays as it is."""
    if message.pk is None or message.is_test or not outcomes() or not link_of(message):
        return ""
    return settings.PUBLIC_URL + reverse("channels:telegram_link", args=[_signer.sign(str(message.pk))])


def number_in(token: str) -> int:
    """The message behind the address. Raises NowhereToGo."""
    try:
        return int(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NowhereToGo from error
