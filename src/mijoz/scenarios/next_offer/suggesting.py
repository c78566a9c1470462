"""What to offer to customers now: the suggestions of the latest model, less what has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from mijoz.customers.privacy import stops
from mijoz.customers.queries import root_of
from mijoz.scenarios.next_offer.models import OfferedService, OfferModel, Suggestion
from mijoz.segments.models import Membership

REFUSED_FOR = timedelta(days=180)
# What may not be offered to each: what they refused lately, and what they took of that which one takes once.
LEFT_OUT = """
    SELECT DISTINCT o.customer_id, e.item
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE o.customer_id = ANY(%(customers)s) AND e.item <> '' AND e.occurred_at <= %(at)s
      AND (e.type = 'offer_refused' AND e.occurred_at > %(refused_since)s
           OR e.type = 'purchase_line' AND e.item = ANY(%(of_one_time)s))
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A service to offer, with the services taken that speak for it; none: because it is popular.

    `segment` is the key of the segment with which it is popular; "" is everybody.
    """

    service: str
    score: float = 0.0
    because: tuple[str, ...] = ()
    segment: str = ""

    @property
    def is_personal(self) -> bool:
        return bool(self.because)

    def sentence(self) -> str:
        """Why, in the language of the page."""
        match self.because:
            case (first, *_rest) if first == self.service:
                return _("They took it before, and it is taken again and again.")
            case (first, second, *_rest):
                return _("Because they took “%(first)s” and “%(second)s”.") % {"first": first, "second": second}
            case (first,):
                return _("Because they took “%(first)s”.") % {"first": first}
        if self.segment:
            return _("Popular in their segment now.")
        return _("Popular with all customers now.")


def offers_for(
    customer_ids: Collection[int], at: datetime, *, top: int = 3, among: Collection[str] | None = None
) -> dict[int, list[Offer]]:
    """The best services for each of these customers, best first; the number of statements does not depend on theirs.

    From their history, then from what is popular in their segment, then with everybody. Whoever objects to profiling
    gets the last alone, and so does everybody where the model hit no more than that (`OfferModel.leads`). Nothing
    refused lately, nothing that cannot be had, nothing of one time taken already. With `among` only these services.
    Customers for whom there is nothing are there with an empty list.
    """
    roots = root_of(customer_ids)
    people = sorted(set(roots.values()))
    latest = OfferModel.objects.first()
    if latest is None or not people:
        return {customer: [] for customer in roots}
    unprofiled = set(stops.unprofiled())
    profiled = [person for person in people if person not in unprofiled]
    own = Suggestion.objects.in_bulk(profiled)
    members = Membership.objects.filter(customer__in=profiled, left_at=None, segment__is_default=True)
    segment_of = dict(members.values_list("customer_id", "segment__key"))
    said = {one.name: one for one in OfferedService.objects.all()}
    withdrawn = {name for name, one in said.items() if one.is_offered is False}
    again = {name: one.may_come_again for name, one in said.items() if one.may_come_again is not None}
    of_one_time = {name for name in {*latest.of_one_time, *again} if not again.get(name, False)}
    not_to = _left_out(people, of_one_time, at)
    found: dict[int, list[Offer]] = {}
    for person in people:
        left_out = not_to[person] | withdrawn
        candidates = [
            *_own(own.get(person)),
            *(_popular(latest, segment_of.get(person, "")) if "new" in latest.leads else ()),
            *_popular(latest, ""),
        ]
        offers: dict[str, Offer] = {}
        for offer in candidates:
            if offer.service not in left_out and (among is None or offer.service in among):
                offers.setdefault(offer.service, offer)
        found[person] = list(offers.values())[:top]
    return {customer: found[root] for customer, root in roots.items()}


def _own(suggestion: Suggestion | None) -> list[Offer]:
    if suggestion is None:
        return []
    rows = zip(suggestion.services, suggestion.scores, suggestion.because, strict=True)
    return [Offer(service, score, tuple(because)) for service, score, because in rows]


def _popular(model: OfferModel, segment: str) -> list[Offer]:
    return [Offer(service, segment=segment) for service in model.popular.get(segment, [])]


def _left_out(people: list[int], of_one_time: set[str], at: datetime) -> dict[int, set[str]]:
    """What is not offered to each: refused lately, or of one time and taken."""
    found: dict[int, set[str]] = defaultdict(set)
    given: dict[str, Any] = {
        "customers": people, "at": at, "refused_since": at - REFUSED_FOR, "of_one_time": sorted(of_one_time)
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OUT, given)
        for customer, service in cursor.fetchall():
            found[customer].add(service)
    return found
