"""Which pairs a machine may merge, and into which groups: a pure decision over what is known of the people.

A group of pairs is as strong as all its members together: of two people who each proved who they are only one may be
in it, and nobody whose facts contradict another's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations
from typing import Any

from mijoz.analysis.matching.features import father, name_key
from mijoz.customers.names import fold

PET = re.compile(r"(?<=...)(jan|bek|han|bai|ai|bana|gal|aka|apa)$")  # Anvarjon is Anvar, but Otabek not Otajon
LIKE = 0.7  # share of letters in common from which two fathers may be one


class Bar(StrEnum):
    """Why two customers are not merged by a machine, although something says that they are one."""

    APART = "apart"  # somebody decided that they are two people
    PROVED = "proved"  # each of them showed who they are
    BIRTH = "birth"  # born on different days
    NAMES = "names"  # of different gender and name
    RELATIVES = "relatives"  # one phone or e-mail, and another first name or father
    RESTRICTED = "restricted"  # one of them asked that nothing be done


@dataclass(frozen=True, slots=True)
class Alike:
    """Something says that these two are one person. `through` are the identities by which it says so; `by_contact`
    when one of them is what a family may share, a phone say."""

    one: int
    other: int
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    through: frozenset[int] = frozenset()
    by_contact: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a customer, as far as it can speak against a merge."""

    id: int
    birth_on: date | None = None
    birthday: str = ""  # MM-DD
    gender: str = ""
    first_name: str = ""
    last_name: str = ""
    patronymic: str = ""
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


@dataclass(frozen=True, slots=True)
class Name:
    """A name folded, as far as it tells the people of one phone apart."""

    first: str
    last: str
    father: str


def name_of(first_name: str, last_name: str, patronymic: str) -> Name:
    """The name as it is compared, in whatever script."""
    first = name_key(first_name).replace(" ", "")
    return Name(first, name_key(last_name).replace(" ", ""), father(name_key(patronymic)))


def may_be_relatives(one: Name, other: Name) -> bool:
    """Whether people of one phone or e-mail may be two: another first name, be it by one letter, or another father.

    What is not known says nothing, and first and last name may have changed places. Whoever is one person after all,
    written with a slip, is found by the search for likely duplicates.
    """
    if one.first and other.first and not _are_called_alike(one, other) and not _are_swapped(one, other):
        return True
    fathers = (one.father, other.father)
    return all(fathers) and SequenceMatcher(None, *fathers).ratio() < LIKE


def _are_called_alike(one: Name, other: Name) -> bool:
    return other.first in (one.first, PET.sub("", one.first)) or one.first == PET.sub("", other.first)


def _are_swapped(one: Name, other: Name) -> bool:
    """Whether first and last name of the one are last and first name of the other, as far as they are known."""
    crosswise = ((one.first, other.last), (one.last, other.first))
    return all(not a or not b or a == b for a, b in crosswise) and any(a and a == b for a, b in crosswise)


@dataclass(slots=True)
class _Group:
    people: list[Person]
    births: set[date]
    birthdays: set[str]
    called: set[tuple[str, str]]  # gender and given name
    names: set[Name]
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
        bar = _bar(
            left,
            right,
            through=pair.through,
            foes=foes,
            by_contact=pair.by_contact,
            weighing_facts=weighing_facts,
        )
        if bar:
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


def contradiction(one: Person, other: Person, *, by_contact: bool = False) -> Bar | None:
    """What two people's facts say against their being one; None when nothing does."""
    groups = (_group(one), _group(other))
    return _bar(*groups, through=frozenset(), foes={}, by_contact=by_contact, weighing_proof=False)


def _group(person: Person) -> _Group:
    birthday = f"{person.birth_on:%m-%d}" if person.birth_on else person.birthday
    return _Group(
        people=[person],
        births={person.birth_on} if person.birth_on else set(),
        birthdays={birthday} if birthday else set(),
        called={(person.gender, fold(person.first_name))} if person.gender and person.first_name else set(),
        names={name_of(person.first_name, person.last_name, person.patronymic)} if person.first_name else set(),
        proved=set(person.proved),
    )


def _join(group: _Group, other: _Group) -> None:
    group.people += other.people
    group.births |= other.births
    group.birthdays |= other.birthdays
    group.called |= other.called
    group.names |= other.names
    group.proved |= other.proved


def _bar(
    left: _Group,
    right: _Group,
    *,
    through: Collection[int],
    foes: Mapping[int, set[int]],
    by_contact: bool = False,
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
    if by_contact and any(may_be_relatives(mine, yours) for mine in left.names for yours in right.names):
        return Bar.RELATIVES
    if _born_apart(left.births | right.births, left.birthdays | right.birthdays, by_contact=by_contact):
        return Bar.BIRTH
    if any(mine[0] != yours[0] and mine[1] != yours[1] for mine in left.called for yours in right.called):
        return Bar.NAMES
    return None


def _born_apart(births: Collection[date], birthdays: Collection[str], *, by_contact: bool) -> bool:
    """Whether these are birth dates of more than one person. Who shares a phone or an e-mail under one name may have
    one figure of it wrong, or day and month the other way round."""
    if len(births) < 2 and len(birthdays) < 2:
        return False
    if not by_contact or any(not _is_slip(one, other) for one, other in combinations(births, 2)):
        return True
    return not set(birthdays) <= {f"{birth:%m-%d}" for birth in births}


def _is_slip(one: date, other: date) -> bool:
    parts = zip((one.year, one.month, one.day), (other.year, other.month, other.day), strict=True)
    is_turned = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return is_turned or sum(mine != yours for mine, yours in parts) == 1
