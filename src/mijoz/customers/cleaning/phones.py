"""Phones in E.164, one or several in a cell, as people in Uzbekistan and elsewhere write them."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from mijoz.customers.cleaning.cleaned import Cleaned
from mijoz.customers.cleaning.text import is_empty, tidy

E164 = re.compile(r"\+998\d{9}", re.ASCII)
HOME = re.compile(r"(?:\+?998)?[\s().-]*(\d{2})[\s().-]*(\d{3})[\s().-]*(\d{2})[\s().-]*(\d{2})")
SEPARATOR = re.compile(r"[,;/|\\\n]+|\s+(?:и|va|and|или|yoki|or|ва)\s+|\s{2,}", re.IGNORECASE)
EXTENSION = re.compile(
    r"(?:\bext(?:ension)?|\bдоб(?:авочный)?|\bichki|\bвн(?:утр)?|\bx|#)[\s.:№]*(\d{1,6})\)?\s*$", re.I
)
BEFORE = re.compile(r"^[^\d+(]*")
NUMBER = re.compile(r"[+(]?\d[\d\s().–—-]*\d")
SPREADSHEET = re.compile(r"\+?(\d{7,15})(?:\.0+|,0+)")
SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+?\d+")
LETTER_DIGITS = str.maketrans("OoОоlI", "000011")
UNICODE_DASHES = re.compile("[‐‑‒–—―−]")
SHORTEST = 7
MADE_UP = re.compile(r"(?:\+998)?(\d)\1{8}")  # of a real one at most the last seven digits are the same


def phone(original: str, *, region: str = "UZ") -> Cleaned:
    """The first phone of the cell in E.164; the others stand in `more`."""
    text = tidy(UNICODE_DASHES.sub("-", original.replace("\n", ";").replace("  ", ";")))
    if is_empty(text):
        return Cleaned("", original)
    if E164.fullmatch(text) and not MADE_UP.fullmatch(text):
        return Cleaned(text, original)
    found: list[str] = []
    trouble, first_trouble = "", ""
    for piece in _pieces(text):
        value, said = _one(piece, region)
        if value and value not in found:
            found.append(value)
            trouble = trouble or said
        first_trouble = first_trouble or said
    if found:
        return Cleaned(found[0], original, trouble, tuple(found[1:]))
    return Cleaned("", original, first_trouble or "not_a_phone")


def _pieces(text: str) -> list[str]:
    """The cell cut where one phone ends and another begins; a number cut by mistake is put together again."""
    parts = [part.strip() for part in SEPARATOR.split(text) if part and part.strip()]
    if all(sum(letter.isdigit() for letter in part) >= SHORTEST for part in parts):
        return [piece for part in parts for piece in _glued(part)]
    with_digits = [part for part in parts if sum(letter.isdigit() for letter in part) >= SHORTEST]
    return [piece for part in with_digits for piece in _glued(part)] or [text]


def _glued(part: str) -> list[str]:
    """Two phones that only a blank or a plus keeps apart."""
    if part.count("+") > 1:
        return [f"+{piece}" if place else piece for place, piece in enumerate(part.split("+")) if piece.strip()]
    words = part.split()
    if len(words) > 1 and all(len(re.sub(r"\D", "", word)) >= 9 for word in words):
        return words
    return [part]


def _one(piece: str, region: str) -> tuple[str, str]:
    """A phone and what is to be said of it, or "" and why it is none."""
    if region == "UZ" and (home := HOME.fullmatch(piece)):
        return _checked(phonenumbers.PhoneNumber(country_code=998, national_number=int("".join(home.groups()))), "")
    if SCIENTIFIC.fullmatch(piece):
        return "", "not_a_phone"
    if whole := SPREADSHEET.fullmatch(piece):
        piece = whole[1]
    said = ""
    if extension := EXTENSION.search(piece):
        piece, said = piece[: extension.start()].rstrip(" ,;("), f"phone_extension {extension[1]}"
    piece = BEFORE.sub("", piece)
    if re.search(r"\d[OoОоlI]|[OoОоlI]\d", piece):
        piece = piece.translate(LETTER_DIGITS)
    if not (found := NUMBER.search(piece)):
        return "", "not_a_phone"
    number = _parsed(found[0], region)
    if isinstance(number, str):
        return "", number
    return _checked(number, said)


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | str:
    """The number in the spelling that fits best, or why none does."""
    digits = re.sub(r"\D", "", text)
    reason = ""
    for spelling in _spellings(text, digits, region):
        try:
            number = phonenumbers.parse(spelling, region)
        except NumberParseException:
            continue
        said = phonenumbers.is_possible_number_with_reason(number)
        if said in {ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
            if said == ValidationResult.IS_POSSIBLE:
                return number
            reason = reason or "phone_too_short"
        elif said == ValidationResult.TOO_LONG:
            reason = reason or "phone_too_long"
        else:
            reason = reason or "phone_too_short"
    return reason or ("phone_too_short" if len(digits) < SHORTEST + 2 else "not_a_phone")


def _spellings(text: str, digits: str, region: str) -> list[str]:
    """Ways to read the digits, the likeliest first."""
    if text.lstrip("( ").startswith("+"):
        return [f"+{digits}"]
    if region != "UZ":
        return [text, f"+{digits}"] if len(digits) > 10 else [text]
    if digits.startswith("00") and len(digits) > 11:
        return [f"+{digits[2:]}"]
    if digits.startswith("998") and len(digits) >= 12:
        return [f"+{digits}"]
    if digits.startswith("8998") and len(digits) == 13:
        return [f"+{digits[1:]}"]
    if digits.startswith("810") and len(digits) > 11:  # the way out of the country in the old days
        return [f"+{digits[3:]}"]
    if len(digits) == 10 and digits[0] in "80":  # 8 or 0 before the nine digits of a home number
        return [f"+998{digits[1:]}"]
    if len(digits) == 11 and digits[0] in "78":  # of Russia and Kazakhstan
        return [f"+7{digits[1:]}"]
    if len(digits) == 9:
        return [f"+998{digits}"]
    return [f"+{digits}"] if len(digits) > 10 else [digits]


def _checked(number: phonenumbers.PhoneNumber, said: str) -> tuple[str, str]:
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.country_code == 998 and len(value) != 13:
        return "", "phone_made_up" if not number.national_number else "phone_too_short"
    if MADE_UP.fullmatch(value):
        return "", "phone_made_up"
    if not said and not phonenumbers.is_valid_number(number):
        said = "phone_unused"
    return value, said
