"""Codes that people read aloud and type: short, unguessable, with a check sign, in any case and either script.

A generated code is nine random signs of sixteen (36 bits) and a check sign: `7KM4X 2RT9W`. None of its letters is a
vowel, sounds like another one, or is mistaken for a digit that stands for something else. Whatever a person types is
folded first: small letters, Cyrillic look-alikes, what sounds alike, blanks and dashes. Pure.
"""

from __future__ import annotations

import secrets

SIGNS = "23456789FKMRTWXY"
RANDOM_SIGNS = 9
LENGTH = RANDOM_SIGNS + 1

# What looks or sounds alike is one sign. On the right stands what counts.
_ALIKE = {
    "Z": "3", "З": "3", "Ч": "4", "S": "5", "C": "5", "С": "5", "B": "8", "V": "8", "В": "8", "Б": "8",
    "P": "R", "Р": "R", "П": "R", "U": "Y", "У": "Y", "Ш": "W", "Щ": "W", "Ф": "F", "К": "K", "Қ": "K", "Q": "K",
    "М": "M", "Т": "T", "Х": "X", "А": "A", "Е": "E", "Ё": "E", "Э": "E", "О": "O", "Ў": "O", "0": "O",
    "H": "N", "Н": "N", "Ҳ": "N", "Д": "D", "Г": "G", "Ғ": "G", "Л": "L", "I": "1", "И": "1", "Й": "1", "L": "1",
    "Ж": "J",
}  # fmt: skip
_ALIKE["Л"] = _ALIKE["L"]
_FOLD = str.maketrans(_ALIKE)
LONGEST = 60


def fold(typed: str) -> str:
    """What a person typed, as codes are kept: `7km4x-2рт9ш` is `7KM4X2RT9W`; "" when nothing of it can be a code."""
    return "".join(sign for sign in typed[:LONGEST].upper().translate(_FOLD) if sign.isalnum())


def _double(value: int) -> int:
    """Twice a value in the field of sixteen elements (x⁴ + x + 1)."""
    return ((value << 1) ^ (0b10011 if value & 8 else 0)) & 15


def check_sign(signs: str) -> str:
    """The sign that makes the code whole.

    The method of Damm (2004) over GF(16): it finds each single wrong sign and each swap of two neighbours.
    """
    state = 0
    for sign in signs:
        state = _double(state ^ SIGNS.index(sign))
    return SIGNS[state]


def is_whole(code: str) -> bool:
    """Whether a folded code is one of ours by its check sign; else it was mistyped, or is a word chosen by somebody."""
    return len(code) == LENGTH and set(code) <= set(SIGNS) and check_sign(code[:-1]) == code[-1]


def looks_generated(code: str) -> bool:
    """Whether a folded code has the shape of a generated one, rightly typed or not."""
    return len(code) == LENGTH and set(code) <= set(SIGNS)


def new_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _place in range(RANDOM_SIGNS))
    return signs + check_sign(signs)


def new_codes(count: int) -> list[str]:
    """So many different codes."""
    made: set[str] = set()
    while len(made) < count:
        made.add(new_code())
    return sorted(made)


def shown(code: str) -> str:
    """As it is printed: generated codes in two halves, words as they are."""
    return f"{code[:5]}-{code[5:]}" if looks_generated(code) else code
