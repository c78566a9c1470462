"""Offers and points for tills and web shops: what a receipt gets, redeeming it once, taking it back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from mijoz.business.programs import ApiRequest, Line, Number, Problem, Wrong, needs, register_scope
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of, whole
from mijoz.loyalty import actions, codes, queries, quoting, wording
from mijoz.loyalty.actions.redeeming import CancelRefused, RedeemRefused, Till
from mijoz.loyalty.actions.referring import ReferRefused, code_of, refer
from mijoz.loyalty.models import Redemption
from mijoz.loyalty.pricing import Line as ReceiptLine
from mijoz.loyalty.quoting import Quote, Receipt
from mijoz.loyalty.terms import Gift
from mijoz.segments.models import in_language

router = Router(tags=["Offers"])

register_scope("offers:read", _("Ask what a receipt gets, and what a customer has"))
register_scope("offers:redeem", _("Redeem offers and points, and take them back"))

Sum = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
CustomerNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


class LineIn(Schema):
    model_config = ConfigDict(extra="forbid")

    item: Annotated[Line, Field(max_length=400)] = ""
    amount: Sum = Field(description="Money for all of them, before any discount.")
    quantity: Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=3)] = Decimal(1)


class ReceiptIn(Schema):
    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]
    customer: Number | None = None
    code: Annotated[Line, Field(max_length=60)] = Field(default="", description="As the customer typed it.")
    points: Annotated[int, Field(ge=0, le=10**12)] = Field(default=0, description="To pay with.")


class RedeemIn(ReceiptIn):
    reference: Annotated[Line, Field(min_length=1, max_length=200)] = Field(description="Number of the receipt.")
    branch: Annotated[Line, Field(max_length=40)] = ""
    expected: Sum | None = Field(default=None, description="What was shown to the customer; another sum is refused.")


class AppliedOut(Schema):
    offer: str
    name: str
    discount: Decimal
    gift: str


class RefusedOut(Schema):
    offer: str
    name: str
    reason: str = Field(description="A key, such as `minimum` or `budget`.")
    detail: str


class QuoteOut(Schema):
    customer: int | None
    before: Decimal
    discount: Decimal
    points: int
    points_sum: Decimal
    after: Decimal
    currency: str
    applied: list[AppliedOut]
    refused: list[RefusedOut]
    problem: str = Field(description="Why the code or the points cannot be used; empty when they can.")
    points_available: int
    points_usable: int


class RedeemedOut(QuoteOut):
    id: UUID
    redeemed_at: datetime


class CancelIn(Schema):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    reason: Annotated[Line, Field(min_length=1, max_length=200)]


class CancelledOut(Schema):
    id: UUID
    cancelled_at: datetime


class OpenOfferOut(Schema):
    offer: str
    name: str
    code: str
    valid_until: datetime | None


class CardOut(Schema):
    programme: str
    stamps: int
    needed: int
    gift: str


class LoyaltyOut(Schema):
    customer: int
    points: int
    tier: str
    referral_code: str
    offers: list[OpenOfferOut]
    cards: list[CardOut]


class ReferIn(Schema):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[Line, Field(min_length=1, max_length=60)]
    friend: Number


class ReferralCodeOut(Schema):
    customer: int
    code: str


class ReferralOut(Schema):
    id: int
    state: str


@router.post("/offers/quote", response=QuoteOut, auth=needs("offers:read"), url_name="quote_offers")
def quote(request: ApiRequest, wanted: ReceiptIn) -> dict[str, Any]:
    """What the receipt gets now, and why each other offer does not apply. Nothing is used."""
    return _shown(quoting.quote(_receipt(wanted), at=timezone.now()))


@router.post("/offers/redeem", response={201: RedeemedOut}, auth=needs("offers:redeem"), url_name="redeem_offers")
def redeem(request: ApiRequest, wanted: RedeemIn) -> Status[dict[str, Any]]:
    """Use what is best for the customer on this receipt, once; 409 with the reason when it cannot be."""
    till = Till(program=request.api_key.name, branch=wanted.branch)
    try:
        done = actions.redeem(
            _receipt(wanted, reference=wanted.reference), till=till, at=timezone.now(), expected=wanted.expected
        )
    except RedeemRefused as refused:
        raise Problem(
            409, _reason(refused.reason, refused.figures), errors=[Wrong("receipt", refused.reason)]
        ) from refused
    shown = _shown(done.quote) | {"id": done.redemption.pk, "redeemed_at": done.redemption.redeemed_at}
    return Status(201, shown)


@router.post("/offers/cancel", response=CancelledOut, auth=needs("offers:redeem"), url_name="cancel_offers")
def cancel(request: ApiRequest, wanted: CancelIn) -> dict[str, Any]:
    """Take a redemption back within a day: codes, budgets and points are as before. 409 when it was taken back."""
    found = Redemption.objects.filter(pk=wanted.id).first()
    if found is None:
        raise Http404
    now = timezone.now()
    try:
        actions.cancel(found, because=wanted.reason, by=None, at=now, may_be_late=False)
    except CancelRefused as refused:
        raise Problem(409, _reason(refused.reason, {}), errors=[Wrong("id", refused.reason)]) from refused
    return {"id": found.pk, "cancelled_at": now}


@router.get("/customers/{number}/loyalty", response=LoyaltyOut, auth=needs("offers:read"), url_name="loyalty")
def loyalty(request: ApiRequest, number: CustomerNumber) -> dict[str, Any]:
    """What the customer has: points, tier, stamps, open offers with their codes, the code for friends."""
    customer = _customer(number)
    now = timezone.now()
    with translation.override(customer.language or business().language):
        return {
            "customer": customer.pk,
            "points": queries.points_of([customer.pk]).get(customer.pk, 0),
            "tier": queries.tier_of([customer.pk]).get(customer.pk, ""),
            "referral_code": codes.shown(queries.own_code(customer.pk)),
            "offers": [
                {
                    "offer": one.offer.key,
                    "name": one.offer.name,
                    "code": codes.shown(one.code or ""),
                    "valid_until": one.valid_until,
                }
                for one in queries.open_grants(whole(customer), at=now)
            ],
            "cards": [
                {"programme": one.programme.key, "stamps": one.stamps, "needed": one.needed, "gift": one.offer}
                for one in queries.cards(customer.pk)
            ],
        }


@router.post("/referrals", response={201: ReferralOut}, auth=needs("offers:redeem"), url_name="referrals")
def referrals(request: ApiRequest, wanted: ReferIn) -> Status[dict[str, Any]]:
    """Note that a new customer came by a friend's code; 409 with the reason when they cannot have."""
    friend = _customer(wanted.friend)
    try:
        made = refer(wanted.code, friend, at=timezone.now())
    except ReferRefused as refused:
        raise Problem(409, _reason(refused.reason, {}), errors=[Wrong("code", refused.reason)]) from refused
    return Status(201, {"id": made.pk, "state": made.state})


