"""What the choice of channel and hour costs while it learns, on simulated customers whose true rates are known.

    python benchmarks/bandit.py [--seeds 20] [--sends 5000] [--customers 1500] [--misplaced 0.05]

For each seed new customers are drawn, whose rates follow their kind and their own ways; a share is in another segment
than its kind. Printed is the cumulative regret (answers missed against each customer's best arm) as a ratio to
choosing evenly among all arms, and to the one arm that is best on average, which only who knows the truth could
choose. Intervals are 95 %, of the mean over seeds. Ends with 1 when the interval of the first ratio does not lie below
a third.
"""

from __future__ import annotations

import argparse
import sys
from math import sqrt
from statistics import fmean, stdev

import numpy as np

from mijoz.analysis.learning.bandit import EXPLORING, simulate_choices
from mijoz.analysis.simulator.kinds import KINDS
from mijoz.analysis.simulator.responses import draw_customers


def interval(values: list[float]) -> tuple[float, float, float]:
    half = 1.96 * stdev(values) / sqrt(len(values))
    return fmean(values), fmean(values) - half, fmean(values) + half


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--sends", type=int, default=5_000)
    parser.add_argument("--customers", type=int, default=1_500)
    parser.add_argument("--misplaced", type=float, default=0.0)
    parser.add_argument("--exploring", type=float, nargs="+", default=[EXPLORING])
    options = parser.parse_args()
    failed = False
    for exploring in options.exploring:
        to_even, to_fixed = [], []
        for seed in range(options.seeds):
            rng = np.random.default_rng(1_000 + seed)
            truth, segment = draw_customers(rng, options.customers, misplaced=options.misplaced)
            cost = simulate_choices(truth, segment, sends=options.sends, batch=100, seed=seed, exploring=exploring)
            to_even.append(float(cost["ours"][-1] / cost["even"][-1]))
            to_fixed.append(float(cost["ours"][-1] / cost["fixed"][-1]))
        even, fixed = interval(to_even), interval(to_fixed)
        print(
            f"exploring {exploring:.0%}, {len(KINDS)} kinds, {options.sends:,} sends, {options.seeds} seeds: "
            f"of even choice {even[0]:.3f} ({even[1]:.3f} to {even[2]:.3f}; worst seed {max(to_even):.3f}), "
            f"of the best single arm {fixed[0]:.3f} ({fixed[1]:.3f} to {fixed[2]:.3f})",
            flush=True,
        )
        failed |= even[2] >= 1 / 3
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
