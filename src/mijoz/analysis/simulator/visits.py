"""What it was like to be served: branch and waiting, and the complaints and answers that follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mijoz.analysis.simulator.baskets import Lines
from mijoz.analysis.simulator.kinds import AT_RISK, Flags, Floats, Ints, Lives
from mijoz.analysis.simulator.people import People
from mijoz.analysis.simulator.period import OpeningHours
from mijoz.analysis.simulator.pilots import PILOTS, Enrolments
from mijoz.analysis.simulator.purchases import ANONYMOUS, Purchases
from mijoz.analysis.simulator.sectors import Sector

HOME_BRANCH_SHARE = 0.88
LONGEST_WAIT_MINUTES = 120.0
LONGEST_STAY_MINUTES = 230.0  # with the longest wait it fits into the shortest day of any sector
LAST_WAITS_FACTOR = 1.8  # of those at risk, in the weeks before they went silent
PRIORITY_WAIT_FACTOR = 0.4  # of those whom a pilot's protocol lets go first

COMPLAINT_LOG_ODDS_WITHOUT_WAIT = -5.0
COMPLAINT_LOG_ODDS_PER_TEN_MINUTES = 0.6
LONG_WAIT_MINUTES = 20.0

ANSWERED_SHARE = 0.22
SCORE_WITHOUT_WAIT = 4.6
SCORE_LOST_PER_TEN_MINUTES = 0.4
SCORE_LOST_BY_COMPLAINT = 1.2
SCORE_NOISE = 0.6


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry for each purchase: the visit that ends when it is paid. Seconds count from midnight."""

    branch: Ints
    is_booked: Flags
    arrived: Ints
    waited_minutes: Floats
    took_minutes: Floats
    paid: Ints
    complained: Flags
    score: Ints  # 1 to 5; 0 when not answered


def draw_visits(
    rng: np.random.Generator,
    purchases: Purchases,
    lines: Lines,
    lives: Lives,
    enrolments: Enrolments,
    *,
    people: People,
    hours: OpeningHours,
    sector: Sector,
) -> Visits:
    """The visit of every purchase. Waits depend on branch and hour; complaints and scores on the wait."""
    known = purchases.customer != ANONYMOUS
    count = len(purchases)
    anywhere = rng.choice(len(sector.branches), count, p=sector.branch_shares)
    at_home = known & (rng.random(count) < HOME_BRANCH_SHARE)
    branch = np.where(at_home, people.home_branch[purchases.customer], anywhere)

    arrived = hours.draw(rng, purchases.day)
    usual_wait = sector.mean_wait_minutes * np.array([one.wait_factor for one in sector.branches])[branch]
    usual_wait *= np.sqrt(np.maximum(hours.rush[arrived // 3600], 0.2))
    usual_wait *= _personal_wait(purchases, lives, enrolments)
    waited = np.minimum(rng.gamma(2.0, usual_wait / 2.0), LONGEST_WAIT_MINUTES).round(1)
    took = _usual_stay(purchases, lines, sector) * rng.lognormal(0.0, 0.15, count)
    took = np.minimum(took, LONGEST_STAY_MINUTES).round(1)

    lasting = np.rint((waited + took) * 60).astype(np.int64)
    arrived = np.minimum(arrived, hours.latest_start(purchases.day, lasting=lasting))
    log_odds = COMPLAINT_LOG_ODDS_WITHOUT_WAIT + COMPLAINT_LOG_ODDS_PER_TEN_MINUTES * waited / 10
    complained = known & (rng.random(count) < 1 / (1 + np.exp(-log_odds)))
    lived = SCORE_WITHOUT_WAIT - SCORE_LOST_PER_TEN_MINUTES * waited / 10 - SCORE_LOST_BY_COMPLAINT * complained
    score = np.clip(np.rint(lived + rng.normal(0.0, SCORE_NOISE, count)), 1, 5).astype(np.int64)
    answered = known & (rng.random(count) < ANSWERED_SHARE)
    walked_in = purchases.is_first & people.won_by_walking_in[purchases.customer]
    return Visits(
        branch=branch,
        is_booked=known & ~walked_in & (rng.random(count) < sector.booked_share),
        arrived=arrived,
        waited_minutes=waited,
        took_minutes=took,
        paid=arrived + lasting,
        complained=complained,
        score=np.where(answered, score, 0),
    )


def _personal_wait(purchases: Purchases, lives: Lives, enrolments: Enrolments) -> Floats:
    """How much longer or shorter a customer waits than others at that hour."""
    factor = np.ones(len(purchases))
    known = np.flatnonzero(purchases.customer != ANONYMOUS)
    customer, day = purchases.customer[known], purchases.day[known]
    days_left = lives.silent_day[customer] - day
    disappointed = lives.are(AT_RISK)[customer] & (days_left >= 0) & (days_left < lives.gap_days[customer] * 2)
    factor[known[disappointed]] = LAST_WAITS_FACTOR

    preferred_from = np.full(len(lives.kind), np.iinfo(np.int32).max)
    preferred = enrolments.treated & np.array([pilot.priority > 0 for pilot in PILOTS])[enrolments.pilot]
    preferred_from[enrolments.customer[preferred]] = enrolments.day[preferred]
    factor[known[day > preferred_from[customer]]] = PRIORITY_WAIT_FACTOR
    return factor


def _usual_stay(purchases: Purchases, lines: Lines, sector: Sector) -> Floats:
    """Minutes of service: what the service that opens the purchase takes, unless the sector has its own."""
    if sector.stay_minutes is not None:
        return np.full(len(purchases), sector.stay_minutes)
    minutes = np.array([float(one.minutes) for one in sector.services])
    return minutes[lines.service[lines.place == 1]]
