"""What two records are compared by: folded names, digits of phones and birth dates, words of addresses.

`people` has a row for each record: record (Int64), first_name, last_name, patronymic, birth (a date as text, also one
that is none), birthday ("MM-DD", the year unknown), address, city, gender ("female" or "male"), all String, "" or null
for unknown; phones, emails and moments (List[String]; a moment is a branch and a minute of a visit). Columns that are
missing count as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from mijoz.analysis.folding import fold

TEXTS = ("first_name", "last_name", "patronymic", "birth", "birthday", "address", "city", "gender")
LISTS = ("phones", "emails", "moments")
DIGITS_OF_A_PHONE = 9  # without the code of the country, which is often left out
FEWEST_DIGITS_OF_A_PHONE = 7
FEMININE = re.compile(r"(..av|..ev)a$|(sk)aia$")  # Karimova and Karimov are of one family
SEX_OF_A_PATRONYMIC = {"m": re.compile(r"([aiu]?gli|[ae]vich|ich)$"), "f": re.compile(r"(kizi|[ae]vna|ichna)$")}
SEX_OF_A_SURNAME = {"m": re.compile(r"..(av|ev|skii)$"), "f": re.compile(r"..(ava|eva|skaia)$")}
FATHERS = re.compile(r"( ?[aiu]?g?li| ?kizi|[ae]vich|[ae]vna|ichna|ich)$")  # oʻgʻli, qizi, -ovich, -evna, folded
OF_A_SURNAME = re.compile(r"...(av|ev|ava|eva|skii|skaia)$")
OF_A_PATRONYMIC = re.compile(r"...([ae]vich|[ae]vna|ichna)$")
SON_OR_DAUGHTER = {"agli", "ugli", "kizi"}
HUSAN = re.compile(r"(kh|[hxҳх])[uу][sс]{1,2}[aeаеэ][iyйи]?[nн]", re.IGNORECASE)
HASAN_KEY, HUSAN_KEY = "hasan", "vazik"  # folded alike, the second would be the first
YEARS = range(1900, 2100)
COMMON_FROM = 0.05  # share of all addresses
COMMON_AT_LEAST = 20  # addresses


def features(people: pl.DataFrame) -> pl.DataFrame:
    """A row for each record: record, first, last, father, birth (YYYYMMDD), year, month_day, phone, phones, email,
    emails, mailbox, numbers, streets, place, moments, sex ("f" or "m", as told or as the names' endings say); null for
    what is unknown.
    """
    told = people.select(
        "record",
        *(_text(people, name).alias(name) for name in TEXTS),
        *(_list(people, name).alias(name) for name in LISTS),
    )
    told = told.with_columns(
        *(_by_value(told[name], name_key).alias(f"{name}_key") for name in TEXTS[:3]),
        _by_value(told["birth"], birth_digits).alias("birth_key"),
        _by_value(told["birthday"], lambda text: text.replace("-", "")).alias("birthday_key"),
    )
    told = _split_full_names(told)
    return told.select(
        "record",
        _by_value(told["first_name_key"], family).alias("first"),  # the two are compared crosswise as well
        _by_value(told["last_name_key"], family).alias("last"),
        _by_value(told["patronymic_key"], father).alias("father"),
        pl.col("birth_key").alias("birth"),
        pl.col("birth_key").str.slice(0, 4).alias("year"),
        pl.coalesce(pl.col("birth_key").str.slice(4, 4), "birthday_key").alias("month_day"),
        *_phones(),
        *_emails(),
        *_addresses(told),
        pl.col("moments").alias("moments"),
        _sex(told).alias("sex"),
    )


def name_key(name: str) -> str:
    """The name folded, but Husan far from Hasan: twin boys are called so, with all else the same."""
    return fold(HUSAN.sub(HUSAN_KEY, name)).strip()


def birth_digits(text: str) -> str:
    """Year, month, day as eight digits, "" when these are not in the text: 13.02.1990 is 19900213.

    A slip (the 32nd day) is kept, since it still resembles the right date.
    """
    digits = re.sub(r"\D", "", text)[:8]
    if len(digits) < 8:
        return ""
    if int(digits[:4]) in YEARS:
        return digits
    if int(digits[4:]) in YEARS:
        return digits[4:] + digits[2:4] + digits[:2]
    return digits if text.isdigit() else ""


def family(name: str) -> str:
    """A folded name without blanks and the ending of a woman's surname."""
    return FEMININE.sub(r"\1\2", name.replace(" ", ""))


def father(patronymic: str) -> str:
    """The father's name of a folded patronymic: alisher for alisher agli, alisheravich and alisher kizi."""
    return FATHERS.sub("", patronymic).replace(" ", "")


def _sex(told: pl.DataFrame) -> pl.Expr:
    """As told, else by the patronymic, else by the surname, which may stand where the first name should."""
    by_name = []
    for name, endings in (
        ("patronymic_key", SEX_OF_A_PATRONYMIC),
        ("last_name_key", SEX_OF_A_SURNAME),
        ("first_name_key", SEX_OF_A_SURNAME),
    ):
        by_name.append(pl.lit(_by_value(told[name], partial(_sex_by, endings))))
    return pl.coalesce(pl.col("gender").replace_strict({"female": "f", "male": "m"}, default=None), *by_name)


def _sex_by(endings: Mapping[str, re.Pattern[str]], text: str) -> str:
    return next((sex for sex, ending in endings.items() if ending.search(text)), "")


def _text(people: pl.DataFrame, name: str) -> pl.Expr:
    if name not in people.columns:
        return pl.lit(None, dtype=pl.String)
    return _filled(pl.col(name).cast(pl.String).str.strip_chars())


def _list(people: pl.DataFrame, name: str) -> pl.Expr:
    if name not in people.columns:
        return pl.lit(None, dtype=pl.List(pl.String))
    return pl.col(name).cast(pl.List(pl.String))


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _by_value(series: pl.Series, change: Callable[[str], str]) -> pl.Series:
    """`change` of each text, asked once for every different one; null for ""."""
    values = series.drop_nulls().unique()
    changed = pl.Series([change(value) or None for value in values], dtype=pl.String)
    return series.replace_strict(values, changed, default=None, return_dtype=pl.String)


def _split_full_names(told: pl.DataFrame) -> pl.DataFrame:
    """Give a name of several words in one column, the others being empty, to the columns by its endings."""
    given = pl.coalesce("first_name_key", "last_name_key")
    alone = pl.col("first_name_key").is_null() != pl.col("last_name_key").is_null()
    whole = pl.when(alone & pl.col("patronymic_key").is_null() & given.str.contains(" ")).then(given)
    full = told.select(whole=whole)["whole"]
    if full.null_count() == len(full):
        return told
    values = full.drop_nulls().unique()
    parts = pl.DataFrame([parts_of_name(value) for value in values], schema=["first", "last", "father"], orient="row")
    known = parts.with_columns(whole=values)
    told = told.with_columns(whole=full).join(known, on="whole", how="left", maintain_order="left")
    split = pl.col("whole").is_not_null()
    return told.with_columns(
        pl.when(split).then(_filled(pl.col("first"))).otherwise("first_name_key").alias("first_name_key"),
        pl.when(split).then(_filled(pl.col("last"))).otherwise("last_name_key").alias("last_name_key"),
        pl.when(split).then(_filled(pl.col("father"))).otherwise("patronymic_key").alias("patronymic_key"),
    )


def parts_of_name(whole: str) -> tuple[str, str, str]:
    """First name, last name and patronymic of a folded full name, by their endings; without these the first is
    first."""
    words = whole.split()
    fathers: list[str] = []
    for place, word in enumerate(words):
        if OF_A_PATRONYMIC.search(word):
            fathers = [word]
        elif word in SON_OR_DAUGHTER and place > 0:
            fathers = [words[place - 1], word]
    rest = [word for word in words if word not in fathers]
    surnames = [word for word in rest if OF_A_SURNAME.search(word)] or rest[1:2]
    first = [word for word in rest if word not in surnames]
    return "".join(first), "".join(surnames), " ".join(fathers)


def _phones() -> list[pl.Expr]:
    numbers = pl.col("phones").list.eval(
        pl.element().str.replace_all(r"\D", "").str.tail(DIGITS_OF_A_PHONE), parallel=True
    )
    whole = numbers.list.eval(pl.element().filter(pl.element().str.len_chars() >= FEWEST_DIGITS_OF_A_PHONE))
    distinct = whole.list.unique(maintain_order=True)
    return [
        distinct.list.first().alias("phone"),
        pl.when(distinct.list.len() > 0).then(distinct).alias("phones"),
    ]


def _emails() -> list[pl.Expr]:
    lowered = pl.col("emails").list.eval(
        pl.element().str.to_lowercase().str.strip_chars().replace("", None).drop_nulls()
    )
    distinct = lowered.list.unique(maintain_order=True)
    first = distinct.list.first()
    return [
        first.alias("email"),
        pl.when(distinct.list.len() > 0).then(distinct).alias("emails"),
        first.str.split("@").list.first().alias("mailbox"),
    ]


def _addresses(told: pl.DataFrame) -> list[pl.Series]:
    """Numbers and words of the address, each sorted, and the city. Words that many addresses hold (street, house,
    district, in whatever language) say nothing and are left out."""
    addresses = told["address"].drop_nulls().unique()
    words = pl.DataFrame({"address": addresses}).with_columns(
        word=pl.Series([_words(text) for text in addresses], dtype=pl.List(pl.String))
    )
    each = words.explode("word", empty_as_null=False).filter(~pl.col("word").str.contains(r"\d"))
    held = each.group_by("word").len()
    limit = max(COMMON_FROM * len(addresses), COMMON_AT_LEAST)
    telling = held.filter(pl.col("len") <= limit)["word"].implode()
    numbers = pl.element().filter(pl.element().str.contains(r"\d"))
    split = words.select(
        "address",
        numbers=pl.col("word").list.eval(numbers),
        streets=pl.col("word").list.eval(pl.element().filter(~pl.element().str.contains(r"\d"))),
    ).with_columns(telling=pl.col("streets").list.set_intersection(telling).list.sort())
    split = split.select(
        "address",
        _some("numbers"),
        pl.coalesce(_some("telling"), _some("streets")).alias("streets"),
    )
    found = told.select("address").join(split, on="address", how="left", maintain_order="left")
    place = _by_value(told["city"], lambda text: fold(text).replace(" ", ""))
    return [found["numbers"], found["streets"], place.alias("place")]


def _some(column: str) -> pl.Expr:
    return pl.when(pl.col(column).list.len() > 0).then(pl.col(column)).alias(column)


def _words(text: str) -> list[str]:
    return sorted(set(re.findall(r"\w+", fold(text))))
