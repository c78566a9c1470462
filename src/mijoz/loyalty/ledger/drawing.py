"""Points going out and coming in, in sets: from the lots that expire first, and never more than there are.

Accounts are locked in the order of their numbers before anything is drawn, here and in earning, so that two writers
wait for each other and never crosswise. The database refuses a balance below zero whoever writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from mijoz.customers.queries import members_of, root_of
from mijoz.loyalty.models import Account, Posting, Programme

LOCK = "SELECT id FROM loyalty_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
# `wanted (account_id, place, need, reference)`: accounts of one place are drawn from together.
DRAW = """
    WITH wanted AS (
        SELECT * FROM unnest(%(accounts)s::bigint[], %(places)s::bigint[], %(needs)s::bigint[], %(references)s::text[])
               AS given(account_id, place, need, reference)
    ), open AS (
        SELECT l.id, l.account_id, l.remaining, w.place, w.need,
               sum(l.remaining) OVER (
                   PARTITION BY w.place
                   ORDER BY (w.reference <> '' AND l.reference = w.reference) DESC, l.expires_at NULLS LAST, l.id
               ) - l.remaining AS before
        FROM wanted w JOIN loyalty_lot l ON l.account_id = w.account_id
        WHERE l.remaining > 0
    ), drawn AS (
        SELECT id, account_id, place, least(remaining, need - before) AS points FROM open WHERE before < need
    ), taken AS (
        UPDATE loyalty_lot l SET remaining = l.remaining - drawn.points FROM drawn WHERE l.id = drawn.id
    ), posted AS (
        INSERT INTO loyalty_posting (
            from_account_id, to_account_id, points, kind, posted_at, lot_id, redemption_id, posted_by_id, note
        )
        SELECT account_id, %(house)s, points, %(kind)s, %(at)s, id, %(redemption)s, %(by)s, %(note)s FROM drawn
    )
    SELECT place, sum(points)::bigint FROM drawn GROUP BY place
"""
GIVE = """
    WITH lot AS (
        INSERT INTO loyalty_lot (account_id, points, remaining, came_at, expires_at, reference)
        VALUES (%(account)s, %(points)s, %(points)s, %(at)s, %(expires)s, '') RETURNING id
    )
    INSERT INTO loyalty_posting (from_account_id, to_account_id, points, kind, posted_at, lot_id, posted_by_id, note)
    SELECT %(house)s, %(account)s, %(points)s, %(kind)s, %(at)s, id, %(by)s, %(note)s FROM lot
"""
GIVE_BACK = """
    WITH spent AS (
        SELECT from_account_id, to_account_id, points, lot_id, redemption_id FROM loyalty_posting
        WHERE redemption_id = %(redemption)s AND kind = 'redeemed'
    ), back AS (
        UPDATE loyalty_lot l SET remaining = l.remaining + gone.points
        FROM (SELECT lot_id, sum(points) AS points FROM spent GROUP BY lot_id) gone WHERE l.id = gone.lot_id
    )
    INSERT INTO loyalty_posting (
        from_account_id, to_account_id, points, kind, posted_at, lot_id, redemption_id, posted_by_id, note
    )
    SELECT to_account_id, from_account_id, points, 'cancelled', %(at)s, lot_id, redemption_id, %(by)s, %(note)s
    FROM spent
"""
EXPIRE = """
    WITH old AS (
        SELECT l.id, l.account_id, l.remaining FROM loyalty_lot l JOIN loyalty_account a ON a.id = l.account_id
        WHERE a.programme_id = %(programme)s AND l.remaining > 0 AND l.expires_at <= %(at)s
    ), emptied AS (
        UPDATE loyalty_lot l SET remaining = 0 FROM old WHERE l.id = old.id
    )
    INSERT INTO loyalty_posting (from_account_id, to_account_id, points, kind, posted_at, lot_id)
    SELECT account_id, %(house)s, remaining, 'expired', %(at)s, id FROM old
"""
EXPIRING = """
    SELECT DISTINCT l.account_id FROM loyalty_lot l JOIN loyalty_account a ON a.id = l.account_id
    WHERE a.programme_id = %(programme)s AND l.remaining > 0 AND l.expires_at <= %(at)s
"""


class NotEnoughPoints(ValueError):
    """There are fewer points than were asked for; `available` says how many."""

    def __init__(self, available: int) -> None:
        super().__init__(available)
        self.available = available


@dataclass(frozen=True, slots=True)
class Note:
    """When points moved, by whom, and in what words; `redemption` is what they paid."""

    at: datetime
    by: int | None = None
    text: str = ""
    redemption: UUID | None = None


def house(programme: Programme, kind: Account.Kind) -> int:
    """The number of the house's account of this kind."""
    return Account.objects.get_or_create(programme=programme, kind=kind, customer=None)[0].pk


