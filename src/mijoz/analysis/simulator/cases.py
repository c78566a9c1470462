"""What went wrong or was asked, and what became of it: claims, complaints and requests as cases.

Two pain points are planted here: segments whose cases at one touchpoint fare worse than those of all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mijoz.analysis.simulator.kinds import HIGH_VALUE, KINDS, PRICE_SENSITIVE, Flags, Floats, Ints, Kind
from mijoz.analysis.simulator.log import Story
from mijoz.analysis.simulator.people import PHONE, TELEGRAM, WEB
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.purchases import ANONYMOUS

REQUEST, COMPLAINT, WARRANTY = range(3)
CASE_KINDS = ("request", "complaint", "warranty")
TOUCHPOINTS = ("consultation", "order", "queue", "performance", "warranty", "complaint", "follow_up")
CONSULTATION, ORDER, QUEUE, PERFORMANCE, WARRANTY_TOUCHPOINT, COMPLAINT_TOUCHPOINT, FOLLOW_UP = range(len(TOUCHPOINTS))
CHANNELS = np.array([PHONE, TELEGRAM, WEB])
CHANNEL_WEIGHTS = (0.45, 0.35, 0.2)

NOT_RIGHT_SHARE = 0.08  # of visits: the service was not right the first time
CLAIMED_SHARE = 0.8  # of those: the customer comes back with it
LATEST_CLAIM_DAYS = 14
REQUEST_SHARE = 0.12  # of visits that are followed by a request
LATEST_REQUEST_DAYS = 6
REQUESTED = np.array([CONSULTATION, ORDER, FOLLOW_UP])
REQUESTED_WEIGHTS = (0.45, 0.3, 0.25)
ASKED_BETWEEN_HOURS = (9, 20)

BY_MACHINE_SHARE = 0.35  # of requests that a machine answers at once
FIRST_ANSWER_MINUTES = np.array([30.0, 45.0, 90.0])  # median by kind of case, when staff answer
SPREAD_OF_ANSWERS = 0.9  # standard deviation of the logarithm
RESOLUTION_MINUTES = np.array([240.0, 1_500.0, 2_900.0])  # median by kind of case, when staff resolve it
RESOLUTION_BY_MACHINE_MINUTES = 15.0
SPREAD_OF_RESOLUTIONS = 0.7
FIRST_TIME_SHARE = np.array([0.92, 0.82, 0.85])  # by kind: right at the first attempt
FACTOR_OF_A_SECOND_ATTEMPT = 1.8  # on the resolution time
REOPENED_AT = 0.6  # of the way to the resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class PainPoint:
    """Cases of a segment at a touchpoint that fare worse; `branch` is a place in the sector's list, None for all."""

    key: str
    kind: Kind
    touchpoint: int
    branch: int | None = None
    first_time_share: float = 0.0  # lost
    resolution_factor: float = 1.0


PAIN_POINTS = (
    PainPoint(
        key="claims_of_price_sensitive",
        kind=PRICE_SENSITIVE,
        touchpoint=WARRANTY_TOUCHPOINT,
        branch=1,
        first_time_share=0.7,
    ),
    PainPoint(key="orders_of_high_value", kind=HIGH_VALUE, touchpoint=ORDER, resolution_factor=4.0),
)


@dataclass(frozen=True, slots=True)
class Complaints:
    """One entry for each complaint as it was told; `at` counts seconds since the beginning."""

    purchase: Ints
    at: Ints
    touchpoint: Ints  # place in TOUCHPOINTS
    channel: Ints
    text: list[str]


@dataclass(frozen=True, slots=True)
class Cases:
    """One entry for each case, in the order in which they were opened; moments are seconds since the beginning."""

    purchase: Ints  # after which it came: tells customer and branch
    kind: Ints  # place in CASE_KINDS
    touchpoint: Ints  # place in TOUCHPOINTS
    channel: Ints
    opened: Ints
    answered: Ints
    resolved: Ints
    by_machine: Flags
    first_time: Flags
    subject: list[str]

    def __len__(self) -> int:
        return len(self.purchase)

    @property
    def reopened(self) -> Ints:
        """When the customer came back with it, for those that were not right the first time."""
        return self.answered + ((self.resolved - self.answered) * REOPENED_AT).astype(np.int64)

    @property
    def automatic(self) -> Flags:
        """No member of staff was needed."""
        return self.by_machine & self.first_time


def draw_not_right(rng: np.random.Generator, story: Story) -> Flags:
    """For each purchase whether the service was not right the first time."""
    known = story.purchases.customer != ANONYMOUS
    return known & (rng.random(len(story.purchases)) < NOT_RIGHT_SHARE)


