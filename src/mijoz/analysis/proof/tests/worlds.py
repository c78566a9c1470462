"""Many small worlds at once with a planted effect: arrays with one row for each world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.analysis.intervals import PairedMoments
from mijoz.analysis.proof.held_out import Row, Sums

Floats = NDArray[np.float64]
FIRST = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Pilots:
    """Spending before (x) and after (y) of the customers of each arm, shape (worlds, customers)."""

    treated_x: Floats
    treated_y: Floats
    held_x: Floats
    held_y: Floats


def pilots(worlds: int, *, treated: int, held_out: int, effect: float, seed: int = 1) -> Pilots:
    """Customers differ much in how often they come (gamma) and in what they spend (lognormal), as in a real log:
    skewed, with many zeros; `effect` is added to the mean of those treated, more for some than for others."""
    rng = np.random.default_rng(seed)

    def arm(customers: int) -> tuple[Floats, Floats]:
        rate = rng.gamma(2.0, 1.0, size=(worlds, customers))
        spends = rng.lognormal(0.0, 0.5, size=(worlds, customers))
        before, after = (rng.poisson(rate) * spends * rng.lognormal(0, 0.3, size=rate.shape) for _ in range(2))
        return before, after

    treated_x, treated_y = arm(treated)
    held_x, held_y = arm(held_out)
    gain = effect * rng.gamma(4.0, 0.25, size=treated_y.shape)
    return Pilots(treated_x, treated_y + gain, held_x, held_y)


def whole_pilots(
    worlds: int, *, treated: int, held_out: int, days: int, gain: float = 0.0, seed: int = 1
) -> Iterator[list[Row]]:
    """The rows of a pilot in each world: customers whose window closes on one of so many days, who reach the goal the
    more likely the more often they came before, and with `gain` added to that when they are treated."""
    rng = np.random.default_rng(seed)
    shape = (worlds, treated + held_out)
    arm = np.broadcast_to(np.arange(shape[1]) >= treated, shape)  # 1 for the hold-out
    day, likes = rng.integers(0, days, shape), rng.random(shape)
    came = rng.poisson(3 * likes).astype(float)
    reached = (rng.random(shape) < 0.2 + 0.4 * likes + gain * ~arm).astype(float)
    place = ((np.arange(worlds)[:, None] * days + day) * 2 + arm).ravel()

    def total(values: Floats) -> Floats:
        added = np.bincount(place, weights=values.ravel(), minlength=worlds * days * 2)
        return added.reshape(worlds, days, 2)

    n, reach, come = total(np.ones(shape)), total(reached), total(came)
    come2, both = total(came**2), total(reached * came)
    for world in range(worlds):
        yield [
            Row(
                "pilot",
                (TREATED, HOLD_OUT)[which],
                "",
                FIRST + timedelta(days=on),
                Sums(
                    n=int(n[world, on, which]),
                    reached=int(reach[world, on, which]),
                    came=float(come[world, on, which]),
                    came2=float(come2[world, on, which]),
                    reached_came=float(both[world, on, which]),
                ),
            )
            for on, which in np.argwhere(n[world] > 0).tolist()
        ]


def sums(y: Floats, x: Floats) -> list[PairedMoments]:
    """The sums of each world."""
    n = y.shape[1]
    columns = (y.sum(1), x.sum(1), (y * y).sum(1), (x * y).sum(1), (x * x).sum(1))
    return [PairedMoments(n, *row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def months(worlds: int, *, points: int, begins_at: int, step: float, bend: float, lean: float, seed: int = 1) -> Floats:
    """Series with a trend, a yearly season, errors that lean on the one before, and a planted change."""
    rng = np.random.default_rng(seed)
    t = np.arange(points)
    after = t >= begins_at
    season = 3 * np.sin(2 * np.pi * t / 12 + 1) + np.cos(4 * np.pi * t / 12)
    errors = np.empty((worlds, points))
    drawn = rng.standard_normal((worlds, points))
    errors[:, 0] = drawn[:, 0] / np.sqrt(1 - lean**2)
    for place in range(1, points):
        errors[:, place] = lean * errors[:, place - 1] + drawn[:, place]
    return 50 + 0.2 * t + season + after * (step + bend * (t - begins_at)) + errors


def branches(worlds: int, *, treated: int, others: int, effect: float, seed: int = 1) -> tuple[Floats, Floats]:
    """Means of branches before and after: each has its own level and its own change, all share the year."""
    rng = np.random.default_rng(seed)
    units = treated + others
    level = rng.normal(60, 8, size=(worlds, units))
    year = rng.normal(0, 5, size=(worlds, 1))
    change = rng.normal(0, 2, size=(worlds, units)) + year
    change[:, :treated] += effect
    return level + rng.normal(0, 1, size=level.shape), level + change + rng.normal(0, 1, size=level.shape)
