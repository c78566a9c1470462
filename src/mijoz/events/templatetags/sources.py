"""Filters of the pages of sources."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

# Reasons are kept in English, as the API answers them; these are the frequent ones of the ingest API.
REASONS = (
    gettext_noop("A currency is a code of three letters, such as UZS."),
    gettext_noop("A line of a purchase has an amount."),
    gettext_noop("A message is a JSON object."),
    gettext_noop("A message says whose it is, by userId or anonymousId."),
    gettext_noop("A product has a price."),
    gettext_noop("A public web page may not answer for a person's consent."),
    gettext_noop("An order has an order_id."),
    gettext_noop("An order has products, or a total."),
    gettext_noop("This number is larger than any sum of money."),
    gettext_noop("This is a number."),
    gettext_noop("This is a number, with a point before its decimals."),
    gettext_noop("This is a text or a number."),
    gettext_noop("products is a list of objects."),
    gettext_noop("Field required."),
    gettext_noop("Input should be a valid dictionary."),
    gettext_noop("Input should be a valid string."),
    gettext_noop("String should have at most 60 characters."),
)


@register.filter
def in_words(reason: str) -> str:
    """A reason as it is kept, in the language of the page where it is one that we know."""
    return gettext(reason) if reason else ""


@register.filter
def of(values: dict[str, str], key: str) -> str:
    """The value of this key, "" if there is none."""
    return values.get(key, "")
