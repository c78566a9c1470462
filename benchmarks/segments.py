"""How long a refresh of scores and memberships takes, against bare SQL that does the same to its own tables.

    python benchmarks/segments.py [--customers 1000000] [--changed 0.02]

Three refreshes of a scratch database: the first one, which opens a membership for every customer; one that
finds nothing to do; and one after a share of the customers has bought. The bare SQL knows the five rules by
heart, keeps the same columns, indexes and reasons, and is measured on copies of the tables right after each
refresh. Ends with 1 when a refresh takes more than LIMIT times as long, or when the two disagree on who is
where.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
LIMIT = 2.0

CUSTOMERS = """
    INSERT INTO customers_customer (number, search_key)
    SELECT n::text, ' ' || n FROM generate_series(1, %(customers)s) n
"""
PROFILES = """
    INSERT INTO customers_profile (
        customer_id, purchases, purchase_lines, revenue, first_seen_at, first_purchase_at, last_purchase_at,
        last_seen_at, discount_share, favourite_services
    )
    SELECT id, bought, bought * 2, bought * (20000 + d %% 400000), first_at, first_at, last_at, last_at,
           (d %% 97) * (d %% 89) / 8633.0, '{}'
    FROM (
        SELECT id, d, bought, %(at)s - make_interval(days => away) AS last_at,
               %(at)s - make_interval(days => away + (bought - 1) * (5 + (d %% 40)::integer)) AS first_at
        FROM (
            SELECT id, d, 1 + floor(-5 * ln(x))::integer AS bought, floor(-90 * ln(y))::integer AS away
            FROM (
                SELECT id, abs(hashint8(id * 17 + 3)::bigint) AS d,
                       greatest(abs(hashint8(id * 19 + 7)::bigint) / 2147483648.0, 1e-9) AS x,
                       greatest(abs(hashint8(id * 23 + 1)::bigint) / 2147483648.0, 1e-9) AS y
                FROM customers_customer
            ) random
        ) drawn
    ) placed
"""
PURCHASES = """
    UPDATE customers_profile
    SET purchases = purchases + 1, revenue = revenue + 150000,
        last_purchase_at = %(at)s, last_seen_at = %(at)s
    WHERE customer_id %% %(every)s = 0
"""
COPIES = """
    CREATE TABLE bare_score (LIKE segments_score INCLUDING ALL);
    CREATE TABLE bare_membership (LIKE segments_membership INCLUDING ALL);
    ALTER TABLE bare_membership ADD FOREIGN KEY (customer_id) REFERENCES customers_customer (id)
        DEFERRABLE INITIALLY DEFERRED
"""
BARE_SCORES = """
    WITH bought AS (
        SELECT customer_id, (last_purchase_at AT TIME ZONE 'Asia/Tashkent')::date AS day, purchases, revenue
        FROM customers_profile WHERE purchases > 0
    ),
    cuts AS (
        SELECT percentile_cont(at) WITHIN GROUP (ORDER BY (%(day)s::date - day)::float) AS r,
               percentile_cont(at) WITHIN GROUP (ORDER BY purchases::float) AS f,
               percentile_cont(at) WITHIN GROUP (ORDER BY revenue::float) AS m
        FROM bought, (SELECT ARRAY[0.2, 0.4, 0.6, 0.8] AS at) places GROUP BY at
    ),
    scored AS (
        SELECT customer_id, day, purchases, revenue,
               1 + (d < r[1])::int + (d < r[2])::int + (d < r[3])::int + (d < r[4])::int AS r_score,
               1 + (purchases > f[1])::int + (purchases > f[2])::int + (purchases > f[3])::int
                 + (purchases > f[4])::int AS f_score,
               1 + (revenue > m[1])::int + (revenue > m[2])::int + (revenue > m[3])::int
                 + (revenue > m[4])::int AS m_score
        FROM (SELECT *, %(day)s::date - day AS d FROM bought) b, cuts
    ),
    changed AS (
        SELECT scored.* FROM scored LEFT JOIN bare_score s USING (customer_id)
        WHERE s.customer_id IS NULL
           OR (s.last_purchase_on, s.purchases, s.revenue, s.r_score, s.f_score, s.m_score)
              IS DISTINCT FROM
              (day, scored.purchases, scored.revenue, scored.r_score, scored.f_score, scored.m_score)
    )
    INSERT INTO bare_score (
        customer_id, last_purchase_on, purchases, revenue, r_score, f_score, m_score, rfm_score
    )
    SELECT customer_id, day, purchases, revenue, r_score, f_score, m_score,
           (r_score + f_score + m_score) / 3.0
    FROM changed
    ON CONFLICT (customer_id) DO UPDATE SET
        last_purchase_on = excluded.last_purchase_on, purchases = excluded.purchases,
        revenue = excluded.revenue, r_score = excluded.r_score, f_score = excluded.f_score,
        m_score = excluded.m_score, rfm_score = excluded.rfm_score
