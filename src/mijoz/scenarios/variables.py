"""What a text may use: each variable with its meaning, whether it may be empty, and how personal it is.

How personal counts for the gate: what everybody expects us to know costs nothing, what shows that we remember costs
one, what may feel like being watched costs two. `revealed` in wording.py says what a text shows, `cost` what that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.ui import formats


class Personal(IntEnum):
    """How personal it is to say this to a customer."""

    EXPECTED = 0
    REMEMBERED = 1
    CLOSE = 2

    @property
    def label(self) -> str | Promise:
        return {
            Personal.EXPECTED: _("expected"),
            Personal.REMEMBERED: _("shows that we remember"),
            Personal.CLOSE: _("may feel watched"),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`fact` names what it tells of the customer, "" for what tells nothing; `filters` are those that suit it."""

    meaning: str | Promise
    group: str
    fact: str = ""
    personal: Personal = Personal.EXPECTED
    may_be_empty: bool = False
    filters: tuple[str, ...] = ()


GROUPS: dict[str, str | Promise] = {
    "customer": _("The customer"),
    "visit": _("The last visit"),
    "booking": _("The booking"),
    "loyalty": pgettext_lazy("group of variables", "Points and tier"),
    "offer": _("The offer"),
    "business": _("Your business"),
}
DAY, MOMENT, NUMBER, MONEY = ("day", "weekday"), ("day", "weekday", "time", "moment"), ("number",), ("money", "number")
REMEMBERED, CLOSE = Personal.REMEMBERED, Personal.CLOSE


def _of_customer(meaning: str | Promise, fact: str, personal: Personal, *filters: str, group: str) -> Variable:
    return Variable(
        meaning=meaning, group=group, fact=fact, personal=personal, may_be_empty=True, filters=tuple(filters)
    )


VARIABLES: dict[str, Variable] = {
    "greeting": Variable(meaning=_("a greeting, with the first name when it is known"), group="customer", fact="name"),
    "customer.first_name": _of_customer(
        _("the customer's first name, may be empty"), "name", Personal.EXPECTED, group="customer"
    ),
    "customer.name": _of_customer(
        _("the customer's whole name, may be empty"), "name", Personal.EXPECTED, group="customer"
    ),
    "customer.favourite_service": _of_customer(
        _("what the customer buys most often, may be empty"), "favourite_service", REMEMBERED, group="customer"
    ),
    "customer.purchases": _of_customer(
        _("how many times the customer has bought"), "purchases", REMEMBERED, *NUMBER, group="customer"
    ),
    "customer.spent": _of_customer(
        _("what the customer has spent with you in all"), "spent", CLOSE, *MONEY, group="customer"
    ),
    "customer.birthday": _of_customer(_("day and month of birth"), "birthday", CLOSE, group="customer"),
    "customer.days_away": _of_customer(
        _("days since the last purchase"), "days_away", CLOSE, *NUMBER, group="customer"
    ),
    "visit.on": _of_customer(_("the day of the last visit"), "last_visit", REMEMBERED, *DAY, group="visit"),
    "visit.service": _of_customer(
        _("what the customer had on the last visit"), "last_visit", REMEMBERED, group="visit"
    ),
    "visit.branch": _of_customer(_("the branch of the last visit"), "branch", REMEMBERED, group="visit"),
    "visit.staff": _of_customer(_("who served the customer then"), "staff_member", REMEMBERED, group="visit"),
    "booking.at": _of_customer(
        _("day and time for which the customer is booked"), "booking", Personal.EXPECTED, *MOMENT, group="booking"
    ),
    "booking.service": _of_customer(_("what is booked"), "booking", Personal.EXPECTED, group="booking"),
    "booking.branch": _of_customer(_("the branch of the booking"), "booking", Personal.EXPECTED, group="booking"),
    "booking.staff": _of_customer(_("who will serve the customer"), "booking", Personal.EXPECTED, group="booking"),
    "booking.number": _of_customer(_("the number of the booking"), "booking", Personal.EXPECTED, group="booking"),
    "loyalty.points": _of_customer(
        _("points that can be spent now"), "points", Personal.EXPECTED, *NUMBER, group="loyalty"
    ),
    "loyalty.tier": _of_customer(_("the tier"), "tier", Personal.EXPECTED, group="loyalty"),
    "offer.name": Variable(meaning=_("the name of the offer made before this message"), group="offer"),
    "offer.discount": Variable(meaning=_("its discount, such as 10 %"), group="offer"),
    "offer.gift": Variable(meaning=_("its gift"), group="offer"),
    "offer.until": Variable(meaning=_("the last day of the offer"), group="offer", filters=DAY),
    "offer.code": _of_customer(_("the customer's own code for it"), "", Personal.EXPECTED, group="offer"),
    "business.name": Variable(meaning=_("the name of your business"), group="business"),
}
FACTS: dict[str, str | Promise] = {
    "name": _("their name"),
    "favourite_service": _("what they buy most often"),
    "purchases": _("how often they came"),
    "spent": _("what they spent"),
    "birthday": _("their birthday"),
    "days_away": _("how long they were away"),
    "last_visit": _("their last visit"),
    "branch": _("the branch where they go"),
    "staff_member": _("who serves them"),
    "booking": _("their booking"),
    "points": _("their points"),
    "tier": _("their tier"),
}


def grouped() -> list[tuple[str | Promise, list[tuple[str, Variable]]]]:
    """The variables under the names of their groups, as an editor offers them."""
    return [
        (label, [(name, each) for name, each in VARIABLES.items() if each.group == group])
        for group, label in GROUPS.items()
    ]


def personal(fact: str) -> Personal:
    """How personal this fact is; of one that no variable shows, not at all."""
    return max((each.personal for each in VARIABLES.values() if each.fact == fact), default=Personal.EXPECTED)


def cost(facts: Iterable[str]) -> int:
    """What it costs to show these facts together: the sum of how personal each is."""
    return sum(int(personal(fact)) for fact in set(facts))


class Shown(str):
    """A value as people read it, with the value itself for the filters."""

    raw: Any

    def __new__(cls, text: str, raw: Any) -> Shown:
        made = super().__new__(cls, text)
        made.raw = raw
        return made


def shown(value: Any, as_text: Callable[[Any], str]) -> Shown | None:
    """The value to be put into a text; None when there is none, which Liquid takes for nothing."""
    return None if value is None else Shown(as_text(value), value)


def shown_day(value: date | None) -> Shown | None:
    return shown(value, formats.day)


def shown_moment(value: datetime | None) -> Shown | None:
    return shown(value, formats.moment)
