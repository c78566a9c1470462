"""Typed hooks: what the log tells those above it. They connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable

IdentitiesCreated = Callable[[list[int]], None]
Recorded = Callable[[int], None]

_on_identities_created: list[IdentitiesCreated] = []
_on_recorded: list[Recorded] = []


def on_identities_created(listener: IdentitiesCreated) -> None:
    """Call `listener(identity_ids)` inside the transaction that first sees these identities."""
    if listener not in _on_identities_created:
        _on_identities_created.append(listener)


def on_recorded(listener: Recorded) -> None:
    """Call `listener(rows)` inside the transaction that wrote `rows` new rows of the log."""
    if listener not in _on_recorded:
        _on_recorded.append(listener)


def identities_created(identity_ids: list[int]) -> None:
    for listener in _on_identities_created:
        listener(identity_ids)


def recorded(rows: int) -> None:
    for listener in _on_recorded:
        listener(rows)
