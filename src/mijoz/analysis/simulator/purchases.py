"""When each customer buys: in an ordinary rhythm, and in windows of pilots exactly as was drawn there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mijoz.analysis.simulator.kinds import AT_RISK, KINDS, NEW, Flags, Floats, Ints, Lives
from mijoz.analysis.simulator.period import choose_days
from mijoz.analysis.simulator.pilots import Enrolments

ANONYMOUS = -1
NEVER = np.iinfo(np.int32).max
DAYS_TO_BEGIN = 6  # a first purchase happens within so many days after joining
MORE_IN_WINDOW = 0.5  # of the purchases that the rhythm would bring after the first one in a window


@dataclass(frozen=True, slots=True)
class Purchases:
    """One entry for each purchase, in order of customer and day; customer ANONYMOUS for who left no name."""

    customer: Ints
    day: Ints
    not_before: Ints  # the first day on which anything about this purchase can have happened
    is_first: Flags
    enrolment: Ints  # place in Enrolments when it fell in a window, else -1

    def __len__(self) -> int:
        return len(self.customer)


def first_days(rng: np.random.Generator, lives: Lives, *, day_weights: Floats) -> Ints:
    """The day of each customer's first purchase, one on which the doors are open."""
    day, _ = choose_days(
        rng,
        lives.joined_day,
        earliest=lives.joined_day,
        latest=lives.joined_day + DAYS_TO_BEGIN,
        weights=day_weights,
    )
    return day


def draw_purchases(
    rng: np.random.Generator,
    lives: Lives,
    enrolments: Enrolments,
    *,
    first_day: Ints,
    season: Floats,
    open_weights: Floats,
    anonymous_share: float,
) -> Purchases:
    """All purchases of the period.

    `season` says how busy the time of year is, `open_weights` the day of the week, 0 when closed.
    """
    day_weights = season * open_weights
    everybody = np.arange(len(first_day))
    outside = _ordinary(rng, lives, enrolments, first_day=first_day, season=season, day_weights=day_weights)
    inside = _in_windows(rng, lives, enrolments, day_weights=day_weights)
    customer = np.concatenate([everybody, outside[0], inside[0]])
    day = np.concatenate([first_day, outside[1], inside[1]])
    not_before = np.concatenate([first_day, outside[2], inside[2]])
    enrolment = np.concatenate([np.full(len(everybody) + len(outside[0]), -1), inside[3]])

    _, one_a_day = np.unique(customer * len(season) + day, return_index=True)
    customer, day = customer[one_a_day], day[one_a_day]
    anonymous = int(len(customer) * anonymous_share / (1 - anonymous_share))
    chances = day_weights.cumsum()
    anonymous_day = np.searchsorted(chances, rng.random(anonymous) * chances[-1], side="right")
    return Purchases(
        customer=np.concatenate([customer, np.full(anonymous, ANONYMOUS)]),
        day=np.concatenate([day, anonymous_day]),
        not_before=np.concatenate([not_before[one_a_day], anonymous_day]),
        is_first=np.concatenate([day == first_day[customer], np.zeros(anonymous, dtype=bool)]),
        enrolment=np.concatenate([enrolment[one_a_day], np.full(anonymous, -1)]),
    )


def _ordinary(
    rng: np.random.Generator,
    lives: Lives,
    enrolments: Enrolments,
    *,
    first_day: Ints,
    season: Floats,
    day_weights: Floats,
) -> tuple[Ints, Ints, Ints]:
    """Customer, day and earliest day of purchases by everybody's own rhythm, none of them in a window."""
    last = len(season) - 1
    enrolled_day, window_end, returned = _windows(lives, enrolments)
    busiest = season.max()
    customer, time = _renewals(rng, lives, first_day=first_day, last=last, pace=season.mean() / busiest)

    wished = np.floor(time).astype(np.int64)
    after = wished > window_end[customer]
    happens = rng.random(len(wished)) < season[wished] / busiest
    happens &= after | (wished < enrolled_day[customer])
    happens &= (wished < lives.silent_day[customer]) | (after & returned[customer])
    customer, wished, after = customer[happens], wished[happens], after[happens]

    earliest = np.where(after, window_end[customer], first_day[customer]) + 1
    latest = np.where(after, last, np.minimum(enrolled_day[customer] - 1, last))
    day, possible = choose_days(rng, wished, earliest=earliest, latest=latest, weights=day_weights)
    return customer[possible], day[possible], earliest[possible]


def _windows(lives: Lives, enrolments: Enrolments) -> tuple[Ints, Ints, Flags]:
    """For each customer the day of enrolment, the last day of the window, and whether they bought in it.

    A customer outside the pilots has a window that NEVER begins.
    """
    enrolled_day = np.full(len(lives.kind), NEVER)
    window_end = np.full(len(lives.kind), NEVER)
    returned = np.zeros(len(lives.kind), dtype=bool)
    enrolled_day[enrolments.customer] = enrolments.day
    window_end[enrolments.customer] = enrolments.day + enrolments.window
    returned[enrolments.customer] = enrolments.reached
    return enrolled_day, window_end, returned


def _renewals(
    rng: np.random.Generator, lives: Lives, *, first_day: Ints, last: int, pace: float
) -> tuple[Ints, Floats]:
    """Customer and time, in days, of renewals with gamma pauses after each first purchase."""
    gap = lives.gap_days * pace
    shape = np.array([kind.steadiness for kind in KINDS])[lives.kind]
    expected = (last - first_day) / gap
    draws = np.ceil(expected + 5 * np.sqrt(expected / shape) + 5).astype(np.int64)
    customer = np.repeat(np.arange(len(gap)), draws)
    pauses = np.maximum(rng.standard_gamma(shape[customer]) * (gap / shape)[customer], 1.0)
    elapsed = pauses.cumsum()
    starts = np.concatenate([[0], draws.cumsum()[:-1]])
    elapsed -= np.repeat(elapsed[starts] - pauses[starts], draws)
    time = first_day[customer] + elapsed
    in_period = time < last + 1
    return customer[in_period], time[in_period]


def _in_windows(
    rng: np.random.Generator, lives: Lives, enrolments: Enrolments, *, day_weights: Floats
) -> tuple[Ints, Ints, Ints, Ints]:
    """Customer, day, earliest day and enrolment of the purchases of those whose draw said that they buy.

    None falls on the first or the last day of the window, so that no hour of the day matters.
    """
    reached = np.flatnonzero(enrolments.reached)
    rhythm = np.minimum(enrolments.window[reached] / lives.gap_days[enrolments.customer[reached]], 3.0)
    rhythm[np.isin(lives.kind[enrolments.customer[reached]], [KINDS.index(NEW), KINDS.index(AT_RISK)])] *= 0.3
    count = 1 + rng.poisson(rhythm * MORE_IN_WINDOW)
    enrolment = np.repeat(reached, count)
    customer = enrolments.customer[enrolment]
    earliest = enrolments.day[enrolment] + 1
    latest = enrolments.day[enrolment] + enrolments.window[enrolment] - 1
    wished = earliest + (rng.random(len(enrolment)) ** 1.3 * (latest - earliest + 1)).astype(np.int64)
    day, _ = choose_days(rng, wished, earliest=earliest, latest=latest, weights=day_weights)
    return customer, day, earliest, enrolment
