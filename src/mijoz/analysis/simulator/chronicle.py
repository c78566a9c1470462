"""Writing a story down as the log of the business."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.simulator.answers import draw_servqual, draw_short, draw_views, lived_by, truth_of_answers
from mijoz.analysis.simulator.cases import TOUCHPOINTS, draw_cases, draw_not_right, pain_truth
from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.lived_events import add_cases, add_surveys, draw_servers
from mijoz.analysis.simulator.log import Log, Story
from mijoz.analysis.simulator.people import LANGUAGES, PHONE, TELEGRAM, WALK_IN, WEB
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.pilot_events import add_pilots
from mijoz.analysis.simulator.requests import REQUESTS
from mijoz.analysis.simulator.trade_events import (
    add_bookings,
    add_consents,
    add_lines,
    add_refunds,
    add_visits,
)
from mijoz.analysis.simulator.voice_events import add_answers, add_complaints

FIRST_REFERENCE = 100_001
BOOKING_CHANNELS = np.array([PHONE, TELEGRAM, WEB])
BOOKING_CHANNEL_WEIGHTS = (0.45, 0.35, 0.2)


@dataclass(frozen=True, slots=True)
class Told:
    """The event frame, who was asked in surveys with what they answered, and what was planted in both."""

    events: pl.DataFrame
    responses: pl.DataFrame
    truth: dict[str, Any]


def write_log(
    rng: np.random.Generator, story: Story, *, further: Iterator[np.random.Generator], effect: float, pain: float
) -> Told:
    """The whole story as events. Purchases are numbered in the order in which they were paid.

    What is drawn by the generators of `further` changes nothing of what the others drew.
    """
    paid = story.purchases.day * DAY_SECONDS + story.visits.paid
    place = np.empty(len(paid), dtype=np.int64)
    place[np.argsort(paid, kind="stable")] = np.arange(len(paid))
    reference = pl.Series(place + FIRST_REFERENCE).cast(pl.String)
    channel = _channels(rng, story)
    serving, handling, answering = (next(further) for _ in range(3))
    served_by = draw_servers(serving, story)

    log = Log(story)
    add_bookings(log, reference=reference, channel=channel)
    add_visits(log, reference=reference, channel=channel, served_by=served_by)
    add_lines(log, paid=paid, reference=reference, channel=channel)
    add_consents(log, paid=paid)
    add_refunds(rng, log, reference=reference, channel=channel)
    complaints = add_complaints(rng, log, reference=reference)
    add_answers(rng, log, reference=reference)
    add_pilots(rng, log)

    not_right = draw_not_right(handling, story)
    cases = draw_cases(handling, story, complaints, not_right=not_right, subjects=_subjects(), pain=pain)
    add_cases(handling, log, cases, served_by=served_by)
    lived = lived_by(story, cases, not_right=not_right)
    views = draw_views(answering, story)
    long_form, gaps = draw_servqual(answering, story, lived, views, effect=effect)
    short_forms = draw_short(answering, story, lived, views, effect=effect)
    responses = add_surveys(answering, log, [long_form, *short_forms], reference=reference)
    truth = truth_of_answers(gaps) | {"pain_points": pain_truth(story, scale=pain)}
    return Told(log.frame(), responses, truth)


def _subjects() -> dict[int, dict[int, tuple[str, ...]]]:
    return {
        TOUCHPOINTS.index(touchpoint): {LANGUAGES.index(language): texts for language, texts in spoken.items()}
        for touchpoint, spoken in REQUESTS.items()
    }


def _channels(rng: np.random.Generator, story: Story) -> Ints:
    """By which channel each purchase came about: the first one by the channel that won the customer."""
    booked_by = rng.choice(BOOKING_CHANNELS, len(story.purchases), p=BOOKING_CHANNEL_WEIGHTS)
    channel = np.where(story.visits.is_booked, booked_by, WALK_IN)
    is_first = story.purchases.is_first
    channel[is_first] = story.people.acquisition[story.purchases.customer[is_first]]
    return channel
