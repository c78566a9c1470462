"""Offers of the offers page: which suits whom best, who gets one, and what a message says of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from mijoz.loyalty.actions import grant
from mijoz.loyalty.actions.granting import Granted, OfferUnknown
from mijoz.loyalty.models import Offer as LoyaltyOffer
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import Gift, Percent, offer_terms
from mijoz.scenarios.definition import Offer
from mijoz.scenarios.models import StepOutcome
from mijoz.scenarios.next_offer.suggesting import offers_for
from mijoz.scenarios.steps.turn import Claimed, Turn


def best_for(customers: Collection[int], *, at: datetime) -> dict[int, str]:
    """The live offer for the service that each is most likely to take next; who has none is left out.

    Of two offers for one service the newest counts.
    """
    by_service: dict[str, str] = {}
    for offer in LoyaltyOffer.objects.filter(state=State.LIVE).order_by("id"):
        by_service |= dict.fromkeys(offer_terms(offer.terms).services, offer.key)
    if not by_service:
        return {}
    found = offers_for(customers, at, top=1, among=set(by_service))
    return {customer: by_service[offers[0].service] for customer, offers in found.items() if offers}


def grant_to(key: str, members: Sequence[Claimed], turn: Turn, *, step: str, valid_days: int) -> dict[int, Granted]:
    """Give each their own right to the offer, by customer; nobody when there is no such offer any more."""
    last_day = turn.today + timedelta(days=valid_days)
    try:
        return grant(
            key,
            [one.customer_id for one in members],
            origin=f"scenario:{turn.course.scenario}/{step}/{turn.today}",
            valid_until=datetime.combine(last_day, time(23, 59, 59), turn.business.zone),
            at=turn.at,
        )
    except OfferUnknown:
        return {}


def as_told(offer: Offer | None, members: Sequence[Claimed], turn: Turn) -> list[tuple[Offer | None, list[Claimed]]]:
    """The offer as a message speaks of it, with those who got this one; of who got none it says nothing."""
    if offer is None or offer.source == "own":
        return [(offer, list(members))]
    made = dict(
        StepOutcome.objects.filter(
            enrolment__in=[one.id for one in members], step=offer.key, outcome="made"
        ).values_list("enrolment", "detail")
    ) | turn.made.get(offer.key, {})
    groups: dict[str, list[Claimed]] = defaultdict(list)
    for one in members:
        groups[made.get(one.id, "")].append(one)
    known = {found.key: found for found in LoyaltyOffer.objects.filter(key__in=groups.keys())}
    return [(_told(offer, known[key]) if key in known else None, some) for key, some in groups.items()]


def _told(step: Offer, offer: LoyaltyOffer) -> Offer:
    benefit = offer_terms(offer.terms).benefit
    return step.model_copy(
        update={
            "names": offer.names,
            "discount": float(benefit.percent) / 100 if isinstance(benefit, Percent) else None,
            "gifts": dict(benefit.gifts) if isinstance(benefit, Gift) else {},
        }
    )
