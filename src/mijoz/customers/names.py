"""Folding of names, so that one search finds Latin and Cyrillic spellings and every apostrophe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db.models import Q

from mijoz.analysis.folding import fold

WORDY = re.compile(r"[^\W_]")  # a letter or a digit, without which there is nothing to look for
NOT_DIGIT = re.compile(r"\D+")
DIGITS_OF_A_PHONE = 5
SHORT_WORD = 2  # characters: less than a trigram
FURTHER = "|"
MOST_FURTHER = 20  # somebody under whom a hundred phones come is no person


def digits(text: str) -> str:
    return NOT_DIGIT.sub("", text)


def search_key(
    names: Iterable[str], *, phone: str = "", email: str = "", number: str = "", further: Sequence[str] = ()
) -> str:
    """What a customer is found by: folded names, digits of the phone, the e-mail, the number, each after a space.

    Then, after FURTHER, the other phones and e-mails that lead to the customer, as many as MOST_FURTHER.
    """
    told = fold(" ".join(name for name in names if name))
    key = "".join(f" {part}" for part in (told, digits(phone), email.lower(), number.lower()) if part)
    more = [contact.lower() if "@" in contact else digits(contact) for contact in further[:MOST_FURTHER]]
    return " ".join([key, FURTHER, *more]) if more else key


def query_words(query: str) -> list[str]:
    """The folded words of what somebody typed; a phone in any punctuation becomes its digits."""
    if is_phone(query):
        return [digits(query)]
    return [fold(word) or word for word in query.lower().split() if word]


def is_phone(query: str) -> bool:
    """Whether `query` has the digits of a phone and no letters."""
    return len(digits(query)) >= DIGITS_OF_A_PHONE and not re.search(r"[^\W\d_]", query)


def matches(query: str, *, field: str = "search_key") -> Q:
    """The condition that the search key in `field` holds every word of `query`, folded or as it was typed."""
    pieces = [query] if is_phone(query) else [piece for piece in query.split() if WORDY.search(piece)] or [query]
    condition = Q()
    for typed in (piece.strip().lower() for piece in pieces):
        spellings = {typed, *query_words(typed)}
        condition &= Q(*((f"{field}__contains", _placed(word)) for word in sorted(spellings)), _connector=Q.OR)
    return condition


def _placed(word: str) -> str:
    """A word too short for the trigram index is looked for at the beginning of words, a longer one anywhere."""
    return f" {word}" if len(word) <= SHORT_WORD else word
