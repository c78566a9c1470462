"""Folding of names: one key for Latin and Cyrillic spellings and every apostrophe."""

from __future__ import annotations

import re
import unicodedata

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


def fold(text: str) -> str:
    """A coarse Latin key of `text`: equal for Ўктам, Oʻktam and Уктам, for Хасанов, Xasanov and Khasanov.

    Back vowels fall together, since Uzbek and Russian spellings of one name differ in them most. The key of the first
    letters of a name is, but for letters written by two, the beginning of the name's key. Never shown.
    """
    lowered = unicodedata.normalize("NFKC", text.translate(ONE_APOSTROPHE)).lower()
    latin = YUL.sub("yu", lowered).translate(NO_APOSTROPHES).translate(LETTERS)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(letter))
    for sound, usual in SOUNDS:
        plain = sound.sub(usual, plain)
    return " ".join(NOT_WORD.sub(" ", plain).split())
