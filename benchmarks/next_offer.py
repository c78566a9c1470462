"""Does the next best offer beat popularity? Hit rate at 5, split in time, on purchases of a real shop.

    python benchmarks/next_offer.py online_retail.csv.gz [--resamples 2000] [--no-simulated]

The file is "Online Retail" of the UCI repository (InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
CustomerID, Country), plain or gzipped; its place may also stand in MIJOZ_ONLINE_RETAIL. Settings are chosen on a
validation period that ends where the test period begins; the test period is looked at once. Two questions are asked of
every customer with a history who buys in the period: is one of five services that they never took among what they take
new (new), and is one of five, whichever, in their very next purchase (next)? Intervals are those of a paired bootstrap
over customers. Ends with 1 when the interval of a difference to popularity does not lie above zero. A second table
asks the same of the simulated sectors.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from mijoz.analysis.learning import offer_tests
from mijoz.analysis.learning.next_offer import Settings
from mijoz.analysis.simulator import SECTORS, simulate

TOP = 5
TEST_FROM = date(2011, 10, 1)  # until the end of the file, ten weeks
VALIDATION_FROM = date(2011, 8, 1)  # until TEST_FROM
NO_SERVICE = ("POST", "DOT", "M", "BANK CHARGES", "C2", "D", "S", "AMAZONFEE", "CRUK", "PADS", "B")
GRID = {
    "penalty": (100.0, 300.0, 1_000.0, 3_000.0),
    "half_life_days": (60.0, 180.0, 365.0),
    "popularity_half_life_days": (21.0, 45.0, 90.0),
    "leaning": (0.5, 2.0, 8.0),
    "habit": (0.3, 1.0, 3.0, 10.0),
}


def read(path: Path) -> pl.DataFrame:
    """Lines of known customers: customer_id, item, day (days since 1970), basket."""
    raw = pl.read_csv(path, schema_overrides={"InvoiceNo": pl.String, "StockCode": pl.String, "CustomerID": pl.String})
    return (
        raw.with_columns(
            pl.col("CustomerID").str.strip_suffix(".0").cast(pl.Int64, strict=False).alias("customer_id"),
            pl.col("StockCode").str.to_uppercase().alias("item"),
            (pl.col("InvoiceDate").str.to_datetime(strict=False).dt.epoch("s") / 86_400).alias("day"),
            pl.col("InvoiceNo").alias("basket"),
        )
        .filter(
            pl.col("customer_id").is_not_null(),
            pl.col("Quantity") > 0,
            pl.col("UnitPrice") > 0,
            ~pl.col("item").is_in(NO_SERVICE),
        )
        .select("customer_id", "item", "day", "basket")
        .unique()
        .sort("day", "customer_id", "item")
    )


def simulated(sector: str, *, customers: int, months: int, seed: int) -> pl.DataFrame:
    business = simulate(sector=sector, customers=customers, months=months, seed=seed, until=date(2026, 6, 30))
    return (
        business.events.filter(pl.col("type") == "purchase_line", pl.col("identity_value") != "")
        .with_columns(
            customer_id=pl.col("identity_value").rank("dense").cast(pl.Int64),
            day=pl.col("occurred_at").dt.epoch("s") / 86_400,
            basket=pl.col("reference"),
        )
        .select("customer_id", "item", "day", "basket")
        .unique()
        .sort("day", "customer_id", "item")
    )


def tuned(lines: pl.DataFrame, *, begin: float, end: float, question: str) -> tuple[Settings, float]:
    """The settings that answer the question best in the validation period, one after the other, twice round."""
    best, best_rate = Settings(), -1.0
    for _round in range(2):
        for name, values in GRID.items():
            if question == "new" and name == "habit":
                continue
            for value in values:
                tried = replace(best, **{name: value})
                trial = offer_tests.trial(lines, begin=begin, end=end, settings=tried, top=TOP)
                rate = float(getattr(trial, question).ours.mean())
                if rate > best_rate:
                    best, best_rate = tried, rate
    return best, best_rate


def days_of(day: date) -> float:
    return float((day - date(1970, 1, 1)).days)


def report(name: str, lines: pl.DataFrame, *, validate: float, test: float, end: float, resamples: int) -> list[bool]:
    """Print a row for each question; whether each one's interval lies above zero."""
    beaten = []
    for question in ("new", "next"):
        settings, _rate = tuned(lines, begin=validate, end=test, question=question)
        started = time.perf_counter()
        trial = offer_tests.trial(lines, begin=test, end=end, settings=settings, top=TOP)
        seconds = time.perf_counter() - started
        found = getattr(trial, question)
        gain = found.gain(resamples=resamples)
        beaten.append(gain.low > 0)
        row = (
            f"{name:<12} {question:<5} {len(found.ours):>6,}  ours {_rate_of(found.ours, resamples)}  "
            f"popularity {_rate_of(found.popular, resamples)}  own wont {found.wont.mean():6.1%}  "
            f"neighbours {found.neighbours.mean():6.1%}  "
            f"difference {100 * gain.value:+.1f} pp ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})  "
            f"× {found.ours.mean() / max(found.popular.mean(), 1e-9):.2f}  {seconds:.1f} s"
        )
        print(row)
        print(f"{'':<19}{settings}")
    return beaten


def _rate_of(hits: np.ndarray, resamples: int) -> str:
    low, high = offer_tests.interval_of(hits, resamples=resamples)
    return f"{hits.mean():6.1%} ({low:.1%} to {high:.1%})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=os.environ.get("MIJOZ_ONLINE_RETAIL"))
    parser.add_argument("--resamples", type=int, default=2_000)
    parser.add_argument("--no-simulated", action="store_true")
    options = parser.parse_args()
    beaten: list[bool] = []
    if options.file:
        lines = read(Path(options.file))
        sizes = (lines["customer_id"].n_unique(), lines["item"].n_unique(), lines.height)
        print("Online Retail: {:,} customers, {:,} services, {:,} lines".format(*sizes))
        end = float(lines["day"].max()) + 1
        beaten += report(
            "real",
            lines,
            validate=days_of(VALIDATION_FROM),
            test=days_of(TEST_FROM),
            end=end,
            resamples=options.resamples,
        )
    else:
        print("No file given: only the simulated sectors.", file=sys.stderr)
    if not options.no_simulated:
        end = days_of(date(2026, 7, 1))
        for sector in SECTORS:
            lines = simulated(sector, customers=2_000, months=18, seed=1)
            report(sector, lines, validate=end - 120, test=end - 60, end=end, resamples=options.resamples)
    return int(not all(beaten))


if __name__ == "__main__":
    sys.exit(main())
