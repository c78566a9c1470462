"""Giving an offer to many, and telling the log of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty.actions.granting import grant
from mijoz.loyalty.models import Offer
from mijoz.segments.models import Membership


def give_to_segment(offer: Offer, segment: str, *, valid_until: datetime | None, by: StaffMember, at: datetime) -> int:
    """Give the offer to everybody in the segment now who may be served by what we know; returns how many have it.

    Given twice on one day it is given once.
    """
    members = Membership.objects.filter(
        segment__key=segment, left_at=None, customer__erased_at=None, customer__restricted_at=None
    ).values_list("customer_id", flat=True)
    return give(offer, list(members), origin=f"segment:{segment}/{at:%Y-%m-%d}", valid_until=valid_until, by=by, at=at)


def give(
    offer: Offer,
    customers: list[int],
    *,
    origin: str,
    valid_until: datetime | None = None,
    by: StaffMember | None = None,
    at: datetime,
) -> int:
    """Give the offer to these customers and write it to the log, once by `origin`; returns how many have it."""
    with transaction.atomic():
        given = grant(offer.key, customers, origin=origin, valid_until=valid_until, at=at)
        record(
            [
                NewEvent(
                    message_id=f"offer_made/grant/{one.grant_id}",
                    type="offer_made",
                    identity=event_identity(Customer(pk=customer)),
                    occurred_at=at,
                    payload={"offer": offer.name, "by": by.email if by else "", "key": offer.key},
                )
                for customer, one in given.items()
            ]
        )
    return len({one.grant_id for one in given.values()})
