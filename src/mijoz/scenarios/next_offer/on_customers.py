"""What next offers add to the customer page: what to offer now, why, and a button for what the customer said."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.customers import hooks
from mijoz.customers.models import Customer
from mijoz.scenarios.next_offer.suggesting import offers_for

SHOWN = 3
SERVES = frozenset(
    {Role.OWNER, Role.MANAGER, Role.MARKETER, Role.FRONT_OFFICE, Role.OPERATOR, Role.SERVICE_MASTER}
)  # fmt: skip


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """The best offers for the customer; None before the first model."""
    offers = offers_for([customer.pk], timezone.now(), top=SHOWN).get(customer.pk, [])
    return {"offers": offers} if offers else None


def connect() -> None:
    """Register it with the customer page."""
    hooks.register_panel(
        hooks.Panel(
            key="next_offer", template="next_offer/_customer_panel.html", context=panel, order=15, roles=SERVES
        )
    )  # fmt: skip
