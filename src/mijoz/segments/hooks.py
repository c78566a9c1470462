"""Typed hooks: what segments tell those above them, who connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable

Refreshed = Callable[[], None]

_on_refreshed: list[Refreshed] = []


def on_refreshed(listener: Refreshed) -> None:
    """Call `listener()` inside the transaction in which a refresh has moved customers between segments."""
    if listener not in _on_refreshed:
        _on_refreshed.append(listener)


def refreshed() -> None:
    for listener in _on_refreshed:
        listener()
