"""What customers said, as events: complaints and answers, with the number of their purchase."""

from __future__ import annotations

import numpy as np
import polars as pl

from mijoz.analysis.simulator.cases import TOUCHPOINTS, Complaints
from mijoz.analysis.simulator.complaints import COMPLAINTS, QUEUE
from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.log import Log, Story, as_json
from mijoz.analysis.simulator.people import LANGUAGES, PHONE, TELEGRAM, WEB
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.visits import LONG_WAIT_MINUTES

SAME_DAY_SHARE = 0.55  # said within two hours; the others on the next day
COMPLAINT_CHANNELS = np.array([PHONE, TELEGRAM, WEB])
COMPLAINT_CHANNEL_WEIGHTS = (0.45, 0.35, 0.2)
ANSWERED_IN_TELEGRAM_SHARE = 0.6


def add_complaints(rng: np.random.Generator, log: Log, *, reference: pl.Series) -> Complaints:
    """Complaints, about the queue after a long wait, else about something else; returns them as they were told."""
    story = log.story
    purchase = np.flatnonzero(story.visits.complained)
    customer = story.purchases.customer[purchase]
    touchpoints = list(COMPLAINTS)
    waited_long = story.visits.waited_minutes[purchase] >= LONG_WAIT_MINUTES
    others = [place for place, touchpoint in enumerate(touchpoints) if touchpoint != QUEUE]
    touchpoint = np.where(waited_long, touchpoints.index(QUEUE), rng.choice(others, len(purchase)))
    chance = rng.random(len(purchase))
    payloads, said = [], []
    for place, language, luck in zip(touchpoint, story.people.language[customer], chance, strict=True):
        texts = COMPLAINTS[touchpoints[place]][LANGUAGES[language]]
        said.append(texts[int(luck * len(texts))])
        payloads.append(as_json(touchpoint=touchpoints[place], text=said[-1]))
    at = _afterwards(rng, story, purchase)
    channel = rng.choice(COMPLAINT_CHANNELS, len(purchase), p=COMPLAINT_CHANNEL_WEIGHTS)
    log.add(
        "complaint",
        at=at,
        customer=customer,
        message_id=reference.gather(purchase) + "/complaint",
        reference=reference.gather(purchase),
        branch=story.visits.branch[purchase],
        channel=channel,
        payload=pl.Series(payloads, dtype=pl.String),
    )
    known = np.array([TOUCHPOINTS.index(each) for each in touchpoints])
    return Complaints(purchase, at, known[touchpoint], channel, said)


def add_answers(rng: np.random.Generator, log: Log, *, reference: pl.Series) -> None:
    """How satisfied those were who answered, from 1 to 5."""
    story = log.story
    purchase = np.flatnonzero(story.visits.score > 0)
    payloads = pl.Series([as_json(kind="csat", score=score, touchpoint="performance") for score in range(1, 6)])
    in_telegram = rng.random(len(purchase)) < ANSWERED_IN_TELEGRAM_SHARE
    log.add(
        "survey_answered",
        at=_afterwards(rng, story, purchase),
        customer=story.purchases.customer[purchase],
        message_id=reference.gather(purchase) + "/csat",
        reference=reference.gather(purchase),
        branch=story.visits.branch[purchase],
        channel=np.where(in_telegram, TELEGRAM, WEB),
        payload=payloads.gather(story.visits.score[purchase] - 1),
    )


def _afterwards(rng: np.random.Generator, story: Story, purchase: Ints) -> Ints:
    """A moment after each purchase, when people are awake."""
    paid = story.visits.paid[purchase]
    soon = np.minimum(paid + rng.integers(600, 7_200, len(purchase)), DAY_SECONDS - 1)
    next_day = DAY_SECONDS + rng.integers(9 * 3_600, 21 * 3_600, len(purchase))
    said = np.where(rng.random(len(purchase)) < SAME_DAY_SHARE, soon, next_day)
    return story.purchases.day[purchase] * DAY_SECONDS + said
