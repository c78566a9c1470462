"""Reads of offers, grants, redemptions and points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Max, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, TruncMonth

from mijoz.customers.listing import DEFAULT_SORT, Criteria, CustomerPages, Search
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of
from mijoz.loyalty import codes
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.models import (
    Account,
    Grant,
    Lot,
    Offer,
    Posting,
    Programme,
    RedeemedOffer,
    Redemption,
    ReferralCode,
    TierStanding,
)
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import PointsTerms, StampTerms, Tier, TiersTerms, programme_terms
from mijoz.segments.models import in_language

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
    by_grant: int = 0  # of those redeemed, by a code or a grant

    @property
    def share(self) -> float | None:
        """Of the grants and codes, how many were redeemed."""
        return self.by_grant / self.granted if self.granted else None


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
            by_grant=Count("pk", filter=counts & Q(grant__isnull=False)),
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
            by_grant=use.get("by_grant", 0),
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's tier, with what is missing to the next one."""

    tier: Tier
    measured: Decimal
    grace_until: datetime | None
    next: Tier | None
    missing: Decimal
    is_money: bool  # whether what is measured is money


def standings(programme: Programme, customers: list[int]) -> dict[int, Standing]:
    """Who of these customers stands where; one query."""
    terms = programme_terms(programme.terms)
    if not isinstance(terms, TiersTerms):
        return {}
    found = {}
    for row in TierStanding.objects.filter(programme=programme, customer__in=customers):
        place = next((place for place, tier in enumerate(terms.tiers) if tier.key == row.tier), None)
        if place is None:
            continue
        following = terms.tiers[place + 1] if place + 1 < len(terms.tiers) else None
        missing = max(Decimal(0), following.threshold - row.measured) if following else Decimal(0)
        found[row.customer_id] = Standing(
            terms.tiers[place], row.measured, row.grace_until, following, missing, terms.measure == "revenue"
        )
    return found


def live(kind: str) -> list[Programme]:
    """The programmes of this kind that run."""
    return list(Programme.objects.filter(kind=kind, state=State.LIVE).order_by("pk"))


def points_of(customer_ids: list[int]) -> dict[int, int]:
    """What each of these customers may spend in the programme of points that runs; empty when there is none."""
    found = live(Programme.Kind.POINTS)
    return drawing.available(found[0], customer_ids) if found and customer_ids else {}


def tiers() -> list[tuple[str, str]]:
    """Key and name of each tier of the programme that runs, the lowest first."""
    running = next(iter(live(Programme.Kind.TIERS)), None)
    terms = programme_terms(running.terms) if running else None
    return (
        [(one.key, in_language(one.names) or one.key) for one in terms.tiers] if isinstance(terms, TiersTerms) else []
    )


def tier_texts(customer_ids: list[int]) -> dict[int, dict[str, str]]:
    """The name of each customer's tier by language; who has none is missing."""
    found = live(Programme.Kind.TIERS)
    roots = root_of(customer_ids) if found else {}
    stand = standings(found[0], list(set(roots.values()))) if found else {}
    return {customer: stand[root].tier.names for customer, root in roots.items() if root in stand}


def tier_of(customer_ids: list[int]) -> dict[int, str]:
    """The name of each customer's tier in the language of the page; who has none is missing."""
    return {customer: in_language(names) for customer, names in tier_texts(customer_ids).items()}


def codes_of(offer_key: str, customer_ids: list[int], *, origin: str) -> dict[int, tuple[str, datetime | None]]:
    """By customer the code, as it is printed, and until when it holds, of what was granted by this origin."""
    roots = root_of(customer_ids)
    rows = Grant.objects.filter(offer__key=offer_key, origin=origin, customer__in=set(roots.values()))
    given = {one.customer_id: (codes.shown(one.code or ""), one.valid_until) for one in rows}
    return {customer: given[root] for customer, root in roots.items() if root in given}


@dataclass(frozen=True, slots=True)
class PointsFigures:
    """What a programme of points or stamps gave and took, in points, and what is owed to customers in money."""

    issued: int
    redeemed: int
    expired: int
    adjusted: int
    outstanding: int
    holders: int
    liability: Decimal
    paid: Decimal  # in money, by points at tills
    owed_back: int


def points_figures(programme: Programme) -> PointsFigures:
    """The sums of the ledger; two queries."""
    sums: dict[str, int] = dict.fromkeys(("earned", "taken_back", "redeemed", "cancelled", "expired"), 0)
    rows = Posting.objects.filter(lot__account__programme=programme).values("kind").annotate(all=Sum("points"))
    given = {row["kind"]: int(row["all"]) for row in rows.order_by()}
    sums |= given
    accounts = Account.objects.filter(programme=programme, kind=Account.Kind.CUSTOMER).aggregate(
        all=Coalesce(Sum("balance"), 0), holders=Count("pk", filter=Q(balance__gt=0)), owed=Coalesce(Sum("owed"), 0)
    )
    issued = sums["earned"] - sums["taken_back"]
    redeemed = sums["redeemed"] - sums["cancelled"]
    outstanding = int(accounts["all"])
    terms = programme_terms(programme.terms)
    value = terms.value if isinstance(terms, PointsTerms) else Decimal(0)
    paid = Redemption.objects.filter(cancelled_at=None, postings__lot__account__programme=programme).distinct()
    money = Redemption.objects.filter(pk__in=paid.values("pk")).aggregate(all=Coalesce(Sum("points_sum"), Decimal(0)))
    return PointsFigures(
        issued=issued,
        redeemed=redeemed,
        expired=sums["expired"],
        adjusted=outstanding - issued + redeemed + sums["expired"],
        outstanding=outstanding,
        holders=accounts["holders"],
        liability=outstanding * value,
        paid=money["all"],
        owed_back=int(accounts["owed"]),
    )


