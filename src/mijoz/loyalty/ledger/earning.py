"""Points and stamps earned from the log, in sets, each purchase once however often it is counted.

The log is read by the numbers of its transactions, as the lake reads it: what committed since the last time, and
nothing that could still be followed by an older one. A purchase's lines and refunds may come in any order and years
apart; what is posted is the difference between what the purchase is worth now and what was counted for it before.

A refund takes back what its purchase gave, from the same lot first. What was spent meanwhile is owed by the account
and paid by what it earns next, so no balance goes below zero. A refund of something that never earned anything, since
it was bought before the programme began, takes no more than the customer earned in all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from mijoz.business.queries import business
from mijoz.events.lake import FIRST_STILL_OPEN
from mijoz.loyalty.ledger import drawing
from mijoz.loyalty.ledger.drawing import Note
from mijoz.loyalty.models import Account, Posting, Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import PointsTerms, StampTerms, programme_terms

SINCE = "e.written_by >= %(first)s AND e.written_by < %(end)s"
WHOLE_LOG = "e.written_by < %(end)s"
# The purchases with something new, added up: who they are of without any merge, the money, the units.
FRESH = """
    CREATE TEMP TABLE loyalty_fresh ON COMMIT DROP AS
    SELECT o.home_id AS customer_id, min(o.customer_id) AS root_id, e.source_id, e.reference,
           min(e.occurred_at) AS bought_at, sum(e.amount) AS amount,
           sum(CASE WHEN e.amount < 0 AND coalesce(e.quantity, 1) > 0 THEN -coalesce(e.quantity, 1)
                    ELSE coalesce(e.quantity, 1) END) AS units
    FROM events_event e
    JOIN customers_ownership o ON o.identity_id = e.identity_id
    JOIN customers_customer c ON c.id = o.home_id AND c.erased_at IS NULL
    WHERE {which} AND e.type IN ('purchase_line', 'refund_line') AND e.occurred_at >= %(starts)s
      AND e.amount <> 0 AND e.currency IN ('', %(currency)s) AND {items}
    GROUP BY o.home_id, e.source_id, e.reference
"""
EXCLUDED = "lower(e.item) <> ALL(%(items)s)"
INCLUDED = "(lower(e.item) = ANY(%(items)s) OR cardinality(%(items)s::text[]) = 0)"
OPEN_ACCOUNTS = """
    INSERT INTO loyalty_account (programme_id, customer_id, kind)
    SELECT DISTINCT %(programme)s::bigint, customer_id, 'customer' FROM loyalty_fresh ORDER BY customer_id
    ON CONFLICT DO NOTHING
"""
LOCK = """
    SELECT count(*) FROM (
        SELECT a.id FROM loyalty_account a
        WHERE a.programme_id = %(programme)s AND a.customer_id IN (SELECT customer_id FROM loyalty_fresh)
        ORDER BY a.id FOR NO KEY UPDATE
    ) AS held
"""
# What each purchase is worth now. The factor is that of the first time, of the segments and the tier of that moment.
DUE = """
    CREATE TEMP TABLE loyalty_due ON COMMIT DROP AS
    WITH counted AS (
        SELECT a.id AS account_id, f.source_id, f.reference, least(f.bought_at, known.bought_at) AS bought_at,
               f.amount {plus} AS amount, f.units {plus_units} AS units, coalesce(known.due, 0) AS before,
               coalesce(known.factor, {factor}) AS factor
        FROM loyalty_fresh f
        JOIN loyalty_account a ON a.customer_id = f.customer_id AND a.programme_id = %(programme)s
        LEFT JOIN loyalty_earning known
          ON (known.account_id, known.source_id, known.reference) = (a.id, f.source_id, f.reference)
    ), worth AS (SELECT *, ({worth})::bigint AS due FROM counted)
    SELECT *, greatest(greatest(due, 0) - greatest(before, 0), 0) AS gives,
           greatest(greatest(before, 0) - greatest(due, 0), 0)
               + greatest(greatest(-due, 0) - greatest(-before, 0), 0) AS takes
    FROM worth
"""
FACTOR = """
    greatest(
        coalesce((
            SELECT max((%(segments)s::jsonb ->> s.key)::numeric)
            FROM segments_membership m JOIN segments_segment s ON s.id = m.segment_id
            WHERE m.customer_id = f.root_id AND m.left_at IS NULL AND %(segments)s::jsonb ? s.key
        ), 1),
        coalesce((
            SELECT max((%(tiers)s::jsonb ->> t.tier)::numeric) FROM loyalty_tierstanding t
            WHERE t.customer_id = f.root_id AND %(tiers)s::jsonb ? t.tier
        ), 1)
    )
"""
POINTS_WORTH = """
    trunc((trunc(amount / nullif(%(per_sum)s::numeric, 0)) * %(points)s) * factor)
    + CASE WHEN amount > 0 THEN trunc(%(per_visit)s * factor) ELSE 0 END
