"""Uzbek from Latin letters to Cyrillic ones and back."""

from __future__ import annotations

import re

from mijoz.customers.cleaning.text import APOSTROPHES, OKINA, TUTUQ

VOWELS_CYRILLIC = "аеёиоуўэюяы"
VOWELS_LATIN = "aeiou"
PLAIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": TUTUQ, "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ў": f"o{OKINA}",
    "қ": "q", "ғ": f"g{OKINA}", "ҳ": "h",
}  # fmt: skip
TWO_LETTERS = {
    f"o{OKINA}": "ў", f"g{OKINA}": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е", "ts": "ц",
}  # fmt: skip
ONE_LETTER = {
    "a": "а", "b": "б", "c": "к", "d": "д", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "в",
    "x": "х", "y": "й", "z": "з", TUTUQ: "ъ", OKINA: "ъ",
}  # fmt: skip
SOFT = "еёюя"  # a hard or soft sign before these only says that a y is heard
LETTER_WITH_MARK = re.compile(f"([OoGg])[{APOSTROPHES}]")
OTHER_MARK = re.compile(f"[{APOSTROPHES}]")
S_AND_H = re.compile(r"(с)(ҳ)", re.IGNORECASE)


def to_latin(text: str) -> str:
    """Uzbek (or Russian) in Cyrillic as Uzbek in Latin letters, with oʻ gʻ (U+02BB) and the tutuq sign (U+02BC).

    What is Latin already stays, but for its apostrophes, which become the standard ones.
    """
    written: list[str] = []
    before = ""
    text = S_AND_H.sub(lambda pair: f"{pair[1]}{TUTUQ}{pair[2]}", text)
    for place, letter in enumerate(text):
        small = letter.lower()
        after = text[place + 1 : place + 2]
        sound = _latin_sound(small, before, after.lower())
        written.append(_cased(letter, sound, after) if sound is not None else letter)
        before = small
    return standard_marks("".join(written))


def _latin_sound(letter: str, before: str, after: str) -> str | None:
    if letter == "е":
        return "ye" if not before.isalpha() or before in VOWELS_CYRILLIC or before in "ъь" else "e"
    if letter == "ц":
        return "ts" if before in VOWELS_CYRILLIC and before else "s"
    if letter in "ъь" and after and after in SOFT:
        return ""
    return PLAIN.get(letter)


def _cased(letter: str, sound: str, after: str) -> str:
    """The sound in the case of the letter; two letters for a capital are both capital in a word of capitals."""
    if letter.islower() or not sound:
        return sound
    return sound.upper() if after.isupper() else sound[0].upper() + sound[1:]


def to_cyrillic(text: str) -> str:
    """Uzbek in Latin letters, with any apostrophe, as Uzbek in Cyrillic. What is Cyrillic already stays."""
    marked = standard_marks(text)
    written: list[str] = []
    place = 0
    while place < len(marked):
        taken, sound = _cyrillic_sound(marked, place)
        letter = marked[place]
        written.append(sound.upper() if letter.isupper() else sound)
        place += taken
    return "".join(written)


def _cyrillic_sound(text: str, place: int) -> tuple[int, str]:
    """How many letters make the next sound, and its letter."""
    small = text[place:].lower()
    before = text[place - 1 : place].lower()
    if small.startswith(f"yo{OKINA}"):
        return 1, "й"
    if small.startswith((f"s{TUTUQ}h", f"s{OKINA}h")):  # Isʼhoq: the sign only keeps s and h apart
        return 2, "с"
    if small.startswith("shch"):
        return 4, "щ"
    if small.startswith("tsh"):  # Oʻtsha: not a ц and an h
        return 1, "т"
    if (sound := TWO_LETTERS.get(small[:2])) and not (sound == "ц" and not before.isalpha()):
        return 2, sound
    letter = small[:1]
    if letter == "e":
        return 1, "э" if not before.isalpha() or before in VOWELS_LATIN else "е"
    return 1, ONE_LETTER.get(letter, text[place] if letter == text[place].lower() else letter)


def standard_marks(text: str) -> str:
    """Every apostrophe as the standard has it: U+02BB after o and g, U+02BC elsewhere."""
    return OTHER_MARK.sub(TUTUQ, LETTER_WITH_MARK.sub(lambda found: f"{found[1]}\x01", text)).replace("\x01", OKINA)


def is_cyrillic(text: str) -> bool:
    return any("Ѐ" <= letter <= "ӿ" for letter in text)
