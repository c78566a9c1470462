"""What helps coders: example words in their forms, and what was learned from coded passages."""

from __future__ import annotations

import random

import pytest

from mijoz.analysis.learning.stems import found_in, hits, in_latin
from mijoz.analysis.learning.themes import FEWEST, learn

WAITING = ["navbat", "kutdi", "очеред", "ждал", "wait"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Navbatlarimizda juda uzoq turdim", ["navbat"]),
        ("Навбатда турдим, жуда кўп кутдим", ["navbat", "kutdi"]),
        ("Стояла в очереди и ждала час", ["очеред", "ждал"]),
        ("We were waiting for an hour", ["wait"]),
        ("Everything was fine", []),
    ],
)
def test_an_example_word_finds_its_forms_in_every_language_and_alphabet(text: str, found: list[str]) -> None:
    assert hits(text, WAITING) == found


def test_apostrophes_of_all_kinds_are_one() -> None:
    assert hits("Ma’lumotlarim noto`g`ri yozilgan", ["maʼlumot", "notoʻgʻri"]) == ["maʼlumot", "notoʻgʻri"]
    assert hits("Маълумотларим нотўғри", ["maʼlumot", "notoʻgʻri"]) == ["maʼlumot", "notoʻgʻri"]


def test_an_example_of_two_words_needs_both_in_a_row() -> None:
    assert hits("Men rozilik bermaganman", ["rozilik ber"]) == ["rozilik ber"]
    assert hits("Bergan javobidan roziman", ["rozilik ber"]) == []
    assert hits("a b", ["", "a"]) == ["a"]


def test_short_examples_must_stand_alone() -> None:
    assert hits("SMSlar keldi", ["sm"]) == []
    assert in_latin("ҳамма") == "hamma"


def test_themes_without_a_word_are_left_out() -> None:
    assert found_in("Навбатда турдим", {"queue": WAITING, "consent": ["rozilik"]}) == {"queue": ["navbat"]}


def passages(n: int, seed: int) -> tuple[list[str], list[bool]]:
    drawn = random.Random(seed)
    about = ["navbatda uzoq kutdim", "ждали в очереди целый час", "waited in the queue for long", "навбат жуда секин"]
    other = ["xodim xushmuomala edi", "вежливый мастер, спасibo", "the price was fair", "хона тоза эди"]
    fill = ["bugun", "вчера", "again", "keyin", "потом", "really", "juda", "очень"]
    has = [drawn.random() < 0.4 for _passage in range(n)]
    return [
        " ".join([drawn.choice(fill), drawn.choice(about if one else other), drawn.choice(fill)]) for one in has
    ], has


def test_it_learns_what_was_coded_and_says_how_well() -> None:
    texts, has = passages(120, seed=1)
    learned = learn(texts, {"queue": has})
    skill = learned.skills["queue"]
    assert skill.precision.value is not None
    assert skill.precision.value > 0.9
    assert skill.precision.low is not None
    assert skill.precision.low < skill.precision.value
    fresh, truth = passages(50, seed=2)
    assert [("queue" in found) for found in learned.suggest(fresh)] == truth


def test_chance_is_not_taken_for_skill() -> None:
    """Themes given at random to the same texts: the precision found is about the share of the theme, not above it."""
    texts, _has = passages(200, seed=3)
    drawn = random.Random(4)
    has = [drawn.random() < 0.5 for _text in texts]
    skill = learn(texts, {"queue": has}).skills["queue"]
    assert skill.precision.value is None or skill.precision.value < 0.65


def test_too_few_teach_nothing() -> None:
    texts, has = passages(FEWEST, seed=5)
    learned = learn(texts, {"queue": has})
    assert learned.skills == {}
    assert learned.suggest(texts) == [{}] * len(texts)
    assert learn([], {}).suggest([]) == []
