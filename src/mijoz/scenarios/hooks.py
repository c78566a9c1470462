"""Typed hooks: what scenarios ask of those above them, who connect themselves in their apps.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a scenario changed: the difference of the arms' goal rates with its 95 % interval, None when unknown.

    `verdict` is one of works, harms, no_difference_seen and too_few; `sentence` says it in the page's language.
    """

    difference: float | None
    low: float | None
    high: float | None
    verdict: str
    sentence: str
    as_of: date


Effects = Callable[[], dict[str, Effect]]

_effects: list[Effects] = []


def connect_effects(ask: Effects) -> None:
    """Let `ask()` say what each scenario changed, by its key; a scenario without a measured effect is left out."""
    _effects[:] = [ask]


def effects() -> dict[str, Effect]:
    return _effects[0]() if _effects else {}