def account_of(programme: Programme, customer_id: int) -> Account:
    """The customer's own account, opened when there is none."""
    return Account.objects.get_or_create(programme=programme, kind=Account.Kind.CUSTOMER, customer_id=customer_id)[0]


def accounts_of(programme: Programme, roots: Collection[int]) -> dict[int, int]:
    """Every account of these persons, those of whom they absorbed too, to whose it is."""
    members = members_of(roots)
    found = Account.objects.filter(programme=programme, customer__in=members).values_list("pk", "customer_id")
    return {account: members[customer] for account, customer in found}


def lock(accounts: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(accounts)])


def draw(
    programme: Programme,
    wanted: Mapping[int, int],
    *,
    accounts: Mapping[int, int],
    to: Account.Kind,
    kind: Posting.Kind,
    note: Note,
    references: Mapping[int, str] | None = None,
) -> dict[int, int]:
    """Take up to so many points at each place, oldest first; returns how many were taken there.

    `accounts` says by account at which place it is: a person for spending, the account itself for refunds. With
    `references` the lots of that purchase go first. The accounts must be locked.
    """
    chosen = [(account, place) for account, place in accounts.items() if wanted.get(place, 0) > 0]
    if not chosen:
        return {}
    given: dict[str, Any] = {
        "accounts": [account for account, _place in chosen],
        "places": [place for _account, place in chosen],
        "needs": [wanted[place] for _account, place in chosen],
        "references": [(references or {}).get(place, "") for _account, place in chosen],
        "house": house(programme, to),
        "kind": kind,
        "at": note.at,
        "redemption": note.redemption,
        "by": note.by,
        "note": note.text,
    }
    with connection.cursor() as cursor:
        cursor.execute(DRAW, given)
        return dict(cursor.fetchall())


def available(programme: Programme, customer_ids: Sequence[int]) -> dict[int, int]:
    """What each of these persons may spend: all their accounts together, less what they owe, never below zero."""
    roots = root_of(customer_ids)
    accounts = accounts_of(programme, set(roots.values()))
    left = dict.fromkeys(roots.values(), 0)
    for account, balance, owed in Account.objects.filter(pk__in=accounts).values_list("pk", "balance", "owed"):
        left[accounts[account]] += balance - owed
    return {customer: max(0, left[root]) for customer, root in roots.items()}


def spend(programme: Programme, customer_id: int, points: int, *, note: Note) -> None:
    """Pay with points of the whole person, inside the caller's transaction. Raises NotEnoughPoints."""
    root = root_of([customer_id])[customer_id]
    accounts = accounts_of(programme, [root])
    lock(accounts)
    left = available(programme, [root])[root]
    if points > left:
        raise NotEnoughPoints(left)
    draw(
        programme,
        {root: points},
        accounts=accounts,
        to=Account.Kind.REDEEMED,
        kind=Posting.Kind.REDEEMED,
        note=note,
    )


def give(
    programme: Programme,
    account: Account,
    points: int,
    *,
    expires_at: datetime | None,
    note: Note,
    source: Account.Kind = Account.Kind.ADJUSTED,
    kind: Posting.Kind = Posting.Kind.ADJUSTED,
) -> None:
    """Let points come in from an account of the house."""
    given: dict[str, Any] = {
        "account": account.pk,
        "points": points,
        "at": note.at,
        "expires": expires_at,
        "house": house(programme, source),
        "kind": kind,
        "by": note.by,
        "note": note.text,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE, given)


def give_back(redemption: UUID, *, note: Note) -> None:
    """Return the points that paid a redemption to the lots they came from; those past their date expire tonight."""
    accounts = Posting.objects.filter(redemption=redemption).values_list("from_account_id", flat=True)
    lock(set(accounts))
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"redemption": redemption, "at": note.at, "by": note.by, "note": note.text})


def expire(programme: Programme, *, at: datetime) -> int:
    """Take away what is past its date, in one statement; returns from how many lots. The caller has a transaction."""
    given: dict[str, Any] = {"programme": programme.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(EXPIRING, given)
        lock([row[0] for row in cursor.fetchall()])
        cursor.execute(EXPIRE, given | {"house": house(programme, Account.Kind.EXPIRED)})
        return cursor.rowcount
