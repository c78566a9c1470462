"""How long a text is where length costs: parts of an SMS by its alphabet, and what fits into a Telegram message."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

# GSM 03.38: the letters of an SMS of 160; those below count twice. Any other letter makes all of it UCS-2, 70 a part.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
SMS_WHOLE = {True: 160, False: 70}
SMS_PART = {True: 153, False: 67}  # a part of several gives up the place of its number
LONGEST_TELEGRAM = 4_096  # characters, counted after the tags are read
# Signs that are read the same in the small alphabet; ʻ and ʼ of Uzbek among them.
SMALL = str.maketrans(
    {
        **dict.fromkeys("ʻʼ‘’‛ʹ′`´", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("–—−‑‐", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
        **dict.fromkeys("•·", "-"),
        "…": "...",
        "№": "No.",
        "×": "x",
        "\t": " ",
    }
)


def in_small_letters(text: str) -> str:
    """The text with signs of the small alphabet in place of their finer ones, where that makes all of it of that
    alphabet; else, as in Russian, the text as it is."""
    small = text.translate(SMALL)
    return small if all(letter in GSM or letter in GSM_TWICE for letter in small) else text


@dataclass(frozen=True, slots=True)
class Length:
    """`sms_parts` is how many SMS it costs; `is_plain` that all letters are of the small alphabet."""

    characters: int
    sms_parts: int
    sms_left: int  # characters that fit before one part more is needed
    is_plain: bool

    @property
    def fits_telegram(self) -> bool:
        return self.characters <= LONGEST_TELEGRAM


def length(text: str) -> Length:
    """The length of a text as it is sent; an empty one is no SMS."""
    plain = all(letter in GSM or letter in GSM_TWICE for letter in text)
    if plain:
        units = sum(2 if letter in GSM_TWICE else 1 for letter in text)
    else:
        units = len(text.encode("utf-16-le")) // 2
    whole, part = SMS_WHOLE[plain], SMS_PART[plain]
    if not units:
        return Length(0, 0, whole, True)
    parts = 1 if units <= whole else ceil(units / part)
    left = whole - units if parts == 1 else parts * part - units
    return Length(len(text), parts, left, plain)
