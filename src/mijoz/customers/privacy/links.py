"""The signed links by which a customer opens their own pages without signing in: random, ending, revocable."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mijoz.business.models import StaffMember
from mijoz.customers.models import Confirmation, Customer, PortalLink
from mijoz.customers.queries import root_of

LIVES_FOR = timedelta(days=90)
USED_AGAIN_FOR = timedelta(days=60)  # how long one link goes into further messages to the same address
NOTED_AFTER = timedelta(minutes=5)

_pages = signing.Signer(salt="mijoz.portal.page", sep=".")
_confirmations = signing.Signer(salt="mijoz.portal.confirmation", sep=".")


class LinkBroken(ValueError):
    """The link was not made here, or was damaged on its way."""


class LinkOld(ValueError):
    """The link was good once: it has ended, was taken back, or leads to somebody who was erased."""


def link_for(
    customer: Customer, *, at: datetime, channel: str = "", sent_to: str = "", by: StaffMember | None = None
) -> PortalLink:
    """A link to this customer's pages; one that went to the same address lately is used again."""
    known = PortalLink.objects.filter(
        customer=customer, channel=channel, sent_to=sent_to, revoked_at=None, made_at__gt=at - USED_AGAIN_FOR
    ).filter(made_by=by)
    return known.first() or PortalLink.objects.create(
        customer=customer, channel=channel, sent_to=sent_to, made_by=by, made_at=at, expires_at=at + LIVES_FOR
    )


def address_of(link: PortalLink) -> str:
    """The whole address, as it stands in a message."""
    return settings.PUBLIC_URL + reverse("portal:home", args=[token_of(link)])


def token_of(link: PortalLink) -> str:
    return _pages.sign(link.pk.hex)


def open_link(token: str, *, at: datetime) -> PortalLink:
    """The link behind the token, with the customer it leads to now. Raises LinkBroken and LinkOld."""
    number = _number(_pages, token)
    link = PortalLink.objects.select_related("customer").filter(pk=number).first()
    if link is None or link.revoked_at or at >= link.expires_at:
        raise LinkOld(token)
    root = root_of([link.customer_id]).get(link.customer_id, link.customer_id)
    if root != link.customer_id:
        link.customer = Customer.objects.get(pk=root)
    if link.customer.erased_at:
        raise LinkOld(token)
    if link.opened_at is None or at - link.opened_at > NOTED_AFTER:
        PortalLink.objects.filter(pk=link.pk).update(opened_at=at)
    return link


def revoke(customers: list[int], *, at: datetime) -> int:
    """Take back every link to these customers; returns how many still worked."""
    return PortalLink.objects.filter(customer__in=customers, revoked_at=None, expires_at__gt=at).update(revoked_at=at)


def confirmation_address(confirmation: Confirmation) -> str:
    return settings.PUBLIC_URL + reverse("portal:confirm", args=[_confirmations.sign(confirmation.pk.hex)])


def confirmation_behind(token: str, *, at: datetime) -> Confirmation:
    """What the token confirms. Raises LinkBroken, and LinkOld for one that ended or was confirmed before."""
    found = Confirmation.objects.select_related("customer").filter(pk=_number(_confirmations, token)).first()
    if found is None or at >= found.expires_at:
        raise LinkOld(token)
    return found


def _number(signer: signing.Signer, token: str) -> uuid.UUID:
    try:
        return uuid.UUID(signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken(token) from error
