"""Days people were born on, as spreadsheets, programs and people write them in three languages."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mijoz.customers.cleaning.cleaned import Cleaned
from mijoz.customers.cleaning.text import APOSTROPHE, is_empty, tidy

EXCEL_EPOCH = date(1899, 12, 30)
OLDEST = 120  # years
MADE_UP = {date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1800, 1, 1), date(1, 1, 1), date(1753, 1, 1)}
LEAP = 2000  # in which the 29th of February is a day
MONTHS = [  # how names of months begin, folded: Uzbek, Russian, English; in both alphabets
    "yanv янв jan",
    "fevr fev фев feb",
    "mart мар mar",
    "aprel апр apr",
    "may май мая",
    "iyun июн jun",
    "iyul июл jul",
    "avg авг aug",
    "sen сен sep",
    "okt окт oct",
    "noy ноя nov",
    "dek дек dec",
]
MONTH_OF = {beginning: number for number, words in enumerate(MONTHS, 1) for beginning in words.split()}
TIME = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:am|pm)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
AFTER = re.compile(
    r"(?<=\d)[\s-]*(?:г\.р\.?|гг?\.?|года?|йил|yilda|yil|y\.?|th|st|nd|rd|чи|chi)(?![^\W\d_])", re.IGNORECASE
)
YEAR_FIRST = re.compile(r"(\d{4})[-./\s](\d{1,2})[-./\s](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-./\s,]+(\d{1,2})[-./\s,]+(\d{4}|\d{2})")
ISO_BIRTHDAY = re.compile(r"(?:--)(\d{2})-?(\d{2})|(\d{2})-(\d{2})")
TWO = re.compile(r"(\d{1,2})[-./\s](\d{1,2})\.?")
WORDED = re.compile(r"(?:(\d{4})[\s.,-]+)?(?:(\d{1,4})[\s.,-]*)?([^\W\d_]+)\.?[\s.,-]*(\d{1,4})?[\s.,-]*(\d{2,4})?")
SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")


def birth_on(original: str, *, today: date, day_first: bool = True) -> Cleaned:
    """The birth date in ISO; a date without a year is none, see `birthday`."""
    text = _plain(original)
    if is_empty(text) or not re.search(r"[^\W_]", text):
        return Cleaned("", original)
    found = _day(text, today=today, day_first=day_first)
    if isinstance(found, str):
        if found == "not_a_date" and _birthday(text, day_first=day_first):
            found = "date_no_year"
        return Cleaned("", original, found)
    return Cleaned(found.isoformat(), original) if (said := _odd(found, today)) == "" else Cleaned("", original, said)


def birthday(original: str, *, today: date, day_first: bool = True) -> Cleaned:
    """Month and day as MM-DD, from a date with or without a year."""
    text = _plain(original)
    if is_empty(text) or not re.search(r"[^\W_]", text):
        return Cleaned("", original)
    if found := _birthday(text, day_first=day_first):
        return Cleaned(found, original)
    day = _day(text, today=today, day_first=day_first)
    if isinstance(day, date):
        said = "date_made_up" if day in MADE_UP else ""
        return Cleaned("" if said else day.isoformat()[5:], original, said)
    if TWO.fullmatch(text) or ISO_BIRTHDAY.fullmatch(text):
        return Cleaned("", original, "date_impossible")
    return Cleaned("", original, day)


def _plain(original: str) -> str:
    text = AFTER.sub("", TIME.sub("", tidy(original)))
    return APOSTROPHE.sub("", text).strip(" .,;'\"")


def _odd(day: date, today: date) -> str:
    if day in MADE_UP:
        return "date_made_up"
    if day > today:
        return "date_future"
    return "date_too_old" if today.year - day.year > OLDEST else ""


def _day(text: str, *, today: date, day_first: bool) -> date | str:
    """The day, or the trouble with it."""
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
        return _made(year, month, day, day_first=True)
    if match := YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if day_first else (second, first)
        return _made(_year(match[3], today), month, day, day_first=day_first)
    if text.isdecimal() and text.isascii() and len(text) == 8:
        as_iso = _made(int(text[:4]), int(text[4:6]), int(text[6:]), day_first=True, swap=False)
        if isinstance(as_iso, date) and as_iso.year > 1850:
            return as_iso
        other = _made(int(text[4:]), int(text[2:4]), int(text[:2]), day_first=True, swap=False)
        return other if isinstance(other, date) and other.year > 1850 else "date_impossible"
    if match := SERIAL.fullmatch(text):
        return EXCEL_EPOCH + timedelta(days=int(match[1]))
    if re.fullmatch(r"0{4}[-./]?0{2}[-./]?0{2}|0{1,2}[-./]0{1,2}[-./]0{4}|0", text):
        return "date_made_up"
    if re.fullmatch(r"(?:19|20)\d{2}", text):
        return "date_year_only"
    return _worded(text, today=today)


def _worded(text: str, *, today: date) -> date | str:
    if (parts := _words(text)) is None:
        return "not_a_date"
    numbers, month = parts
    if len(numbers) != 2:
        return "not_a_date"
    first, second = numbers
    day, year = (second, first) if len(first) > 2 else (first, second)
    return _made(_year(year, today), month, int(day), day_first=True, swap=False)


def _words(text: str) -> tuple[list[str], int] | None:
    """The numbers around the name of a month, and which month it is."""
    match = WORDED.fullmatch(text)
    if not match:
        return None
    word = match[3].lower()
    month = next((number for beginning, number in MONTH_OF.items() if word.startswith(beginning)), 0)
    return ([number for number in (match[1], match[2], match[4], match[5]) if number], month) if month else None


def _birthday(text: str, *, day_first: bool) -> str:
    """MM-DD from a date that has no year; "" for anything else."""
    if match := ISO_BIRTHDAY.fullmatch(text):
        month, day = (int(number) for number in match.groups() if number)
        if month > 12 >= day:
            month, day = day, month
    elif match := TWO.fullmatch(text):
        day, month = int(match[1]), int(match[2])
        if (not day_first and day <= 12) or (month > 12 >= day):
            day, month = month, day
    elif (parts := _words(text)) and len(parts[0]) == 1 and len(parts[0][0]) <= 2:
        day, month = int(parts[0][0]), parts[1]
    else:
        return ""
    made = _made(LEAP, month, day, day_first=True, swap=False)
    return made.isoformat()[5:] if isinstance(made, date) else ""


def _year(text: str, today: date) -> int:
    """Nobody is born in the future: 85 is 1985, and 12 is 2012 from then on."""
    year = int(text)
    if len(text) > 2:
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year else century - 100 + year


def _made(year: int, month: int, day: int, *, day_first: bool, swap: bool = True) -> date | str:
    """The day, read the other way round where only that makes one."""
    if swap and month > 12 >= day:
        month, day = day, month
    if year == month == day == 0:
        return "date_made_up"
    try:
        return date(year, month, day)
    except ValueError:
        return "date_impossible"
