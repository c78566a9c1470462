"""What is merged, asked about and left alone, and what no likelihood overcomes."""

from __future__ import annotations

import polars as pl
import pytest

from mijoz.analysis.matching.deciding import BACKING, Sides, decide
from mijoz.analysis.matching.features import features
from mijoz.analysis.matching.model import COMPARISONS

NOBODY = Sides()
Pairs = set[tuple[int, ...]]

ALI = {"first_name": "Ali", "last_name": "Karimov", "birth": "1990-03-21", "phones": ["+998901234567"]}
VALI = {"first_name": "Shahnoza", "last_name": "Karimova", "birth": "1992-08-05", "phones": ["+998901234567"]}


def known(*people: dict[str, object]) -> pl.DataFrame:
    rows = [{"record": place, **person} for place, person in enumerate(people, start=1)]
    return features(pl.DataFrame(rows, infer_schema_length=None))


def pair(left: int, right: int, probability: float, *, weight: float = 5.0, **levels: str) -> dict[str, object]:
    keys = [comparison.key for comparison in COMPARISONS]
    return {
        "left": left,
        "right": right,
        "probability": probability,
        "weight": weight,
        **{f"level_{key}": levels.get(key, "same") for key in keys},
        **{f"weight_{key}": 4.0 if levels.get(key, "same") == "same" else -3.0 for key in keys},
    }


def decided(people: pl.DataFrame, *pairs: dict[str, object], sides: Sides = NOBODY) -> tuple[Pairs, Pairs]:
    found = pl.DataFrame(list(pairs)).sort("probability", descending=True)
    decision = decide(found, people, sides=sides)
    merged, review = (set(frame.select("left", "right").iter_rows()) for frame in (decision.merged, decision.review))
    return merged, review


@pytest.mark.parametrize(
    ("probability", "becomes"), [(0.95, "merged"), (0.9, "merged"), (0.89, "review"), (0.1, "review"), (0.09, "alone")]
)
def test_likelihood_decides(probability: float, becomes: str) -> None:
    merged, review = decided(known(ALI, ALI), pair(1, 2, probability))
    assert {"merged": merged, "review": review, "alone": {(1, 2)}}[becomes] == {(1, 2)}
    assert len(merged) + len(review) == (becomes != "alone")


def test_a_phone_of_different_first_names_is_a_familys() -> None:
    merged, review = decided(known(ALI, VALI), pair(1, 2, 0.99, first_name="different", birth="different"))
    assert (merged, review) == (set(), {(1, 2)})


def test_two_of_a_family_are_not_chained_through_a_record_that_fits_both() -> None:
    nameless = {"first_name": "", "last_name": "Karimov", "phones": ["+998901234567"]}
    people = known(ALI, VALI, nameless)
    merged, review = decided(people, pair(1, 3, 0.98), pair(2, 3, 0.97))
    assert (merged, review) == (set(), {(1, 3), (2, 3)})
    merged, review = decided(people, pair(1, 3, 0.9999), pair(2, 3, 0.9998))
    assert (merged, review) == ({(1, 3)}, {(2, 3)})


def test_two_who_each_proved_who_they_are_are_left_to_people() -> None:
    merged, review = decided(known(ALI, ALI), pair(1, 2, 0.999), sides=Sides(proved={1, 2}))
    assert (merged, review) == (set(), {(1, 2)})


def test_proof_is_not_gone_round_by_a_third_record() -> None:
    merged, review = decided(known(ALI, ALI, ALI), pair(1, 3, 0.999), pair(2, 3, 0.99), sides=Sides(proved={1, 2}))
    assert (merged, review) == ({(1, 3)}, {(2, 3)})


def test_what_people_decided_is_never_asked_again_nor_gone_round() -> None:
    people = known(ALI, ALI, ALI)
    sides = Sides(apart={(2, 1)})
    merged, review = decided(people, pair(1, 2, 0.999), pair(1, 3, 0.99), pair(2, 3, 0.98), sides=sides)
    assert (merged, review) == ({(1, 3)}, {(2, 3)})