"""
BARE_MEMBERSHIPS = """
    WITH wanted AS MATERIALIZED (
        SELECT p.customer_id, p.purchases, p.discount_share, s.r_score, s.f_score, s.m_score,
               %(day)s::date - (p.first_purchase_at AT TIME ZONE 'Asia/Tashkent')::date AS age,
               CASE
                   WHEN %(day)s::date - (p.first_purchase_at AT TIME ZONE 'Asia/Tashkent')::date <= 60
                        AND p.purchases <= 2 THEN %(new)s
                   WHEN s.r_score = 1 OR (s.r_score = 2 AND p.purchases >= 2) THEN %(at_risk)s
                   WHEN s.m_score = 5 AND s.f_score >= 4 THEN %(high_value)s
                   WHEN p.discount_share >= 0.4 OR s.m_score <= 2 THEN %(price_sensitive)s
                   ELSE %(regular)s
               END AS segment_id
        FROM customers_profile p JOIN bare_score s USING (customer_id) WHERE p.purchases > 0
    ),
    why AS (
        SELECT w.customer_id, w.segment_id, m.id AS stay,
               jsonb_build_object('version', 1, 'as_of', %(day)s::date, 'facts', jsonb_build_object(
                   'days_since_first_purchase', age, 'purchases', purchases, 'r_score', r_score,
                   'm_score', m_score, 'f_score', f_score, 'discount_share', discount_share
               )) AS reason
        FROM wanted w LEFT JOIN bare_membership m ON m.customer_id = w.customer_id AND m.left_at IS NULL
        WHERE m.segment_id IS DISTINCT FROM w.segment_id
    ),
    closed AS (
        UPDATE bare_membership m SET left_at = %(at)s, left_reason = why.reason FROM why WHERE m.id = why.stay
    )
    INSERT INTO bare_membership (segment_id, customer_id, entered_at, reason)
    SELECT segment_id, customer_id, %(at)s, reason FROM why
"""
BARE_SIZES = """
    SELECT segment_id, count(*), sum(p.revenue)
    FROM bare_membership m JOIN customers_profile p USING (customer_id)
    WHERE left_at IS NULL GROUP BY segment_id
"""
DIFFERENT = """
    SELECT count(*) FROM segments_membership a FULL JOIN bare_membership b
      ON a.customer_id = b.customer_id AND a.segment_id = b.segment_id AND b.left_at IS NULL
    WHERE a.left_at IS NULL AND (a.id IS NULL OR b.id IS NULL)
"""


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


def fill(customers: int) -> None:
    """Customers with profiles, the same in every run."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"customers": customers})
        cursor.execute(PROFILES, {"at": AT})
        cursor.execute(COPIES)
        cursor.execute("VACUUM ANALYZE")


def refresh() -> None:
    from mijoz.segments import actions

    actions.refresh(at=AT)


def bare() -> None:
    """What a refresh does, by hand: scores, memberships with reasons, sizes."""
    from django.db import connection, transaction

    from mijoz.segments.models import Segment

    given = dict(Segment.objects.values_list("key", "pk")) | {"day": AT.date(), "at": AT}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE_SCORES, given)
        cursor.execute(BARE_MEMBERSHIPS, given)
        cursor.execute(BARE_SIZES)


def seconds(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def measure(name: str) -> float:
    """Print one line of the table; returns the ratio."""
    ours, by_hand = seconds(refresh), seconds(bare)
    print(f"{name:34} {ours:10.1f} {by_hand:10.1f} {ours / by_hand:8.2f}")
    return ours / by_hand


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--changed", type=float, default=0.02)
    chosen = parser.parse_args()
    with scratch_database():
        from django.db import connection

        from mijoz.segments import actions

        fill(chosen.customers)
        actions.install_defaults(at=AT)
        print(f"{f'{chosen.customers:,} customers':34} {'refresh s':>10} {'bare s':>10} {'ratio':>8}")
        with connection.cursor() as cursor:
            ratios = [measure("first refresh, all enter")]
            cursor.execute("VACUUM ANALYZE")
            ratios.append(measure("nothing changed"))
            cursor.execute(PURCHASES, {"at": AT, "every": round(1 / chosen.changed)})
            ratios.append(measure(f"{chosen.changed:.0%} bought"))
            cursor.execute(DIFFERENT)
            different = cursor.fetchone()[0]
    print(f"memberships on which the two disagree: {different}")
    return int(different > 0 or max(ratios) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
