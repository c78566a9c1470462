"""What a receipt could get: the offers that are open to the customer and the codes they hold, priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import Q

from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of, whole
from mijoz.loyalty import codes
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.models import Grant, Offer, Programme, RedeemedOffer
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.pricing import Candidate, Line, Priced, price
from mijoz.loyalty.terms import OfferTerms, PointsTerms, offer_terms
from mijoz.segments.models import Membership
from mijoz.ui.formats import WHOLE_CURRENCIES


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is to be paid, by whom, and what the customer shows; `points` are those they want to pay with."""

    lines: Sequence[Line]
    customer_id: int | None = None
    code: str = ""  # as typed
    points: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The priced receipt. `code_refusal` says why the code that was typed does nothing."""

    priced: Priced
    customer: Customer | None
    offers: dict[str, Offer] = field(default_factory=dict)
    code_refusal: Candidate | None = None
    programme: Programme | None = None
    points_available: int = 0  # of the customer
    points_usable: int = 0  # on this receipt
    points_least: int = 1
    points: int = 0  # that are used
    points_sum: Decimal = Decimal(0)
    points_refusal: str = ""

    @property
    def after(self) -> Decimal:
        return self.priced.after - self.points_sum


def places() -> int:
    """How many decimals money has here."""
    return 0 if business().currency in WHOLE_CURRENCIES else 2


def quote(receipt: Receipt, *, at: datetime, held: bool = False) -> Quote:
    """What the receipt gets now. With `held` grants and offers with a budget are locked until the transaction ends."""
    customer = _customer(receipt.customer_id)
    grants = _grants(receipt, customer, at=at, held=held)
    by_code, code_problem = _by_code(receipt.code, grants, customer)
    if by_code is not None and by_code.customer_id and customer is None:
        customer = _customer(by_code.customer_id)  # a personal code says who is there
        grants = _grants(receipt, customer, at=at, held=held)
    person = whole(customer) if customer else []
    offers = _offers(grants, held=held)
    candidates = _candidates(offers, grants, by_code, customer, person, at=at)
    digits = places()
    priced = _within_budgets(receipt.lines, candidates, {offer.key: offer for offer in offers.values()}, digits)
    refusal = code_problem or _refusal_of(by_code, offers, priced)
    named = {offer.key: offer for offer in offers.values()}
    found = Quote(priced, customer, named, refusal)
    return _with_points(found, receipt, digits) if customer else _without_points(found, receipt)


def _within_budgets(
    lines: Sequence[Line], candidates: list[Candidate], offers: dict[str, Offer], digits: int
) -> Priced:
    """The best set of which no offer costs more than is left of its budget."""
    while True:
        priced = price(lines, candidates, places=digits)
        dear = {one.candidate.key for one in priced.applied if _is_too_dear(offers[one.candidate.key], one.cost)}
        if not dear:
            return priced
        candidates = [one.refused("budget") if one.key in dear else one for one in candidates]


def _is_too_dear(offer: Offer, cost: Decimal) -> bool:
    return offer.budget_sum is not None and offer.given + cost > offer.budget_sum


def _customer(number: int | None) -> Customer | None:
    if number is None:
        return None
    root = root_of([number]).get(number)
    return Customer.objects.filter(pk=root, erased_at=None, restricted_at=None).first() if root else None


def _grants(receipt: Receipt, customer: Customer | None, *, at: datetime, held: bool) -> list[Grant]:
    """The open rights of the person, and the one behind the code whatever its state."""
    mine = Q(pk__in=[])
    if customer:
        mine = Q(customer__in=whole(customer), withdrawn_at=None) & (Q(valid_until=None) | Q(valid_until__gt=at))
    folded = codes.fold(receipt.code)
    found = Grant.objects.filter(mine | Q(code=folded)).order_by("pk") if folded else Grant.objects.filter(mine)
    ordered = found.order_by("pk")
    return list(ordered.select_for_update(no_key=True) if held else ordered)


def _by_code(typed: str, grants: Sequence[Grant], customer: Customer | None) -> tuple[Grant | None, Candidate | None]:
    folded = codes.fold(typed)
    if not typed.strip():
        return None, None
    found = next((grant for grant in grants if grant.code == folded), None) if folded else None
    if found is None:
        mistyped = codes.looks_generated(folded) and not codes.is_whole(folded)
        nothing = OfferTerms.model_construct()
        return None, Candidate("", nothing, refusal="code_mistyped" if mistyped else "code_unknown")
    if found.customer_id and customer and root_of([found.customer_id])[found.customer_id] != customer.pk:
        return None, Candidate("", OfferTerms.model_construct(), refusal="code_of_another")
    return found, None


def _offers(grants: Sequence[Grant], *, held: bool) -> dict[int, Offer]:
    """The offers of these grants and all that are open to everybody or to segments; budgets are locked in order."""
    wanted = Offer.objects.filter(Q(pk__in=[grant.offer_id for grant in grants]) | Q(state=State.LIVE)).order_by("pk")
    if held:
        with_budget = wanted.exclude(budget_uses=None, budget_sum=None)
        list(with_budget.select_for_update(no_key=True).values_list("pk"))
    return {offer.pk: offer for offer in wanted}


def _candidates(
    offers: dict[int, Offer],
    grants: Sequence[Grant],
    by_code: Grant | None,
    customer: Customer | None,
    person: list[int],
    *,
    at: datetime,
) -> list[Candidate]:
    """Each offer once: by the code that was typed, else by the grant that ends first, else for everybody."""
    today = at.astimezone(business().zone).date()
    segments = set(
        Membership.objects.filter(customer=customer, left_at=None).values_list("segment__key", flat=True)
        if customer
        else []
    )
    in_use = _in_use(offers, person)
    found = []
    for offer in offers.values():
        terms = offer_terms(offer.terms)
        own = [grant for grant in grants if grant.offer_id == offer.pk and (grant is by_code or grant.customer_id)]
        chosen = by_code if by_code in own else _first(own, at)
        if chosen is None and terms.who == "granted":
            continue
        if chosen is None and terms.who == "segments" and not segments & set(terms.segments):
            continue
        candidate = Candidate(offer.key, terms, chosen.pk if chosen else None)
        found.append(_open(candidate, offer, chosen, in_use.get(offer.pk, []), today=today, at=at))
    return found


def _first(own: Sequence[Grant], at: datetime) -> Grant | None:
    """The grant that is left and ends first."""
    left = [one for one in own if one.uses_allowed is None or one.uses < one.uses_allowed]
    never = datetime.max.replace(tzinfo=at.tzinfo)
    return min(left, key=lambda one: (one.valid_until or never, one.pk), default=None)


def _in_use(offers: dict[int, Offer], person: list[int]) -> dict[int, list[datetime]]:
    """When the person redeemed each of these offers, what was cancelled left out."""
    if not person:
        return {}
    rows = RedeemedOffer.objects.filter(
        offer__in=offers, redemption__customer__in=person, redemption__cancelled_at=None
    ).values_list("offer_id", "redemption__redeemed_at")
    found: dict[int, list[datetime]] = {}
    for offer, moment in rows:
        found.setdefault(offer, []).append(moment)
    return found


def _open(
    candidate: Candidate, offer: Offer, grant: Grant | None, uses: list[datetime], *, today: date, at: datetime
) -> Candidate:
    """The candidate, refused where its time, its code, its limit or its budget says so."""
    terms = candidate.terms
    if offer.state != State.LIVE:
        return candidate.refused("not_live")
    if terms.starts_on and today < terms.starts_on:
        return candidate.refused("not_begun", day=terms.starts_on.isoformat())
    if terms.ends_on and today > terms.ends_on:
        return candidate.refused("over", day=terms.ends_on.isoformat())
    if grant is not None:
        if grant.withdrawn_at:
            return candidate.refused("withdrawn")
        if grant.valid_until and grant.valid_until <= at:
            return candidate.refused("over", day=grant.valid_until.astimezone(business().zone).date().isoformat())
        if grant.uses_allowed is not None and grant.uses >= grant.uses_allowed:
            return candidate.refused("used")
    if terms.per_customer:
        since = at - timedelta(days=terms.per_days) if terms.per_days else None
        counted = sum(since is None or moment > since for moment in uses)
        if counted >= terms.per_customer:
            return candidate.refused("limit", times=terms.per_customer, days=terms.per_days or "")
    if offer.budget_uses is not None and offer.uses >= offer.budget_uses:
        return candidate.refused("budget")
    if offer.budget_sum is not None and offer.given >= offer.budget_sum:
        return candidate.refused("budget")
    return candidate


def _refusal_of(grant: Grant | None, offers: dict[int, Offer], priced: Priced) -> Candidate | None:
    """Why the code that was typed is not in use, None when it is."""
    if grant is None:
        return None
    key = offers[grant.offer_id].key
    return next((one for one in priced.refused if one.key == key), None)


def live_points() -> Programme | None:
    return Programme.objects.filter(kind=Programme.Kind.POINTS, state=State.LIVE).first()


def _with_points(found: Quote, receipt: Receipt, digits: int) -> Quote:
    programme = live_points()
    if programme is None or found.customer is None:
        return _without_points(found, receipt)
    terms = PointsTerms.model_validate(programme.terms)
    available = drawing.available(programme, [found.customer.pk])[found.customer.pk]
    payable = (found.priced.after * terms.most_share).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)
    usable = min(available, int(payable / terms.value))
    usable = usable if usable >= terms.minimum_redeem else 0
    refusal = ""
    if receipt.points > available:
        refusal = "points_too_few"
    elif receipt.points and receipt.points < terms.minimum_redeem:
        refusal = "points_least"
    elif receipt.points > usable:
        refusal = "points_share"
    points = 0 if refusal else receipt.points
    return Quote(
        found.priced,
        found.customer,
        found.offers,
        found.code_refusal,
        programme,
        available,
        usable,
        terms.minimum_redeem,
        points,
        (points * terms.value).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN),
        refusal,
    )


def _without_points(found: Quote, receipt: Receipt) -> Quote:
    if not receipt.points:
        return found
    return Quote(found.priced, found.customer, found.offers, found.code_refusal, points_refusal="no_points_programme")
