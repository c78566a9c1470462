"""Which pairs are merged, which are asked about, and which are left alone.

Merged is what is likely enough and contradicts nobody. The groups grow by the likeliest pair first, and two groups
become one only if every member of the one may be every member of the other: no two who proved who they are or whom
people decided to be two, no other sex, no other birth date or father unless what brings them together is sure. A record
that fits two who cannot be one is of neither, since nothing says of which. So nothing is chained together through a
phone that a family shares, and what people decided is never undone by a machine.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import combinations

import polars as pl

from mijoz.analysis.matching.features import HASAN_KEY, HUSAN_KEY
from mijoz.analysis.matching.relatives import BORN_ALIKE

MERGE_FROM = 0.9  # a wrong merge costs as much as ten looks at a pair, so it may happen once in ten of these at most
SURE_FROM = 0.995  # names, father, phone and address together say less: no other birth date or father shakes it
REVIEW_FROM = 0.1  # a duplicate found is worth ten looks at a pair
ALIKE = 0.6  # share of letters in common above which two names may be one, slipped or shortened
BACKING = ("birth", "phone", "email", "street", "house", "visits")
BACKING_FROM = 3.0  # bits that one of these must speak for it: nobody is merged for a name and a city alone
USUAL_FROM, USUAL_AT_LEAST = 1 / 5_000, 5  # share of the records, and number, from which a first name is no slip
TOLD_APART_BY = ("first", "last", "father", "birth", "month_day", "sex")
DIGITS_APART = 3  # of the eight of a birth date: more than two slips; beside another first name
DIGITS_OF_TWO = 2  # beside the same first name: more than one slip


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
    wanted = likely.filter(~family & is_backed & ~_are_two_names(likely, known))
    torn = people.torn(wanted, by=math.log2(merge_from / (1 - merge_from)))
    groups = _Groups()
    taken = []
    for place, left, right, probability in wanted.select("place", "left", "right", "probability").iter_rows():
        one, other = groups.of(left), groups.of(right)
        if one is other:
            taken.append(place)
        elif people.may_be_one(one, other, barred=torn, is_sure=probability >= SURE_FROM):
            groups.join(one, other)
            taken.append(place)
    is_taken = pl.col("place").is_in(pl.Series(taken, dtype=pl.UInt32).implode())
    asked = fresh.filter(~is_taken & (pl.col("probability") >= review_from))
    return Decided(merged=likely.filter(is_taken).drop("place"), review=asked.drop("place"))


def _are_two_names(pairs: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Whether the first names differ a little and each is a name of its own (Dilfuza and Dilnoza): a slip makes a name
    that hardly anybody bears. A slip beside the same birth date may be one still."""
    least = max(USUAL_AT_LEAST, USUAL_FROM * known.height)
    borne = known.select("record", pl.len().over("first").alias("borne") * pl.col("first").is_not_null())
    for side in ("left", "right"):
        pairs = pairs.join(
            borne.rename({"record": side, "borne": f"{side}_borne"}), on=side, how="left", maintain_order="left"
        )
    level = pl.col("level_first_name")
    slip = (level == "slip") & pl.col("level_birth").is_in(BORN_ALIKE)
    is_usual = pl.min_horizontal("left_borne", "right_borne") >= least
    return pairs.select(level.is_in(("slip", "alike", "beginning")) & is_usual & ~slip).to_series()


