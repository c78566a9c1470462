"""What a customer changes by the link of a message."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mijoz.channels.queries import latest_answers
from mijoz.customers.actions import answer_consent, describe
from mijoz.customers.models import Customer, Purpose

THROUGH = "portal"
BY_CHANNEL = frozenset({Purpose.SERVICE, Purpose.MARKETING})  # the others mean every channel


def answer(customer: Customer, purpose: Purpose, *, granted: bool, channel: str, proof: str, at: datetime) -> bool:
    """Keep the customer's answer for the channel of the link; False when it is what they said before."""
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)  # two clicks at one moment are one answer
        if latest_answers([customer.pk]).consent(customer.pk, purpose, channel) is granted:
            return False
        answer_consent(
            customer,
            purpose=purpose,
            granted=granted,
            channel=channel if purpose in BY_CHANNEL else "",
            proof=proof,
            through=THROUGH,
            at=at,
        )
    return True


def choose_language(customer: Customer, language: str, *, at: datetime) -> None:
    """Write to the customer in this language from now on."""
    describe(customer, by=None, at=at, language=language)
