"""The signed links by which a customer opens a page of their own without signing in."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from mijoz.channels.models import Channel
from mijoz.customers.models import Customer
from mijoz.customers.privacy import links as pages

_signer = signing.Signer(salt="mijoz.portal.consent", sep=".")


SHORT = re.compile(r"([0-9a-z]{1,12})-([A-Za-z0-9_-]{12})")


class LinkBroken(ValueError):
    """The link was not made here, or was damaged on its way."""


@dataclass(frozen=True, slots=True)
class Link:
    """Whose page it is, and by which channel the link came."""

    customer_id: int
    channel: str


def token_for(customer_id: int, channel: str) -> str:
    """The signed part of the link; it never runs out, since nobody knows when a mail is read.

    Where each letter costs it is short: its 72 bits are still more than anybody can try out.
    """
    if channel == Channel.SMS:
        return f"{int_to_base36(customer_id)}-{_short_seal(customer_id)}"
    return _signer.sign(f"{customer_id}-{channel}")


def address_for(customer_id: int, channel: str) -> str:
    """The whole address, as it stands in a message."""
    return settings.PUBLIC_URL + reverse("portal:consent", args=[token_for(customer_id, channel)])


def own_page(customer_id: int, channel: str, address: str, at: datetime) -> str:
    """The link to the customer's own page for a message to this address: whoever opens it has shown to own it."""
    link = pages.link_for(Customer(pk=customer_id), at=at, channel=channel, sent_to=address)
    return pages.address_of(link)


def read(token: str) -> Link:
    """Raises LinkBroken."""
    if short := SHORT.fullmatch(token):
        customer = base36_to_int(short[1])
        if not hmac.compare_digest(_short_seal(customer), short[2]):
            raise LinkBroken(token)
        return Link(customer, Channel.SMS.value)
    try:
        number, _dash, channel = _signer.unsign(token).partition("-")
    except signing.BadSignature as error:
        raise LinkBroken(token) from error
    if channel not in Channel.values:
        raise LinkBroken(token)
    return Link(int(number), channel)


def _short_seal(customer_id: int) -> str:
    """Nine bytes of a signature, as twelve letters."""
    digest = salted_hmac("mijoz.portal.sms", str(customer_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()
