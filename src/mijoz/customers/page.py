"""What the page of one customer shows of protocol, consent and identities, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mijoz.customers import queries, wording
from mijoz.customers.identity import shown
from mijoz.customers.identity.shown import IdentifierShown
from mijoz.customers.models import Consent, Customer, Protocol


@dataclass(frozen=True, slots=True)
class ProtocolShown:
    set: Protocol
    priority: str
    package: str
    channel: str
    author: str  # a member of staff or a scenario, by name


@dataclass(frozen=True, slots=True)
class Answer:
    granted: bool
    channel: str
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class PurposeShown:
    purpose: str
    label: str
    answers: list[Answer]
    agrees: bool  # to every channel, and no later answer for one channel says otherwise
    refuses: bool


def protocol(customer: Customer) -> ProtocolShown | None:
    """How the customer is served; None when nobody set it."""
    found: Protocol | None = getattr(customer, "protocol", None)
    if found is None:
        return None
    return ProtocolShown(
        set=found,
        priority=wording.priority(found.priority),
        package=str(wording.PACKAGES.get(found.package, found.package)),
        channel=wording.channel(found.preferred_channel),
        author=queries.protocol_author(found.set_by),
    )


def consents(customer: Customer) -> list[PurposeShown]:
    """Every purpose with the present answers."""
    return [
        PurposeShown(
            purpose=purpose.value,
            label=str(purpose.label),
            answers=[_answer(one) for one in answers],
            agrees=bool(answers) and answers[0].channel == "" and all(one.granted for one in answers),
            refuses=bool(answers) and answers[0].channel == "" and not any(one.granted for one in answers),
        )
        for purpose, answers in queries.consents(customer).items()
    ]


def _answer(one: Consent) -> Answer:
    who = one.recorded_by or wording.GIVEN_THROUGH.get(one.given_through, one.given_through)
    return Answer(
        granted=one.granted,
        channel=wording.channel(one.channel) or wording.every_channel(),
        at=one.answered_at,
        how=" · ".join(str(part) for part in (who, one.proof) if part),
    )


def identities(customer: Customer, *, contacts_hidden: bool) -> list[IdentifierShown]:
    return shown.identifiers(list(queries.ownerships(customer)), contacts_hidden=contacts_hidden)
