"""What a customer sees of their own consent."""

from __future__ import annotations

from dataclasses import dataclass

from mijoz.channels.queries import latest_answers
from mijoz.customers.models import Customer, Purpose


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
