"""What pages show of a quote."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from mijoz.loyalty import wording
from mijoz.loyalty.quoting import Quote
from mijoz.loyalty.terms import Gift
from mijoz.segments.models import in_language

SUGGESTED = 200
SERVICES = """
    SELECT item FROM (
        SELECT item, count(*) AS times FROM (
            SELECT item FROM events_event WHERE type = 'purchase_line' AND item <> ''
            ORDER BY occurred_at DESC LIMIT 20000
        ) AS latest GROUP BY item
    ) AS counted ORDER BY times DESC, item LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class AppliedShown:
    name: str
    benefit: str
    condition: str
    discount: Decimal
    gift: str


@dataclass(frozen=True, slots=True)
class RefusedShown:
    name: str
    because: str


def quote(found: Quote, currency: str) -> dict[str, Any]:
    """The priced receipt for its template."""
    names = {key: offer.name for key, offer in found.offers.items()}
    applied = []
    for one in found.priced.applied:
        terms, offer = one.candidate.terms, found.offers[one.candidate.key]
        gift = in_language(terms.benefit.gifts) if isinstance(terms.benefit, Gift) else ""
        applied.append(AppliedShown(offer.name, wording.benefit(terms, currency), offer.condition, one.discount, gift))
    refused = [
        RefusedShown(names.get(one.key, ""), wording.refusal(one, names, currency)) for one in found.priced.refused
    ]
    code_refusal = wording.refusal(found.code_refusal, names, currency) if found.code_refusal else ""
    figures = {"available": str(found.points_available), "least": str(found.points_least)}
    return {
        "quote": found,
        "applied": applied,
        "refused": refused,
        "code_refusal": code_refusal,
        "points_refusal": wording.reason(found.points_refusal, figures, currency) if found.points_refusal else "",
        "may_redeem": bool((applied or found.points) and not code_refusal and not found.points_refusal),
        "expected": str(found.after),
    }


def services() -> list[str]:
    """The services that were bought most of late, for the till to suggest."""
    with connection.cursor() as cursor:
        cursor.execute(SERVICES, [SUGGESTED])
        return [row[0] for row in cursor.fetchall()]
