"""Tiers, in sets: who reached which by what they did in the window, who keeps it for the days of grace, benefits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mijoz.business.queries import business
from mijoz.customers.actions import set_protocols
from mijoz.customers.models import Customer, Protocol
from mijoz.customers.queries import event_identity
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty.actions.giving import give
from mijoz.loyalty.ledger.dates import later
from mijoz.loyalty.models import Offer, Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import Tier, TiersTerms, programme_terms

BY_PURCHASES = """
    SELECT o.customer_id, {measure} AS measured
    FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
    WHERE e.type IN ('purchase_line', 'refund_line') AND e.occurred_at > %(since)s AND e.occurred_at <= %(at)s
      AND e.currency IN ('', %(currency)s)
    GROUP BY o.customer_id
"""
BY_POINTS = """
    SELECT c.customer_id, sum(k.points) AS measured
    FROM loyalty_earning k JOIN loyalty_account a ON a.id = k.account_id
    JOIN loyalty_programme p ON p.id = a.programme_id AND p.kind = 'points'
    JOIN LATERAL (
        WITH RECURSIVE up(id, next) AS (
            SELECT w.id, w.merged_into_id FROM customers_customer w WHERE w.id = a.customer_id
            UNION ALL SELECT w.id, w.merged_into_id FROM up JOIN customers_customer w ON w.id = up.next
        ) SELECT id AS customer_id FROM up WHERE next IS NULL
    ) c ON true
    WHERE k.bought_at > %(since)s AND k.bought_at <= %(at)s
    GROUP BY c.customer_id
"""
MEASURES = {
    "revenue": BY_PURCHASES.format(measure="coalesce(sum(e.amount), 0)"),
    "visits": BY_PURCHASES.format(
        measure="count(DISTINCT (e.source_id, e.reference)) FILTER (WHERE e.type = 'purchase_line')"
    ),
    "points": BY_POINTS,
}
# The rank that each customer has by what was measured, beside the one they stand in.
COMPARE = """
    CREATE TEMP TABLE loyalty_measured ON COMMIT DROP AS
    WITH measured AS ({measured})
    SELECT coalesce(m.customer_id, s.customer_id) AS customer_id, coalesce(m.measured, 0) AS measured,
           (SELECT count(*) FROM unnest(%(thresholds)s::numeric[]) AS step WHERE step <= coalesce(m.measured, 0))::int
               AS reached,
           coalesce(s.rank, 0)::int AS stands, s.grace_until
    FROM measured m
    FULL JOIN (SELECT * FROM loyalty_tierstanding WHERE programme_id = %(programme)s) s
      ON s.customer_id = m.customer_id
    JOIN customers_customer c ON c.id = coalesce(m.customer_id, s.customer_id)
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.restricted_at IS NULL
"""
# Upwards at once. Downwards not before the days of grace are over; whoever comes back meanwhile never fell.
RISE = """
    INSERT INTO loyalty_tierstanding (programme_id, customer_id, tier, rank, measured, since)
    SELECT %(programme)s, customer_id, (%(keys)s::text[])[reached], reached, measured, %(at)s
    FROM loyalty_measured WHERE reached > stands
    ORDER BY customer_id
    ON CONFLICT (programme_id, customer_id) DO UPDATE SET
        tier = excluded.tier, rank = excluded.rank, measured = excluded.measured, since = excluded.since,
        grace_until = NULL
    RETURNING customer_id, rank
"""
STAY = """
    UPDATE loyalty_tierstanding s SET measured = m.measured,
           grace_until = CASE WHEN m.reached >= m.stands THEN NULL
                              ELSE coalesce(s.grace_until, %(grace)s) END
    FROM loyalty_measured m
    WHERE s.programme_id = %(programme)s AND s.customer_id = m.customer_id AND m.reached <= m.stands
      AND (m.reached = m.stands OR coalesce(s.grace_until, %(grace)s) > %(at)s)
"""
FALL = """
    UPDATE loyalty_tierstanding s SET tier = (%(keys)s::text[])[m.reached], rank = m.reached, measured = m.measured,
           since = %(at)s, grace_until = NULL
    FROM loyalty_measured m
    WHERE s.programme_id = %(programme)s AND s.customer_id = m.customer_id AND m.reached < m.stands AND m.reached > 0
      AND coalesce(s.grace_until, %(grace)s) <= %(at)s
    RETURNING s.customer_id, s.rank
