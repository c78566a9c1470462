"""Judging at once: a thread that moves the customers whom an event touched, as soon as their profiles show it.

Only these are judged, by the facts of now. What changes with the days that pass, for everybody, is for the refresh.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mijoz.events.listening import Listening, call
from mijoz.segments import actions

CHANNEL = "mijoz_segments"
LEAST_REST_SECONDS = 0.05
LONGEST_REST_SECONDS = 1.0

log = logging.getLogger(__name__)


def note(customer_ids: list[int], at: datetime) -> None:
    """Note that these are to be judged, and wake the thread; of very many it is the refresh that judges."""
    with transaction.atomic():
        if actions.note_touched(customer_ids, at=at):
            call(CHANNEL)


class Following(Listening):
    """The thread; one at a time works whoever else judges."""

    def __init__(self) -> None:
        super().__init__(
            _judge, name="following", channel=CHANNEL, rest_after=_rest_after, failed=_warn, forgiven=Exception
        )


def _judge() -> bool:
    return bool(actions.follow(at=timezone.now()))


def _rest_after(took_seconds: float) -> float:
    """The longer it rests, the more events of one customer it judges at once, and the less it hinders them."""
    return min(max(4 * took_seconds, LEAST_REST_SECONDS), LONGEST_REST_SECONDS)


def _warn(error: Exception) -> None:  # the database went away, or a rule could not be asked
    log.warning("Customers could not be judged at once (%s); it is tried again.", type(error).__name__)