"""
POINTS_BY_VISIT = "CASE WHEN amount > 0 THEN trunc(%(per_visit)s * factor) ELSE 0 END"
STAMPS_BY_UNIT = "trunc(units)"
STAMPS_BY_VISIT = "CASE WHEN amount > 0 THEN 1 ELSE 0 END"
EARN = """
    WITH lots AS (
        INSERT INTO loyalty_lot (account_id, points, remaining, came_at, expires_at, reference)
        SELECT account_id, gives, gives, %(at)s, bought_at + make_interval(months => %(months)s::int), reference
        FROM loyalty_due WHERE gives > 0
        RETURNING id, account_id, points
    )
    INSERT INTO loyalty_posting (from_account_id, to_account_id, points, kind, posted_at, lot_id)
    SELECT %(house)s, account_id, points, 'earned', %(at)s, id FROM lots
"""
NOTE = """
    INSERT INTO loyalty_earning AS known (
        account_id, source_id, reference, bought_at, amount, units, factor, due, points
    )
    SELECT account_id, source_id, reference, bought_at, amount, units, factor, due, gives
    FROM loyalty_due
    ON CONFLICT (account_id, source_id, reference) DO UPDATE SET
        bought_at = excluded.bought_at, amount = excluded.amount, units = excluded.units, due = excluded.due,
        points = known.points + excluded.points
"""
# Refunds, oldest first: each takes no more than is left of what the account earned in all.
LESS = """
    WITH less AS (
        SELECT d.account_id, d.source_id, d.reference, d.takes AS points,
               sum(d.takes) OVER (PARTITION BY d.account_id ORDER BY d.bought_at, d.source_id, d.reference)
                   - d.takes AS sooner
        FROM loyalty_due d WHERE d.takes > 0
    ), earned AS (
        SELECT account_id, greatest(sum(points), 0) AS points FROM loyalty_earning
        WHERE account_id IN (SELECT account_id FROM less) GROUP BY account_id
    ), back AS (
        SELECT l.account_id, l.source_id, l.reference,
               least(l.points, greatest(e.points - l.sooner, 0))::bigint AS points
        FROM less l JOIN earned e USING (account_id)
    ), noted AS (
        UPDATE loyalty_earning k SET points = k.points - back.points FROM back
        WHERE (k.account_id, k.source_id, k.reference) = (back.account_id, back.source_id, back.reference)
    )
    SELECT account_id, sum(points)::bigint, max(reference) FROM back WHERE points > 0 GROUP BY account_id
"""
OWE = """
    UPDATE loyalty_account a SET owed = a.owed + given.points
    FROM unnest(%(accounts)s::bigint[], %(points)s::bigint[]) AS given(account_id, points)
    WHERE a.id = given.account_id
"""
WHO_CAN_PAY = """
    SELECT id, least(owed, balance) FROM loyalty_account
    WHERE programme_id = %(programme)s AND owed > 0 AND balance > 0 AND {which}
"""
GONE = """
    INSERT INTO loyalty_fresh (customer_id, root_id, source_id, reference, bought_at, amount, units)
    SELECT a.customer_id, a.customer_id, k.source_id, k.reference, k.bought_at, 0, 0
    FROM loyalty_earning k JOIN loyalty_account a ON a.id = k.account_id
    WHERE a.programme_id = %(programme)s AND k.due <> 0 AND NOT EXISTS (
        SELECT FROM loyalty_fresh f
        WHERE (f.customer_id, f.source_id, f.reference) = (a.customer_id, k.source_id, k.reference)
    )
