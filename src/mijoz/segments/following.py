"""Judging at once: a thread that moves the customers whom an event touched, as soon as their profiles show it.

Only these are judged, by the facts of now. What changes with the days that pass, for everybody, is for the refresh.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.db import connection, transaction
from django.db.utils import Error
from django.utils import timezone

from mijoz.segments import actions

CHANNEL = "mijoz_segments"
LISTEN_SECONDS = 5.0  # then it looks for itself
LEAST_REST_SECONDS = 0.05
LONGEST_REST_SECONDS = 1.0
AGAIN_AFTER_SECONDS = 1.0  # when the database went away, or a rule could not be asked

log = logging.getLogger(__name__)


def note(customer_ids: list[int], at: datetime) -> None:
    """Note that these are to be judged, and wake the thread; of very many it is the refresh that judges."""
    with transaction.atomic():
        if actions.note_touched(customer_ids, at=at):
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")


class Following:
    """The thread; one at a time works whoever else judges."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what it is at."""
        self.stopping.set()
        if self._thread.is_alive():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"NOTIFY {CHANNEL}")
            except Error:
                pass  # then it wakes by itself
            finally:
                connection.close()
            self._thread.join(10)

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._follow()
            except Exception as error:
                log.warning("Customers could not be judged at once (%s); it is tried again.", type(error).__name__)
                self.stopping.wait(AGAIN_AFTER_SECONDS)
            finally:
                connection.close()

    def _follow(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        assert connection.connection is not None
        while not self.stopping.is_set():
            began = time.monotonic()
            judged = actions.follow(at=timezone.now())
            took = time.monotonic() - began
            # The longer it rests, the more events of one customer it judges at once, and the less it hinders them.
            self.stopping.wait(min(max(4 * took, LEAST_REST_SECONDS), LONGEST_REST_SECONDS))
            if judged:
                continue
            with connection.wrap_database_errors:
                for seconds, most in ((LISTEN_SECONDS, 1), (0.0, None)):  # the first one, and those that came with it
                    for _told in connection.connection.notifies(timeout=seconds, stop_after=most):
                        pass
