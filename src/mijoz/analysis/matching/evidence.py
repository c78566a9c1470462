"""Why two records are taken for one person: a row for each comparison, to be shown as a waterfall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

import polars as pl

from mijoz.analysis.matching.model import COMPARISONS

SHOWN = {  # what stands on both sides of a row
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "patronymic": ("patronymic",),
    "birth": ("birth", "birthday"),
    "phone": ("phones",),
    "email": ("emails",),
    "street": ("address",),
    "house": ("address",),
    "city": ("city",),
    "visits": ("moments",),
}


class Row(TypedDict):
    """One bar of the waterfall; prior and relatives have no values."""

    name: str
    level: str
    left: str
    right: str
    weight: float


def evidence(pairs: pl.DataFrame, people: pl.DataFrame) -> list[list[Row]]:
    """The rows of each pair, in the order of the pairs: the prior, the comparisons whose fields are known,
    relatives."""
    sides = []
    for side in ("left", "right"):
        told = people.select("record", *(_shown(people, key).alias(f"{key}_{side}") for key in SHOWN))
        sides.append(told)
    whole = pairs.join(sides[0], left_on="left", right_on="record", how="left", maintain_order="left").join(
        sides[1], left_on="right", right_on="record", how="left", maintain_order="left"
    )
    return [list(_rows(pair)) for pair in whole.iter_rows(named=True)]


def _shown(people: pl.DataFrame, key: str) -> pl.Expr:
    texts = []
    for name in SHOWN[key]:
        if name not in people.columns:
            continue
        column = pl.col(name)
        is_list = isinstance(people.schema[name], pl.List)
        text = column.cast(pl.List(pl.String)).list.join(", ") if is_list else column.cast(pl.String)
        texts.append(pl.when(text != "").then(text))
    return pl.coalesce(*texts, pl.lit("")) if texts else pl.lit("")


def _rows(pair: dict[str, object]) -> Iterator[Row]:
    yield Row(name="prior", level="", left="", right="", weight=_rounded(pair["weight_prior"]))
    for comparison in COMPARISONS:
        level = str(pair[f"level_{comparison.key}"])
        if level != "unknown":
            yield Row(
                name=comparison.key,
                level=level,
                left=str(pair[f"{comparison.key}_left"] or ""),
                right=str(pair[f"{comparison.key}_right"] or ""),
                weight=_rounded(pair[f"weight_{comparison.key}"]),
            )
    yield Row(name="relatives", level="", left="", right="", weight=_rounded(pair["weight_relatives"]))


def _rounded(weight: object) -> float:
    return round(float(str(weight)), 3)
