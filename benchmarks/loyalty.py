"""How fast points are earned from the log, against the bare SQL that writes as many rows.

    python benchmarks/loyalty.py [--purchases 1000000] [--customers 100000] [--limit 6]

Writes so many purchases to the log of a scratch database, counts them for a programme of points (earn), checks that
the ledger is right, and counts once more what changed in a hundredth of them (refunds). The bare limit adds the
purchases up and writes the three tables that earning writes to with INSERT … SELECT, with their indexes and checks,
without foreign keys and triggers. Ends with 1 when earning takes more than LIMIT times as long, or the ledger is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)


@contextmanager
def scratch_database() -> Iterator[None]:
    """Set Django up on a database of its own server, and remove both at the end."""
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as folder:
        os.environ["MIJOZ_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
        from mijoz.config.embedded import EmbeddedServer, create_database

        server = EmbeddedServer(Path(folder) / "postgres", throw_away=True)
        server.hold()
        try:
            create_database(server.folder, "mijoz")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield
        finally:
            server.release()


FILL = """
    INSERT INTO events_identity (kind, account, value)
    SELECT 'card', 'till', n::text FROM generate_series(1, %(customers)s) n;
    INSERT INTO customers_customer (id, number) OVERRIDING SYSTEM VALUE
    SELECT n, n::text FROM generate_series(1, %(customers)s) n;
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT id, value::bigint, value::bigint FROM events_identity WHERE kind = 'card';
    INSERT INTO events_event (source_id, message_id, type, identity_id, occurred_at, reference, item, quantity, amount,
                              currency)
    SELECT %(source)s, 'p' || n, 'purchase_line', i.id, %(at)s - make_interval(mins => n %% 40000), 'r' || n, 'Plov', 1,
           1000 * (20 + n %% 180), 'UZS'
    FROM generate_series(1, %(purchases)s) n
    JOIN events_identity i ON i.kind = 'card' AND i.value = (1 + n %% %(customers)s)::text;
    ANALYZE events_event; ANALYZE events_identity; ANALYZE customers_ownership; ANALYZE customers_customer
"""
REFUNDS = """
    INSERT INTO events_event (source_id, message_id, type, identity_id, occurred_at, reference, item, quantity, amount,
                              currency)
    SELECT source_id, 'back-' || message_id, 'refund_line', identity_id, occurred_at, reference, item, -1, -amount,
           currency
    FROM events_event WHERE id %% 100 = 0
"""
BARE = {
    "purchases added up": """
        CREATE TABLE bare_due AS
        SELECT a.id AS account_id, e.source_id, e.reference, min(e.occurred_at) AS bought_at, sum(e.amount) AS amount
        FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
        JOIN loyalty_account a ON a.customer_id = o.home_id
        GROUP BY 1, 2, 3
    """,
    "lots": """
        INSERT INTO bare_lot (account_id, points, remaining, came_at, expires_at, reference)
        SELECT account_id, trunc(amount / 1000), trunc(amount / 1000), now(), bought_at + interval '12 months',
               reference
        FROM bare_due
    """,
    "postings": """
        INSERT INTO bare_posting (from_account_id, to_account_id, points, kind, posted_at, lot_id, note)
        SELECT %(house)s, account_id, points, 'earned', now(), id, '' FROM bare_lot
    """,
    "earnings": """
        INSERT INTO bare_earning (account_id, source_id, reference, bought_at, amount, units, factor, due, points)
        SELECT account_id, source_id, reference, bought_at, amount, 1, 1, trunc(amount / 1000), trunc(amount / 1000)
        FROM bare_due
    """,
}


def seconds(statement: str, **given: object) -> float:
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
    return time.perf_counter() - started


def bare(house: int) -> dict[str, float]:
    """Seconds of each bare statement, on tables with the same indexes and checks."""
    for name in ("lot", "posting", "earning"):
        seconds(f"CREATE TABLE bare_{name} (LIKE loyalty_{name} INCLUDING ALL)")
    return {name: seconds(statement, house=house) if "%(" in statement else seconds(statement)
            for name, statement in BARE.items()}  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--purchases", type=int, default=1_000_000)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--limit", type=float, default=6.0)
    wanted = asked.parse_args()
    with scratch_database():
        from mijoz.business.models import Business
        from mijoz.events.actions import add_source
        from mijoz.loyalty import actions
        from mijoz.loyalty.ledger import audit, drawing, earning
        from mijoz.loyalty.models import Account
        from mijoz.loyalty.models.offers import State
        from mijoz.loyalty.terms import programme_terms

        Business.objects.create(pk=1, name="Benchmark", currency="UZS")
        for part in FILL.split(";"):
            given = {"customers": wanted.customers, "purchases": wanted.purchases, "source": add_source("till").pk,
                     "at": AT}  # fmt: skip
            seconds(part, **given) if "%(" in part else seconds(part)
        terms = programme_terms({"kind": "points", "per_sum": 1000})
        points = actions.write_programme("points", terms=terms, names={}, is_new=True, by=None, at=AT)
        actions.set_programme_state(points, State.LIVE, at=AT - timedelta(days=60))
        started = time.perf_counter()
        earned = earning.earn(points, at=AT)
        took = time.perf_counter() - started
        limits = bare(drawing.house(points, Account.Kind.ISSUED))
        least = sum(limits.values())
        print(f"{earned.purchases:,} purchases of {wanted.customers:,} customers, {earned.earned:,} points")
        print(f"earned in {took:6.2f} s  {earned.purchases / took:12,.0f} purchases a second")
        for name, one in limits.items():
            print(f"  bare {name:20} {one:6.2f} s")
        print(f"bare in all {least:6.2f} s; ratio {took / least:.2f} (limit {wanted.limit})")
        seconds(REFUNDS.replace("%%", "%"))
        started = time.perf_counter()
        refunded = earning.earn(points, at=AT)
        again = time.perf_counter() - started
        print(f"{refunded.purchases:,} refunds took back {refunded.taken_back:,} points in {again:.2f} s")
        started = time.perf_counter()
        earning.recount(points, at=AT)
        print(f"counted everything anew in {time.perf_counter() - started:.2f} s, and nothing changed")
        wrong = audit.faults()
        print("the ledger is right" if not wrong else f"the ledger is wrong: {wrong}")
        return int(bool(wrong) or took > wanted.limit * least)


if __name__ == "__main__":
    sys.exit(main())
