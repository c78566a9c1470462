"""RFM and segments of a million customers with ten million purchases, against a bare Polars query.

    python benchmarks/segments.py [--customers 1000000] [--purchases 10000000] [--changed 0.02] [--rounds 3]

The bare query reads the purchases from Parquet and computes the same RFM scores, nothing else; the two agree on every
customer or the benchmark fails. Each figure is the best of the rounds, which take turns.

    rfm, from the same Parquet     analysis.rfm, as it also runs on Spark: recency, frequency, money, scores
    refresh, nothing changed       what a refresh does every night: the facts of all customers read from their profiles
                                   in the database, their scores, the five rules asked of all of them, and both
                                   compared with what is kept
    refresh, 2 % bought            the same, and new scores and memberships with their reasons written for those
    refresh, all enter             the very first one: a score and a membership written for every customer, to be read
                                   against the last line
    bare INSERT of as many rows    scores and memberships copied into empty tables of the same indexes and constraints

LIMIT holds for the first two, which are RFM and segments computed; what the others write beyond that is reported beside
it. Profiles are not part of it: they follow the log row by row, long before a refresh.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
LIMIT = 2.0
DAYS = 720

CUSTOMERS = """
    INSERT INTO customers_customer (number, search_key)
    SELECT n::text, ' ' || n FROM generate_series(1, %s) n
"""
BOUGHT = """
    UPDATE customers_profile
    SET purchases = purchases + 1, revenue = revenue + 150000, last_purchase_at = %(at)s, last_seen_at = %(at)s
    WHERE customer_id %% %(every)s = 0
"""
COPIES = """
    CREATE TABLE bare_score (LIKE segments_score INCLUDING ALL);
    CREATE TABLE bare_membership (LIKE segments_membership INCLUDING ALL);
    ALTER TABLE bare_membership ADD FOREIGN KEY (customer_id) REFERENCES customers_customer (id)
        DEFERRABLE INITIALLY DEFERRED
"""
COPY_ROWS = """
    TRUNCATE bare_score, bare_membership;
    INSERT INTO bare_score SELECT * FROM segments_score ORDER BY customer_id;
    INSERT INTO bare_membership SELECT * FROM segments_membership ORDER BY id
"""


@contextmanager
def scratch_database() -> Iterator[Path]:
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
            yield Path(folder)
        finally:
            server.release()


def draw(customers: int, purchases: int, folder: Path) -> pl.DataFrame:
    """Purchases as Parquet files by month, the same in every run; returns the profiles that follow from them."""
    chance = np.random.default_rng(1)
    weights = chance.gamma(0.7, size=customers)
    times = 1 + chance.multinomial(purchases - customers, weights / weights.sum())
    away, life = chance.exponential(60, customers), chance.uniform(0, 500, customers)
    spends, saves = chance.lognormal(11, 0.6, customers), chance.beta(0.3, 1.5, customers)
    buyer = np.repeat(np.arange(customers), times)
    days_ago = np.minimum(away[buyer] + life[buyer] * chance.random(len(buyer)), DAYS)
    bought = pl.DataFrame(
        {
            "customer_id": buyer + 1,
            "occurred_at": pl.Series((AT.timestamp() - days_ago * 86_400) * 1e6).cast(pl.Int64),
            "amount": pl.Series(spends[buyer] * chance.lognormal(0, 0.4, len(buyer)) / 100).round() * 100,
            "discounted": chance.random(len(buyer)) < saves[buyer],
        }
    ).with_columns(pl.col("occurred_at").cast(pl.Datetime("us", "UTC")), pl.col("amount").cast(pl.Decimal(18, 4)))
    for number, (_month, rows) in enumerate(
        bought.group_by(pl.col("occurred_at").dt.truncate("1mo"), maintain_order=False)
    ):
        rows.drop("discounted").sort("occurred_at").write_parquet(folder / f"{number:03}.parquet")
    return bought.group_by("customer_id").agg(
        purchases=pl.len(),
        purchase_lines=pl.len(),
        revenue=pl.col("amount").sum(),
        first_seen_at=pl.col("occurred_at").min(),
        first_purchase_at=pl.col("occurred_at").min(),
        last_purchase_at=pl.col("occurred_at").max(),
        last_seen_at=pl.col("occurred_at").max(),
        discount_share=pl.col("discounted").mean(),
        favourite_services=pl.lit([], pl.List(pl.String)),
    )


def fill(customers: int, profiles: pl.DataFrame) -> None:
    """Customers with these profiles."""
    from django.db import connection, transaction

    from mijoz.segments import bulk

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, [customers])
        bulk.write(cursor, "customers_profile", profiles.sort("customer_id"))
        cursor.execute(COPIES)
    vacuum()


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def bare_rfm(folder: Path) -> pl.DataFrame:
    """What somebody who knows Polars would write: days since the last purchase, purchases, revenue, scores 1 to 5."""
    measures = {"r_score": -pl.col("days"), "f_score": pl.col("purchases"), "m_score": pl.col("revenue")}
    table = (
        pl.scan_parquet(folder / "*.parquet")
        .group_by("customer_id")
        .agg(
            purchases=pl.len(),
            revenue=pl.col("amount").sum(),
            last_on=pl.col("occurred_at").max().dt.convert_time_zone("Asia/Tashkent").dt.date(),
        )
        .with_columns(days=(pl.lit(AT.date()) - pl.col("last_on")).dt.total_days())
        .collect(engine="streaming")
    )
    cuts = table.select(
        measure.cast(pl.Float64).quantile(k / 5, "linear").alias(f"{name}{k}")
        for name, measure in measures.items()
        for k in range(1, 5)
    ).row(0, named=True)
    return table.with_columns(
        (1 + sum((measure.cast(pl.Float64) > cuts[f"{name}{k}"]).cast(pl.Int64) for k in range(1, 5))).alias(name)
        for name, measure in measures.items()
    )


def our_rfm(folder: Path) -> pl.DataFrame:
    from mijoz.analysis import rfm

    table = rfm.rfm(pl.scan_parquet(folder / "*.parquet"), as_of=AT.date(), zone="Asia/Tashkent")
    return rfm.score(table).collect().to_native()


def refresh(at: datetime = AT) -> dict[str, int]:
    from mijoz.segments import actions

    changed = actions.refresh(at=at)
    return {"entered": sum(changed.entered.values()), "left": sum(changed.left.values())}


def bare_insert() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPY_ROWS)


def seconds(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


@dataclass
class Table:
    """The lines of the result; `against` is the bare query's time."""

    against: float = 0.0

    def line(self, name: str, taken: float, note: str = "") -> float:
        ratio = taken / self.against
        print(f"{name:32} {taken:9.2f} {ratio:7.2f}  {note}", flush=True)
        return ratio


