"""The five pilot scenarios: who is enrolled when, and the outcome that is planted.

Whether an enrolled customer buys inside the goal's window is one draw with the customer's own chance: `base`
when held out, `raised` when treated. The mean of their difference over all enrolled is the planted effect. It
is what the difference between the arms estimates, since a hash chose the arms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mijoz.analysis.arms import TREATED, arm
from mijoz.analysis.simulator.kinds import (
    AT_RISK,
    HIGH_VALUE,
    NEW,
    PRICE_SENSITIVE,
    REGULAR,
    Flags,
    Floats,
    Ints,
    Kind,
    Lives,
)

HOLDOUT_SHARE = 0.3
GOAL = "purchase"
LOWEST_BASE, HIGHEST_BASE, HIGHEST_RAISED = 0.03, 0.8, 0.97
PAUSES_UNTIL_KNOWN = 2  # usual ones of a customer, after which the business knows whom it serves
SPREAD_OF_LIFT = 0.5  # a customer's own lift lies within this part of the mean one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """What the log shows of a scenario, and what it brings about."""

    key: str
    kind: Kind
    window_days: int
    lift: float  # added to the chance of a purchase in the window
    base: tuple[float, float] | None  # of a beta distribution; None: as the customer's own rhythm has it
    offer: str = ""
    offer_discount: float = 0.0
    subjects: dict[str, str] | None = None  # of the message, by language; None: no message
    priority: int = 0  # in the queue, by the service protocol
    task: str = ""  # for the staff
    gap_lift: dict[str, float] = field(default_factory=dict)  # added to what the treated perceive, by dimension


PILOTS = (
    Pilot(
        key="welcome_second_visit",
        kind=NEW,
        gap_lift={"empathy": 0.4},
        window_days=30,
        lift=0.15,
        base=(5.0, 12.0),
        offer="second_visit_discount",
        offer_discount=0.1,
        subjects={
            "uz": "Tanishganimizdan xursandmiz: ikkinchi tashrifingiz uchun sovgʻa",
            "ru": "Рады знакомству: подарок ко второму визиту",
            "en": "Good to have met you: a gift for your second visit",
        },
    ),
    Pilot(
        key="regular_without_queue",
        kind=REGULAR,
        gap_lift={"responsiveness": 0.2},
        window_days=21,
        lift=0.09,
        base=None,
        subjects={
            "uz": "Endi sizni navbatsiz qabul qilamiz",
            "ru": "Теперь принимаем вас без очереди",
            "en": "From now on no queue for you",
        },
        priority=1,
    ),
    Pilot(
        key="high_value_care",
        kind=HIGH_VALUE,
        gap_lift={"assurance": 0.4, "reliability": 0.3},
        window_days=14,
        lift=0.17,
        base=None,
        priority=2,
        task="Call and ask how the last visit was",
    ),
    Pilot(
        key="price_sensitive_quiet_hours",
        kind=PRICE_SENSITIVE,
        gap_lift={"empathy": 0.3},
        window_days=21,
        lift=0.14,
        base=None,
        offer="quiet_hours_discount",
        offer_discount=0.15,
        subjects={
            "uz": "Tinch soatlarda 15 % arzon",
            "ru": "В спокойные часы на 15 % дешевле",
            "en": "15 % off in quiet hours",
        },
    ),
    Pilot(
        key="missed_you",
        kind=AT_RISK,
        window_days=30,
        lift=0.13,
        base=(3.0, 20.0),
        offer="come_back_discount",
        offer_discount=0.2,
        subjects={
            "uz": "Sizni sogʻindik",
            "ru": "Мы по вам соскучились",
            "en": "We have missed you",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Enrolments:
    """One entry for each enrolled customer."""

    customer: Ints
    pilot: Ints  # place in PILOTS
    day: Ints
    window: Ints  # days
    treated: Flags
    base: Floats  # chance of a purchase in the window
    raised: Floats
    reached: Flags

    def __len__(self) -> int:
        return len(self.customer)


def enrol(
    rng: np.random.Generator,
    lives: Lives,
    *,
    numbers: list[str],
    agreed: Flags,
    first_day: Ints,
    days: int,
    effect: float,
) -> Enrolments:
    """Enrol who agreed to marketing and whose window ends in the period, each in the pilot of their kind.

    `first_day` is the day of a customer's first purchase; `effect` scales every lift, 0 plants nothing.
    """
    parts = []
    for place, pilot in enumerate(PILOTS):
        customers = np.flatnonzero(lives.are(pilot.kind) & agreed)
        day = _enrolment_days(rng, pilot, lives, customers, first_day, last_day=days - 2 - pilot.window_days)
        in_time = day <= days - 2 - pilot.window_days
        customers, day = customers[in_time], day[in_time]
        base = _base(rng, pilot, lives.gap_days[customers])
        own_lift = pilot.lift * effect * rng.uniform(1 - SPREAD_OF_LIFT, 1 + SPREAD_OF_LIFT, len(customers))
        raised = np.clip(base + own_lift, 0.0, HIGHEST_RAISED)
        treated = np.array(
            [arm(numbers[one], scenario=pilot.key, holdout_share=HOLDOUT_SHARE) == TREATED for one in customers],
            dtype=bool,
        )
        reached = rng.random(len(customers)) < np.where(treated, raised, base)
        window = np.full(len(customers), pilot.window_days)
        parts.append((customers, np.full(len(customers), place), day, window, treated, base, raised, reached))
    return Enrolments(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def truth_of(pilot: Pilot, enrolments: Enrolments) -> dict[str, Any]:
    """What was planted in one pilot, JSON-able; rates are None when nobody was enrolled."""
    mine = enrolments.pilot == PILOTS.index(pilot)
    count = int(mine.sum())
    base, raised = enrolments.base[mine], enrolments.raised[mine]
    return {
        "segment": pilot.kind.key,
        "goal": GOAL,
        "window_days": pilot.window_days,
        "holdout_share": HOLDOUT_SHARE,
        "effect": float((raised - base).mean()) if count else None,
        "base_rate": float(base.mean()) if count else None,
        "enrolled": count,
        "treated": int(enrolments.treated[mine].sum()),
        "held_out": int((~enrolments.treated[mine]).sum()),
    }


def _enrolment_days(
    rng: np.random.Generator, pilot: Pilot, lives: Lives, customers: Ints, first_day: Ints, *, last_day: int
) -> Ints:
    """For the new the day after the first purchase, for those at risk once silent for long, else once well known."""
    if pilot.kind is NEW:
        return first_day[customers] + 1
    if pilot.kind is AT_RISK:
        known_day = lives.silent_day[customers] + lives.silence_days
    else:
        known_day = first_day[customers] + (PAUSES_UNTIL_KNOWN * lives.gap_days[customers]).astype(np.int64)
    from_day = np.maximum(known_day, lives.pilot_start)
    room = np.maximum(last_day - from_day + 1, 1)
    return from_day + (rng.random(len(customers)) * room).astype(np.int64)


def _base(rng: np.random.Generator, pilot: Pilot, gap_days: Floats) -> Floats:
    if pilot.base is not None:
        base = rng.beta(*pilot.base, len(gap_days))
    else:
        base = 1 - np.exp(-pilot.window_days / gap_days)
    return np.clip(base, LOWEST_BASE, HIGHEST_BASE)
