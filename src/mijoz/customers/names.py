"""Folding of names, so that one search finds Latin and Cyrillic spellings and every apostrophe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

APOSTROPHES = "ʻʼ'‘’`´ʹʽ′"
CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёўғқҳ",
        "a b v g d e j z i y k l m n o p r s t u f h s ch sh sh  i  e yu ya yo o g k h".split(" "),
        strict=True,
    )
)
LIKE_SOUNDING = [("kh", "h"), ("dj", "j"), ("dzh", "j"), ("zh", "j"), ("ts", "s"), ("x", "h"), ("q", "k"), ("w", "v"),
                 ("iy", "i"), ("yi", "i"), ("ye", "e"), ("ck", "k")]  # fmt: skip
NOT_WORD = re.compile(r"[^\w@.+-]+")


def fold(text: str) -> str:
    """A coarse Latin key of `text`: equal for Ўктам, Oʻktam and O'ktam, for Хасанов, Xasanov and Hasanov.

    Reform letters (Õ Ğ Ş Ç) fold like the digraphs of the alphabet in force. For search only, never shown.
    """
    lowered = text.lower().replace("ş", "sh").replace("ç", "ch").translate({ord(mark): None for mark in APOSTROPHES})
    latin = "".join(CYRILLIC.get(letter, letter) for letter in lowered)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(letter))
    for spelling, sound in LIKE_SOUNDING:
        plain = plain.replace(spelling, sound)
    return " ".join(NOT_WORD.sub(" ", plain).split())


def search_key(names: Iterable[str], *, phone: str = "", email: str = "", number: str = "") -> str:
    """What a customer is found by: folded names, digits of the phone, the e-mail, the number."""
    digits = re.sub(r"\D", "", phone)
    told = fold(" ".join(name for name in names if name))
    return " ".join(part for part in (told, digits, email.lower(), number.lower()) if part)


def query_words(query: str) -> list[str]:
    """The folded words of what somebody typed; a phone in any punctuation becomes its digits."""
    if len(re.sub(r"\D", "", query)) >= 5 and not re.search(r"[^\W\d_]", query):
        return [re.sub(r"\D", "", query)]
    return [word for word in query.lower().split() if "@" in word] or fold(query).split()