@dataclass(frozen=True, slots=True)
class _Person:
    first: str
    last: str
    father: str
    birth: str
    month_day: str
    sex: str
    phones: frozenset[str]

    def is_called_otherwise(self, other: _Person) -> bool:
        """Whether no slip makes the one first name of the other, nor both were written in each other's place."""
        names = (self.first, other.first)
        return all(names) and not _alike(*names) and not _alike(self.first, other.last)

    def is_of_other_sex(self, other: _Person) -> bool:
        """Whether the sex differs, and the name: Nodir and Nodira. Of one name, one ending may be a slip."""
        return bool(self.sex and other.sex) and self.sex != other.sex and self.first not in (other.first, other.last)

    def is_twin(self, other: _Person) -> bool:
        """Whether one is Hasan and the other Husan: born on one day, with all else the same."""
        names = (self.first, other.first)
        return any(HASAN_KEY in one and HUSAN_KEY in two for one, two in (names, reversed(names)))

    def digits_apart(self, other: _Person) -> int:
        """In how many places the birth dates differ, or the days where a year is unknown; 0 when one is unknown or day
        and month only changed places."""
        one, two = (self.birth, other.birth) if self.birth and other.birth else (self.month_day, other.month_day)
        if len(one) != len(two) or one[:-4] + one[-2:] + one[-4:-2] == two:
            return 0
        return sum(a != b for a, b in zip(one, two, strict=True))


@dataclass(frozen=True, slots=True)
class _People:
    """What tells two records apart."""

    persons: Mapping[int, _Person]
    likely: Collection[tuple[int, int]]
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
        rows: Iterable[tuple[int, str, str, str, str, str, str, list[str] | None]] = (
            known.filter(pl.col("record").is_in(wanted.implode()))
            .select("record", *(pl.col(name).fill_null("") for name in TOLD_APART_BY), "phones")
            .iter_rows()
        )
        persons = {row[0]: _Person(*row[1:7], frozenset(row[7] or ())) for row in rows}
        return cls(persons, set(pairs.select("left", "right").iter_rows()), apart, proved)

    def torn(self, likely: pl.DataFrame, *, by: float) -> set[tuple[int, int]]:
        """Pairs whose one record fits somebody else about as well who is known not to be the other: which of the two
        it is of, nothing says.

        `by` is how many bits more decide for one of the two; what is sure is not in doubt.
        """
        fitting: dict[int, list[tuple[float, float, int]]] = {}
        for left, right, weight, probability in likely.select("left", "right", "weight", "probability").iter_rows():
            fitting.setdefault(left, []).append((weight, probability, right))
            fitting.setdefault(right, []).append((weight, probability, left))
        torn = set()
        for record, others in fitting.items():
            for (strong, share, one), (weak, less, other) in combinations(sorted(others, reverse=True), 2):
                if less < SURE_FROM and self._are_two(*_in_order(one, other)):
                    torn.add(_in_order(record, other))
                    if share < SURE_FROM and strong - weak < by:
                        torn.add(_in_order(record, one))
        return torn

    def may_be_one(
        self, one: list[int], other: list[int], *, barred: Collection[tuple[int, int]], is_sure: bool
    ) -> bool:
        """Whether no record of the one group is known to be somebody else than one of the other, where `is_sure` says
        whether what brings them together outweighs another birth date or father."""
        if not self.proved.isdisjoint(one) and not self.proved.isdisjoint(other):
            return False
        pairs = [_in_order(a, b) for a in one for b in other]
        return not any(
            pair in self.apart or self._are_two(*pair, of_one_name=not is_sure) or (pair in barred and not is_sure)
            for pair in pairs
        )

    def _are_two(self, left: int, right: int, *, of_one_name: bool = True) -> bool:
        """Whether what is known of the two contradicts, and nothing outweighs it. `of_one_name` asks also what tells
        people of one name apart."""
        one, other = self.persons[left], self.persons[right]
        if one.is_of_other_sex(other) or one.is_twin(other):
            return True
        if (left, right) in self.likely:
            return False
        if one.is_called_otherwise(other):
            return one.digits_apart(other) >= DIGITS_APART or not one.phones.isdisjoint(other.phones)
        if not of_one_name:
            return False
        if one.digits_apart(other) >= DIGITS_OF_TWO:
            return True
        return bool(one.father and other.father) and not _alike(one.father, other.father)


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _alike(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and SequenceMatcher(None, one, other).ratio() >= ALIKE)