"""
LEAVE = """
    DELETE FROM loyalty_tierstanding s USING loyalty_measured m
    WHERE s.programme_id = %(programme)s AND s.customer_id = m.customer_id AND m.reached = 0 AND m.stands > 0
      AND coalesce(s.grace_until, %(grace)s) <= %(at)s
    RETURNING s.customer_id, 0
"""
NO_MORE_A_ROOT = """
    DELETE FROM loyalty_tierstanding s USING customers_customer c
    WHERE c.id = s.customer_id AND c.merged_into_id IS NOT NULL AND s.programme_id = %(programme)s
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many customers rose into a tier, and how many fell."""

    up: int = 0
    down: int = 0


def refresh(programme: Programme, *, at: datetime) -> Moved:
    """Bring everybody's tier up to date and give its benefits; one transaction, a statement for each kind of move."""
    terms = programme_terms(programme.terms)
    if not isinstance(terms, TiersTerms):
        raise TypeError(programme.kind)
    given: dict[str, Any] = {
        "programme": programme.pk,
        "since": later(at, -terms.window_months),
        "at": at,
        "grace": at + timedelta(days=terms.grace_days),
        "currency": business().currency,
        "thresholds": [tier.threshold for tier in terms.tiers],
        "keys": [tier.key for tier in terms.tiers],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        cursor.execute("DROP TABLE IF EXISTS loyalty_measured")
        cursor.execute(NO_MORE_A_ROOT, given)
        cursor.execute(COMPARE.format(measured=MEASURES[terms.measure]), given)
        moves = {}
        for name, statement in (("up", RISE), ("stay", STAY), ("fall", FALL), ("leave", LEAVE)):
            cursor.execute(statement, given)
            moves[name] = cursor.fetchall() if name != "stay" else []
        _benefits(programme, terms, moves["up"], moves["fall"] + moves["leave"], at=at)
    return Moved(len(moves["up"]), len(moves["fall"]) + len(moves["leave"]))


def _benefits(
    programme: Programme,
    terms: TiersTerms,
    up: list[tuple[int, int]],
    down: list[tuple[int, int]],
    *,
    at: datetime,
) -> None:
    """What a tier brings: its protocol, and its offer to whoever reached it. Whoever falls gets that of the new one."""
    by_rank: dict[int, list[int]] = defaultdict(list)
    for customer, rank in up + down:
        by_rank[rank].append(customer)
    for rank, customers in sorted(by_rank.items()):
        tier = terms.tiers[rank - 1] if rank else None
        if tier is None:  # a protocol that came of something else stays
            ours = Protocol.objects.filter(customer__in=customers, set_by=f"tier:{programme.key}")
            customers = list(ours.values_list("customer_id", flat=True))
        set_protocols(customers, by=f"tier:{programme.key}", at=at, **_protocol(tier))
    for rank in sorted({rank for _customer, rank in up}):
        tier = terms.tiers[rank - 1]
        offer = Offer.objects.filter(key=tier.offer, state=State.LIVE).first() if tier.offer else None
        if offer:
            risen = [customer for customer, its in up if its == rank]
            give(offer, risen, origin=f"tier:{programme.key}/{tier.key}/{at:%Y-%m-%d}", at=at)
    record([_event(programme, terms, customer, rank, at=at) for customer, rank in up + down])


def _protocol(tier: Tier | None) -> dict[str, Any]:
    if tier is None:
        return {"priority": 0, "script": "", "package": ""}
    return {"priority": tier.priority, "script": tier.script, "package": tier.package}


def _event(programme: Programme, terms: TiersTerms, customer: int, rank: int, *, at: datetime) -> NewEvent:
    return NewEvent(
        message_id=f"tier/{programme.key}/{customer}/{at.isoformat()}",
        type="tier_changed",
        identity=event_identity(Customer(pk=customer)),
        occurred_at=at,
        payload={"tier": terms.tiers[rank - 1].key if rank else ""},
    )
