"""Making offers: one that the scenario describes, one of the offers page, or the one that suits the customer best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mijoz.scenarios.definition import BEST, Offer, Placed
from mijoz.scenarios.log_rows import log
from mijoz.scenarios.steps import offers_page
from mijoz.scenarios.steps.turn import Claimed, Taken, Turn, divided


def make(placed: Placed, members: Sequence[Claimed], turn: Turn) -> Taken:
    """Make the offer to all of them; nobody gets it twice for one step."""
    step = placed.step
    assert isinstance(step, Offer)
    if step.source == "own":
        content: dict[str, Any] = {"gift": step.gifts} if step.gifts else {"discount": step.discount}
        _note(step, members, turn, offer=step.offer, **content)
        return Taken().came_to("made", members)
    if step.source != BEST:
        return _grant(step, {step.offer: list(members)}, turn)
    best = offers_page.best_for([one.customer_id for one in members], at=turn.at)
    by_offer: dict[str, list[Claimed]] = defaultdict(list)
    without: list[Claimed] = []
    for one in members:
        key = best.get(one.customer_id, "")
        (by_offer[key] if key else without).append(one)
    return _grant(step, by_offer, turn).came_to("not_chosen", without, "no_offer")


def _grant(step: Offer, by_offer: dict[str, list[Claimed]], turn: Turn) -> Taken:
    """Let the offers page give each customer their own claim; who cannot have one comes to `not_chosen`."""
    taken = Taken()
    for key, some in by_offer.items():
        granted = offers_page.grant_to(key, some, turn, step=step.key, valid_days=step.valid_days)
        got, refused = divided(some, [one.id for one in some if one.customer_id in granted])
        _note(step, got, turn, offer=key)
        turn.codes |= {one.id: granted[one.customer_id].code for one in got}
        turn.made.setdefault(step.key, {}).update(dict.fromkeys((one.id for one in got), key))
        taken.came_to("made", got, key).came_to("not_chosen", refused, "refused")
    return taken


def _note(step: Offer, members: Sequence[Claimed], turn: Turn, *, offer: str, **content: Any) -> None:
    until = turn.today + timedelta(days=step.valid_days)
    turn.offers_until |= {one.id: until for one in members}
    if turn.is_test:
        return
    payload = {"scenario": turn.course.scenario, "offer": offer, "until": until.isoformat(), **content}
    scenario = turn.course.scenario
    log("offer_made", [one.done for one in members], scenario=scenario, step=step.key, at=turn.at, payload=payload)
