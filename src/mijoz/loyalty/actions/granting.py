"""Giving customers a right to an offer, with a code of their own, and making codes for whoever has them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mijoz.customers.queries import root_of
from mijoz.loyalty import codes
from mijoz.loyalty.models import Grant, Offer
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import offer_terms

GRANT = """
    INSERT INTO loyalty_grant (offer_id, customer_id, code, origin, uses_allowed, granted_at, valid_until)
    SELECT %(offer)s, customer, code, %(origin)s, 1, %(at)s, %(until)s
    FROM unnest(%(customers)s::bigint[], %(codes)s::text[]) AS given(customer, code)
    ORDER BY customer
    ON CONFLICT DO NOTHING
"""
GRANTED = """
    SELECT customer_id, id, code, valid_until FROM loyalty_grant
    WHERE offer_id = %(offer)s AND origin = %(origin)s AND customer_id = ANY(%(customers)s)
"""
CODES = """
    INSERT INTO loyalty_grant (offer_id, code, origin, uses_allowed, granted_at, valid_until)
    SELECT %(offer)s, code, %(origin)s, 1, %(at)s, %(until)s FROM unnest(%(codes)s::text[]) AS given(code)
    ON CONFLICT DO NOTHING
"""
TRIES = 5  # two codes are the same once in tens of thousands of millions of pairs
MOST_CODES = 100_000


class OfferUnknown(LookupError):
    """There is no offer of this key, or it has ended."""


class CodeTaken(ValueError):
    """Somebody has this code already, also when it is only written otherwise."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A customer's right to an offer: what a message says of it."""

    grant_id: int
    code: str  # as it is printed
    valid_until: datetime | None


def grant(
    offer_key: str, customer_ids: Collection[int], *, origin: str, valid_until: datetime | None = None, at: datetime
) -> dict[int, Granted]:
    """Give each of these customers the offer, with a code of their own; returns it by customer.

    Two statements for all. Granting again by the same `origin` changes nothing and gives the same codes; whoever was
    merged gets one with the person they are. Without `valid_until` the offer's own terms say how long it holds. The
    caller logs it. Raises OfferUnknown.
    """
    offer = Offer.objects.filter(key=offer_key).exclude(state__in=[State.ENDED, State.DRAFT]).first()
    if offer is None:
        raise OfferUnknown(offer_key)
    roots = root_of(customer_ids)
    wanted = sorted(set(roots.values()))
    given: dict[str, Any] = {
        "offer": offer.pk,
        "origin": origin,
        "at": at,
        "until": valid_until or _until(offer, at),
        "customers": wanted,
    }
    found: dict[int, Granted] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for _try in range(TRIES):
            cursor.execute(GRANTED, given)
            found = {row[0]: Granted(row[1], codes.shown(row[2] or ""), row[3]) for row in cursor.fetchall()}
            missing = [customer for customer in wanted if customer not in found]
            if not missing:
                break
            cursor.execute(GRANT, given | {"customers": missing, "codes": codes.new_codes(len(missing))})
    return {customer: found[root] for customer, root in roots.items() if root in found}


def make_codes(offer: Offer, count: int, *, origin: str, valid_until: datetime | None, at: datetime) -> int:
    """So many codes for one use each, whoever has them; returns how many were made. Raises ValueError."""
    if not 1 <= count <= MOST_CODES:
        raise ValueError(count)
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        while made < count:
            fresh = codes.new_codes(count - made)
            given: dict[str, Any] = {
                "offer": offer.pk,
                "origin": origin,
                "at": at,
                "until": valid_until or _until(offer, at),
            }
            cursor.execute(CODES, given | {"codes": fresh})
            made += cursor.rowcount
    return made


def make_shared_code(
    offer: Offer, word: str, *, uses_allowed: int | None, valid_until: datetime | None, at: datetime
) -> Grant:
    """A word such as NAVRUZ that many may use, at most `uses_allowed` times. Raises CodeTaken, ValueError."""
    folded = codes.fold(word)
    if len(folded) < 3:
        raise ValueError(word)
    grant_, is_new = Grant.objects.get_or_create(
        code=folded,
        defaults={
            "offer": offer,
            "written": word.strip().upper()[:60],
            "origin": "shared",
            "uses_allowed": uses_allowed,
            "granted_at": at,
            "valid_until": valid_until,
        },
    )
    if not is_new:
        raise CodeTaken(word)
    return grant_


def withdraw(grant_: Grant, *, at: datetime) -> None:
    """Take a code or a right back; what was redeemed by it stays."""
    Grant.objects.filter(pk=grant_.pk, withdrawn_at=None).update(withdrawn_at=at)


def _until(offer: Offer, at: datetime) -> datetime | None:
    days = offer_terms(offer.terms).valid_days
    return at + timedelta(days=days) if days else None
