"""The list of customers: what narrows it, in which order it stands, and pages that stay quick with a million rows.

Pages reach as far as SHOWN rows and the count stops there: nobody leafs further, and either would walk over the whole
table. The export goes all the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import (
    BigIntegerField,
    BinaryField,
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Lower
from django.utils.functional import cached_property

from mijoz.customers import hooks
from mijoz.customers.models import Consent, Customer, Profile, Purpose
from mijoz.customers.names import FURTHER, matches

SHOWN = 10_000
ROWS_A_PAGE = 50
DEFAULT_SORT = "-last_purchase"

Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """A column that has an index with the customer's number; the descending sort walks it from the other end."""

    column: str
    on_profile: bool = True
    empty_first: bool = False  # as the ascending index has it: who never bought is longest away

    def of(self, rows: QuerySet[Rows], *, through: str = "", descending: bool) -> QuerySet[Rows]:
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
CONTACTS: dict[str, dict[str, bool]] = {  # which contacts are there, and which are not
    "phone": {"phone": True},
    "email": {"email": True},
    "no_phone": {"phone": False},
    "no_email": {"email": False},
    "none": {"phone": False, "email": False},
}
# Who has a tag, and whoever they were merged into, at any depth.
TAGGED = """(
    WITH RECURSIVE given(tag) AS (VALUES (%(expressions)s)), kept(id) AS (
        SELECT c.merged_into_id FROM given JOIN customers_tagging t ON t.tag_id = given.tag
        JOIN customers_customer c ON c.id = t.customer_id WHERE c.merged_into_id IS NOT NULL
        UNION SELECT c.merged_into_id FROM kept JOIN customers_customer c ON c.id = kept.id
        WHERE c.merged_into_id IS NOT NULL
    )
    SELECT t.customer_id FROM given JOIN customers_tagging t ON t.tag_id = given.tag UNION ALL SELECT id FROM kept
)"""
NOTHING = Value("", output_field=TextField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a list of customers is narrowed by; empty and None narrow nothing, bounds belong to their range.

    `hooked` holds the values of the filters of higher apps by their key.
    """

    query: str = ""
    tag: int = 0
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
    def asks_what_was_told(self) -> bool:
        """Whether a column of the customer is asked, and not only the profile."""
        return bool(self.query or self.language or self.contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Who is looked for. Days count back from `until`, the midnight that ends the last one of them.

    With `contacts_hidden` no phone and no e-mail finds anybody, so that who may not see contacts cannot guess them.
    """

    criteria: Criteria
    until: datetime
    contacts_hidden: bool = False

    def customers(self, *, walked: bool = False) -> QuerySet[Customer]:
        """Those who fit, in no order; `walked` when the caller goes along an index until it has enough."""
        found = self._told(Customer.objects.filter(merged_into=None, erased_at=None, **self._ranges("profile__")), "")
        return self._narrowed(found, "pk", walked=walked)

    def profiles(self, *, walked: bool = False) -> QuerySet[Profile]:
        """The same people by their profiles, whose indexes hold the sorts and the ranges."""
        found = self._told(Profile.objects.filter(**self._ranges("")), "customer__")
        return self._narrowed(found, "customer_id", walked=walked)

    def _told(self, found: QuerySet[Any], through: str) -> QuerySet[Any]:
        criteria = self.criteria
        if criteria.language:
            found = found.filter(**{f"{through}language": criteria.language})
        for column, is_there in CONTACTS.get(criteria.contact, {}).items():
            empty = Q(**{f"{through}{column}": ""})
            found = found.filter(~empty if is_there else empty)
        if criteria.query:
            found = found.filter(matches(criteria.query, field=f"{through}search_key"))
            if self.contacts_hidden:
                found = found.alias(open_key=_key_without_contacts(through))
                found = found.filter(matches(criteria.query, field="open_key"))
        return found

    def _ranges(self, through: str) -> dict[str, Any]:
        criteria = self.criteria
        bounds = {
            "last_purchase_at__gte": self._days_back(criteria.bought_within_days),
            "last_purchase_at__lt": self._days_back(criteria.away_for_days),
            "purchases__gte": criteria.purchases_from,
            "purchases__lte": criteria.purchases_to,
            "revenue__gte": criteria.revenue_from,
            "revenue__lte": criteria.revenue_to,
        }
        return {f"{through}{name}": bound for name, bound in bounds.items() if bound is not None}

    def _days_back(self, days: int | None) -> datetime | None:
        return None if days is None else self.until - timedelta(days=days)

    def _narrowed(self, found: QuerySet[Any], customer: str, *, walked: bool) -> QuerySet[Any]:
        """`found` by consent and by the filters of higher apps; `customer` names the column with the number."""
        if self.criteria.consent:
            found = found.filter(_marketing(self.criteria.consent, customer))
        if self.criteria.tag:
            tagged = Func(Value(self.criteria.tag), template=TAGGED, output_field=BigIntegerField())
            found = found.filter(**{f"{customer}__in": tagged})
        for list_filter in hooks.list_filters():
            if value := self.criteria.hooked.get(list_filter.key):
                if walked and list_filter.roster:
                    found = found.alias(**{f"on_{list_filter.key}": _is_on(list_filter.roster(value), customer)})
                    found = found.filter(**{f"on_{list_filter.key}": 1})
                else:
                    chosen = list_filter.apply(Customer.objects.all(), value).order_by().values("pk")
                    found = found.filter(**{f"{customer}__in": chosen})
        return found


def _key_without_contacts(through: str) -> Func:
    """The search key without any phone or e-mail, as names.search_key put them there."""
    any_but_digits, everywhere = Value(r"\D"), Value("g")
    digits = Func(
        F(f"{through}phone"), any_but_digits, NOTHING, everywhere, function="regexp_replace", output_field=TextField()
    )
    first = Func(F(f"{through}search_key"), Value(FURTHER), Value(1), function="split_part", output_field=TextField())
    key = Func(first, digits, NOTHING, function="replace", output_field=TextField())
    return Func(key, Lower(f"{through}email"), NOTHING, function="replace", output_field=TextField())


def _marketing(answer: str, customer: str) -> Q:
    """Who gave consent to marketing by some channel, who only refused it, or who was never asked."""
    answers = Consent.objects.filter(purpose=Purpose.MARKETING, customer=OuterRef(customer))
    given = Q(Exists(answers.filter(granted=True)))
    refused = Q(Exists(answers.filter(granted=False)))
    return {"given": given, "refused": refused & ~given, "unasked": ~given & ~refused}[answer]


def _is_on(roster: bytes, customer: str) -> Case:
    """1 when the customer's bit is set: for one row after another this is quicker than any join."""
    bits = Cast(Value(roster, output_field=BinaryField()), BinaryField())
    bit = Func(bits, F(customer), function="get_bit", output_field=IntegerField())
    return Case(When(**{f"{customer}__lt": len(roster) * 8, "then": bit}), default=Value(0))


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


class CustomerPages(Paginator):  # type: ignore[type-arg]
    """Pages of the customers found, sorted, as far as SHOWN rows; `is_capped` says that there are more.

    Everybody found is looked up once. When they fit into SHOWN rows these are sorted; when not, the first of them are
    near on the walk along the sort's index. So neither way depends on what the planner guesses of the criteria.
    """

    def __init__(self, search: Search, sort: str, *, rows_a_page: int = ROWS_A_PAGE) -> None:
        super().__init__((), rows_a_page)
        self.search = search
        self.order = ORDERS[sort.removeprefix("-")]
        self.descending = sort.startswith("-")

    @cached_property
    def _places(self) -> list[int]:
        found: QuerySet[Any] = self.search.profiles()
        if self.search.criteria.asks_what_was_told:
            found = self.search.customers()
        return list(found.order_by().values_list("pk", flat=True)[: SHOWN + 1])

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
        ordered = self.order.of(self._rows(), descending=self.descending).values_list("pk", flat=True)
        places = list(ordered[first : min(first + self.per_page, self.count)])
        rows = Customer.objects.select_related("profile").in_bulk(places)
        return Page([rows[place] for place in places if place in rows], number, self)

    def _rows(self) -> QuerySet[Any]:
        """What is sorted: all that was found, or when that is too much the way along the index."""
        if self.is_capped:
            return self.search.profiles(walked=True) if self.order.on_profile else self.search.customers(walked=True)
        rows: QuerySet[Any] = Profile.objects.all() if self.order.on_profile else Customer.objects.all()
        given = Value(self._places, output_field=ArrayField(BigIntegerField()))  # one parameter, not thousands
        return rows.filter(
            pk__in=Func(given, template="(SELECT unnest(%(expressions)s))", output_field=BigIntegerField())
        )
