"""Messages of scenarios as customers read them, each in the customer's own language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone, translation

from mijoz.business.models import Branch, Business
from mijoz.customers.models import Customer
from mijoz.loyalty import queries as loyalty
from mijoz.scenarios import wording
from mijoz.scenarios.definition import Message, Offer
from mijoz.scenarios.variables import Shown, shown, shown_day, shown_moment
from mijoz.scenarios.wording import Words
from mijoz.segments.models import in_language
from mijoz.ui import formats

LAST_VISITS = """
    SELECT DISTINCT ON (o.customer_id) o.customer_id, e.occurred_at, e.item, e.branch, e.payload->>'staff'
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = ANY(%(customers)s) AND e.type IN ('visit', 'purchase_line')
    ORDER BY o.customer_id, e.occurred_at DESC, e.type DESC
"""
# The next booking, else the last one: of a reminder that goes out late as well.
BOOKINGS = """
    SELECT DISTINCT ON (o.customer_id) o.customer_id, e.payload->>'starts_at', e.item, e.branch, e.payload->>'staff',
           e.reference
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = ANY(%(customers)s) AND e.type = 'booking_made'
      AND pg_input_is_valid(e.payload->>'starts_at', 'timestamptz')
    ORDER BY o.customer_id, (e.payload->>'starts_at')::timestamptz < %(at)s,
             abs(extract(epoch FROM (e.payload->>'starts_at')::timestamptz - %(at)s))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a message may say of a customer; `more` holds further facts by the names of variables."""

    first_name: str
    last_name: str
    language: str
    favourite_services: list[str] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def known_of(
    customers: Collection[int], *, wanted: Collection[str] = (), at: datetime | None = None
) -> dict[int, Known]:
    """What messages may say of these customers, by their id; one statement, and a few for visits, bookings and
    points each when variables of theirs are `wanted`."""
    at = at or timezone.now()
    columns = ("pk", "first_name", "last_name", "language", "birth_on", "profile__favourite_services",
               "profile__purchases", "profile__revenue", "profile__last_purchase_at")  # fmt: skip
    more: dict[int, dict[str, Any]] = {customer: {} for customer in customers}
    groups = {name.partition(".")[0] for name in wanted}
    if "visit" in groups:
        _add_visits(more)
    if "booking" in groups:
        _add_bookings(more, at=at)
    if "loyalty" in groups:
        _add_loyalty(more)
    known = {}
    for pk, first, last, language, birth_on, favourites, purchases, revenue, bought_at in Customer.objects.filter(
        pk__in=customers
    ).values_list(*columns):
        facts = {
            "customer.purchases": purchases or None,
            "customer.spent": revenue or None,
            "customer.birthday": birth_on,
            "customer.days_away": (at - bought_at).days if bought_at else None,
        }
        known[pk] = Known(
            first_name=first, last_name=last, language=language, favourite_services=favourites, more=facts | more[pk]
        )
    return known


def _add_visits(more: dict[int, dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LAST_VISITS, {"customers": list(more)})
        for customer, at, item, branch, staff in cursor.fetchall():
            more[customer] |= {
                "visit.on": at, "visit.service": item or None, "visit.branch": branch or None, "visit.staff": staff
            }  # fmt: skip


def _add_bookings(more: dict[int, dict[str, Any]], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BOOKINGS, {"customers": list(more), "at": at})
        for customer, starts_at, item, branch, staff, number in cursor.fetchall():
            more[customer] |= {
                "booking.at": _moment(starts_at), "booking.service": item or None, "booking.branch": branch or None,
                "booking.staff": staff, "booking.number": number or None,
            }  # fmt: skip


def _add_loyalty(more: dict[int, dict[str, Any]]) -> None:
    points, tiers = loyalty.points_of(list(more)), loyalty.tier_texts(list(more))
    for customer, facts in more.items():
        facts |= {"loyalty.points": points.get(customer) or None, "loyalty.tier": tiers.get(customer)}


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


class Writer:
    """Writes one message step for many customers; what is the same for several of them is made once."""

    def __init__(self, step: Message, *, offer: Offer | None, business: Business) -> None:
        self._step, self._offer, self._business = step, offer, business
        self._offers: dict[tuple[str, date | None, str], Words] = {}
        self._rendered: dict[tuple[Any, ...], str] = {}
        texts = (*step.subjects.values(), *step.texts.values())
        self.variables = frozenset(name for text in texts for name in wording.used_in(text))
        wants_branch = bool(self.variables & {"visit.branch", "booking.branch"})
        self._branches = dict(Branch.objects.values_list("code", "name")) if wants_branch else {}

    def write(self, known: Known, *, until: date | None, code: str = "") -> tuple[str, str, str]:
        """Language, subject and text for one customer; `until` is the last day of their offer, `code` their own."""
        language = self._language_for(known)
        words = wording.words_for(
            language=language,
            first_name=known.first_name,
            name=f"{known.first_name} {known.last_name}".strip(),
            favourite_service=(known.favourite_services or [""])[0],
            business=self._business.name,
            offer=self._offer_words(language, until, code),
            more=self._more(known, language),
        )
        subject, text = self._step.subjects.get(language, ""), self._step.texts[language]
        return language, self._render(subject, words, language), self._render(text, words, language)

    def _language_for(self, known: Known) -> str:
        """The customer's, else the business's, else any in which both subject and text are written."""
        written = [code for code in self._step.texts if code in self._step.subjects] or list(self._step.texts)
        wanted = (code for code in (known.language, self._business.language) if code in written)
        return next(wanted, written[0])

    def _offer_words(self, language: str, until: date | None, code: str) -> Words:
        key = (language, until, code)
        if key not in self._offers:
            offer = self._offer.words(language, self._business.language, until=until) if self._offer else None
            self._offers[key] = wording.offer_words(offer, language) | {"offer.code": code or None}
        return self._offers[key]

    def _more(self, known: Known, language: str) -> Words:
        wanted = {name: value for name, value in known.more.items() if name in self.variables and value is not None}
        if not wanted:
            return {}
        with translation.override(language), timezone.override(self._business.zone):
            return {name: self._as_people_read(name, value) for name, value in wanted.items()}

    def _as_people_read(self, name: str, value: Any) -> str | None:
        if name.endswith(".branch"):
            return self._branches.get(value, value)
        if name == "customer.birthday":
            return Shown(wording.day_of_year(value), value)
        if isinstance(value, dict):  # a text by language
            return in_language(value) or None
        if isinstance(value, datetime):
            return shown_moment(value) if name == "booking.at" else shown_day(value)
        if isinstance(value, Decimal):
            return shown(value, lambda amount: formats.money(amount, self._business.currency))
        if isinstance(value, int):
            return shown(value, formats.number)
        return " ".join(str(value).split())[: wording.LONGEST_NAME] or None

    def _render(self, text: str, words: Words, language: str) -> str:
        used = ((words[name], getattr(words[name], "raw", None)) for name in wording.used_in(text))
        key = (text, language, *used)
        if key not in self._rendered:
            with timezone.override(self._business.zone):
                self._rendered[key] = wording.render(text, words, language=language)
        return self._rendered[key]
