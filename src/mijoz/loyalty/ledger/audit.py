"""Whether the ledger is right, asked from its own rows: the sum of all accounts, balances, lots, debts."""

from __future__ import annotations

from django.db import connection

from mijoz.loyalty.models import Programme

FAULTS = {
    "sum": """
        SELECT programme_id, sum(points) FROM (
            SELECT a.programme_id, p.points FROM loyalty_posting p JOIN loyalty_account a ON a.id = p.to_account_id
            UNION ALL
            SELECT a.programme_id, -p.points FROM loyalty_posting p JOIN loyalty_account a ON a.id = p.from_account_id
        ) AS sides
        WHERE %(programme)s::bigint IS NULL OR programme_id = %(programme)s
        GROUP BY programme_id HAVING sum(points) <> 0
    """,
    "balance": """
        SELECT a.id, a.balance FROM loyalty_account a
        LEFT JOIN (
            SELECT id, sum(points) AS points FROM (
                SELECT to_account_id AS id, points FROM loyalty_posting
                UNION ALL SELECT from_account_id, -points FROM loyalty_posting
            ) AS sides GROUP BY id
        ) AS moved ON moved.id = a.id
        WHERE a.kind = 'customer' AND a.balance <> coalesce(moved.points, 0)
          AND (%(programme)s::bigint IS NULL OR a.programme_id = %(programme)s)
    """,
    "lots": """
        SELECT a.id, a.balance FROM loyalty_account a
        LEFT JOIN (SELECT account_id, sum(remaining) AS points FROM loyalty_lot GROUP BY account_id) AS left_over
          ON left_over.account_id = a.id
        WHERE a.kind = 'customer' AND a.balance <> coalesce(left_over.points, 0)
          AND (%(programme)s::bigint IS NULL OR a.programme_id = %(programme)s)
    """,
    "below_zero": """
        SELECT a.id, a.balance FROM loyalty_account a
        WHERE (a.balance < 0 OR a.owed < 0) AND (%(programme)s::bigint IS NULL OR a.programme_id = %(programme)s)
    """,
    "programmes": """
        SELECT p.id, p.points FROM loyalty_posting p
        JOIN loyalty_account f ON f.id = p.from_account_id JOIN loyalty_account t ON t.id = p.to_account_id
        WHERE (f.programme_id <> t.programme_id OR (f.kind = 'customer') = (t.kind = 'customer'))
          AND (%(programme)s::bigint IS NULL OR f.programme_id = %(programme)s)
    """,
}
SHOWN = 20


def faults(programme: Programme | None = None) -> dict[str, list[tuple[int, int]]]:
    """What does not add up, of all or of one programme, by kind with numbers of rows; empty when it is right."""
    found = {}
    with connection.cursor() as cursor:
        for name, statement in FAULTS.items():
            cursor.execute(f"{statement} LIMIT {SHOWN}", {"programme": programme.pk if programme else None})
            if rows := cursor.fetchall():
                found[name] = rows
    return found
