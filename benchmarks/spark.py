"""Whether the numbers are the same on PySpark as on Polars: RFM scores, KPIs with intervals, effects of scenarios.

    make spark      # and Java 17; Mijoz itself needs neither
    python benchmarks/spark.py [--customers 300] [--months 8]

A local Spark of two threads; it is slow on so little, and meant for what one machine cannot hold. Ends with 1 when a
number differs by more than rounding.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from mijoz.analysis import experiments, kpis, rfm
from mijoz.analysis.simulator import SimulatedBusiness, simulate

UNTIL = date(2026, 6, 30)
SCORES = ("customer_id", "purchases", "days_since_last_purchase", "r_score", "f_score", "m_score")
Tables = dict[str, Any]


def tables_of(business: SimulatedBusiness) -> dict[str, pl.DataFrame]:
    number = pl.col("customer_number")
    return {
        "events": business.events.rename({"identity_value": "identity_id"}).with_columns(source=pl.lit("demo")),
        "ownership": business.customers.select(identity_id=number, customer_id=number),
        "segments": business.customers.select(customer_id=number, segment="kind"),
    }


def numbers(tables: Tables, *, zone: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is compared, as sorted rows."""
    events, ownership = tables["events"], tables["ownership"]
    bought = rfm.purchases(events, ownership)
    scored = rfm.score(rfm.rfm(bought, as_of=UNTIL, zone=zone)).collect("polars").to_native()
    figures = kpis.kpis(events, ownership, as_of=UNTIL, zone=zone, segments=tables["segments"])
    effects = experiments.scenario_effects(
        experiments.enrolments(events, ownership), bought, as_of=UNTIL, zone=zone, by_segment=True
    )
    return {
        "RFM": sorted(scored.select(SCORES).rows()),
        "KPIs": sorted(((f.name, str(f.by), f.value, f.low, f.high, f.n) for f in figures), key=lambda row: row[:2]),
        "effects": [astuple(effect) for effect in effects],
    }


def differing(first: Iterable[tuple[Any, ...]], second: Iterable[tuple[Any, ...]]) -> int:
    """How many rows differ by more than the rounding of a float."""

    def same(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return abs(a - b) <= 1e-9 * max(1.0, abs(a))
        return bool(a == b)

    return sum(not all(map(same, a, b)) for a, b in zip(first, second, strict=True))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--months", type=int, default=8)
    options = parser.parse_args()
    from pyspark.sql import SparkSession

    business = simulate(sector="restaurant", customers=options.customers, months=options.months, seed=3, until=UNTIL)
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.sql.session.timeZone", business.time_zone)
    spark = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    zone, drawn = business.time_zone, tables_of(business)
    with tempfile.TemporaryDirectory() as folder:
        for name, table in drawn.items():
            table.write_parquet(Path(folder) / f"{name}.parquet")
        read = {name: spark.read.parquet(str(Path(folder) / f"{name}.parquet")) for name in drawn}
        on_polars, polars_seconds = timed(lambda: numbers(drawn, zone=zone))
        on_spark, spark_seconds = timed(lambda: numbers(read, zone=zone))
    print(
        f"{drawn['events'].height:,} events; Polars {polars_seconds:.1f} s, Spark {spark.version} {spark_seconds:.1f} s"
    )
    wrong = {name: differing(rows, on_spark[name]) for name, rows in on_polars.items()}
    for name, count in wrong.items():
        print(f"{name}: {len(on_polars[name])} rows, {count} differ")
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
