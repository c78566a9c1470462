"""Names of people: apostrophes and capitals as they are written, whole names taken apart, the gender they tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mijoz.customers.cleaning.cleaned import Cleaned
from mijoz.customers.cleaning.emails import ADDRESS
from mijoz.customers.cleaning.letters import is_cyrillic
from mijoz.customers.cleaning.text import (
    APOSTROPHES,
    OKINA,
    ONE_APOSTROPHE,
    TUTUQ,
    is_empty,
    listed,
    one_alphabet,
    tidy,
)

LONGEST = 200
MOST_TURNS = 4
MADE_UP = frozenset(
    [
        "test",
        "тест",
        "testov",
        "тестов",
        "client",
        "клиент",
        "mijoz",
        "customer",
        "user",
        "guest",
        "гость",
        "mehmon",
        "noname",
        "anonymous",
        "аноним",
        "имя",
        "ism",
        "name",
        "фамилия",
        "familiya",
        "отчество",
        "sharif",
        "xxx",
        "qwerty",
        "asd",
        "aaa",
        "ааа",
        "покупатель",
        "xaridor",
        "физлицо",
    ]
)
IRISH = frozenset(
    [
        "o'brien",
        "o'connor",
        "o'conner",
        "o'neill",
        "o'neil",
        "o'reilly",
        "o'sullivan",
        "o'donnell",
        "o'hara",
        "o'keefe",
        "o'leary",
        "o'malley",
        "o'rourke",
        "o'shea",
        "o'toole",
        "o'callaghan",
        "o'dwyer",
        "o'grady",
        "o'brian",
        "o'loughlin",
        "o'meara",
        "o'dea",
        "o'dowd",
        "o'gorman",
        "o'halloran",
        "o'riley",
        "o'ryan",
        "o'rielly",
        "o'mara",
        "o'hearn",
        "o'donoghue",
        "o'flaherty",
        "o'farrell",
        "o'driscoll",
        "o'byrne",
        "o'regan",
        "o'dell",
    ]
)
SON = [
    "o'g'li",
    "og'li",
    "o'gli",
    "ogli",
    "ugli",
    "o'gʼli",
    "ugly",
    "oglu",
    "ogly",
    "ўғли",
    "угли",
    "оглы",
    "ўгли",
    "уғли",
    "огли",
]
DAUGHTER = listed("qizi kizi qiz kyzy gizi қизи кизи кызы гызы")
SMALL = frozenset(
    [
        *SON,
        *DAUGHTER,
        *[
            "van",
            "von",
            "der",
            "den",
            "de",
            "da",
            "di",
            "du",
            "del",
            "la",
            "le",
            "bin",
            "binti",
            "ibn",
            "ben",
            "фон",
            "ван",
            "де",
            "дер",
            "ибн",
            "бин",
        ],
    ]
)
SON_ENDINGS = ("vich", "evich", "lich", "mich", "nich", "tich", "вич", "ьич", "мич", "нич", "тич", "лич")
DAUGHTER_ENDINGS = ("ovna", "evna", "yevna", "ichna", "inichna", "овна", "евна", "ёвна", "ична", "инична")
ATTACHED = re.compile(r"(..+?)(o'g'li|og'li|o'gli|ogli|ugli|qizi|kizi|ўғли|угли|қизи|кизи|кызы)", re.IGNORECASE)
FAMILY = re.compile(
    r"(?:.{2,}(?:ov|ova|ev|eva|ёв|ёва|ов|ова|ев|ева|skiy|sky|skaya|ский|ская|цкий|цкая|enko|енко|zoda|zade|зода|заде))",
    re.IGNORECASE,
)
GIVEN = frozenset(["lev", "yakov", "eva", "лев", "яков", "ева"])
FAMILY_OF_WOMEN = re.compile(r".{2,}(?:ova|eva|ёва|ова|ева|skaya|ская|цкая)", re.IGNORECASE)
FAMILY_OF_MEN = re.compile(r".{2,}(?:ov|ev|ёв|ов|ев|skiy|sky|ский|цкий)", re.IGNORECASE)
INITIAL = re.compile(r"[^\W\d_]{1,2}\.")
ENDS_WITH_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]$")
INITIALS = re.compile(r"([^\W\d_]\.)\s*([^\W\d_]\.)")
MARK = re.compile(f"[{APOSTROPHES}]")
TITLE = re.compile(r"^(?:mr|mrs|ms|miss|dr|г-н|г-жа|гр|гражданин|гражданка|janob|xonim)\.?\s+(?=\S)", re.IGNORECASE)
PIECE = re.compile(rf"[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]+)*[{APOSTROPHES}]?")
BESIDE = re.compile(r"\s*[\[({<].*?[\])}>]\s*")


@dataclass(frozen=True, slots=True)
class FullName:
    """A name taken apart; each part is "" when the name does not have it."""

    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


def name(original: str) -> Cleaned:
    """One part of a name, with the standard apostrophes (oʻ gʻ U+02BB, tutuq U+02BC) and usual capitals.

    A capital may tell another alphabet or a shouted word: then it is read again, so that twice is as good as once.
    """
    cleaned = _name(original)
    for _turn in range(MOST_TURNS):
        again = _name(cleaned.value)
        if again.value in {cleaned.value, ""}:
            break
        cleaned = Cleaned(again.value, original, cleaned.trouble)
    return cleaned


def _name(original: str) -> Cleaned:
    text = one_alphabet(tidy(original)).strip(' .,;:"«»“”„*_/\\|')
    if ENDS_WITH_INITIAL.search(text) and original.rstrip().endswith("."):
        text = f"{text}."
    if is_empty(text):
        return Cleaned("", original)
    if ADDRESS.fullmatch(text):
        return Cleaned("", original, "name_is_email")
    letters = sum(letter.isalpha() for letter in text)
    digits = sum(letter.isdigit() for letter in text)
    if digits >= 7 and digits > letters:
        return Cleaned("", original, "name_is_phone")
    if not letters:
        return Cleaned("", original, "name_no_letters")
    if text.lower() in MADE_UP:
        return Cleaned("", original, "name_made_up")
    written = _written(text)
    if len(written) > LONGEST:
        return Cleaned("", original, "too_long")
    return Cleaned(written, original, "name_digits" if digits else "")


def full_name(original: str, *, family_first: bool = True) -> Cleaned:
    """The whole name in the usual order: family name, given name, patronymic."""
    parts, cleaned = split(original, family_first=family_first)
    return Cleaned(str(parts), original, cleaned.trouble)


def split(original: str, *, family_first: bool = True) -> tuple[FullName, Cleaned]:
    """A whole name taken apart, and how its cleaning went.

    The endings of patronymics and family names in two alphabets say which part is which; where they say nothing,
    `family_first` does. In `Karimov, Anvar` the comma says it.
    """
    text = TITLE.sub(
        "", BESIDE.sub(" ", tidy(original)) if re.search(r"[^\W\d_]", BESIDE.sub(" ", original)) else tidy(original)
    )
    before, comma, after = text.partition(",")
    cleaned = name(text.replace(",", " "))
    cleaned = Cleaned(cleaned.value, original, cleaned.trouble)
    if not cleaned.value:
        return FullName(), cleaned
    if comma and before.strip() and after.strip() and "," not in after:
        family, rest = name(before).value, name(after).value
        given, patronymic = _patronymic_apart(rest.split())
        if family and not _is_patronymic(family.split()):
            return FullName(family, " ".join(given), patronymic), cleaned
    return _split(INITIALS.sub(r"\1 \2", cleaned.value).split(), family_first), cleaned


def family_comes_first(names: Iterable[str]) -> bool:
    """Whether most names have the family name first, as far as their endings say; True when none does."""
    first = last = 0
    for words in (text.split() for text in names):
        given, _patronymic = _patronymic_apart(words)
        if len(given) >= 2 and _is_family(given[0]) != _is_family(given[-1]):
            first, last = first + _is_family(given[0]), last + _is_family(given[-1])
    return first >= last


def gender_of(full: FullName) -> str:
    """What patronymic or family name say of the gender; "" when they say nothing."""
    words = _folded(full.patronymic).split()
    if words:
        if words[-1] in SON or words[-1].endswith(SON_ENDINGS):
            return "male"
        if words[-1] in DAUGHTER or words[-1].endswith(DAUGHTER_ENDINGS):
            return "female"
    for family in _folded(full.last_name).split()[-1:]:
        if FAMILY_OF_WOMEN.fullmatch(family):
            return "female"
        if FAMILY_OF_MEN.fullmatch(family):
            return "male"
    return ""


def _split(words: list[str], family_first: bool) -> FullName:
    place = _patronymic_at(words)
    if place is None:
        return _without_patronymic(words, family_first)
    start, end = place
    patronymic = " ".join(words[start:end])
    before, after = words[:start], words[end:]
    if before and after:  # Anvar Karim oʻgʻli Toʻrayev
        return FullName(" ".join(after), " ".join(before), patronymic)
    family, given = _family_apart(before or after, family_first)
    return FullName(family, given, patronymic)


def _without_patronymic(words: list[str], family_first: bool) -> FullName:
    initials = [word for word in words if INITIAL.fullmatch(word)]
    others = [word for word in words if word not in initials]
    if initials and len(others) == 1:
        return FullName(others[0], initials[0], " ".join(initials[1:]))
    if (
        len(words) == 3
        and (family_first or _is_family(words[0]))
        and not (_is_family(words[2]) and not _is_family(words[0]))
    ):
        return FullName(words[0], words[1], words[2])
    family, given = _family_apart(words, family_first)
    return FullName(family, given, "")


def _family_apart(words: list[str], family_first: bool) -> tuple[str, str]:
    """Family name and given names, without a patronymic."""
    if len(words) < 2:
        word = " ".join(words)
        return (word, "") if _is_family(word) else ("", word)
    first, last = _is_family(words[0]), _is_family(words[-1])
    if first == last:
        first = family_first
    return (words[0], " ".join(words[1:])) if first else (words[-1], " ".join(words[:-1]))


def _is_family(word: str) -> bool:
    folded = _folded(word)
    return bool(FAMILY.fullmatch(folded)) and folded not in GIVEN


def _patronymic_apart(words: list[str]) -> tuple[list[str], str]:
    place = _patronymic_at(words)
    if place is None:
        return words, ""
    return words[: place[0]] + words[place[1] :], " ".join(words[place[0] : place[1]])


def _patronymic_at(words: list[str]) -> tuple[int, int] | None:
    """From which word to which the patronymic goes; the last one counts, since family names may end in -ich too."""
    folded = [_folded(word) for word in words]
    for place in range(len(words) - 1, -1, -1):
        if place and (folded[place] in SON or folded[place] in DAUGHTER):
            return place - 1, place + 1
        if ATTACHED.fullmatch(folded[place]) and folded[place] not in SON:
            return place, place + 1
    ending = [place for place, word in enumerate(folded) if _is_patronymic([word])]
    if not ending or len(words) == 1:
        return (0, 1) if ending and folded[0].endswith(DAUGHTER_ENDINGS) else None
    if len(words) == 2 and ending == [0]:
        return None  # Abramovich Roman, or a patronymic and a family name nobody can tell apart
    place = ending[-1]
    if place == 0 and len(words) > 2:
        return None
    return place, place + 1


def _is_patronymic(words: list[str]) -> bool:
    folded = [_folded(word) for word in words]
    return bool(folded) and (
        folded[-1] in SON
        or folded[-1] in DAUGHTER
        or (len(folded[-1]) > 5 and folded[-1].endswith((*SON_ENDINGS, *DAUGHTER_ENDINGS)))
    )


def _folded(text: str) -> str:
    return text.lower().translate(ONE_APOSTROPHE)


def _written(text: str) -> str:
    """The words with their apostrophes and capitals."""
    letters = [letter for letter in text if letter.isalpha() and letter.lower() != letter.upper()]
    is_shouted = len(letters) > 1 and all(letter.isupper() for letter in letters)
    has_both = any(map(str.isupper, letters)) and not is_shouted
    words = text.split()
    return " ".join(
        _word(word, place > 0 or (has_both and word.islower()), is_shouted) for place, word in enumerate(words)
    )


def _word(word: str, may_be_small: bool, is_shouted: bool) -> str:
    folded = _folded(word)
    if folded in SMALL and (may_be_small or folded in SON):
        return _marked(folded)
    return PIECE.sub(lambda piece: _piece(piece[0], is_shouted or _is_shouted(word)), word)


def _is_shouted(word: str) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 3 and all(letter.isupper() for letter in letters)


def _piece(piece: str, is_shouted: bool) -> str:
    """One name between hyphens and dots."""
    folded = _folded(piece)
    if folded in IRISH:
        return "O'" + folded[2:].capitalize()
    if re.fullmatch(r"[dl]'[^\W\d_]{3,}", folded) and not is_cyrillic(piece):
        head = piece[0] if not is_shouted and piece[0].isupper() != piece[2:].isupper() else piece[0].upper()
        return f"{head}'{folded[2:].capitalize()}" if is_shouted or piece.islower() else f"{piece[0]}'{piece[2:]}"
    if is_shouted and len(piece) > 1:
        if folded.startswith("mc") and len(folded) > 4:
            return f"Mc{folded[2:].capitalize()}"
        return _capital(_marked(folded))
    if re.fullmatch(r"O'[A-Z][a-z]+", piece.translate(ONE_APOSTROPHE)):
        return piece.translate(ONE_APOSTROPHE)
    if piece.islower():
        if folded.startswith("mc") and len(folded) > 4:
            return f"Mc{folded[2:].capitalize()}"
        return _capital(_marked(piece))
    return _marked(piece)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _marked(word: str) -> str:
    """The apostrophes of a word as the standard has them; two in a row are one."""
    found = re.sub(r"''+", "'", word.translate(ONE_APOSTROPHE))
    return re.sub(r"(?<=[OoGg])'", OKINA, found).replace("'", TUTUQ)