def disagreements(folder: Path) -> int:
    """Customers whose scores in the database differ from the bare query's."""
    from mijoz.segments import bulk

    scores = ("r_score", "f_score", "m_score")
    kept = bulk.read(
        "SELECT customer_id, r_score, f_score, m_score FROM segments_score",
        schema=dict.fromkeys(("customer_id", *scores), pl.Int64),
    )
    both = kept.join(bare_rfm(folder), on="customer_id", how="full", suffix="_bare")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_bare")) for name in scores)
    return both.select((~same).sum()).item()


def run(customers: int, purchases: int, changed: float, rounds: int, folder: Path) -> int:
    from django.db import connection

    parquet = folder / "purchases"
    parquet.mkdir()
    fill(customers, draw(customers, purchases, parquet))
    first = seconds(refresh)
    different = disagreements(parquet)
    vacuum()
    written = seconds(bare_insert)
    bare, ours, unchanged = [], [], []
    for _round in range(rounds):
        bare.append(seconds(lambda: bare_rfm(parquet)))
        ours.append(seconds(lambda: our_rfm(parquet)))
        unchanged.append(seconds(refresh))
    with connection.cursor() as cursor:
        cursor.execute(BOUGHT, {"at": AT, "every": round(1 / changed)})
    moved: dict[str, int] = {}
    busy = seconds(lambda: moved.update(refresh(AT + timedelta(hours=1))))

    print(f"{f'{customers:,} customers, {purchases:,} purchases':48}")
    print(f"{'':32} {'seconds':>9} {'ratio':>7}")
    table = Table(min(bare))
    table.line("bare Polars, RFM from Parquet", min(bare))
    ratios = [table.line("rfm, from the same Parquet", min(ours))]
    ratios.append(table.line("refresh, nothing changed", min(unchanged)))
    table.line(f"refresh, {changed:.0%} bought", busy, "{entered:,} entered, {left:,} left".format(**moved))
    table.line("refresh, all enter", first)
    table.line("bare INSERT of as many rows", written)
    print(f"customers whose scores differ: {different}")
    return int(different > 0 or max(ratios) > LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--purchases", type=int, default=10_000_000)
    parser.add_argument("--changed", type=float, default=0.02)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with scratch_database() as folder:
        return run(chosen.customers, chosen.purchases, chosen.changed, chosen.rounds, folder)


if __name__ == "__main__":
    sys.exit(main())
