"""What a customer changes by the link of a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mijoz.channels.queries import latest_answers
from mijoz.customers.actions import answer_consent, describe
from mijoz.customers.models import Confirmation, Customer, PortalLink, Preferences, Purpose, SubjectRequest
from mijoz.customers.privacy import actions as privacy
from mijoz.customers.privacy import consent
from mijoz.customers.privacy.texts import Words, refusal

THROUGH = "portal"
BY_CHANNEL = frozenset({Purpose.SERVICE, Purpose.MARKETING})  # the others mean every channel


def answer(customer: Customer, purpose: Purpose, *, granted: bool, channel: str, proof: str, at: datetime) -> bool:
    """Keep the customer's answer for the channel of the link; False when it is what they said before."""
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)  # two clicks at one moment are one answer
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


def choose(
    link: PortalLink, purpose: Purpose, *, channel: str, granted: bool, words: Words, network: str, at: datetime
) -> Confirmation | None:
    """Keep what the customer switched on their own page; what waits to be confirmed is returned.

    The same answer again changes nothing. Raises consent.AskedTooOften.
    """
    customer = link.customer
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        if latest_answers([customer.pk]).consent(customer.pk, purpose, channel) is granted:
            return None
        proof = consent.proof_of(
            words, through=THROUGH, place="preference centre", network=network, proved_address=link.sent_to
        )
        if not granted:
            proof = consent.Proof(
                text=refusal(words),
                text_version=words.version,
                through=THROUGH,
                place="preference centre",
                network=proof.network,
            )
        return consent.take(customer, purpose=purpose, channel=channel, granted=granted, proof=proof, at=at)


def choose_language(customer: Customer, language: str, *, at: datetime) -> None:
    """Write to the customer in this language from now on."""
    describe(customer, by=None, at=at, language=language)


def prefer(customer: Customer, *, at: datetime, **chosen: Any) -> None:
    """Keep how the customer wants to be reached."""
    with transaction.atomic():
        Preferences.objects.update_or_create(customer=customer, defaults={**chosen, "chosen_at": at})
        if chosen.get("language"):
            choose_language(customer, chosen["language"], at=at)


def correct(customer: Customer, *, at: datetime, **told: Any) -> None:
    """Keep what the customer says of themselves; it counts before what systems say."""
    describe(customer, by=None, at=at, **told)


def ask(customer: Customer, kind: str, *, at: datetime) -> None:
    """Erasing is for staff to do; a restriction and an objection hold from this moment on."""
    match kind:
        case SubjectRequest.Kind.RESTRICTION:
            privacy.restrict(customer, by=None, through=THROUGH, at=at)
        case SubjectRequest.Kind.OBJECTION:
            proof = _("Objected on the page of the link")
            privacy.set_objection(customer, objects=True, proof=proof, by=None, through=THROUGH, at=at)
        case SubjectRequest.Kind.ERASURE:
            privacy.ask(customer, kind, through=THROUGH, at=at)


def lift_restriction(customer: Customer, *, at: datetime) -> None:
    privacy.lift_restriction(customer, by=None, through=THROUGH, at=at)
