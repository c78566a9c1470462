"""Bookings: those that were kept, which end in a visit, and those that were missed or cancelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mijoz.analysis.simulator.kinds import Floats, Ints
from mijoz.analysis.simulator.period import DAY_SECONDS, OpeningHours, choose_days
from mijoz.analysis.simulator.purchases import Purchases
from mijoz.analysis.simulator.sectors import Sector
from mijoz.analysis.simulator.visits import Visits

MISSED_SHARE = 0.08  # of bookings kept and missed
CANCELLED_SHARE = 0.05  # of bookings kept and cancelled
MISSED_REACH_DAYS = 10  # a booking that was not kept lies so near to one that was kept
BOOKED_ON_FULL_QUARTERS = 900
FIRST_AND_LAST_HOUR = (8, 21)


@dataclass(frozen=True, slots=True)
class Bookings:
    """One entry for each booking; `purchase` tells customer, branch and service, also of a missed one."""

    purchase: Ints
    made: Ints  # seconds since the beginning
    starts: Ints


def kept_bookings(rng: np.random.Generator, purchases: Purchases, visits: Visits, sector: Sector) -> Bookings:
    """The bookings of booked visits: made days before, or on the same day some hours before."""
    purchase = np.flatnonzero(visits.is_booked)
    day = purchases.day[purchase]
    arrived = visits.arrived[purchase]
    earliest = np.where(purchases.is_first[purchase], 0, purchases.not_before[purchase])
    made = _made(rng, day, arrived, earliest=earliest, sector=sector)
    return Bookings(purchase, made, day * DAY_SECONDS + _on_full_quarters(arrived))


def bookings_not_kept(
    rng: np.random.Generator,
    purchases: Purchases,
    kept: Bookings,
    *,
    first_day: Ints,
    day_weights: Floats,
    hours: OpeningHours,
    sector: Sector,
    share: float,
) -> Bookings:
    """Bookings to which nobody came, of customers who kept others; none before a customer's first visit.

    They are a `share` of these and the kept ones together.
    """
    purchase = kept.purchase[rng.random(len(kept.purchase)) < share / (1 - share)]
    wished = purchases.day[purchase] + rng.integers(-MISSED_REACH_DAYS, MISSED_REACH_DAYS + 1, len(purchase))
    earliest = first_day[purchases.customer[purchase]] + 1
    latest = np.full(len(purchase), len(day_weights) - 1)
    day, possible = choose_days(rng, wished, earliest=earliest, latest=latest, weights=day_weights)
    purchase, day, earliest = purchase[possible], day[possible], earliest[possible]
    second = _on_full_quarters(hours.draw(rng, day))
    return Bookings(purchase, _made(rng, day, second, earliest=earliest, sector=sector), day * DAY_SECONDS + second)


def _made(rng: np.random.Generator, day: Ints, second: Ints, *, earliest: Ints, sector: Sector) -> Ints:
    lead = rng.exponential(sector.booking_lead_days, len(day)).astype(np.int64)
    made_day = np.maximum(day - lead, earliest)
    first, last = FIRST_AND_LAST_HOUR
    days_before = made_day * DAY_SECONDS + rng.integers(first * 3600, last * 3600, len(day))
    hours_before = day * DAY_SECONDS + second - rng.integers(3600, 3 * 3600, len(day))
    return np.where(made_day < day, days_before, hours_before)


def _on_full_quarters(second: Ints) -> Ints:
    return second // BOOKED_ON_FULL_QUARTERS * BOOKED_ON_FULL_QUARTERS
