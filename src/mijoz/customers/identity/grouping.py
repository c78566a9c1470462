"""Which pairs a machine may merge, and into which groups: a pure decision over what is known of the people.

A group of pairs is as strong as all its members together: of two people who each proved who they are only one may be
in it, and nobody whose facts contradict another's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from mijoz.customers.names import fold


class Bar(StrEnum):
    """Why two customers are not merged by a machine, although something says that they are one."""

    APART = "apart"  # somebody decided that they are two people
    PROVED = "proved"  # each of them showed who they are
    BIRTH = "birth"  # born on different days
    NAMES = "names"  # of different gender and name
    RESTRICTED = "restricted"  # one of them asked that nothing be done


@dataclass(frozen=True, slots=True)
class Alike:
    """Something says that these two are one person. `through` are the identities by which it says so."""

    one: int
    other: int
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    through: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a customer, as far as it can speak against a merge."""

    id: int
    birth_on: date | None = None
    birthday: str = ""  # MM-DD
    gender: str = ""
    first_name: str = ""
    proved: frozenset[int] = frozenset()  # identities of which it was shown that they are theirs, not shared ones
    is_restricted: bool = False
    is_known: bool = True  # by more than a device


@dataclass(frozen=True, slots=True)
class Absorbed:
    """`kept` takes in `absorbed`, because of `alike`."""

    kept: int
    absorbed: int
    alike: Alike


@dataclass(frozen=True, slots=True)
class Decision:
    merges: list[Absorbed]
    barred: list[tuple[Alike, Bar]]


@dataclass(slots=True)
class _Group:
    people: list[Person]
    births: set[date]
    birthdays: set[str]
    called: set[tuple[str, str]]  # gender and given name
    proved: set[int]


def decide(
    alike: Sequence[Alike],
    people: Mapping[int, Person],
    *,
    apart: Iterable[tuple[int, int]] = (),
    weighing_facts: bool = True,
) -> Decision:
    """Who is merged with whom, the first of `alike` weighing most; `people` holds everybody who is named in it.

    In each group the one with proof is kept, else the oldest number that is more than a visitor without a name.
    Without `weighing_facts` a slip in a birth date or a name is no bar: whoever found the pairs has weighed these
    against all else.
    """
    groups = {id_: _group(person) for id_, person in people.items()}
    foes: dict[int, set[int]] = {}
    for one, other in apart:
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)
    barred: list[tuple[Alike, Bar]] = []
    because: dict[int, Alike] = {}
    for pair in alike:
        left, right = groups[pair.one], groups[pair.other]
        if left is right:
            continue
        if bar := _bar(left, right, through=pair.through, foes=foes, weighing_facts=weighing_facts):
            barred.append((pair, bar))
            continue
        for id_ in (pair.one, pair.other):
            because.setdefault(id_, pair)
        _join(left, right)
        for person in right.people:
            groups[person.id] = left
    merges = []
    for group in {id(group): group for group in groups.values()}.values():
        kept = min(group.people, key=lambda person: (not person.proved, not person.is_known, person.id))
        others = sorted(person.id for person in group.people if person is not kept)
        merges += [Absorbed(kept.id, other, because[other]) for other in others]
    return Decision(sorted(merges, key=lambda one: (one.kept, one.absorbed)), barred)


def contradiction(one: Person, other: Person) -> Bar | None:
    """What two people's facts say against their being one; None when nothing does."""
    return _bar(_group(one), _group(other), through=frozenset(), foes={}, weighing_proof=False)


def _group(person: Person) -> _Group:
    birthday = f"{person.birth_on:%m-%d}" if person.birth_on else person.birthday
    return _Group(
        people=[person],
        births={person.birth_on} if person.birth_on else set(),
        birthdays={birthday} if birthday else set(),
        called={(person.gender, fold(person.first_name))} if person.gender and person.first_name else set(),
        proved=set(person.proved),
    )


def _join(group: _Group, other: _Group) -> None:
    group.people += other.people
    group.births |= other.births
    group.birthdays |= other.birthdays
    group.called |= other.called
    group.proved |= other.proved


def _bar(
    left: _Group,
    right: _Group,
    *,
    through: Collection[int],
    foes: Mapping[int, set[int]],
    weighing_proof: bool = True,
    weighing_facts: bool = True,
) -> Bar | None:
    ours = {person.id for person in right.people}
    if any(foes.get(person.id, set()) & ours for person in left.people):
        return Bar.APART
    if any(person.is_restricted for person in (*left.people, *right.people)):
        return Bar.RESTRICTED
    shown = set(through)
    if weighing_proof and left.proved - shown and right.proved - shown:
        return Bar.PROVED
    if not weighing_facts:
        return None
    if len(left.births | right.births) > 1 or len(left.birthdays | right.birthdays) > 1:
        return Bar.BIRTH
    if any(mine[0] != yours[0] and mine[1] != yours[1] for mine in left.called for yours in right.called):
        return Bar.NAMES
    return None