@router.post(
    "/customers/{number}/referral_code", response=ReferralCodeOut, auth=needs("offers:redeem"), url_name="referral_code"
)
def referral_code(request: ApiRequest, number: CustomerNumber) -> dict[str, Any]:
    """The customer's code for friends, made when there is none; always the same one."""
    customer = _customer(number)
    return {"customer": customer.pk, "code": codes.shown(code_of(customer, at=timezone.now()))}


def _customer(number: int) -> Customer:
    found = Customer.objects.filter(pk=root_of([number]).get(number, 0), erased_at=None).first()
    if found is None:
        raise Http404
    return found


def _receipt(wanted: ReceiptIn, *, reference: str = "") -> Receipt:
    lines = [ReceiptLine(line.item, line.amount, line.quantity) for line in wanted.lines]
    if not sum(line.amount for line in lines):
        raise Problem(422, _reason("nothing_to_pay", {}), errors=[Wrong("lines", "nothing_to_pay")])
    if wanted.customer is not None:
        _customer(wanted.customer)
    return Receipt(lines, customer_id=wanted.customer, code=wanted.code, points=wanted.points, reference=reference)


def _reason(key: str, figures: dict[str, str]) -> str:
    """The sentence of a refusal, in the language of programs."""
    with translation.override("en"):
        return wording.reason(key, figures, business().currency)


def _shown(found: Quote) -> dict[str, Any]:
    company = business()
    language = found.customer.language if found.customer and found.customer.language else company.language
    figures = {"available": str(found.points_available), "least": str(found.points_least)}
    with translation.override(language):
        names = {key: offer.name for key, offer in found.offers.items()}
        applied = [
            {
                "offer": one.candidate.key,
                "name": names[one.candidate.key],
                "discount": one.discount,
                "gift": in_language(one.candidate.terms.benefit.gifts)
                if isinstance(one.candidate.terms.benefit, Gift)
                else "",
            }
            for one in found.priced.applied
        ]
        refused = [
            {
                "offer": one.key,
                "name": names.get(one.key, ""),
                "reason": one.refusal,
                "detail": wording.refusal(one, names, company.currency),
            }
            for one in found.priced.refused
        ]
        problem = wording.refusal(found.code_refusal, names, company.currency) if found.code_refusal else ""
        if found.points_refusal:
            problem = problem or wording.reason(found.points_refusal, figures, company.currency)
    return {
        "customer": found.customer.pk if found.customer else None,
        "before": found.priced.before,
        "discount": found.priced.discount,
        "points": found.points,
        "points_sum": found.points_sum,
        "after": found.after,
        "currency": company.currency,
        "applied": applied,
        "refused": refused,
        "problem": problem,
        "points_available": found.points_available,
        "points_usable": found.points_usable,
    }
