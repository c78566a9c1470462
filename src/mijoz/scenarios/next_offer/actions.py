"""What changes offers: what customers said to them, what staff say of services, and asking for a new model."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios.next_offer.models import OfferedService

TAKEN, REFUSED = "offer_taken", "offer_refused"


def answer(customer: Customer, service: str, *, wants_it: bool, by: StaffMember, at: datetime) -> None:
    """Write down what the customer said to an offer of this service. Said again on one day it is one answer."""
    type_ = TAKEN if wants_it else REFUSED
    record(
        [
            NewEvent(
                message_id=f"{type_}/{customer.pk}/{at.date()}/{service}"[:200],
                type=type_,
                identity=event_identity(customer),
                occurred_at=at,
                item=service,
                payload={"by": by.email},
            )
        ]
    )


def describe(name: str, *, is_offered: bool | None, may_come_again: bool | None) -> OfferedService:
    """Say of a service whether it can be had and may be offered again; None leaves it to what is sold."""
    with transaction.atomic():
        service, _made = OfferedService.objects.get_or_create(name=name)
        service.is_offered, service.may_come_again = is_offered, may_come_again
        service.save()
    return service


def ask() -> None:
    """Ask a worker for a new model; one that waits already is enough."""
    try:
        with transaction.atomic():
            app.configure_task("next_offer.learn", queueing_lock="next_offer.learn", lock="next_offer").defer()
    except AlreadyEnqueued:
        return
