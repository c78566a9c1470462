"""What every cell goes through: blanks, invisible characters, words for an empty cell, letters of a wrong alphabet."""

from __future__ import annotations

import re
import unicodedata

APOSTROPHES = "ʻʼ'‘’‛`´ʹʽʾʿˈˊˋ′"
APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
OKINA, TUTUQ = "ʻ", "ʼ"  # of the letters oʻ and gʻ; of the tutuq sign
ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
EMPTY = frozenset(
    "- -- --- – — . .. ... ? ?? ??? * / \\ \\n n/a #n/a na nan nil none null undefined unknown empty yoq yo'q "
    "mavjud_emas nomalum noma'lum нет не_указано не_указан не_указана неизвестно неизвестен отсутствует пусто б/н "
    "н/д йўқ номаълум".replace("_", "\x00").split()
)
CYRILLIC_LOOKS = dict(zip("АВЕКМНОРСТХУаеорсухі", "ABEKMHOPCTXYaeopcyxi", strict=True))
LATIN_LOOKS = {latin: cyrillic for cyrillic, latin in CYRILLIC_LOOKS.items() if cyrillic != "і"}
TO_LATIN, TO_CYRILLIC = str.maketrans(CYRILLIC_LOOKS), str.maketrans(LATIN_LOOKS)
WORD = re.compile(rf"[^\W\d_{APOSTROPHES}]+")


def listed(words: str) -> tuple[str, ...]:
    """The words of a line."""
    return tuple(words.split())


def tidy(text: str) -> str:
    """One line without invisible characters, each blank once, letters and accents put together."""
    plain = unicodedata.normalize("NFC", CONTROL.sub(" ", INVISIBLE.sub("", text)))
    return " ".join(plain.split())


def is_empty(text: str) -> bool:
    """Whether a tidy cell says that there is nothing."""
    return not text or text.lower().translate(ONE_APOSTROPHE).replace(" ", "\x00") in EMPTY


def one_alphabet(text: str) -> str:
    """Words that mix alphabets in letters that look the same, in the one that most of their letters are of."""
    return WORD.sub(lambda word: _one_alphabet(word[0]), text)


def _one_alphabet(word: str) -> str:
    latin = sum(letter.isascii() for letter in word)
    cyrillic = sum("Ѐ" <= letter <= "ӿ" for letter in word)
    if not latin or not cyrillic:
        return word
    for turned, is_whole in (
        (word.translate(TO_CYRILLIC), lambda letter: not letter.isascii()),
        (word.translate(TO_LATIN), lambda letter: not "Ѐ" <= letter <= "ӿ"),
    )[:: 1 if cyrillic >= latin else -1]:
        if all(map(is_whole, turned)):
            return turned
    return word
