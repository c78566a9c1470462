"""What channels add to the customer page: the messages to the customer."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest

from mijoz.business.models import Role
from mijoz.business.requests import StaffRequest
from mijoz.channels import queries
from mijoz.channels.models import Channel, Reason
from mijoz.channels.shown import shown_address, shown_messages
from mijoz.customers import contacts
from mijoz.customers.models import Customer

MESSAGES_SHOWN = 8
MAY_OPEN = frozenset({Role.OWNER, Role.MANAGER, Role.MARKETER, Role.ANALYST})


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """The latest messages to the customer, linked for who may open the outbox."""
    role = cast(StaffRequest, request).staff.role
    found = queries.customer_messages(customer.pk, limit=MESSAGES_SHOWN + 1)
    for message in found:
        message.customer = customer
    return {
        "came_back": _came_back(customer, hidden=contacts.hidden_from(role)),
        "rows": shown_messages(found[:MESSAGES_SHOWN], role=role),
        "has_more": len(found) > MESSAGES_SHOWN,
        "may_open": role in MAY_OPEN,
    }


def _came_back(customer: Customer, *, hidden: bool) -> list[str]:
    """The addresses of the customer, as the role sees them, from which messages came back for good."""
    own = {Channel.EMAIL: customer.email, Channel.SMS: customer.phone}
    return [
        shown_address(channel, address, hidden=hidden)
        for channel, address in own.items()
        if address and queries.unusable([address], channel)
    ]


def reasons(keys: set[str]) -> dict[str, str]:
    """Why a message was stopped or failed, in words."""
    return {reason.value: str(reason.label) for reason in Reason if reason.value in keys}
