"""The words to which a customer says yes or no: they are shown, and kept as the proof of the answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose

ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class Words:
    """A purpose as it is put to the customer: what it is about, and the sentence of who agrees."""

    title: str
    agreement: str


def words_for(purpose: Purpose, *, business: str, channel: str) -> Words:
    """In the language of the moment."""
    told = {"business": business, "channel": Channel(channel).label}
    match purpose:
        case Purpose.MARKETING:
            return Words(
                _("Offers and news"),
                _("I agree to get offers and news from %(business)s by this channel: %(channel)s.") % told,
            )
        case Purpose.SERVICE:
            return Words(
                _("Messages about my own orders, bookings and visits"),
                _("I agree to get messages about my orders, bookings and visits from %(business)s.") % told,
            )
        case Purpose.PROFILING:
            return Words(
                _("Offers that fit me, by what I bought before"),
                _("I agree that %(business)s looks at my purchases and visits to make fitting offers.") % told,
            )
        case _:
            return Words(
                _("Passing my contacts on to partners"),
                _("I agree that %(business)s passes my contacts on to its partners.") % told,
            )


def refusal(words: Words) -> str:
    """The proof of a no given on the page."""
    return _("Said no on the page of the link: %(title)s") % {"title": words.title}