def test_nobody_is_merged_for_a_name_and_a_city_alone() -> None:
    unknown = dict.fromkeys(BACKING, "unknown")
    merged, review = decided(known(ALI, ALI), pair(1, 2, 0.99, **unknown))
    assert (merged, review) == (set(), {(1, 2)})


NO_BIRTH = {"first_name": "Ali", "last_name": "Karimov", "phones": ["+998901234567"]}
SON = ALI | {"birth": "2009-11-02"}


def test_who_fits_two_of_one_name_is_merged_with_neither() -> None:
    people = known(ALI, SON, NO_BIRTH)
    merged, review = decided(people, pair(1, 3, 0.97), pair(2, 3, 0.96), pair(1, 2, 0.4, birth="different"))
    assert (merged, review) == (set(), {(1, 2), (1, 3), (2, 3)})


def test_who_fits_one_of_them_far_better_is_merged_with_that_one() -> None:
    merged, review = decided(known(ALI, SON, NO_BIRTH), pair(1, 3, 0.99, weight=6.7), pair(2, 3, 0.92, weight=3.4))
    assert (merged, review) == ({(1, 3)}, {(2, 3)})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birth": "1990-03-21"}, {"birth": "2009-11-02"}),
        ({"birth": "1990-03-21"}, {"birthday": "11-02"}),
        ({"patronymic": "Alisher oʻgʻli"}, {"patronymic": "Sardorovich"}),
    ],
)
def test_a_group_holds_nobody_who_contradicts_another(one: dict[str, str], other: dict[str, str]) -> None:
    people = known(NO_BIRTH | one, NO_BIRTH, NO_BIRTH, NO_BIRTH | other)
    chain = (pair(1, 2, 0.97), pair(2, 3, 0.96), pair(3, 4, 0.95))
    merged, review = decided(people, *chain)
    assert (merged, review) == ({(1, 2), (2, 3)}, {(3, 4)})


def test_what_is_sure_is_not_shaken_by_a_second_slip() -> None:
    people = known(ALI | {"birth": "1990-03-22"}, ALI, ALI | {"birth": "1991-03-21"})
    merged, review = decided(people, pair(1, 2, 0.9999), pair(2, 3, 0.9998))
    assert (merged, review) == ({(1, 2), (2, 3)}, set())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"first_name": "Nodir"}, {"first_name": "Nodira", "last_name": "Karimova"}),
        ({"first_name": "Nodir", "patronymic": "Alisherovich"}, {"first_name": "Nodira", "patronymic": "Alisher qizi"}),
        ({"first_name": "Hasan"}, {"first_name": "Husan"}),
        ({"first_name": "Хасанбой"}, {"first_name": "Xusanboy"}),
    ],
)
def test_a_brother_and_a_sister_and_twins_are_left_to_people(one: dict[str, str], other: dict[str, str]) -> None:
    merged, review = decided(known(ALI | one, ALI | other), pair(1, 2, 0.9999, first_name="slip"))
    assert (merged, review) == (set(), {(1, 2)})


def test_a_slip_in_the_ending_of_a_surname_makes_nobody_another() -> None:
    merged, _ = decided(known(ALI, ALI | {"last_name": "Karimova"}), pair(1, 2, 0.99))
    assert merged == {(1, 2)}


def test_two_names_that_many_bear_are_no_slip_of_each_other() -> None:
    people = [VALI | {"first_name": name} for name in ("Dilfuza", "Dilnoza") for _ in range(5)]
    likely = (pair(1, 6, 0.97, first_name="slip", birth="unknown"), pair(2, 7, 0.99, first_name="slip"))
    merged, review = decided(known(*people), *likely)
    assert (merged, review) == ({(2, 7)}, {(1, 6)})
    few = [VALI | {"first_name": name} for name in ("Dilfuza", "Dilnoza", "Dilfuza")]
    merged, _ = decided(known(*few), pair(1, 2, 0.97, first_name="slip", birth="unknown"))
    assert merged == {(1, 2)}
