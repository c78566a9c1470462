"""Cleaning: a cell as it was given to a value as it should be, with what is wrong said. Pure, and in one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from mijoz.customers.cleaning import dates, emails, names, phones, words
from mijoz.customers.cleaning.cleaned import TROUBLES, Cleaned, sentence

__all__ = ["TRAITS", "TROUBLES", "Cleaned", "clean", "sentence", "told"]

HOME_REGION = "UZ"
TRAITS = (  # what a customer's own columns hold
    "last_name",
    "first_name",
    "patronymic",
    "phone",
    "email",
    "language",
    "gender",
    "birth_on",
    "birthday",
    "address",
    "city",
)
Reader = Callable[..., Cleaned]
READERS: dict[str, Reader] = {
    "last_name": names.name,
    "first_name": names.name,
    "patronymic": names.name,
    "full_name": names.full_name,
    "email": emails.email,
    "language": words.language,
    "gender": words.gender,
    "address": words.address,
    "city": words.city,
    "consent": words.answer,
}
DATES: dict[str, Reader] = {"birth_on": dates.birth_on, "birthday": dates.birthday}


def clean(name: str, original: str, *, region: str = HOME_REGION, today: date | None = None) -> Cleaned:
    """The value of one trait from the text as it was given; never raises.

    Known are TRAITS, `full_name` and `consent` (yes or no); anything else keeps its text without the blanks around.
    A phone without a country is one of `region`. No birth date lies after `today`.
    """
    if name == "phone":
        return phones.phone(original, region=region)
    if name in DATES:
        return DATES[name](original, today=today or date.today())
    return READERS.get(name, words.as_given)(original)


def told(
    name: str, original: str, *, region: str = HOME_REGION, today: date | None = None, **how: Any
) -> dict[str, Cleaned]:
    """The traits that one cell tells: a whole name tells up to three, a date without a year a birthday.

    `how` may hold `family_first` for whole names and `day_first` for dates.
    """
    if name == "full_name":
        return _parts(original, family_first=how.get("family_first", True))
    if name in DATES:
        return _birth(name, original, today=today or date.today(), day_first=how.get("day_first", True))
    found = clean(name, original, region=region, today=today)
    return {name: found} if original.strip() else {}


def _parts(original: str, *, family_first: bool) -> dict[str, Cleaned]:
    full, cleaned = names.split(original, family_first=family_first)
    parts = {"last_name": full.last_name, "first_name": full.first_name, "patronymic": full.patronymic}
    found = {part: Cleaned(value, original, cleaned.trouble) for part, value in parts.items() if value}
    if not found and cleaned.trouble:
        return {"first_name": Cleaned("", original, cleaned.trouble)}
    return found


def _birth(name: str, original: str, *, today: date, day_first: bool) -> dict[str, Cleaned]:
    on = dates.birth_on(original, today=today, day_first=day_first)
    if on.value or not original.strip():
        return {"birth_on": on} if on.value else {}
    day = dates.birthday(original, today=today, day_first=day_first)
    if day.value and on.trouble in {"date_no_year", "date_too_old", "date_future"}:
        return {"birthday": day}
    return {name: on}
