"""Projecting all the time: a thread that brings profiles up to date as soon as the log says that it has grown."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection, transaction
from django.db.utils import Error

from mijoz.customers import actions

CHANNEL = "mijoz_log"
LISTEN_SECONDS = 5.0  # then it looks for itself
LEAST_REST_SECONDS = 0.05
LONGEST_REST_SECONDS = 1.0
SEEN_WITHIN_SECONDS = 0.8  # a row waits for a round that is under way, the rest, and its own round
LONGEST_ROUND_SECONDS = 0.3  # of which two and a rest fit into that
AGAIN_AFTER_SECONDS = 1.0  # when the database went away
SWEPT_AFTER = 100_000  # rows of events_touched taken; every round reads over what is left of them

log = logging.getLogger(__name__)


def ask(rows: int) -> None:
    """Wake the thread once this transaction commits and its rows are there to see."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def rest_after(took_seconds: float) -> float:
    """How long to rest after a round, in seconds.

    The longer it rests, the more rows of one customer a round serves at once. Eight times as long as it worked, as far
    as rows are still seen in time. Where rounds are too long for that, profiles fall behind for as long as so much
    comes in: then it rests three times as long as it worked, and leaves the machine to what comes in.
    """
    if took_seconds > LONGEST_ROUND_SECONDS:
        return min(3 * took_seconds, LONGEST_REST_SECONDS)
    in_time = SEEN_WITHIN_SECONDS - 2 * took_seconds
    return max(min(8 * took_seconds, in_time), LEAST_REST_SECONDS)


class Projecting:
    """The thread; one at a time works whoever else projects."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projecting", daemon=True)
        self._taken = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what it is at."""
        self.stopping.set()
        if self._thread.is_alive():
            self._wake()
            self._thread.join(10)

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._follow()
            except Error as error:
                log.warning("The projection lost the database (%s); it tries again.", type(error).__name__)
                self.stopping.wait(AGAIN_AFTER_SECONDS)
            finally:
                connection.close()

    def _follow(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        assert connection.connection is not None
        while not self.stopping.is_set():
            began = time.monotonic()
            self._round()
            took = time.monotonic() - began
            self.stopping.wait(rest_after(took))
            with connection.wrap_database_errors:
                for seconds, most in ((LISTEN_SECONDS, 1), (0.0, None)):  # the first one, and those that came with it
                    for _told in connection.connection.notifies(timeout=seconds, stop_after=most):
                        pass

    def _round(self) -> None:
        self._taken += actions.project()
        if self._taken >= SWEPT_AFTER:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM events_touched")
            self._taken = 0

    def _wake(self) -> None:
        try:
            with transaction.atomic():
                ask(0)
        except Error:
            pass  # then it wakes by itself
        finally:
            connection.close()
