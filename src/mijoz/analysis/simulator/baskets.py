"""What is in a purchase: services that go together, pieces, discounts, gifts and refunds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mijoz.analysis.simulator.kinds import KINDS, REGULAR, Flags, Floats, Ints, Lives
from mijoz.analysis.simulator.pilots import PILOTS, Enrolments
from mijoz.analysis.simulator.purchases import ANONYMOUS, Purchases
from mijoz.analysis.simulator.sectors import Sector

USUAL_PULL = 0.15  # between categories of which the sector says nothing
FAVOURITE_SHARE = 0.45  # of purchases that begin with the customer's favourite service
DISCOUNT_RATES = np.array([0.05, 0.1, 0.15, 0.2])
DISCOUNT_RATE_WEIGHTS = np.array([0.3, 0.4, 0.2, 0.1])
REFUNDED_SHARE = 0.012  # of purchases, one line of each
ROUNDED_TO = 100  # UZS


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry for each line, in order of purchase and place; money in whole UZS."""

    purchase: Ints
    place: Ints  # in the purchase, from 1
    service: Ints
    quantity: Ints
    amount: Ints  # after the discount; 0 for a gift
    discount: Ints
    is_refunded: Flags

    @property
    def is_gift(self) -> Flags:
        return self.amount == 0


def draw_lines(
    rng: np.random.Generator, purchases: Purchases, lives: Lives, enrolments: Enrolments, sector: Sector
) -> Lines:
    """Fill every purchase with one or more lines, each of another service."""
    kind = np.append(lives.kind, KINDS.index(REGULAR))[purchases.customer]  # of ANONYMOUS: regular
    first = _first_services(rng, purchases, kind, lives, sector)
    purchase, service = _baskets(rng, first, kind, sector)
    rate = _discount_rates(rng, purchases, kind, enrolments)[purchase]

    prices = np.array([one.price for one in sector.services])
    most = np.array([one.most for one in sector.services])
    pieces = rng.choice(len(sector.quantity_weights), len(service), p=_normal(sector.quantity_weights)) + 1
    quantity = np.minimum(pieces, most[service])
    full = prices[service] * quantity
    discount = np.rint(full * rate / ROUNDED_TO).astype(np.int64) * ROUNDED_TO

    starts = np.flatnonzero(np.diff(purchase, prepend=-1))
    size = np.diff(starts, append=len(purchase))
    place = np.arange(len(purchase)) - np.repeat(starts, size) + 1
    is_last = place == np.repeat(size, size)
    gift_share = np.array([one.gift_share for one in KINDS])[kind]
    is_gift = is_last & (place > 1) & (rng.random(len(purchase)) < gift_share[purchase])
    refunded = rng.random(len(starts)) < REFUNDED_SHARE
    is_refunded = (place == 1) & refunded[purchase]
    return Lines(
        purchase=purchase,
        place=place,
        service=service,
        quantity=np.where(is_gift, 1, quantity),
        amount=np.where(is_gift, 0, full - discount),
        discount=np.where(is_gift, 0, discount),
        is_refunded=is_refunded,
    )


def _first_services(rng: np.random.Generator, purchases: Purchases, kind: Ints, lives: Lives, sector: Sector) -> Ints:
    """The service with which each purchase begins: often the customer's favourite."""
    chances = _opening_chances(sector)
    favourite = _pick(chances[lives.kind], rng.random(len(lives.kind)))
    other = _pick(chances[kind], rng.random(len(purchases)))
    keeps_to_it = (purchases.customer != ANONYMOUS) & (rng.random(len(purchases)) < FAVOURITE_SHARE)
    return np.where(keeps_to_it, favourite[purchases.customer], other)


def _baskets(rng: np.random.Generator, first: Ints, kind: Ints, sector: Sector) -> tuple[Ints, Ints]:
    """Purchase and service of each line; what is drawn twice in a purchase stays once."""
    count = rng.choice(len(sector.line_weights), len(first), p=_normal(sector.line_weights)) + 1
    more = np.array([one.more_lines for one in KINDS])[kind]
    count = np.maximum(count + np.sign(more).astype(np.int64) * (rng.random(len(first)) < np.abs(more)), 1)
    purchase = np.repeat(np.arange(len(first)), count)
    is_opening = np.diff(purchase, prepend=-1) > 0
    companion = _pick(_companion_chances(sector)[first[purchase]], rng.random(len(purchase)))
    service = np.where(is_opening, first[purchase], companion)
    _, once = np.unique(purchase * len(sector.services) + service, return_index=True)
    once.sort()
    return purchase[once], service[once]


def _discount_rates(rng: np.random.Generator, purchases: Purchases, kind: Ints, enrolments: Enrolments) -> Floats:
    """The part of the price taken off each purchase; an offer of a pilot is used in its window."""
    has = rng.random(len(purchases)) < np.array([one.discounted_share for one in KINDS])[kind]
    rate = np.where(has, rng.choice(DISCOUNT_RATES, len(purchases), p=DISCOUNT_RATE_WEIGHTS), 0.0)
    in_window = purchases.enrolment >= 0
    enrolment = purchases.enrolment[in_window]
    offered = np.array([pilot.offer_discount for pilot in PILOTS])[enrolments.pilot[enrolment]]
    rate[in_window] = np.maximum(rate[in_window], offered * enrolments.treated[enrolment])
    return rate


def _opening_chances(sector: Sector) -> Floats:
    """Cumulated chances of each service to open a purchase, a row for each kind of customer."""
    prices = np.array([float(one.price) for one in sector.services])
    wanted = np.array([one.popularity * one.alone for one in sector.services])
    tilt = np.array([one.price_tilt for one in KINDS])
    return _cumulated(wanted * (prices / prices.mean()) ** tilt[:, None])


def _companion_chances(sector: Sector) -> Floats:
    """Cumulated chances of each service to follow another one, a row for each that opens a purchase."""
    pulls = np.array(
        [
            [
                one.popularity
                * sector.goes_with.get((opening.category, one.category), USUAL_PULL)
                * (one is not opening)
                for one in sector.services
            ]
            for opening in sector.services
        ]
    )
    return _cumulated(pulls)


def _pick(cumulated: Floats, chance: Floats) -> Ints:
    """For each row of cumulated chances the place where `chance` falls."""
    return (cumulated[:, :-1] <= chance[:, None]).sum(axis=1)


def _cumulated(weights: Floats) -> Floats:
    return weights.cumsum(axis=1) / weights.sum(axis=1, keepdims=True)


def _normal(weights: tuple[float, ...]) -> Floats:
    return np.array(weights) / sum(weights)
