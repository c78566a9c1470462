"""Reads of offers, grants, redemptions and points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from mijoz.customers.listing import DEFAULT_SORT, Criteria, CustomerPages, Search
from mijoz.customers.models import Customer
from mijoz.loyalty import codes
from mijoz.loyalty.models import Grant, Offer, Programme, RedeemedOffer, Redemption
from mijoz.loyalty.models.offers import State

STATE_ORDER = [State.LIVE, State.PAUSED, State.DRAFT, State.ENDED]
PIECE = 10_000
FOUND = 6  # customers that the till suggests


@dataclass(frozen=True, slots=True)
class OfferFigures:
    """What an offer cost and brought; money in the currency of the business."""

    granted: int = 0
    customers: int = 0
    redeemed: int = 0
    cancelled: int = 0
    discount: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)  # that was paid for receipts with it

    @property
    def share(self) -> float | None:
        """Of those that were granted, how many were redeemed."""
        return self.redeemed / self.granted if self.granted else None


def offer_figures(offers: list[int]) -> dict[int, OfferFigures]:
    """The figures of each of these offers; two queries for all."""
    granted = Grant.objects.filter(offer__in=offers).values("offer")
    rights = {
        row["offer"]: dict(row)
        for row in granted.annotate(all=Count("pk"), customers=Count("customer", distinct=True)).order_by()
    }
    counts = Q(redemption__cancelled_at=None)
    paid = F("redemption__sum_before") - F("redemption__discount") - F("redemption__points_sum")
    used = RedeemedOffer.objects.filter(offer__in=offers).values("offer")
    uses = {
        row["offer"]: dict(row)
        for row in used.annotate(
            redeemed=Count("pk", filter=counts),
            cancelled=Count("pk", filter=~counts),
            off=Coalesce(Sum("discount", filter=counts), Decimal(0)),
            costs=Coalesce(Sum("cost", filter=counts), Decimal(0)),
            revenue=Coalesce(Sum(paid, filter=counts), Decimal(0)),
        ).order_by()
    }
    found = {}
    for offer in offers:
        right: dict[str, Any] = rights.get(offer, {})
        use: dict[str, Any] = uses.get(offer, {})
        found[offer] = OfferFigures(
            granted=right.get("all", 0),
            customers=right.get("customers", 0),
            redeemed=use.get("redeemed", 0),
            cancelled=use.get("cancelled", 0),
            discount=use.get("off", Decimal(0)),
            cost=use.get("costs", Decimal(0)),
            revenue=use.get("revenue", Decimal(0)),
        )
    return found


def offers(*, q: str = "", state: str = "") -> list[Offer]:
    """The offers, live ones first, then the latest."""
    found = Offer.objects.all()
    if state in State.values:
        found = found.filter(state=state)
    rows = [one for one in found if not q or q.casefold() in " ".join([*one.names.values(), one.key]).casefold()]
    return sorted(rows, key=lambda one: (STATE_ORDER.index(State(one.state)), -one.pk))


def names_of_offers(keys: set[str]) -> dict[str, str]:
    return {offer.key: offer.name for offer in Offer.objects.filter(key__in=keys)}


def all_names() -> dict[str, str]:
    return {offer.key: offer.name for offer in Offer.objects.all()}


def shared_codes(offer: Offer) -> list[Grant]:
    return list(Grant.objects.filter(offer=offer, customer=None, origin="shared").order_by("-pk")[:20])


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes or grants of one origin."""

    origin: str
    made: int
    redeemed: int
    at: datetime
    is_personal: bool


def batches(offer: Offer) -> list[Batch]:
    """Where the grants of the offer come from, the latest first."""
    rows = (
        Grant.objects.filter(offer=offer)
        .exclude(origin="shared")
        .values("origin")
        .annotate(
            made=Count("pk"), used=Count("pk", filter=Q(uses__gt=0)), people=Count("customer"), last=Max("granted_at")
        )
        .order_by()
    )
    found = [Batch(row["origin"], row["made"], row["used"], row["last"], row["people"] > 0) for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)[:50]


def code_rows(offer: Offer, origin: str) -> Iterator[list[object]]:
    """The codes of one batch for a spreadsheet: code, used, good until."""
    found = Grant.objects.filter(offer=offer, origin=origin).order_by("pk")
    for one in found.iterator(chunk_size=PIECE):
        yield [codes.shown(one.code or ""), one.uses, one.valid_until.date().isoformat() if one.valid_until else ""]


def redemptions(*, offer: Offer | None = None, customer: list[int] | None = None) -> QuerySet[Redemption]:
    """The redemptions with all that a list shows of them, the latest first."""
    found = Redemption.objects.select_related("customer", "redeemed_by", "cancelled_by").prefetch_related(
        "offers__offer", "offers__grant"
    )
    if offer is not None:
        found = found.filter(offers__offer=offer)
    if customer is not None:
        found = found.filter(customer__in=customer)
    return found


def open_grants(person: list[int], *, at: datetime) -> list[Grant]:
    """The rights to offers that these numbers of one person hold and can still use, the first to end first."""
    return list(
        Grant.objects.filter(customer__in=person, withdrawn_at=None, offer__state=State.LIVE)
        .filter(Q(valid_until=None) | Q(valid_until__gt=at))
        .filter(Q(uses_allowed=None) | Q(uses__lt=F("uses_allowed")))
        .select_related("offer")
        .order_by(F("valid_until").asc(nulls_last=True), "pk")
    )


def programmes() -> list[Programme]:
    """Every programme, live ones first."""
    rows = list(Programme.objects.all())
    return sorted(rows, key=lambda one: (STATE_ORDER.index(State(one.state)), one.kind, one.pk))


def find_customers(q: str, *, at: datetime) -> list[Customer]:
    """A few customers by a name or a phone as it is typed at the till."""
    if not (typed := q.replace("\0", "").strip()[:200]):
        return []
    pages = CustomerPages(Search(criteria=Criteria(query=typed), until=at), DEFAULT_SORT, rows_a_page=FOUND)
    return [one for one in pages.page(1) if one.merged_into_id is None]
