"""What an offer and a programme are, as data: pydantic models that are kept as JSON, each version for ever."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Texts = dict[str, str]  # by language
Money = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)]
Positive = Annotated[Decimal, Field(gt=0, max_digits=16, decimal_places=2)]


class TermsRefused(ValueError):
    """The terms cannot be used; `problems` are (where, what) pairs."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {what}" for where, what in problems))
        self.problems = problems


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Percent(Part):
    kind: Literal["percent"] = "percent"
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]
    at_most: Positive | None = None


class Amount(Part):
    kind: Literal["amount"] = "amount"
    amount: Positive


class Gift(Part):
    kind: Literal["gift"] = "gift"
    gifts: Texts
    worth: Money = Decimal(0)  # what it costs the business


class Package(Part):
    kind: Literal["package"] = "package"
    price: Money


Benefit = Annotated[Percent | Amount | Gift | Package, Field(discriminator="kind")]


class OfferTerms(Part):
    """What an offer gives, to whom, when, and beside which others."""

    benefit: Benefit
    services: list[Annotated[str, Field(min_length=1, max_length=400)]] = []  # none: the whole receipt
    minimum_sum: Money | None = None
    who: Literal["everybody", "segments", "granted"] = "everybody"
    segments: list[str] = []
    starts_on: date | None = None
    ends_on: date | None = None  # the last day
    stacking: Literal["exclusive", "stackable", "group"] = "stackable"
    group: str = ""
    per_customer: Annotated[int, Field(ge=1, le=10_000)] | None = None
    per_days: Annotated[int, Field(ge=1, le=3650)] | None = None  # none: ever
    valid_days: Annotated[int, Field(ge=1, le=3650)] | None = None  # of a grant

    @model_validator(mode="after")
    def _fits_together(self) -> OfferTerms:
        if self.who == "segments" and not self.segments:
            raise ValueError("segments: name at least one")
        if self.stacking == "group" and not self.group:
            raise ValueError("group: has no name")
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on: is before the first day")
        if isinstance(self.benefit, Package) and len(self.services) < 2:
            raise ValueError("services: a package has two or more")
        return self


class PointsTerms(Part):
    """How points are earned and what they are worth."""

    kind: Literal["points"] = "points"
    per_sum: Positive | None = None  # for each full such sum `points` are given
    points: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    per_visit: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    segment_factors: dict[str, Annotated[Decimal, Field(gt=0, le=100)]] = {}
    tier_factors: dict[str, Annotated[Decimal, Field(gt=0, le=100)]] = {}
    excluded: list[str] = []
    expires_after_months: Annotated[int, Field(ge=1, le=120)] | None = 12
    minimum_redeem: Annotated[int, Field(ge=1)] = 1
    value: Positive = Decimal(1)  # money that one point pays
    most_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)  # of a receipt that points may pay
    staff_limit: Annotated[int, Field(ge=0)] = 1000  # that front office may adjust at once; leads have no limit


class StampTerms(Part):
    """Every Nth is a gift."""

    kind: Literal["stamps"] = "stamps"
    services: list[str] = []  # none: any
    per: Literal["unit", "visit"] = "unit"
    needed: Annotated[int, Field(ge=2, le=100)] = 10
    offer: str  # key of the offer that a full card gives
    expires_after_months: Annotated[int, Field(ge=1, le=120)] | None = None


class Tier(Part):
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    names: Texts
    threshold: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
    priority: int = 0
    script: str = ""
    package: Annotated[str, Field(max_length=40)] = ""
    offer: str = ""  # key of an offer granted on reaching it


class TiersTerms(Part):
    """Levels by what a customer did within a window; who falls below keeps the tier for the days of grace."""

    kind: Literal["tiers"] = "tiers"
    measure: Literal["revenue", "visits", "points"] = "revenue"
    window_months: Annotated[int, Field(ge=1, le=60)] = 12
    grace_days: Annotated[int, Field(ge=0, le=730)] = 60
    tiers: Annotated[list[Tier], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _rises(self) -> TiersTerms:
        sums = [tier.threshold for tier in self.tiers]
        if sums != sorted(set(sums)):
            raise ValueError("tiers: each needs more than the one before")
        if len({tier.key for tier in self.tiers}) < len(self.tiers):
            raise ValueError("tiers: two have one key")
        return self


class ReferralTerms(Part):
    """Both get their offer after the friend's first purchase."""

    kind: Literal["referral"] = "referral"
    offer_for_referrer: str
    offer_for_friend: str
    a_month: Annotated[int, Field(ge=1, le=1000)] = 5  # rewards for one referrer
    minimum_sum: Money = Decimal(0)  # of the friend's first purchase


ProgrammeTerms = PointsTerms | StampTerms | TiersTerms | ReferralTerms
KINDS: dict[str, type[ProgrammeTerms]] = {
    "points": PointsTerms,
    "stamps": StampTerms,
    "tiers": TiersTerms,
    "referral": ReferralTerms,
}


def offer_terms(document: Any) -> OfferTerms:
    """Raises TermsRefused."""
    try:
        return OfferTerms.model_validate(document)
    except ValidationError as error:
        raise _refused(error) from error


def programme_terms(document: Any) -> ProgrammeTerms:
    """Raises TermsRefused."""
    kind = document.get("kind", "") if isinstance(document, dict) else ""
    if kind not in KINDS:
        raise TermsRefused([("kind", "is none of " + ", ".join(KINDS))])
    try:
        return KINDS[kind].model_validate(document)
    except ValidationError as error:
        raise _refused(error) from error


def offers_of(terms: ProgrammeTerms) -> set[str]:
    """The keys of the offers that a programme gives."""
    match terms:
        case StampTerms(offer=offer):
            return {offer}
        case TiersTerms(tiers=tiers):
            return {tier.offer for tier in tiers} - {""}
        case ReferralTerms(offer_for_referrer=one, offer_for_friend=other):
            return {one, other}
    return set()


def as_json(terms: BaseModel) -> dict[str, Any]:
    return terms.model_dump(mode="json")


def _refused(error: ValidationError) -> TermsRefused:
    return TermsRefused([(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()])