def expiring(programme: Programme, *, months: int = 12) -> list[tuple[date, int]]:
    """By month how many points expire in it, the next months first; those that never do are left out."""
    rows = (
        Lot.objects.filter(account__programme=programme, remaining__gt=0, expires_at__isnull=False)
        .annotate(month=TruncMonth("expires_at"))
        .values("month")
        .annotate(all=Sum("remaining"))
        .order_by("month")
    )
    return [(row["month"].date(), int(row["all"])) for row in rows[:months]]


@dataclass(frozen=True, slots=True)
class Card:
    """A stamp card as its holder sees it."""

    programme: Programme
    offer: str
    needed: int
    stamps: int

    @property
    def places(self) -> list[bool]:
        return [place < self.stamps for place in range(self.needed)]


def cards(customer_id: int) -> list[Card]:
    """The stamp cards that run, with the customer's stamps on each."""
    found, names = [], all_names()
    for programme in live(Programme.Kind.STAMPS):
        terms = programme_terms(programme.terms)
        if isinstance(terms, StampTerms):
            stamps = drawing.available(programme, [customer_id])[customer_id]
            found.append(Card(programme, names.get(terms.offer, terms.offer), terms.needed, min(stamps, terms.needed)))
    return found


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened to somebody's points."""

    at: datetime
    kind: str
    points: int


def moves(programme: Programme, person: list[int], *, most: int = 12) -> list[Move]:
    """What came and went in these accounts of one person, the latest first; postings of one moment are one."""
    own = list(Account.objects.filter(programme=programme, customer__in=person).values_list("pk", flat=True))
    rows = (
        Posting.objects.filter(Q(from_account__in=own) | Q(to_account__in=own), lot__account__in=own)
        .values("posted_at", "kind")
        .annotate(all=Sum(Case(When(to_account__in=own, then=F("points")), default=-F("points"))))
        .order_by("-posted_at", "kind")
    )
    return [Move(row["posted_at"], row["kind"], int(row["all"])) for row in rows[:most]]


def next_expiry(programme: Programme, person: list[int]) -> tuple[datetime, int] | None:
    """When points of the person expire next, and how many on that day."""
    lots = Lot.objects.filter(
        account__programme=programme, account__customer__in=person, remaining__gt=0, expires_at__isnull=False
    ).order_by("expires_at")
    first = lots.values_list("expires_at", flat=True).first()
    if first is None:
        return None
    same = lots.filter(expires_at__date=first.date()).aggregate(all=Sum("remaining"))["all"]
    return first, int(same)


def referral_counts(programme: Programme) -> dict[str, int]:
    """How many friends of each state there are."""
    rows = programme.referrals.values("state").annotate(all=Count("pk")).order_by()
    return {row["state"]: row["all"] for row in rows}


def tier_counts(programme: Programme) -> list[tuple[str, int]]:
    """The tiers from the lowest, with how many customers stand in each."""
    terms = programme_terms(programme.terms)
    if not isinstance(terms, TiersTerms):
        return []
    rows = dict(TierStanding.objects.filter(programme=programme).values_list("tier").annotate(all=Count("pk")))
    return [(in_language(tier.names) or tier.key, rows.get(tier.key, 0)) for tier in terms.tiers]


def own_code(customer_id: int) -> str:
    """The customer's code for friends; "" when none was made yet."""
    found = ReferralCode.objects.filter(customer_id=customer_id).values_list("code", flat=True).first()
    return found or ""


def owed(programme: Programme, person: list[int]) -> int:
    """Points that these numbers of one person still owe for refunds."""
    found = Account.objects.filter(programme=programme, customer__in=person).aggregate(all=Sum("owed"))
    return int(found["all"] or 0)


def names_of_programmes(authors: set[str]) -> dict[str, str]:
    """Programmes by the name under which they set protocols, such as `tier:levels`."""
    keys = {author.partition(":")[2]: author for author in authors}
    return {keys[one.key]: one.name for one in Programme.objects.filter(key__in=keys)}


def names_of_tiers(keys: set[str]) -> dict[str, str]:
    """The tiers of these keys by name."""
    found: dict[str, str] = {}
    for programme in Programme.objects.filter(kind=Programme.Kind.TIERS):
        terms = programme_terms(programme.terms)
        if isinstance(terms, TiersTerms):
            found |= {tier.key: in_language(tier.names) or tier.key for tier in terms.tiers if tier.key in keys}
    return found


def referral_code(folded: str) -> str:
    """The code as it is kept, when it is somebody's code for friends; else ""."""
    own = ReferralCode.objects.filter(code=folded, customer__erased_at=None).values_list("code", flat=True).first()
    return own or ""


def offer(key: str) -> Offer | None:
    return Offer.objects.filter(key=key, state=State.LIVE).first()
