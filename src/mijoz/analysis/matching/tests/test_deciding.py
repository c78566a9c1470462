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


def pair(left: int, right: int, probability: float, **levels: str) -> dict[str, object]:
    keys = [comparison.key for comparison in COMPARISONS]
    return {
        "left": left,
        "right": right,
        "probability": probability,
        "weight": 5.0,
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
