"""What records are compared by."""

from __future__ import annotations

import polars as pl
import pytest

from mijoz.analysis.folding import fold
from mijoz.analysis.matching.features import birth_digits, father, features, parts_of_name


def of(**told: object) -> dict[str, object]:
    return features(pl.DataFrame([{"record": 1, **told}])).row(0, named=True)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1990-02-13", "19900213"),
        ("13.02.1990", "19900213"),
        ("19900213", "19900213"),
        ("1990-13-45", "19901345"),  # a slip still resembles the right date
        ("", ""),
        ("13.02", ""),
    ],
)
def test_a_birth_date_is_eight_digits(text: str, digits: str) -> None:
    assert birth_digits(text) == digits


@pytest.mark.parametrize("written", ["Alisher oʻgʻli", "Alisherovich", "Алишер қизи", "Алишеровна", "Alisher o'g'li"])
def test_a_patronymic_is_the_fathers_name(written: str) -> None:
    assert father(fold(written)) == "alisher"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Karimov Anvar Alisher oʻgʻli", ("anvar", "karimav", "alisher agli")),
        ("Анвар Каримов", ("anvar", "karimav", "")),
        ("Karimova Lola Botirovna", ("lala", "karimava", "batiravna")),
    ],
)
def test_a_whole_name_falls_into_its_parts(whole: str, parts: tuple[str, str, str]) -> None:
    assert parts_of_name(fold(whole)) == parts


def test_two_scripts_and_the_ending_of_a_womans_surname_make_one_key() -> None:
    latin = of(first_name="Gʻayrat", last_name="Karimov")
    cyrillic = of(first_name="Ғайрат", last_name="Каримова")
    assert (latin["first"], latin["last"]) == (cyrillic["first"], cyrillic["last"])


def test_phones_are_compared_without_the_code_of_the_country() -> None:
    assert of(phones=["+998 90 123 45 67", "901234567", "12"])["phones"] == ["901234567"]


def test_words_that_many_addresses_hold_are_left_out() -> None:
    names = [f"{letter}{other}{letter}street" for letter in "bdgkmnprstvz" for other in "aeiy"]
    people = pl.DataFrame({"record": range(1, 49), "address": [f"{name} koʻchasi 12-uy" for name in names]})
    found = features(people)
    assert found["streets"].list.len().unique().to_list() == [1]
    assert found["numbers"].to_list() == [["12"]] * 48


@pytest.mark.parametrize(
    ("told", "sex"),
    [
        ({"last_name": "Karimova"}, "f"),
        ({"last_name": "Каримов"}, "m"),
        ({"first_name": "Karimova", "last_name": "Umida"}, "f"),  # one in the other's place
        ({"last_name": "Karimov", "patronymic": "Alisher qizi"}, "f"),
        ({"last_name": "Karimova", "gender": "male"}, "m"),
        ({"last_name": "Umid"}, None),
    ],
)
def test_the_sex_is_as_told_or_as_the_endings_say(told: dict[str, str], sex: str | None) -> None:
    assert of(**told)["sex"] == sex


@pytest.mark.parametrize("written", ["Husan", "Xusan", "Хусан", "Ҳусан", "Husayn", "Хусейн"])
def test_husan_is_not_hasan(written: str) -> None:
    assert of(first_name=written)["first"] == of(first_name="Husan")["first"] != of(first_name="Hasan")["first"]


def test_what_is_unknown_is_null() -> None:
    told = of(first_name="", phones=None, address=" ")
    assert {told[key] for key in ("first", "last", "birth", "month_day", "phone", "streets")} == {None}
