"""What the translation of messages must know of the source that sent them."""

from __future__ import annotations

from dataclasses import dataclass

from mijoz.business.queries import business
from mijoz.events.models import Source


@dataclass(frozen=True, slots=True)
class Sender:
    """A source by its name, and what is taken from it."""

    name: str
    currency: str = ""  # of amounts that name none
    may_be_nobodys: bool = False  # a till sells to people whom nobody knows
    may_answer_consent: bool = True  # a public web page may not speak for a person


def sender_of(source: Source) -> Sender:
    return Sender(
        name=source.name,
        currency=business().currency,
        may_be_nobodys=source.kind == Source.Kind.WEBHOOK,
        may_answer_consent=source.kind != Source.Kind.SITE,
    )
