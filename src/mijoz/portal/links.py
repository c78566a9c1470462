"""The signed links by which a customer opens a page of their own without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mijoz.channels.models import Channel
from mijoz.customers.models import Customer
from mijoz.customers.privacy import links as pages

_signer = signing.Signer(salt="mijoz.portal.consent", sep=".")


class LinkBroken(ValueError):
    """The link was not made here, or was damaged on its way."""


@dataclass(frozen=True, slots=True)
class Link:
    """Whose page it is, and by which channel the link came."""

    customer_id: int
    channel: str


def token_for(customer_id: int, channel: str) -> str:
    """The signed part of the link; it never runs out, since nobody knows when a mail is read."""
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
    try:
        number, _dash, channel = _signer.unsign(token).partition("-")
    except signing.BadSignature as error:
        raise LinkBroken(token) from error
    if channel not in Channel.values:
        raise LinkBroken(token)
    return Link(int(number), channel)
