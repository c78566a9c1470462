"""One person, two strangers, or two of one family.

Fellegi and Sunter weigh one person against two strangers. But relatives share a phone, an address, a surname and a
father, and are not strangers: against them only the first name and the birth date speak. So each pair has a second
weight, that of one person against two relatives, and the probability is that of one person among all three. How many
relatives the records hold is counted in them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from mijoz.analysis.matching.training import Trained

AMONG_RELATIVES: dict[
    str, dict[str, float]
] = {  # how often two relatives reach a level, where that differs from strangers
    "first_name": {"same": 0.02, "slip": 0.005, "beginning": 0.005},  # a son named as his father; Nodir and Nodira
    "birth": {"same": 0.01},  # twins
    "patronymic": {"same": 0.5, "alike": 0.05, "different": 0.45},  # brothers and sisters
}
RELATIVES_AT_FIRST = 0.3  # records of relatives for each record, until counted
RECORDS_AT_FIRST = 10.0  # how many records that counts for
BORN_ALIKE = ("same", "swapped", "slip")


@dataclass(frozen=True, slots=True)
class Household:
    """Records of the same person, and of relatives, for each record."""

    same: float
    relatives: float


def household(scored: pl.DataFrame, *, model: Trained, records: int) -> Household:
    """Counted in the scored pairs: who shares a phone, an e-mail or an address, and neither first name nor birth
    date."""
    together = (
        (pl.col("level_phone") == "same")
        | (pl.col("level_email") == "same")
        | ((pl.col("level_street") == "same") & (pl.col("level_house") == "same"))
    )
    others = (pl.col("level_first_name") == "different") & ~pl.col("level_birth").is_in(BORN_ALIKE)
    here = scored.filter(together)
    one = here.filter(~others).height  # whoever shares a first name or a birth date; of one person, some share neither
    shares_neither = _m(model, "first_name", {"different"}) * (1 - _m(model, "birth", BORN_ALIKE))
    pairs = max(here.height - one - one * shares_neither / (1 - shares_neither), 0.0)
    relatives = (2 * pairs + RELATIVES_AT_FIRST * RECORDS_AT_FIRST) / (records + RECORDS_AT_FIRST)
    return Household(same=model.prior * max(records - 1, 1), relatives=relatives)


def _m(model: Trained, key: str, levels: Collection[str]) -> float:
    """How often two records of one person reach one of these levels."""
    comparison = next(comparison for comparison in model.comparisons if comparison.key == key)
    return sum(level.m for level in comparison.levels if level.key in levels)


def against_relatives(scored: pl.DataFrame, *, model: Trained, home: Household) -> pl.DataFrame:
    """`scored` with the column weight_relatives (0 or less): what the chance of two relatives takes from `weight`;
    `weight` and `probability` afterwards count it."""
    family = (
        math.log2(home.same / home.relatives)
        + _against(model, "first_name", AMONG_RELATIVES["first_name"])
        + _against(model, "birth", AMONG_RELATIVES["birth"])
        + _against(model, "patronymic", AMONG_RELATIVES["patronymic"])
    )
    # 1 / (1 + 2^-stranger + 2^-family), in logarithms
    stranger = pl.col("weight")
    told = scored.with_columns(family=family)
    least, most = pl.min_horizontal(stranger, "family"), pl.max_horizontal(stranger, "family")
    both = least - (1 + 2.0 ** (least - most)).log(2)
    return (
        told.with_columns(weight_relatives=both - stranger, weight=both)
        .with_columns(probability=1 / (1 + 2.0 ** (-pl.col("weight"))))
        .drop("family")
    )


def _against(model: Trained, key: str, among_relatives: Mapping[str, float]) -> pl.Expr:
    """The weight of this comparison for one person against two relatives, who reach some levels more often than
    strangers."""
    comparison = next(comparison for comparison in model.comparisons if comparison.key == key)
    weight = pl.col(f"weight_{key}")
    for level in comparison.levels:
        if level.key in among_relatives:
            share = among_relatives[level.key]
            weight = pl.when(pl.col(f"level_{key}") == level.key).then(math.log2(level.m / share)).otherwise(weight)
    return weight
