"""The words to which a customer says yes or no: they are shown, and kept as the proof of the answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mijoz.customers import wording
from mijoz.customers.models import ConsentText, Purpose

BUILT_IN = "mijoz/1"  # the version of the sentences below; a change of them is a new number


@dataclass(frozen=True, slots=True)
class Words:
    """A purpose as it is put to the customer: what it is about, the sentence of who agrees, and its version."""

    title: str
    agreement: str
    version: str


def words_for(purpose: Purpose | str, *, business: str, channel: str) -> Words:
    """In the language of the moment: the latest words that the business wrote, else ours."""
    purpose, language = Purpose(purpose), (get_language() or "uz").split("-")[0]
    written = ConsentText.objects.filter(purpose=purpose, language=language).first()
    told = {"business": business, "channel": wording.channel(channel) or wording.every_channel()}
    if written is None:
        return Words(title_of(purpose), built_in(purpose) % told, f"{purpose}/{language}/{BUILT_IN}")
    text = written.text
    for name, value in told.items():
        text = text.replace(f"{{{name}}}", value)
    return Words(title_of(purpose), text, f"{purpose}/{language}/{written.version}")


def title_of(purpose: Purpose) -> str:
    match purpose:
        case Purpose.MARKETING:
            return _("Offers and news")
        case Purpose.SERVICE:
            return _("Messages about my own orders, bookings and visits")
        case Purpose.PROFILING:
            return _("Offers that fit me, by what I bought before")
        case _:
            return _("Passing my contacts on to partners")


def built_in(purpose: Purpose) -> str:
    """Our own sentence, with %(business)s and %(channel)s still to be filled in."""
    match purpose:
        case Purpose.MARKETING:
            return _("I agree to get offers and news from %(business)s by this channel: %(channel)s.")
        case Purpose.SERVICE:
            return _("I agree to get messages about my orders, bookings and visits from %(business)s.")
        case Purpose.PROFILING:
            return _("I agree that %(business)s looks at my purchases and visits to make fitting offers.")
        case _:
            return _("I agree that %(business)s passes my contacts on to its partners.")


def refusal(words: Words) -> str:
    """The proof of a no given on the page."""
    return _("Said no on the page of the link: %(title)s") % {"title": words.title}
