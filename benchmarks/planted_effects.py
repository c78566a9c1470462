"""How often our 95 % intervals hold the effects that the simulator plants.

    python benchmarks/planted_effects.py [--customers 2000] [--months 12] [--seeds 20] [--sector restaurant …]

For each sector and scenario, with the effects planted and with none: how many intervals hold the truth, how many
exclude zero, their mean width, and the mean error with its standard error. Ends with 1 when a scenario is found in
fewer than 17 of 20 seeds, or when more than 3 of 20 see an effect where none was planted.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from statistics import fmean, stdev

from mijoz.analysis.simulator import SECTORS, simulate
from mijoz.analysis.simulator.tests.test_truth import found

UNTIL = date(2026, 6, 30)
FEWEST_FOUND, MOST_SEEN_IN_NOTHING = 17 / 20, 3 / 20
HEADING = ("sector", "scenario", "customers", "planted", "held", "excludes 0", "width", "mean error")


@dataclass
class Cell:
    """One scenario over all seeds."""

    planted: list[float] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    held: int = 0
    excluding_zero: int = 0

    def row(self, sector: str, scenario: str) -> tuple[str, ...]:
        seeds = len(self.errors)
        error = f"{100 * fmean(self.errors):+.1f} ± {100 * stdev(self.errors) / sqrt(seeds):.1f} pp"
        return (
            sector,
            scenario,
            f"{fmean(self.customers):.0f}",
            f"{100 * fmean(self.planted):.1f} pp",
            f"{self.held}/{seeds}",
            f"{self.excluding_zero}/{seeds}",
            f"{100 * fmean(self.widths):.1f} pp",
            error,
        )


def measure(sector: str, *, effect: float, customers: int, months: int, seeds: int) -> dict[str, Cell]:
    cells: dict[str, Cell] = defaultdict(Cell)
    for seed in range(1, seeds + 1):
        business = simulate(
            sector=sector, customers=customers, months=months, seed=seed, until=UNTIL, effect=effect
        )  # fmt: skip
        for key, measured in found(business).items():
            truth, cell = business.truth["scenarios"][key], cells[key]
            cell.planted.append(truth["effect"])
            cell.customers.append(truth["enrolled"])
            cell.widths.append(measured.high - measured.low)
            cell.errors.append(measured.difference - truth["effect"])
            cell.held += measured.low <= truth["effect"] <= measured.high
            cell.excluding_zero += not measured.low <= 0 <= measured.high
    return cells


def lines(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(HEADING, *rows, strict=True)]
    for row in (HEADING, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--sector", nargs="+", choices=list(SECTORS), default=list(SECTORS))
    options = parser.parse_args()
    rows, failed = [], False
    for sector in options.sector:
        for effect in (1.0, 0.0):
            cells = measure(
                sector, effect=effect, customers=options.customers, months=options.months, seeds=options.seeds
            )  # fmt: skip
            for key, cell in cells.items():
                rows.append(cell.row(sector, key))
                if effect:
                    failed |= cell.held < FEWEST_FOUND * options.seeds
                else:
                    failed |= cell.excluding_zero > MOST_SEEN_IN_NOTHING * options.seeds
    print("\n".join(lines(rows)))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
