"""Typed hooks: what the log tells those above it. They connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a source told of whoever an identity leads to; `traits` are texts as given, by their name."""

    identity_id: int
    source_id: int
    traits: dict[str, str]
    told_at: datetime


IdentitiesCreated = Callable[[list[int]], None]
IdentitiesLinked = Callable[[list[tuple[int, int]]], None]
Recorded = Callable[[int], None]
TraitsTold = Callable[[list[Told]], None]
Cleaning = Callable[[str, str], str]
NamesOfPeople = Callable[[set[int]], dict[int, str]]

_on_identities_created: list[IdentitiesCreated] = []
_on_identities_linked: list[IdentitiesLinked] = []
_on_recorded: list[Recorded] = []
_on_traits_told: list[TraitsTold] = []
_cleaning: list[Cleaning] = []
_names_of_people: list[NamesOfPeople] = []


def on_identities_created(listener: IdentitiesCreated) -> None:
    """Call `listener(identity_ids)` inside the transaction that first sees these identities."""
    if listener not in _on_identities_created:
        _on_identities_created.append(listener)


def on_identities_linked(listener: IdentitiesLinked) -> None:
    """Call `listener(pairs of identity ids)` inside the transaction in which a source says that both are one person's.

    The first of each pair is the one that the events belong to. A pair may have been told before. Identities that this
    transaction made are told to `identities_created` afterwards.
    """
    if listener not in _on_identities_linked:
        _on_identities_linked.append(listener)


def on_recorded(listener: Recorded) -> None:
    """Call `listener(rows)` inside the transaction that wrote `rows` new rows of the log."""
    if listener not in _on_recorded:
        _on_recorded.append(listener)


def on_traits_told(listener: TraitsTold) -> None:
    """Call `listener(list of Told)` inside the transaction that wrote what was told; it may have been told before."""
    if listener not in _on_traits_told:
        _on_traits_told.append(listener)


def connect_cleaning(clean: Cleaning) -> None:
    """Let `clean("phone" or "email", as given)` make the value of an identity; "" for what is none."""
    _cleaning[:] = [clean]


def connect_names_of_people(ask: NamesOfPeople) -> None:
    """Let `ask(identity ids)` say what those are called to whom these identities lead."""
    _names_of_people[:] = [ask]


def names_of_people(identity_ids: set[int]) -> dict[int, str]:
    """What those are called to whom these identities lead; who has no name is missing."""
    return {id_: name for ask in _names_of_people for id_, name in ask(identity_ids).items()} if identity_ids else {}


def identities_created(identity_ids: list[int]) -> None:
    for listener in _on_identities_created:
        listener(identity_ids)


def recorded(rows: int) -> None:
    for listener in _on_recorded:
        listener(rows)


def identities_linked(pairs: list[tuple[int, int]]) -> None:
    for listener in _on_identities_linked:
        listener(pairs)


def traits_told(told: list[Told]) -> None:
    for listener in _on_traits_told:
        listener(told)


def cleaned(name: str, original: str) -> str:
    """The value of an identity of the kind `name` ("phone", "email") from what was given; "" for what is none."""
    if _cleaning:
        return _cleaning[0](name, original)
    return original.strip().lower()
