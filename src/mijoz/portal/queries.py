"""What a customer sees of their own consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mijoz.channels.queries import Answers, latest_answers
from mijoz.customers import wording
from mijoz.customers.models import Customer, Ownership, Purpose, SubjectRequest
from mijoz.customers.privacy import consent, texts
from mijoz.customers.privacy.texts import Words
from mijoz.customers.queries import whole

ICONS = {Purpose.MARKETING: "mail", Purpose.SERVICE: "bell", Purpose.PROFILING: "sparkles", Purpose.SHARING: "share"}


@dataclass(frozen=True, slots=True)
class Standing:
    """The customer's answers as they hold for one channel; None where there is none.

    `others` are the purposes besides marketing about which the customer has answered something.
    """

    marketing: bool | None
    others: list[tuple[Purpose, bool]]


def standing(customer: Customer, channel: str) -> Standing:
    answers = latest_answers([customer.pk])
    others = [
        (purpose, answer)
        for purpose in (Purpose.SERVICE, Purpose.PROFILING, Purpose.SHARING)
        if (answer := answers.consent(customer.pk, purpose, channel)) is not None
    ]
    return Standing(answers.consent(customer.pk, Purpose.MARKETING, channel), others)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a customer can switch on and off: a purpose, by one channel or by all."""

    purpose: str
    channel: str
    label: str  # the channel where there are several, else ""
    granted: bool
    answered: bool
    waits: bool  # a letter was sent to confirm it
    words: Words


@dataclass(frozen=True, slots=True)
class PurposeChoices:
    title: str
    icon: str
    choices: list[Choice]


def choices(customer: Customer, *, business: str, at: datetime) -> list[PurposeChoices]:
    """Every purpose with what can be switched; marketing by each channel by which the customer can be reached."""
    answers, waiting = latest_answers([customer.pk]), consent.waiting(customer, at=at)
    found = []
    for purpose in (Purpose.MARKETING, Purpose.PROFILING, Purpose.SHARING, Purpose.SERVICE):
        channels = reachable_by(customer) if purpose == Purpose.MARKETING else [""]
        listed = [
            _choice(customer, purpose, channel, answers=answers, waits=(purpose, channel) in waiting, business=business)
            for channel in channels
        ]
        found.append(PurposeChoices(texts.title_of(purpose), ICONS[purpose], listed))
    return found


def _choice(
    customer: Customer, purpose: Purpose, channel: str, *, answers: Answers, waits: bool, business: str
) -> Choice:
    answer = answers.consent(customer.pk, purpose, channel)
    return Choice(
        purpose=purpose.value,
        channel=channel,
        label=wording.channel(channel),
        granted=answer is True,
        answered=answer is not None,
        waits=waits and answer is not True,
        words=texts.words_for(purpose, business=business, channel=channel),
    )


def reachable_by(customer: Customer) -> list[str]:
    """The channels by which this customer can be reached, as their contacts and identities say."""
    owned = Ownership.objects.filter(customer=customer)
    kinds = set(owned.values_list("identity__kind", flat=True))
    ways = {
        "email": bool(customer.email),
        "sms": bool(customer.phone),
        "telegram": "telegram" in kinds,
        "phone": bool(customer.phone),
    }
    return [channel for channel, can in ways.items() if can] or ["email"]


def requests(customer: Customer) -> list[SubjectRequest]:
    """What the person asked of us and is not settled, or was refused, latest first."""
    return list(
        SubjectRequest.objects.filter(customer_number__in=whole(customer), done_at=None).order_by("-asked_at")[:10]
    )
