"""The five kinds of customers and the rhythm of each. Days count from the first one of the period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kind:
    """One process of buying; `gap_days` is the mean pause in a sector of tempo 1."""

    key: str
    share: float
    gap_days: float
    steadiness: float  # shape of the gamma distribution of pauses: 1 is pure chance, higher is more regular
    price_tilt: float  # power of the price in the choice of services: below 0 prefers the cheap
    more_lines: float  # chance of one more line in a purchase
    discounted_share: float  # of purchases
    gift_share: float


NEW = Kind("new", 0.20, 45.0, 1.2, 0.0, 0.0, 0.12, 0.03)
REGULAR = Kind("regular", 0.28, 28.0, 5.0, 0.0, 0.1, 0.07, 0.015)
HIGH_VALUE = Kind("high_value", 0.15, 15.0, 2.5, 0.55, 0.6, 0.05, 0.05)
PRICE_SENSITIVE = Kind("price_sensitive", 0.20, 36.0, 1.3, -0.55, -0.25, 0.72, 0.01)
AT_RISK = Kind("at_risk", 0.17, 24.0, 1.6, 0.0, 0.0, 0.09, 0.01)
KINDS = (NEW, REGULAR, HIGH_VALUE, PRICE_SENSITIVE, AT_RISK)
KIND_KEYS = tuple(kind.key for kind in KINDS)

SPREAD_OF_GAPS = 0.35  # standard deviation of the logarithm
SHARE_THERE_FROM_THE_START = 0.3  # of all but the new and those at risk
NEW_DAYS = 84  # who joined in the last weeks is new
STAYED_SHARE = 0.8  # those at risk joined within this part of the days until they went silent
PILOT_DAYS = 150
LONGEST_SILENCE_DAYS = 70


@dataclass(frozen=True, slots=True)
class Lives:
    """One entry for each customer, and two facts that all share."""

    kind: Ints  # place in KINDS
    gap_days: Floats
    joined_day: Ints  # the first purchase is on this day or soon after
    silent_day: Ints  # no purchases from here on; after the end for most
    pilot_start: int
    silence_days: int  # without a visit before an at-risk customer is noticed

    def are(self, kind: Kind) -> Flags:
        return self.kind == KINDS.index(kind)


def draw_lives(rng: np.random.Generator, *, customers: int, days: int, tempo: float) -> Lives:
    """Spread the customers over the kinds by their shares, and over the `days` of the period."""
    kind = rng.permutation(np.searchsorted(_upper_shares(), (np.arange(customers) + 0.5) / customers))
    gaps = np.array([kind.gap_days for kind in KINDS])[kind] * tempo
    gaps *= rng.lognormal(0.0, SPREAD_OF_GAPS, customers)

    pilot_start = days - min(PILOT_DAYS, days // 2)
    new_start = max(days - NEW_DAYS, pilot_start)
    from_the_start = rng.random(customers) < SHARE_THERE_FROM_THE_START
    first_weeks = rng.random(customers) * np.minimum(gaps, 0.3 * pilot_start)
    joined = np.where(from_the_start, first_weeks, rng.random(customers) * new_start)

    silence = int(min(LONGEST_SILENCE_DAYS, 0.45 * pilot_start))
    at_risk = kind == KINDS.index(AT_RISK)
    silent = pilot_start - silence + rng.random(customers) * 0.25 * (days - pilot_start)
    joined = np.where(at_risk, rng.random(customers) * STAYED_SHARE * silent, joined)

    is_new = kind == KINDS.index(NEW)
    joined = np.where(is_new, new_start + rng.random(customers) * (days - 7 - new_start), joined)
    return Lives(
        kind=kind.astype(np.int64),
        gap_days=gaps,
        joined_day=joined.astype(np.int64),
        silent_day=np.where(at_risk, silent, days).astype(np.int64),
        pilot_start=pilot_start,
        silence_days=silence,
    )


def _upper_shares() -> Floats:
    return np.cumsum([kind.share for kind in KINDS])[:-1]
