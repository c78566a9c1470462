"""What a receipt gets, redeeming it once only whoever else tries at that moment, and taking it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.customers.identity.holding import roots_held
from mijoz.customers.models import Customer
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty import quoting
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.ledger.drawing import Note
from mijoz.loyalty.models import Grant, Offer, RedeemedOffer, Redemption
from mijoz.loyalty.pricing import Applied
from mijoz.loyalty.quoting import Quote, Receipt

CANCEL_WITHIN = timedelta(days=1)  # by whoever serves; leads may cancel later too


class RedeemRefused(ValueError):
    """Nothing was redeemed. `reason` is a key of wording.refusals; `figures` go into its sentence."""

    def __init__(self, reason: str, **figures: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.figures = {name: str(value) for name, value in figures.items()}


class CancelRefused(ValueError):
    """It stays redeemed; `reason` is "cancelled_before" or "too_late"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Till:
    """Who redeems, where."""

    staff: StaffMember | None = None
    program: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Redeemed:
    redemption: Redemption
    quote: Quote


def redeem(receipt: Receipt, *, till: Till, at: datetime, expected: Decimal | None = None) -> Redeemed:
    """Use what is best for the customer on this receipt, and the points it asks for.

    One transaction: the customer, the codes and the budgets are held, the receipt is priced anew, and the constraints
    refuse whatever would be used twice. With `expected` it is refused when the sum is another one than was shown.
    Raises RedeemRefused.
    """
    try:
        with transaction.atomic():
            return _redeem(receipt, till=till, at=at, expected=expected)
    except IntegrityError as error:
        raise RedeemRefused(_broken(error)) from error


def _redeem(receipt: Receipt, *, till: Till, at: datetime, expected: Decimal | None) -> Redeemed:
    if receipt.customer_id is not None:
        roots_held([receipt.customer_id], alone=True)
    quote = quoting.quote(receipt, at=at, held=True)
    if quote.code_refusal:
        raise RedeemRefused(quote.code_refusal.refusal, **dict(quote.code_refusal.figures))
    if quote.points_refusal:
        raise RedeemRefused(quote.points_refusal, available=quote.points_available, least=quote.points_least)
    if not quote.priced.applied and not quote.points:
        raise RedeemRefused("nothing_applies")
    if expected is not None and expected != quote.after:
        raise RedeemRefused("price_changed", sum=quote.after)
    redemption = _write(receipt, quote, till=till, at=at)
    if quote.points and quote.programme and quote.customer:
        note = Note(at, by=till.staff.pk if till.staff else None, redemption=redemption.pk)
        try:
            drawing.spend(quote.programme, quote.customer.pk, quote.points, note=note)
        except drawing.NotEnoughPoints as error:
            raise RedeemRefused("points_too_few", available=error.available) from error
    _log(redemption, quote)
    return Redeemed(redemption, quote)


def _write(receipt: Receipt, quote: Quote, *, till: Till, at: datetime) -> Redemption:
    company = business()
    redemption = Redemption.objects.create(
        customer=quote.customer,
        reference=receipt.reference,
        business_day=at.astimezone(company.zone).date(),
        branch=till.branch,
        lines=[[line.item, str(line.amount), str(line.quantity)] for line in receipt.lines],
        sum_before=quote.priced.before,
        discount=quote.priced.discount,
        points=quote.points,
        points_sum=quote.points_sum,
        currency=company.currency,
        redeemed_at=at,
        redeemed_by=till.staff,
        program=till.program,
    )
    for one in sorted(quote.priced.applied, key=lambda applied: quote.offers[applied.candidate.key].pk):
        _use(redemption, quote.offers[one.candidate.key], one)
    return redemption


def _use(redemption: Redemption, offer: Offer, applied: Applied) -> None:
    Offer.objects.filter(pk=offer.pk).update(uses=F("uses") + 1, given=F("given") + applied.cost)
    if applied.candidate.grant:
        Grant.objects.filter(pk=applied.candidate.grant).update(uses=F("uses") + 1)
    RedeemedOffer.objects.create(
        redemption=redemption,
        offer=offer,
        number=offer.number,
        grant_id=applied.candidate.grant,
        discount=applied.discount,
        cost=applied.cost,
    )


def cancel(redemption: Redemption, *, because: str, by: StaffMember | None, at: datetime, may_be_late: bool) -> None:
    """Take a redemption back as if it had not been: codes, budgets and points are there again.

    Raises CancelRefused.
    """
    with transaction.atomic():
        if redemption.customer_id:
            roots_held([redemption.customer_id], alone=True)
        held = Redemption.objects.select_for_update(no_key=True).get(pk=redemption.pk)
        if held.cancelled_at:
            raise CancelRefused("cancelled_before")
        if not may_be_late and at - held.redeemed_at > CANCEL_WITHIN:
            raise CancelRefused("too_late")
        used = list(held.offers.order_by("offer_id"))
        list(Grant.objects.filter(pk__in=[one.grant_id for one in used]).order_by("pk").select_for_update(no_key=True))
        for one in used:
            Offer.objects.filter(pk=one.offer_id).update(uses=F("uses") - 1, given=F("given") - one.cost)
            if one.grant_id:
                Grant.objects.filter(pk=one.grant_id).update(uses=F("uses") - 1)
        if held.points:
            drawing.give_back(held.pk, note=Note(at, by=by.pk if by else None))
        held.cancelled_at, held.cancelled_by, held.cancelled_because = at, by, because[:200]
        held.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_because"])
        names = Offer.objects.in_bulk([one.offer_id for one in used])
        payload = {"redemption": str(held.pk), "offers": [names[one.offer_id].key for one in used]}
        _record("offer_cancelled", held, at=at, payload=payload | {"reason": because[:200]})


def _log(redemption: Redemption, quote: Quote) -> None:
    payload = {
        "redemption": str(redemption.pk),
        "offers": [one.candidate.key for one in quote.priced.applied],
        "before": str(redemption.sum_before),
        "points": redemption.points,
    }
    _record("offer_redeemed", redemption, at=redemption.redeemed_at, payload=payload)


def _record(type_: str, redemption: Redemption, *, at: datetime, payload: dict[str, Any]) -> None:
    customer: Customer | None = redemption.customer
    record(
        [
            NewEvent(
                message_id=f"{type_}/{redemption.pk}" if type_ == "offer_redeemed" else str(uuid.uuid4()),
                type=type_,
                identity=event_identity(customer) if customer else None,
                occurred_at=at,
                reference=redemption.reference,
                discount=redemption.discount + redemption.points_sum,
                currency=redemption.currency,
                branch=redemption.branch,
                payload=payload,
            )
        ]
    )


BROKEN = {
    "receipt_redeemed_once": "receipt_used",
    "code_used_no_more_than_allowed": "used",
    "offer_uses_within_budget": "budget",
    "offer_sum_within_budget": "budget",
    "points_never_below_zero": "points_too_few",
}


def _broken(error: IntegrityError) -> str:
    """The refusal that a broken constraint means. Raises the error again when it means none."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in BROKEN:
        raise error
    return BROKEN[name]
