"""What an offer brought against a hold-out, where a scenario gave it; whoever has scenarios connects itself here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mijoz.loyalty.models import Grant, Offer

SCENARIO = "scenario:"


@dataclass(frozen=True, slots=True)
class Effect:
    """A scenario that gave the offer: who got it, who was held out, and the difference in the share at its goal."""

    scenario: str
    name: str
    treated: int
    held_out: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None


Ask = Callable[[set[str]], list[Effect]]
_ask: list[Ask] = []


def connect(ask: Ask) -> None:
    """Let `ask(scenario keys)` compare those who got an offer by a scenario with its hold-out."""
    _ask[:] = [ask]


def of_offer(offer: Offer) -> list[Effect]:
    """The comparisons of every scenario that gave this offer; an offer that staff gave has none."""
    origins = Grant.objects.filter(offer=offer, origin__startswith=SCENARIO).values_list("origin", flat=True)
    keys = {origin.removeprefix(SCENARIO).split("/")[0] for origin in origins.distinct()}
    return [effect for ask in _ask for effect in ask(keys)] if keys else []
