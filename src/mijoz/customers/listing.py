"""The list of customers: what narrows it, in which order it stands, and pages that stay quick with a million rows.

Pages reach as far as SHOWN rows and the count stops there: nobody leafs further, and either would walk over the whole
table. The export goes all the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from mijoz.customers import hooks
from mijoz.customers.models import Consent, Customer, Profile, Purpose
from mijoz.customers.names import matches

SHOWN = 10_000
ROWS_A_PAGE = 50
DEFAULT_SORT = "-last_purchase"


@dataclass(frozen=True, slots=True)
class Order:
    """A column that has an index with the customer's number; the descending sort walks it from the other end."""

    column: str
    on_profile: bool = True
    empty_first: bool = False  # as the ascending index has it: who never bought is longest away

    def of(self, rows: QuerySet[Any], *, through: str = "", descending: bool) -> QuerySet[Any]:
        """`rows` in this order; `through` is the way from them to the columns."""
        column = F(f"{through}{self.column}").asc(nulls_first=self.empty_first or None)
        tie = f"-{through}customer_id" if self.on_profile else f"{through}id"
        ordered = rows.order_by(column, tie)
        return ordered.reverse() if descending else ordered


ORDERS = {
    "name": Order("sort_name", on_profile=False),
    "last_purchase": Order("last_purchase_at", empty_first=True),
    "purchases": Order("purchases"),
    "revenue": Order("revenue"),
}
CONTACTS = {
    "phone": ~Q(phone=""),
    "email": ~Q(email=""),
    "no_phone": Q(phone=""),
    "no_email": Q(email=""),
    "none": Q(phone="", email=""),
}
NOTHING = Value("", output_field=TextField())
PHONE_DIGITS = Func(
    "phone", Value(r"\D"), NOTHING, Value("g"), function="regexp_replace", output_field=TextField()
)  # as names.search_key holds them
KEY_WITHOUT_CONTACTS = Func(
    Func("search_key", PHONE_DIGITS, NOTHING, function="replace", output_field=TextField()),
    Lower("email"),
    NOTHING,
    function="replace",
    output_field=TextField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a list of customers is narrowed by; empty and None narrow nothing, bounds belong to their range.

    `hooked` holds the values of the filters of higher apps by their key.
    """

    query: str = ""
    language: str = ""
    contact: str = ""
    consent: str = ""
    bought_within_days: int | None = None
    away_for_days: int | None = None
    purchases_from: int | None = None
    purchases_to: int | None = None
    revenue_from: Decimal | None = None
    revenue_to: Decimal | None = None
    hooked: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts_days(self) -> bool:
        return self.bought_within_days is not None or self.away_for_days is not None


def find(criteria: Criteria, *, until: datetime, contacts_hidden: bool = False) -> QuerySet[Customer]:
    """The customers who fit all criteria, in no order.

    Days are counted back from `until`, the midnight that ends the last one of them. With `contacts_hidden` no phone
    and no e-mail finds anybody, so that who may not see contacts cannot guess them.
    """
    told = CONTACTS.get(criteria.contact, Q())
    if criteria.language:
        told &= Q(language=criteria.language)
    found = Customer.objects.filter(told, **_ranges(criteria, until))
    if criteria.query:
        found = found.filter(matches(criteria.query))
        if contacts_hidden:
            found = found.alias(open_key=KEY_WITHOUT_CONTACTS).filter(matches(criteria.query, field="open_key"))
    if criteria.consent:
        found = found.filter(_marketing(criteria.consent))
    for list_filter in hooks.list_filters():
        if value := criteria.hooked.get(list_filter.key):
            found = list_filter.apply(found, value)
    return found


def _ranges(criteria: Criteria, until: datetime) -> dict[str, Any]:
    def days_back(days: int | None) -> datetime | None:
        return None if days is None else until - timedelta(days=days)

    bounds = {
        "profile__last_purchase_at__gte": days_back(criteria.bought_within_days),
        "profile__last_purchase_at__lt": days_back(criteria.away_for_days),
        "profile__purchases__gte": criteria.purchases_from,
        "profile__purchases__lte": criteria.purchases_to,
        "profile__revenue__gte": criteria.revenue_from,
        "profile__revenue__lte": criteria.revenue_to,
    }
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _marketing(answer: str) -> Q:
    """Who gave consent to marketing by some channel, who only refused it, or who was never asked."""
    answers = Consent.objects.filter(purpose=Purpose.MARKETING, customer=OuterRef("pk"))
    given = Q(Exists(answers.filter(granted=True)))
    refused = Q(Exists(answers.filter(granted=False)))
    return {"given": given, "refused": refused & ~given, "unasked": ~given & ~refused}[answer]


def midnight_after(day: date, zone: tzinfo) -> datetime:
    """The moment at which `day` ends by the clock of `zone`."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def known_sort(sort: str) -> str:
    """`sort` when it is one of ORDERS, with or without a minus for descending; else the usual one."""
    return sort if sort.removeprefix("-") in ORDERS else DEFAULT_SORT


def in_order(found: QuerySet[Customer], sort: str) -> QuerySet[Customer]:
    """`found` in a known sort."""
    order = ORDERS[sort.removeprefix("-")]
    if order.on_profile:
        found = found.filter(profile__isnull=False)  # an inner join, so that the profile's index can lead
    return order.of(found, through="profile__" if order.on_profile else "", descending=sort.startswith("-"))


def _sorted_among(places: list[int], sort: str) -> QuerySet[Any]:
    """The numbers of these customers in a known sort; they travel as one array, not as thousands of parameters."""
    order = ORDERS[sort.removeprefix("-")]
    given = Value(places, output_field=ArrayField(BigIntegerField()))
    among = Func(given, template="(SELECT unnest(%(expressions)s))", output_field=BigIntegerField())
    rows = Profile.objects.all() if order.on_profile else Customer.objects.all()
    return order.of(rows.filter(pk__in=among), descending=sort.startswith("-")).values_list("pk", flat=True)


class CustomerPages(Paginator):  # type: ignore[type-arg]
    """Pages of the customers found, sorted, as far as SHOWN rows; `is_capped` says that there are more.

    Everybody found is looked up once. When they fit into SHOWN rows these are sorted; when not, the first of them are
    near on the walk along the sort's index. So neither way depends on what the planner guesses of the criteria.
    """

    def __init__(self, found: QuerySet[Customer], sort: str) -> None:
        super().__init__(found.order_by("pk"), ROWS_A_PAGE)
        self.found = found
        self.sort = sort

    @cached_property
    def _places(self) -> list[int]:
        return list(self.found.order_by().values_list("pk", flat=True)[: SHOWN + 1])

    @property
    def count(self) -> int:  # type: ignore[override]
        return min(len(self._places), SHOWN)

    @property
    def is_capped(self) -> bool:
        return len(self._places) > SHOWN

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]
        """The page with its profiles; its places are sorted first, so that sorting carries no wide rows."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        if self.is_capped:
            ordered = in_order(self.found, self.sort).values_list("pk", flat=True)
        else:
            ordered = _sorted_among(self._places, self.sort)
        places = list(ordered[first : min(first + self.per_page, self.count)])
        rows = Customer.objects.select_related("profile").in_bulk(places)
        return Page([rows[place] for place in places if place in rows], number, self)
