"""What speaks for and against two records being of one person, as Fellegi and Sunter (1969) weigh it.

Each comparison is a ladder of levels. `m` is how often a level is reached by two records of one person, `u` by
records of two people; log2(m/u) is its weight. The values here are what we start from: they come from what the fields
are (a birth date falls on one of some 20,000 days, of one person's two records one in ten has a slip in a name), not
from a data set, and give way to the business's own as far as it has enough records (see training).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    key: str
    condition: str  # SQL on _l and _r columns of the features
    m: float
    u: float
    frequency: str = ""  # the column whose rare values say more than common ones


@dataclass(frozen=True, slots=True)
class Comparison:
    """Levels from the strongest on; `unknown` is when the field says nothing. The last level is all the rest."""

    key: str
    unknown: str
    levels: tuple[Level, ...]
    columns: tuple[str, ...]


def _close(column: str, similarity: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {similarity}"


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _shared(column: str) -> str:
    """Share of the shorter list that the other one has too."""
    common = f"len(list_intersect({column}_l, {column}_r))"
    return f"{common} / least(len({column}_l), len({column}_r))"


SWAPPED = (  # one of the two without a slip
    "first_l <> last_l AND (first_l = last_r AND damerau_levenshtein(last_l, first_r) <= 1 "
    "OR last_l = first_r AND damerau_levenshtein(first_l, last_r) <= 1)"
)
INITIAL = "least(len(first_l), len(first_r)) = 1 AND left(first_l, 1) = left(first_r, 1)"
BEGINNING = (
    "least(len(first_l), len(first_r)) >= 4 AND (starts_with(first_l, first_r) OR starts_with(first_r, first_l))"
)
SAME_DIGITS = "regexp_replace(email_l, '[^0-9]', '', 'g') = regexp_replace(email_r, '[^0-9]', '', 'g')"
DAY_AND_MONTH_SWAPPED = (
    "birth_l = left(birth_r, 4) || right(birth_r, 2) || substr(birth_r, 5, 2) AND birth_l <> birth_r"
)

FIRST_NAME = Comparison(
    "first_name",
    _missing("first"),
    (
        Level("same", "first_l = first_r", 0.80, 0.008, frequency="first"),
        Level("swapped", SWAPPED, 0.02, 0.00002),
        Level("slip", f"damerau_levenshtein(first_l, first_r) <= 1 OR {_close('first', 0.94)}", 0.08, 0.005),
        Level("beginning", f"({BEGINNING}) OR ({INITIAL})", 0.03, 0.004),
        Level("alike", _close("first", 0.85), 0.03, 0.02),
        Level("different", "ELSE", 0.04, 0.963),
    ),
    ("first",),
)
LAST_NAME = Comparison(
    "last_name",
    f"{_missing('last')} OR coalesce({SWAPPED}, FALSE)",
    (
        Level("same", "last_l = last_r", 0.86, 0.004, frequency="last"),
        Level("slip", f"damerau_levenshtein(last_l, last_r) <= 1 OR {_close('last', 0.94)}", 0.08, 0.004),
        Level("alike", _close("last", 0.85), 0.02, 0.02),
        Level("different", "ELSE", 0.04, 0.972),
    ),
    ("last",),
)
PATRONYMIC = Comparison(
    "patronymic",
    _missing("father"),
    (
        Level("same", "father_l = father_r", 0.85, 0.02, frequency="father"),
        Level("alike", f"damerau_levenshtein(father_l, father_r) <= 1 OR {_close('father', 0.9)}", 0.10, 0.02),
        Level("different", "ELSE", 0.05, 0.96),
    ),
    ("father",),
)
BIRTH = Comparison(
    "birth",
    "month_day_l IS NULL OR month_day_r IS NULL",
    (
        Level("same", "birth_l = birth_r", 0.88, 0.00005),
        Level("swapped", DAY_AND_MONTH_SWAPPED, 0.02, 0.00003),
        Level("day without year", "month_day_l = month_day_r AND (year_l IS NULL OR year_r IS NULL)", 0.9, 0.0027),
        Level("slip", "damerau_levenshtein(birth_l, birth_r) <= 1", 0.05, 0.0008),
        Level("two slips", "damerau_levenshtein(birth_l, birth_r) = 2", 0.01, 0.012),
        Level("different", "ELSE", 0.04, 0.98),
    ),
    ("birth", "month_day", "year"),
)
PHONE = Comparison(
    "phone",
    _missing("phone"),
    (
        Level("same", "phone_l = phone_r OR len(list_intersect(phones_l, phones_r)) > 0", 0.6, 0.000005),
        Level("slip", "damerau_levenshtein(phone_l, phone_r) <= 1", 0.06, 0.00001),
        Level("different", "ELSE", 0.34, 0.99998),
    ),
    ("phone", "phones"),
)
EMAIL = Comparison(
    "email",
    _missing("email"),
    (
        Level("same", "email_l = email_r OR len(list_intersect(emails_l, emails_r)) > 0", 0.6, 0.000003),
        Level(
            "slip",
            f"mailbox_l = mailbox_r OR ({SAME_DIGITS} AND damerau_levenshtein(email_l, email_r) <= 2)",
            0.1,
            0.0001,
        ),
        Level("different", "ELSE", 0.3, 0.9998),
    ),
    ("email", "emails", "mailbox"),
)
STREET = Comparison(
    "street",
    "streets_l IS NULL OR streets_r IS NULL",
    (
        Level("same", "streets_l = streets_r", 0.45, 0.0004),
        Level("most", f"{_shared('streets')} >= 0.6", 0.25, 0.001),
        Level("some", f"{_shared('streets')} > 0", 0.15, 0.02),
        Level("different", "ELSE", 0.15, 0.98),
    ),
    ("streets",),
)
HOUSE = Comparison(
    "house",
    "numbers_l IS NULL OR numbers_r IS NULL",
    (
        Level("same", "numbers_l = numbers_r", 0.65, 0.002),
        Level("some", f"{_shared('numbers')} > 0", 0.20, 0.02),
        Level("different", "ELSE", 0.15, 0.978),
    ),
    ("numbers",),
)
CITY = Comparison(
    "city",
    _missing("place"),
    (
        Level("same", "place_l = place_r", 0.85, 0.1, frequency="place"),
        Level("alike", _close("place", 0.9), 0.07, 0.01),
        Level("different", "ELSE", 0.08, 0.89),
    ),
    ("place",),
)
VISITS = Comparison(
    "visits",
    "moments_l IS NULL OR moments_r IS NULL OR len(list_intersect(moments_l, moments_r)) = 0",
    (
        Level("several", "len(list_intersect(moments_l, moments_r)) > 1", 0.9, 0.00001),
        Level("one", "ELSE", 0.1, 0.0005),
    ),
    ("moments",),
)
COMPARISONS = (FIRST_NAME, LAST_NAME, PATRONYMIC, BIRTH, PHONE, EMAIL, STREET, HOUSE, CITY, VISITS)
