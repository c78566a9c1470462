"""By which channel and at what hours the simulated customers answer: planted rates by kind, and each one's own ways."""

from __future__ import annotations

import numpy as np

from mijoz.analysis.simulator.kinds import KINDS, Floats, Ints

CHANNELS = ("email", "sms", "telegram", "phone")
PARTS = ("08-10", "10-12", "12-14", "14-16", "16-18", "18-20", "20-22")
BEST_RATE = 0.45  # of a customer's kind, by its best channel at its best hours
OWN_SPREAD = 0.25  # standard deviation of the logarithm of what is a customer's own, by channel and by hours

# How well each kind answers, by channel (as in CHANNELS) and at which hours best: the place in PARTS, and how wide.
LIKES: dict[str, tuple[tuple[float, ...], float, float]] = {
    "new": ((0.35, 0.45, 1.0, 0.25), 5.0, 0.9),
    "regular": ((0.4, 0.5, 1.0, 0.5), 2.0, 1.1),
    "high_value": ((0.45, 0.3, 0.6, 1.0), 1.0, 0.9),
    "price_sensitive": ((0.3, 1.0, 0.7, 0.2), 2.0, 1.2),
    "at_risk": ((1.0, 0.4, 0.35, 0.3), 6.0, 1.0),
}
EAGERNESS = {"new": 0.9, "regular": 1.0, "high_value": 1.0, "price_sensitive": 0.8, "at_risk": 0.7}


def kind_rates() -> Floats:
    """The planted rates of each kind, (kinds, channels, parts)."""
    hours = np.arange(len(PARTS), dtype=np.float64)
    rows = []
    for kind in KINDS:
        channels, best, width = LIKES[kind.key]
        bump = 0.25 + 0.75 * np.exp(-0.5 * ((hours - best) / width) ** 2)
        rows.append(BEST_RATE * EAGERNESS[kind.key] * np.array(channels)[:, None] * bump[None, :])
    return np.array(rows)


def draw_responses(rng: np.random.Generator, kind: Ints) -> Floats:
    """The true rate at which each customer answers, (customers, channels, parts): of their kind and their own ways."""
    customers = len(kind)
    by_channel = rng.lognormal(0.0, OWN_SPREAD, (customers, len(CHANNELS), 1))
    by_part = rng.lognormal(0.0, OWN_SPREAD, (customers, 1, len(PARTS)))
    return np.minimum(kind_rates()[kind] * by_channel * by_part, 0.9)


def draw_customers(rng: np.random.Generator, customers: int, *, misplaced: float = 0.0) -> tuple[Floats, Ints]:
    """Customers of all kinds: their true rates, and the segment each is in, from 1, that of their kind.

    A share `misplaced` is in any segment, whatever its kind.
    """
    kind = rng.choice(len(KINDS), customers, p=[one.share for one in KINDS])
    segment = np.where(rng.random(customers) < misplaced, rng.integers(0, len(KINDS), customers), kind)
    return draw_responses(rng, kind), segment + 1