def draw_cases(
    rng: np.random.Generator,
    story: Story,
    complaints: Complaints,
    *,
    not_right: Flags,
    subjects: dict[int, dict[int, tuple[str, ...]]],
    pain: float,
) -> Cases:
    """All cases. `subjects` are what customers write, by touchpoint and language; `pain` scales the pain points."""
    claimed = np.flatnonzero(not_right & (rng.random(len(not_right)) < CLAIMED_SHARE))
    known = story.purchases.customer != ANONYMOUS
    asked = np.flatnonzero(known & (rng.random(len(known)) < REQUEST_SHARE))
    parts = [
        (claimed, WARRANTY, np.full(len(claimed), WARRANTY_TOUCHPOINT), _later(rng, story, claimed, LATEST_CLAIM_DAYS)),
        (
            asked,
            REQUEST,
            rng.choice(REQUESTED, len(asked), p=REQUESTED_WEIGHTS),
            _later(rng, story, asked, LATEST_REQUEST_DAYS),
        ),
    ]
    own = np.concatenate([part[0] for part in parts])
    purchase = np.concatenate([own, complaints.purchase])
    kind = np.concatenate([*(np.full(len(part[0]), part[1]) for part in parts), np.full(len(complaints.at), COMPLAINT)])
    touchpoint = np.concatenate([*(part[2] for part in parts), complaints.touchpoint])
    opened = np.concatenate([*(part[3] for part in parts), complaints.at + 60])
    channel = np.concatenate([rng.choice(CHANNELS, len(own), p=CHANNEL_WEIGHTS), complaints.channel])
    luck = rng.random(len(own))
    language = story.people.language[story.purchases.customer[own]]
    told = [
        subjects[place][spoken][int(chance * len(subjects[place][spoken]))]
        for place, spoken, chance in zip(touchpoint[: len(own)], language, luck, strict=True)
    ] + complaints.text

    by_machine = (kind == REQUEST) & (rng.random(len(kind)) < BY_MACHINE_SHARE)
    lost, factor = _pain(story, purchase, touchpoint, scale=pain)
    first_time = rng.random(len(kind)) < FIRST_TIME_SHARE[kind] - lost
    answer = FIRST_ANSWER_MINUTES[kind] * rng.lognormal(0.0, SPREAD_OF_ANSWERS, len(kind))
    answer = np.where(by_machine, rng.uniform(0.1, 1.0, len(kind)), answer)
    usual = np.where(by_machine & first_time, RESOLUTION_BY_MACHINE_MINUTES, RESOLUTION_MINUTES[kind] * factor)
    usual = np.where(first_time, usual, usual * FACTOR_OF_A_SECOND_ATTEMPT)
    further = usual * rng.lognormal(0.0, SPREAD_OF_RESOLUTIONS, len(kind))
    answered = opened + np.maximum(np.rint(answer * 60), 5).astype(np.int64)
    resolved = answered + np.maximum(np.rint(further * 60), 60).astype(np.int64)

    order = np.argsort(opened, kind="stable")
    return Cases(
        purchase=purchase[order],
        kind=kind[order],
        touchpoint=touchpoint[order],
        channel=channel[order],
        opened=opened[order],
        answered=answered[order],
        resolved=resolved[order],
        by_machine=by_machine[order],
        first_time=first_time[order],
        subject=[told[place] for place in order],
    )


def pain_truth(story: Story, *, scale: float) -> list[dict[str, Any]]:
    """What was planted, JSON-able: who, where, and by how much their cases are worse."""
    return [
        {
            "key": point.key,
            "segment": point.kind.key,
            "touchpoint": TOUCHPOINTS[point.touchpoint],
            "branch": "" if point.branch is None else story.sector.branches[point.branch].code,
            "first_time_share": -point.first_time_share * scale,
            "resolution_factor": point.resolution_factor**scale,
        }
        for point in PAIN_POINTS
    ]


def _pain(story: Story, purchase: Ints, touchpoint: Ints, *, scale: float) -> tuple[Floats, Floats]:
    """For each case the share of right first attempts that is lost, and by how much the resolution takes longer."""
    lost, factor = np.zeros(len(purchase)), np.ones(len(purchase))
    kind = story.lives_kind[story.purchases.customer[purchase]]
    for point in PAIN_POINTS:
        hurt = (kind == KINDS.index(point.kind)) & (touchpoint == point.touchpoint)
        if point.branch is not None:
            hurt &= story.visits.branch[purchase] == point.branch
        lost[hurt] += point.first_time_share * scale
        factor[hurt] *= point.resolution_factor**scale
    return lost, factor


def _later(rng: np.random.Generator, story: Story, purchase: Ints, latest_days: int) -> Ints:
    """A moment on one of the days after each purchase."""
    day = story.purchases.day[purchase] + rng.integers(1, latest_days + 1, len(purchase))
    first, last = ASKED_BETWEEN_HOURS
    return day * DAY_SECONDS + rng.integers(first * 3_600, last * 3_600, len(purchase))
