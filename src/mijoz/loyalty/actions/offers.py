"""Writing offers: each change of the terms is a version."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from mijoz.business.models import StaffMember
from mijoz.loyalty.models import Offer, OfferVersion
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import OfferTerms, Texts, as_json


class OfferRefused(ValueError):
    """The offer cannot be written so; `reason` is "key_taken" or "budget_is_spent"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_offer(
    key: str,
    *,
    terms: OfferTerms,
    names: Texts,
    conditions: Texts,
    budget_uses: int | None = None,
    budget_sum: Decimal | None = None,
    is_new: bool,
    by: StaffMember | None,
    at: datetime,
    state: str = State.DRAFT,
) -> Offer:
    """Make an offer, or let these terms be in force for it; other terms are another version. Raises OfferRefused."""
    document = as_json(terms)
    told = {"names": names, "conditions": conditions, "budget_uses": budget_uses, "budget_sum": budget_sum}
    with transaction.atomic():
        offer = Offer.objects.select_for_update(no_key=True).filter(key=key).first()
        if is_new and offer is not None:
            raise OfferRefused("key_taken")
        if offer is None:
            offer = Offer.objects.create(key=key, terms=document, state=state, **told)
            _keep(offer, by=by, at=at)
            return offer
        is_changed = offer.terms != document or offer.names != names
        offer.number += is_changed
        offer.terms = document
        for name, value in told.items():
            setattr(offer, name, value)
        try:
            with transaction.atomic():
                offer.save()
        except IntegrityError as error:
            raise OfferRefused("budget_is_spent") from error
        if is_changed:
            _keep(offer, by=by, at=at)
    return offer


def set_state(offer: Offer, state: str) -> None:
    """Let the offer be live, paused or ended; one that ended stays so."""
    Offer.objects.filter(pk=offer.pk).exclude(state=State.ENDED).update(state=state)


def _keep(offer: Offer, *, by: StaffMember | None, at: datetime) -> None:
    OfferVersion.objects.create(
        offer=offer, number=offer.number, names=offer.names, terms=offer.terms, written_by=by, written_at=at
    )
