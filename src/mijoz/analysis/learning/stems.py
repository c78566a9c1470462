"""Words of a text as beginnings, so that an example word finds its forms in Uzbek, Russian and English.

Uzbek takes suffixes one after another, Russian changes endings: what is compared are beginnings. Uzbek in Cyrillic is
turned into Latin first, and all signs for the apostrophe into one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SHORTEST = 3  # letters of an example word; shorter ones must stand alone
APOSTROPHES = re.compile("[ʻʼ'‘’‛`´ʹʽʾʿˈˊˋ′]")
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
UZBEK = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "x", "ц": "s", "ч": "ch", "ш": "sh", "ъ": "'", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ў": "o'",
        "қ": "q", "ғ": "g'", "ҳ": "h", "щ": "sh", "ы": "i",
    }
)  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a text in small letters, with one sign for the apostrophe."""
    return WORD.findall(APOSTROPHES.sub("'", text.casefold()))


def in_latin(word: str) -> str:
    """A word of Uzbek Cyrillic as it is written in Latin; е begins a word as ye."""
    begun = "ye" + word[1:] if word.startswith("е") else word
    return begun.translate(UZBEK)


def hits(text: str, examples: Iterable[str]) -> list[str]:
    """The examples that the text has, in their order: every word of an example begins a word of the text, in a row."""
    told = words(text)
    spellings = (told, [in_latin(word) for word in told])
    return [example for example in dict.fromkeys(examples) if any(_has(one, words(example)) for one in spellings)]


def _has(told: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return False
    places = range(len(told) - len(wanted) + 1)
    return any(all(map(_begins, told[place : place + len(wanted)], wanted)) for place in places)


def _begins(word: str, beginning: str) -> bool:
    return word.startswith(beginning) if len(beginning) >= SHORTEST else word == beginning


def found_in(text: str, themes: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """By theme the examples that the text has; themes without any are left out."""
    found = {theme: hits(text, examples) for theme, examples in themes.items()}
    return {theme: named for theme, named in found.items() if named}
