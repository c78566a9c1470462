"""A thread that works round after round, and in between listens to a channel of the database until it is called."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import connection
from django.db.utils import Error

LISTEN_SECONDS = 5.0  # then it looks for itself
SILENT_SECONDS = 0.1  # without a call: the burst is over, and what it brought need not wait
AGAIN_AFTER_SECONDS = 1.0  # when a round came to grief


def call(channel: str) -> None:
    """Call who listens, once this transaction commits and its rows are there to see."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {channel}")


class Listening:
    """The thread. `work()` is a round; what it returns says whether the next comes without being called for.

    `rest_after(seconds)` is how long to rest after a round that took so long. `failed(error)` is told of a round that
    came to grief by an error of `forgiven`; it is tried again. Any other error ends the thread.
    """

    def __init__(
        self,
        work: Callable[[], bool],
        *,
        name: str,
        channel: str,
        rest_after: Callable[[float], float],
        failed: Callable[[Exception], None],
        forgiven: type[Exception],
    ) -> None:
        self.stopping = threading.Event()
        self._work, self._channel, self._rest_after = work, channel, rest_after
        self._failed, self._forgiven = failed, forgiven
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what it is at."""
        self.stopping.set()
        if self._thread.is_alive():
            with suppress(Error):  # then it wakes by itself
                call(self._channel)
            connection.close()
            self._thread.join(10)

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except self._forgiven as error:
                self._failed(error)
                self.stopping.wait(AGAIN_AFTER_SECONDS)
            finally:
                connection.close()

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {self._channel}")
        while not self.stopping.is_set():
            began = time.monotonic()
            goes_on = self._work()
            was_called = self._rest(self._rest_after(time.monotonic() - began))
            if not goes_on and not was_called:
                self._hear(LISTEN_SECONDS)

    def _rest(self, seconds: float) -> bool:
        """Rest so long, or until those who call have fallen silent; returns whether anybody called."""
        until, was_called = time.monotonic() + seconds, False
        while (left := until - time.monotonic()) > 0 and not self.stopping.is_set():
            if self._hear(min(left, SILENT_SECONDS)):
                was_called = True
            elif was_called:
                break
        return was_called

    def _hear(self, seconds: float) -> bool:
        """Whether somebody calls within so long; those who call at the same time count as one."""
        assert connection.connection is not None
        with connection.wrap_database_errors:
            heard = list(connection.connection.notifies(timeout=seconds, stop_after=1))
            if heard:
                heard += connection.connection.notifies(timeout=0.0)
        return bool(heard)
