"""What the pilot scenarios did, as events."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.log import EMAIL, SMS, Log, as_json
from mijoz.analysis.simulator.people import LANGUAGES
from mijoz.analysis.simulator.period import DAY_SECONDS
from mijoz.analysis.simulator.pilots import GOAL, PILOTS, Pilot

ENROLLED_BETWEEN_HOURS = (9, 10)
TASK_DONE_AFTER_SECONDS = 2 * 3_600
TASKS_DONE_SHARE = 0.9


def add_pilots(rng: np.random.Generator, log: Log) -> None:
    """Enrolments in the morning, and on the same day what each scenario does for the treated."""
    story, enrolments = log.story, log.story.enrolments
    opens, closes = ENROLLED_BETWEEN_HOURS
    enrolled_at = enrolments.day * DAY_SECONDS + rng.integers(opens * 3_600, closes * 3_600, len(enrolments))
    protocol_at = enrolled_at + 60
    contacted_at = enrolled_at + rng.integers(300, 7_200, len(enrolments))
    is_done = rng.random(len(enrolments)) < TASKS_DONE_SHARE

    for place, pilot in enumerate(PILOTS):
        add = partial(_add, log, pilot)
        everybody = np.flatnonzero(enrolments.pilot == place)
        is_treated = enrolments.treated[everybody]
        treated = everybody[is_treated]
        arm = pl.Series([_enrolment(pilot, HOLD_OUT), _enrolment(pilot, TREATED)])
        add("scenario_enrolled", everybody, at=enrolled_at, payload=arm.gather(is_treated.astype(np.int64)))
        if pilot.priority:
            protocol = as_json(scenario=pilot.key, package="value_adding", priority=pilot.priority)
            add("protocol_set", treated, at=protocol_at, payload=protocol)
        if pilot.task:
            task = as_json(scenario=pilot.key, text=pilot.task)
            done = treated[is_done[treated]]
            add("task_created", treated, at=protocol_at, payload=task)
            add("task_done", done, at=contacted_at + TASK_DONE_AFTER_SECONDS, payload=task)
        if pilot.offer:
            add("offer_made", treated, at=contacted_at, payload=as_json(scenario=pilot.key, offer=pilot.offer))
        if pilot.subjects:
            customer = enrolments.customer[treated]
            subject = pl.Series([as_json(scenario=pilot.key, subject=pilot.subjects[one]) for one in LANGUAGES])
            add(
                "message_sent",
                treated,
                at=contacted_at,
                channel=np.where(story.people.has_email[customer], EMAIL, SMS),
                payload=subject.gather(story.people.language[customer]),
            )


def _add(log: Log, pilot: Pilot, type_: str, who: Ints, *, at: Ints, **columns: Any) -> None:
    """One event for each of these places in the enrolments; `at` has the moment of every enrolment."""
    customer = log.story.enrolments.customer[who]
    number = pl.Series(log.story.people.numbers).gather(customer)
    message_id = f"{pilot.key}/" + number + f"/{type_}"
    log.add(type_, at=at[who], customer=customer, message_id=message_id, reference=pilot.key, **columns)


def _enrolment(pilot: Pilot, arm: str) -> str:
    return as_json(version=1, arm=arm, segment=pilot.kind.key, goal=GOAL, window_days=pilot.window_days)
