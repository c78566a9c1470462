"""Messages of scenarios as customers read them, each in the customer's own language."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from mijoz.business.models import Business
from mijoz.customers.models import Customer
from mijoz.scenarios import wording
from mijoz.scenarios.definition import Message, Offer
from mijoz.scenarios.wording import Words


class Known(NamedTuple):
    """What a message may say of a customer."""

    first_name: str
    last_name: str
    language: str
    favourite_services: list[str] | None


def known_of(customers: Collection[int]) -> dict[int, Known]:
    """What messages may say of these customers, by their id; one statement."""
    columns = ("pk", "first_name", "last_name", "language", "profile__favourite_services")
    return {pk: Known(*facts) for pk, *facts in Customer.objects.filter(pk__in=customers).values_list(*columns)}


class Writer:
    """Writes one message step for many customers; what is the same for several of them is made once."""

    def __init__(self, step: Message, *, offer: Offer | None, business: Business) -> None:
        self._step, self._offer, self._business = step, offer, business
        self._offers: dict[tuple[str, date | None], Words] = {}
        self._rendered: dict[tuple[str | None, ...], str] = {}

    def write(self, known: Known, *, until: date | None) -> tuple[str, str, str]:
        """Language, subject and text for one customer; `until` is the last day of their offer."""
        language = self._language_for(known)
        words = wording.words_for(
            language=language,
            first_name=known.first_name,
            name=f"{known.first_name} {known.last_name}".strip(),
            favourite_service=(known.favourite_services or [""])[0],
            business=self._business.name,
            offer=self._offer_words(language, until),
        )
        subject, text = self._step.subjects[language], self._step.texts[language]
        return language, self._render(subject, words), self._render(text, words)

    def _language_for(self, known: Known) -> str:
        """The customer's, else the business's, else any in which both subject and text are written."""
        written = [code for code in self._step.texts if code in self._step.subjects]
        wanted = (code for code in (known.language, self._business.language) if code in written)
        return next(wanted, written[0])

    def _offer_words(self, language: str, until: date | None) -> Words:
        if (language, until) not in self._offers:
            offer = self._offer.words(language, self._business.language, until=until) if self._offer else None
            self._offers[language, until] = wording.offer_words(offer, language)
        return self._offers[language, until]

    def _render(self, text: str, words: Words) -> str:
        key = (text, *(words[name] for name in wording.used_in(text)))
        if key not in self._rendered:
            self._rendered[key] = wording.render(text, words)
        return self._rendered[key]