"""


@dataclass(frozen=True, slots=True)
class Earned:
    """How many purchases were counted, and how many points came in and were taken back."""

    purchases: int = 0
    earned: int = 0
    taken_back: int = 0


def earn(programme: Programme, *, at: datetime) -> Earned:
    """Count what the log has gained since the last time; the same rows are never counted twice.

    One transaction of a constant number of statements, however many purchases there are.
    """
    with transaction.atomic():
        held = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if held.state != State.LIVE or held.starts_at is None:
            return Earned()
        end = _end()
        if end <= held.next_transaction:
            return Earned()
        found = _count(held, which=SINCE, first=held.next_transaction, end=end, adds=True, at=at)
        Programme.objects.filter(pk=held.pk).update(next_transaction=end, counted_at=at)
    return found


def recount(programme: Programme, *, at: datetime) -> Earned:
    """Count every purchase since the programme began anew, so that rows taken out of the log lose their points.

    Of a log that only grew nothing changes.
    """
    with transaction.atomic():
        held = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if held.state != State.LIVE or held.starts_at is None:
            return Earned()
        end = max(_end(), held.next_transaction)
        found = _count(held, which=WHOLE_LOG, first=0, end=end, adds=False, at=at)
        Programme.objects.filter(pk=held.pk).update(next_transaction=end, counted_at=at)
    return found


def _end() -> int:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_STILL_OPEN)
        return int(cursor.fetchone()[0])


def _count(programme: Programme, *, which: str, first: int, end: int, adds: bool, at: datetime) -> Earned:
    terms = programme_terms(programme.terms)
    if not isinstance(terms, PointsTerms | StampTerms):
        raise TypeError(programme.kind)
    given = _parameters(programme, terms, at=at) | {"first": first, "end": end}
    items = EXCLUDED if isinstance(terms, PointsTerms) else INCLUDED
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS loyalty_fresh, loyalty_due")
        cursor.execute(FRESH.format(which=which, items=items), given)
        if not adds:
            cursor.execute(GONE, given)
        cursor.execute("SELECT count(*) FROM loyalty_fresh")
        purchases = int(cursor.fetchone()[0])
        if not purchases:
            return Earned()
        cursor.execute("ANALYZE loyalty_fresh")
        cursor.execute(OPEN_ACCOUNTS, given)
        cursor.execute(LOCK, given)
        cursor.execute(_due(terms, adds=adds), given)
        cursor.execute(EARN, given)
        cursor.execute("SELECT coalesce(sum(gives), 0) FROM loyalty_due")
        earned = int(cursor.fetchone()[0])
        cursor.execute(NOTE, given)
        cursor.execute(LESS, given)
        back = cursor.fetchall()
    taken = _take_back(programme, back, at=at)
    settle(programme, at=at, which="id IN (SELECT account_id FROM loyalty_due)")
    return Earned(purchases, earned, taken)


def _parameters(programme: Programme, terms: PointsTerms | StampTerms, *, at: datetime) -> dict[str, Any]:
    given: dict[str, Any] = {
        "programme": programme.pk,
        "starts": programme.starts_at,
        "currency": business().currency,
        "house": drawing.house(programme, Account.Kind.ISSUED),
        "months": terms.expires_after_months,
        "at": at,
    }
    if isinstance(terms, StampTerms):
        return given | {"items": [item.lower() for item in terms.services]}
    return given | {
        "items": [item.lower() for item in terms.excluded],
        "per_sum": terms.per_sum,
        "points": terms.points,
        "per_visit": terms.per_visit,
        "segments": json.dumps({key: str(factor) for key, factor in terms.segment_factors.items()}),
        "tiers": json.dumps({key: str(factor) for key, factor in terms.tier_factors.items()}),
    }


def _due(terms: PointsTerms | StampTerms, *, adds: bool) -> str:
    """The statement that says what each purchase is worth by these terms."""
    if isinstance(terms, StampTerms):
        factor, worth = "1", STAMPS_BY_UNIT if terms.per == "unit" else STAMPS_BY_VISIT
    else:
        factor = FACTOR if terms.segment_factors or terms.tier_factors else "1"
        worth = POINTS_WORTH if terms.per_sum else POINTS_BY_VISIT
    plus, plus_units = ("+ coalesce(known.amount, 0)", "+ coalesce(known.units, 0)") if adds else ("", "")
    return DUE.format(plus=plus, plus_units=plus_units, factor=factor, worth=worth)


def _take_back(programme: Programme, back: list[tuple[int, int, str]], *, at: datetime) -> int:
    """Draw what refunds take back; what is not there any more is owed."""
    if not back:
        return 0
    wanted = {account: points for account, points, _reference in back}
    drawn = drawing.draw(
        programme,
        wanted,
        accounts={account: account for account in wanted},
        to=Account.Kind.ISSUED,
        kind=Posting.Kind.TAKEN_BACK,
        note=Note(at),
        references={account: reference for account, _points, reference in back},
    )
    missing = {account: points - drawn.get(account, 0) for account, points in wanted.items()}
    owing = {account: points for account, points in missing.items() if points > 0}
    with connection.cursor() as cursor:
        cursor.execute(OWE, {"accounts": list(owing), "points": list(owing.values())})
    return sum(drawn.values())


def settle(programme: Programme, *, at: datetime, which: str = "true") -> int:
    """Let accounts that owe points pay with what they have; returns how many points were paid.

    Either the caller holds those of `which`, or it holds no others.
    """
    with connection.cursor() as cursor:
        cursor.execute(WHO_CAN_PAY.format(which=which), {"programme": programme.pk})
        can = dict(cursor.fetchall())
    if not can:
        return 0
    drawing.lock(can)
    drawn = drawing.draw(
        programme,
        can,
        accounts={account: account for account in can},
        to=Account.Kind.ISSUED,
        kind=Posting.Kind.TAKEN_BACK,
        note=Note(at),
    )
    with connection.cursor() as cursor:
        cursor.execute(OWE, {"accounts": list(drawn), "points": [-points for points in drawn.values()]})
    return sum(drawn.values())
