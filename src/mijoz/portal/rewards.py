"""What a customer sees of points, tier, stamps and codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from mijoz.customers.models import Customer
from mijoz.customers.queries import whole
from mijoz.loyalty import codes, origins, queries, wording
from mijoz.loyalty.models import Grant, Programme
from mijoz.loyalty.queries import Card, Move, Standing
from mijoz.loyalty.terms import PointsTerms, ReferralTerms, offer_terms, programme_terms
from mijoz.segments.models import in_language


@dataclass(frozen=True, slots=True)
class OfferShown:
    name: str
    benefit: str
    condition: str
    code: str  # as it is printed
    valid_until: datetime | None
    because: str  # why they have it


@dataclass(frozen=True, slots=True)
class Rewards:
    """All of it; `points` is None where no programme of points runs."""

    points: int | None = None
    worth: Decimal = Decimal(0)
    expires: tuple[datetime, int] | None = None
    moves: list[Move] = field(default_factory=list)
    standing: Standing | None = None
    cards: list[Card] = field(default_factory=list)
    offers: list[OfferShown] = field(default_factory=list)
    brings_friends: bool = False

    @property
    def are_any(self) -> bool:
        return bool(self.points is not None or self.standing or self.cards or self.offers or self.brings_friends)

    @property
    def tier(self) -> str:
        return in_language(self.standing.tier.names) if self.standing else ""

    @property
    def next_tier(self) -> str:
        return in_language(self.standing.next.names) if self.standing and self.standing.next else ""


def rewards(customer: Customer, *, currency: str, at: datetime) -> Rewards:
    """What the customer has now, in the language of the page; nothing of a restricted one."""
    if customer.restricted_at:
        return Rewards()
    person = whole(customer)
    points = next(iter(queries.live(Programme.Kind.POINTS)), None)
    tiers = next(iter(queries.live(Programme.Kind.TIERS)), None)
    has = queries.points_of([customer.pk]).get(customer.pk, 0) if points else None
    terms = programme_terms(points.terms) if points else None
    return Rewards(
        points=has,
        worth=(has or 0) * terms.value if isinstance(terms, PointsTerms) else Decimal(0),
        expires=queries.next_expiry(points, person) if points else None,
        moves=queries.moves(points, person) if points else [],
        standing=queries.standings(tiers, [customer.pk]).get(customer.pk) if tiers else None,
        cards=queries.cards(customer.pk),
        offers=[_offer(one, currency) for one in queries.open_grants(person, at=at)],
        brings_friends=bool(queries.live(Programme.Kind.REFERRAL)),
    )


def _offer(grant: Grant, currency: str) -> OfferShown:
    offer = grant.offer
    benefit = wording.benefit(offer_terms(offer.terms), currency)
    code, because = codes.shown(grant.code or ""), origins.for_customer(grant)
    return OfferShown(offer.name, benefit, offer.condition, code, grant.valid_until, because)


def invitation_address(code: str) -> str:
    """The link that a customer gives to friends."""
    return settings.PUBLIC_URL + reverse("portal:invitation", args=[code])


def invitation(typed: str, *, currency: str) -> tuple[str, str] | None:
    """The code of a friend and what a new customer gets by it; None when there is none or nobody is rewarded."""
    found = queries.referral_code(codes.fold(typed))
    programme = next(iter(queries.live(Programme.Kind.REFERRAL)), None)
    terms = programme_terms(programme.terms) if programme else None
    if not found or not isinstance(terms, ReferralTerms):
        return None
    offer = queries.offer(terms.offer_for_friend)
    return codes.shown(found), wording.benefit(offer_terms(offer.terms), currency) if offer else ""
