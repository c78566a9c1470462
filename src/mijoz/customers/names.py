"""Folding of names, so that one search finds Latin and Cyrillic spellings and every apostrophe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Q

APOSTROPHES = "ʻʼ'‘’‛`´ʹʽʾʿˈˊˋ′"
LETTERS = str.maketrans(
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюяёўғқҳәөүұңһіїєґҷӣӯşçıəƣ",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "j",
                "z",
                "i",
                "y",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "h",
                "s",
                "ch",
                "sh",
                "sh",
                "",
                "i",
                "",
                "e",
                "yu",
                "ya",
                "yo",
                "o",
                "g",
                "k",
                "h",
                "a",
                "o",
                "u",
                "u",
                "n",
                "h",
                "i",
                "i",
                "e",
                "g",
                "j",
                "i",
                "u",
                "sh",
                "ch",
                "i",
                "a",
                "g",
            ],
            strict=True,
        )
    )
)
ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "ʻ"))  # before Unicode makes a space and an accent of some
NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES))
YUL = re.compile(rf"yo[{APOSTROPHES}]|йў")  # Yoʻldosh, in Russian Yuldash
SOUNDS = [
    (re.compile(r"\b(ale|feli|ma(?=xi)|r?o(?=xan)|(?=xeni))x"), r"\1ks"),  # Alexey, Maxim; elsewhere x is kh
    (re.compile(r"\byo"), "ya"),  # Yoqub is Yakub
    (re.compile(r"yo"), "e"),  # Artyom is Artem, Diyora is Diera
    (re.compile(r"ye"), "e"),
    (re.compile(r"shch|sch"), "sh"),
    (re.compile(r"kh|x"), "h"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"zh"), "j"),
    (re.compile(r"ts"), "s"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"y"), "i"),
    (re.compile(r"[ou]"), "a"),  # Oʻktam, Oktam, Уктам; Tojiyev, Таджиев
    (re.compile(r"ander\b"), "andr"),
    (re.compile(r"(?<![aei])dj|dj(?!an)"), "j"),  # Djamshid, Khodjaev; Muhammadjon keeps both its letters
    (re.compile(r"([^\W\d_])\1+"), r"\1"),
]
NOT_WORD = re.compile(r"[^\w@.+-]+")
WORDY = re.compile(r"[^\W_]")  # a letter or a digit, without which there is nothing to look for
NOT_DIGIT = re.compile(r"\D+")
DIGITS_OF_A_PHONE = 5
SHORT_WORD = 2  # characters: less than a trigram


def fold(text: str) -> str:
    """A coarse Latin key of `text`: equal for Ўктам, Oʻktam and Уктам, for Хасанов, Xasanov and Khasanov.

    Back vowels fall together, since Uzbek and Russian spellings of one name differ in them most. The key of the first
    letters of a name is, but for letters written by two, the beginning of the name's key. For search only, never shown.
    """
    lowered = unicodedata.normalize("NFKC", text.translate(ONE_APOSTROPHE)).lower()
    latin = YUL.sub("yu", lowered).translate(NO_APOSTROPHES).translate(LETTERS)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(letter))
    for sound, usual in SOUNDS:
        plain = sound.sub(usual, plain)
    return " ".join(NOT_WORD.sub(" ", plain).split())


def digits(text: str) -> str:
    return NOT_DIGIT.sub("", text)


def search_key(names: Iterable[str], *, phone: str = "", email: str = "", number: str = "") -> str:
    """What a customer is found by: folded names, digits of the phone, the e-mail, the number, each after a space."""
    told = fold(" ".join(name for name in names if name))
    return "".join(f" {part}" for part in (told, digits(phone), email.lower(), number.lower()) if part)


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
