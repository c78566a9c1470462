"""Projecting all the time: a thread that brings profiles up to date as soon as the log says that it has grown."""

from __future__ import annotations

import logging

from django.db import connection
from django.db.utils import Error

from mijoz.customers import actions
from mijoz.events.listening import Listening, call

CHANNEL = "mijoz_log"
LEAST_REST_SECONDS = 0.05
LONGEST_REST_SECONDS = 1.0
SEEN_WITHIN_SECONDS = 0.8  # a row waits for a round that is under way, the rest, and its own round
MOST_OF_THE_TIME = 1 / 4  # that rounds take; the rest of it the machine is left to what comes in
SWEPT_AFTER = 100_000  # rows of events_touched taken; every round reads over what is left of them

log = logging.getLogger(__name__)


def ask(rows: int) -> None:
    """Wake the thread once this transaction commits and its rows are there to see."""
    call(CHANNEL)


def rest_after(took_seconds: float) -> float:
    """How long to rest after a round, in seconds.

    The longer it rests, the more rows of one customer a round serves at once: eight times as long as it worked, as far
    as rows are still seen in time. Where rounds are too long for that, profiles fall behind for as long as so much
    comes in, rather than hold it up.
    """
    in_time = SEEN_WITHIN_SECONDS - 2 * took_seconds
    at_least = min(took_seconds * (1 / MOST_OF_THE_TIME - 1), LONGEST_REST_SECONDS)
    return max(min(8 * took_seconds, in_time), at_least, LEAST_REST_SECONDS)


class Projecting(Listening):
    """The thread; one at a time works whoever else projects."""

    def __init__(self) -> None:
        super().__init__(
            self._round, name="projecting", channel=CHANNEL, rest_after=rest_after, failed=_warn, forgiven=Error
        )
        self._taken = 0

    def _round(self) -> bool:
        self._taken += actions.project()
        if self._taken >= SWEPT_AFTER:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM events_touched")
            self._taken = 0
        return False


def _warn(error: Exception) -> None:
    log.warning("The projection lost the database (%s); it tries again.", type(error).__name__)
