"""Writing a story down as the log of the business."""

from __future__ import annotations

import numpy as np
import polars as pl

from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.log import Log, Story
from mijoz.analysis.simulator.people import PHONE, TELEGRAM, WALK_IN, WEB
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.pilot_events import add_pilots
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


def write_log(rng: np.random.Generator, story: Story) -> pl.DataFrame:
    """The whole story as an event frame. Purchases are numbered in the order in which they were paid."""
    paid = story.purchases.day * DAY_SECONDS + story.visits.paid
    place = np.empty(len(paid), dtype=np.int64)
    place[np.argsort(paid, kind="stable")] = np.arange(len(paid))
    reference = pl.Series(place + FIRST_REFERENCE).cast(pl.String)
    channel = _channels(rng, story)

    log = Log(story)
    add_bookings(log, reference=reference, channel=channel)
    add_visits(log, reference=reference, channel=channel)
    add_lines(log, paid=paid, reference=reference, channel=channel)
    add_consents(log, paid=paid)
    add_refunds(rng, log, reference=reference, channel=channel)
    add_complaints(rng, log, reference=reference)
    add_answers(rng, log, reference=reference)
    add_pilots(rng, log)
    return log.frame()


def _channels(rng: np.random.Generator, story: Story) -> Ints:
    """By which channel each purchase came about: the first one by the channel that won the customer."""
    booked_by = rng.choice(BOOKING_CHANNELS, len(story.purchases), p=BOOKING_CHANNEL_WEIGHTS)
    channel = np.where(story.visits.is_booked, booked_by, WALK_IN)
    is_first = story.purchases.is_first
    channel[is_first] = story.people.acquisition[story.purchases.customer[is_first]]
    return channel
