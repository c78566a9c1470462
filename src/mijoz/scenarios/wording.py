"""Texts with variables, in Liquid: checked when they are written, rendered for a customer when they are sent.

Only the variables of variables.py can be used, only to be shown or asked for with `if`; there are no loops and nothing
that reads or includes anything else. A text that was accepted here renders for every customer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment, Mode, StrictUndefined
from liquid.exceptions import LiquidError

from mijoz.scenarios.variables import VARIABLES, Shown, shown_day
from mijoz.ui import formats

TAGS = frozenset({"if", "unless"})
TOO_CLEVER = re.compile(r"\{%[^%]*([<>]|\bcontains\b)")
GREETINGS = {
    "uz": ("Assalomu alaykum, {name}!", "Assalomu alaykum!"),
    "ru": ("Здравствуйте, {name}!", "Здравствуйте!"),
    "en": ("Hello {name},", "Hello,"),
}
LONGEST_NAME = 60
Words = dict[str, str | None]  # by the names of VARIABLES


def _default(value: object, otherwise: object = "", *_surplus: object, **_named: object) -> object:
    return value or otherwise


def _raw(value: object) -> Any:
    return value.raw if isinstance(value, Shown) else value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _day(value: object, *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    return formats.day(raw) if isinstance(raw, date) else _text(value)


def _weekday(value: object, *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    if not isinstance(raw, date):
        return _text(value)
    local = timezone.localtime(raw) if isinstance(raw, datetime) and timezone.is_aware(raw) else raw
    name = str(WEEKDAYS[local.weekday()])
    return name if translation.get_language() == "en" else name.lower()


def _time(value: object, *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    if not isinstance(raw, datetime):
        return _text(value)
    return f"{timezone.localtime(raw) if timezone.is_aware(raw) else raw:%H:%M}"


def _moment(value: object, *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    return formats.moment(raw) if isinstance(raw, datetime) else _day(value)


def _number(value: object, *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    return formats.number(raw) if isinstance(raw, int | float | Decimal) else _text(value)


def _money(value: object, currency: object = "", *_surplus: object, **_named: object) -> str:
    raw = _raw(value)
    if not isinstance(raw, int | float | Decimal):
        return _text(value)
    return formats.money(raw, str(currency)) if currency else _text(value)


# Forgiving ones: whatever else a writer passes to them, a message that was accepted must not fail at sending.
FILTERS: dict[str, Callable[..., object]] = {
    "default": _default,
    "capitalize": lambda value, *_, **__: str(value or "").capitalize(),
    "upcase": lambda value, *_, **__: str(value or "").upper(),
    "downcase": lambda value, *_, **__: str(value or "").lower(),
    "strip": lambda value, *_, **__: str(value or "").strip(),
    "day": _day,
    "weekday": _weekday,
    "time": _time,
    "moment": _moment,
    "number": _number,
    "money": _money,
}

UNSPEAKABLE = re.compile(r"[^\w\s'’‘ʻʼ`.-]|[\d_]")


class _Liquid(Environment):
    block_nesting_limit = 5
    output_stream_limit = 20_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        kept = TAGS | {"content", "output", "illegal"}  # the library's own names for what stands around tags
        self.tags = {name: tag for name, tag in self.tags.items() if name in kept}
        self.filters = dict(FILTERS)


_liquid = _Liquid(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """An offer as a text speaks of it, in one language."""

    name: str
    discount: float | None = None
    gift: str = ""
    until: date | None = None
    code: str = ""  # the customer's own


# Stands for an offer of which only the customer's turn will tell what it gives.
ANY_OFFER = OfferWords(name="…", discount=0.1, gift="…", until=date.min)


def problems(text: str, *, offer: OfferWords | None = None) -> list[str]:
    """What is wrong with a text, in sentences; `offer` is the one made before it, in any language."""
    if text.count("{{") != text.count("}}") or text.count("{%") != text.count("%}"):
        return [
            _("A brace is missing: a variable is written {{ greeting }}, a condition {% if offer.gift %}…{% endif %}.")
        ]
    if TOO_CLEVER.search(text):
        return [_("A condition can ask whether something is there or compare with == and !=, and nothing else.")]
    try:
        found = _liquid.from_string(text).analyze(include_partials=False)
    except LiquidError as error:
        return [_("The text cannot be read as a template: %(error)s.") % {"error": str(error.message).rstrip(".")}]
    used = dict.fromkeys(str(variable) for variables in found.globals.values() for variable in variables)
    wrong = [_unknown(name) for name in used if name not in VARIABLES]
    wrong += [
        _("There is no filter “%(name)s”. You can use: %(allowed)s.") % {"name": name, "allowed": ", ".join(FILTERS)}
        for name in found.filters
        if name not in FILTERS
    ]
    if wrong:
        return wrong
    wrong = list(
        _offer_problems([name for name in used if name.startswith("offer.") and name != "offer.code"], text, offer)
    )
    if not wrong and text.strip() and not render(text, STRANGER | offer_words(offer, "en"), language="en"):
        wrong.append(_("For a customer of whom we know nothing this text is empty. Write something outside of the if."))
    return wrong


def render(text: str, words: Words, *, language: str = "") -> str:
    """The text with what the variables hold; filters write days and numbers as people of this language do."""
    nested: dict[str, Any] = {}
    for name, value in words.items():
        inner, _dot, last = name.rpartition(".")
        (nested.setdefault(inner, {}) if inner else nested)[last] = value
    if not language:
        return _parsed(text).render(**nested).strip()
    with translation.override(language):
        return _parsed(text).render(**nested).strip()


@lru_cache(maxsize=512)
def used_in(text: str) -> tuple[str, ...]:
    """The variables of a text that was accepted: two customers for whom they hold the same read the same."""
    found = _parsed(text).analyze(include_partials=False).globals.values()
    return tuple(dict.fromkeys(str(variable) for variables in found for variable in variables))


def revealed(*texts: str) -> frozenset[str]:
    """Which facts about a customer these texts show, by the names of variables.FACTS; `variables.cost` weighs them.

    What only stands in a condition counts as well: whether a sentence is there tells it too.
    """
    return frozenset(
        fact for text in texts for name in used_in(text) if name in VARIABLES and (fact := VARIABLES[name].fact)
    )


def advice(text: str) -> list[str]:
    """What a writer should think of in a text that is right otherwise: variables that may be empty and unguarded."""
    bare = [
        name
        for name in used_in(text)
        if VARIABLES[name].may_be_empty and not re.search(rf"(if|unless|and|or)\s+{re.escape(name)}\b", text)
    ]
    return [
        _("“%(name)s” may be empty: ask for it with {%% if %(name)s %%}…{%% endif %%}, or give a default.")
        % {"name": name}
        for name in bare
        if not re.search(rf"{re.escape(name)}[^}}]*\|\s*default", text)
    ]


def words_for(
    *,
    language: str,
    first_name: str,
    name: str,
    favourite_service: str,
    business: str,
    offer: Words,
    more: Words | None = None,
) -> Words:
    """What the variables hold for one customer, in one language; `offer` as made by `offer_words`.

    `more` are the further variables as they are known; those that it leaves out hold nothing.
    """
    spoken = speakable(first_name)
    with_name, without = GREETINGS[language]
    return {
        **STRANGER,
        "greeting": with_name.format(name=spoken) if spoken else without,
        "customer.first_name": spoken or None,
        "customer.name": speakable(name) or None,
        "customer.favourite_service": " ".join(favourite_service.split())[:LONGEST_NAME] or None,
        "business.name": business,
        **(more or {}),
        **offer,
    }


def illustrate(text: str, offer: OfferWords | None, *, language: str) -> str:
    """The text for no customer in particular: what differs from one to the next stands in brackets."""
    known = offer_words(offer, language)
    with translation.override(language):
        words: Words = {
            "greeting": GREETINGS[language][0].format(name=_("[first name]")),
            "customer.first_name": _("[first name]"),
            "customer.name": _("[name]"),
            "customer.favourite_service": _("[favourite service]"),
            "customer.purchases": _("[purchases]"),
            "customer.spent": _("[amount]"),
            "customer.birthday": _("[birthday]"),
            "customer.days_away": _("[days]"),
            "visit.on": _("[day of the visit]"),
            "visit.service": _("[service]"),
            "visit.branch": _("[branch]"),
            "visit.staff": _("[who served]"),
            "booking.at": _("[day and time]"),
            "booking.service": _("[service]"),
            "booking.branch": _("[branch]"),
            "booking.staff": _("[who will serve]"),
            "booking.number": _("[number]"),
            "loyalty.points": _("[points]"),
            "loyalty.tier": _("[tier]"),
            "business.name": _("[your business]"),
            **known,
            "offer.until": _("[last day]"),
            "offer.code": _("[code]"),
        }
    return render(text, words, language=language)


# A customer of whom nothing is known.
STRANGER: Words = dict.fromkeys(VARIABLES) | {"greeting": "…", "business.name": "…"}


def day_of_year(birth_on: date) -> str:
    """Day and month, in the language that is active: 5 March, 5 mart, 5 марта."""
    return date_format(birth_on, "j F" if translation.get_language() in ("en", "uz") else "j E")


def speakable(name: str) -> str:
    """A name as one would say it; "" for what is none, such as an address that somebody typed instead."""
    plain = " ".join(name.split())
    return "" if len(plain) > LONGEST_NAME or UNSPEAKABLE.search(plain) or "www." in plain.lower() else plain


def offer_words(offer: OfferWords | None, language: str) -> Words:
    """What the variables of an offer hold; None for what it has not: Liquid takes an empty text for something."""
    if offer is None:
        return {"offer.name": None, "offer.discount": None, "offer.gift": None, "offer.until": None, "offer.code": None}
    with translation.override(language):
        return {
            "offer.name": offer.name,
            "offer.discount": formats.share(offer.discount, 0) if offer.discount is not None else None,
            "offer.gift": offer.gift or None,
            "offer.until": shown_day(offer.until),
            "offer.code": offer.code or None,
        }


def _offer_problems(used: list[str], text: str, offer: OfferWords | None) -> Iterator[str]:
    if used and offer is None:
        yield _("“%(name)s” needs an offer: put an offer step before this message.") % {"name": used[0]}
        return
    for name in used:
        if offer_words(offer, "en")[name] is None and f"if {name}" not in text:
            yield _("The offer before this message has nothing for “%(name)s”: it is either a discount or a gift.") % {
                "name": name
            }


def _unknown(name: str) -> str:
    close = get_close_matches(name, VARIABLES, n=1, cutoff=0.6)
    if close:
        return _("There is no variable “%(name)s”. Did you mean “%(close)s”?") % {"name": name, "close": close[0]}
    return _("There is no variable “%(name)s”. You can use: %(allowed)s.") % {
        "name": name,
        "allowed": ", ".join(VARIABLES),
    }


@lru_cache(maxsize=512)
def _parsed(text: str) -> BoundTemplate:
    return _liquid.from_string(text)
