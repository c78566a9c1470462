"""Which pairs are merged, which are asked about, and which are left alone.

Merged is what is likely enough and contradicts nobody: the groups grow by the likeliest pair first, and two groups
become one only if no member of the one is known to be somebody else than a member of the other. So nothing is chained
together through a phone that a family shares, and what people decided is never undone by a machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import polars as pl

MERGE_FROM = 0.9  # a wrong merge costs as much as ten looks at a pair, so it may happen once in ten of these at most
REVIEW_FROM = 0.1  # a duplicate found is worth ten looks at a pair
ALIKE = 0.6  # share of letters in common above which two names may be one, slipped or shortened
BACKING = ("birth", "phone", "email", "street", "house", "visits")
BACKING_FROM = 3.0  # bits that one of these must speak for it: nobody is merged for a name and a city alone
DIGITS_APART = 3  # of the eight of a birth date: more than two slips


@dataclass(frozen=True, slots=True)
class Sides:
    """What is known for certain: pairs that people decided to be two, and who proved who they are."""

    apart: Collection[tuple[int, int]] = ()
    proved: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs as they were scored: those to merge in this order, and those to ask people about."""

    merged: pl.DataFrame
    review: pl.DataFrame


@dataclass(slots=True)
class _Groups:
    """Which records are one so far, by the smallest number among them."""

    members: dict[int, list[int]] = field(default_factory=dict)
    group: dict[int, int] = field(default_factory=dict)

    def of(self, record: int) -> list[int]:
        return self.members.get(self.group.get(record, record), [record])

    def join(self, left: list[int], right: list[int]) -> None:
        together = left + right
        name = min(together)
        for record in together:
            self.group[record] = name
        for old in (min(left), min(right)):
            self.members.pop(old, None)
        self.members[name] = together


def decide(
    scored: pl.DataFrame,
    known: pl.DataFrame,
    *,
    sides: Sides = Sides(),
    merge_from: float = MERGE_FROM,
    review_from: float = REVIEW_FROM,
) -> Decided:
    """What becomes of the scored pairs; `known` are the features of the records.

    A pair that people decided is in neither. A likely pair that contradicts somebody is asked about.
    """
    apart = {(min(pair), max(pair)) for pair in sides.apart}
    fresh = scored.filter(pl.col("probability") >= min(review_from, merge_from)).with_row_index("place")
    if apart:
        decided = pl.DataFrame(sorted(apart), schema={"left": pl.Int64, "right": pl.Int64}, orient="row")
        fresh = fresh.join(decided, on=["left", "right"], how="anti", maintain_order="left")
    likely = fresh.filter(pl.col("probability") >= merge_from)
    people = _People.of(known, likely, apart=apart, proved=frozenset(sides.proved))
    is_backed = pl.max_horizontal(*(f"weight_{key}" for key in BACKING)) >= BACKING_FROM
    one_phone = ((pl.col("level_phone") == "same") | (pl.col("level_email") == "same")).fill_null(False)
    family = one_phone & (pl.col("level_first_name") == "different")
    groups = _Groups()
    taken = []
    candidates = likely.filter(~family & is_backed).select("place", "left", "right")
    for place, left, right in candidates.iter_rows():
        one, other = groups.of(left), groups.of(right)
        if one is other:
            taken.append(place)
        elif people.may_be_one(one, other, likely=(left, right)):
            groups.join(one, other)
            taken.append(place)
    is_taken = pl.col("place").is_in(pl.Series(taken, dtype=pl.UInt32).implode())
    asked = fresh.filter(~is_taken & (pl.col("probability") >= review_from))
    return Decided(merged=likely.filter(is_taken).drop("place"), review=asked.drop("place"))


@dataclass(frozen=True, slots=True)
class _Person:
    first: str
    last: str
    birth: str
    phones: frozenset[str]


@dataclass(frozen=True, slots=True)
class _People:
    """What tells two records apart."""

    persons: Mapping[int, _Person]
    apart: Collection[tuple[int, int]]
    proved: frozenset[int]

    @classmethod
    def of(
        cls,
        known: pl.DataFrame,
        pairs: pl.DataFrame,
        *,
        apart: Collection[tuple[int, int]],
        proved: frozenset[int],
    ) -> _People:
        wanted = pl.concat([pairs["left"], pairs["right"]]).unique()
        rows: Iterable[tuple[int, str, str, str, list[str] | None]] = (
            known.filter(pl.col("record").is_in(wanted.implode()))
            .select("record", *(pl.col(name).fill_null("") for name in ("first", "last", "birth")), "phones")
            .iter_rows()
        )
        persons = {row[0]: _Person(row[1], row[2], row[3], frozenset(row[4] or ())) for row in rows}
        return cls(persons, apart, proved)

    def may_be_one(self, one: list[int], other: list[int], *, likely: tuple[int, int]) -> bool:
        """Whether no record of the one group is known to be somebody else than one of the other."""
        if not self.proved.isdisjoint(one) and not self.proved.isdisjoint(other):
            return False
        pairs = [(min(a, b), max(a, b)) for a in one for b in other]
        return not any(pair in self.apart or (pair != likely and self._are_two(*pair)) for pair in pairs)

    def _are_two(self, left: int, right: int) -> bool:
        """Whether the first names differ, and either the birth dates too or a phone is shared: relatives, or
        strangers."""
        one, other = self.persons[left], self.persons[right]
        if not one.first or not other.first or _alike(one.first, other.first) or _alike(one.first, other.last):
            return False
        born_apart = (
            len(one.birth) == len(other.birth) == 8
            and sum(a != b for a, b in zip(one.birth, other.birth, strict=True)) >= DIGITS_APART
        )
        return born_apart or not one.phones.isdisjoint(other.phones)


def _alike(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and SequenceMatcher(None, one, other).ratio() >= ALIKE)
