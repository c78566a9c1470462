"""Calls that come at the same time are written together: one transaction, one wait for the disk, then all answers."""

from __future__ import annotations

import asyncio
import gc
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from django.db import IntegrityError, connection
from django.utils import timezone
from psycopg import DataError, Error
from psycopg.errors import CheckViolation, ForeignKeyViolation, NotNullViolation

from mijoz.events.ingest import keys
from mijoz.events.ingest.calls import Admitted, Answer, Call, CallRefused, admit, answer_refusing, answer_to
from mijoz.events.ingest.taking import Judged, write
from mijoz.events.models import Source
from mijoz.events.remembering import forget

MOST_ROWS = 4_000  # in one transaction; those who wait for it should not wait long
MOST_WAITING = 256  # calls; they are in memory
NOTED_EVERY_SECONDS = 60
SWITCH_SECONDS = 0.0005  # the writer asks for the interpreter after each word of the database: not 5 ms each time
MADE_BEFORE_LOOKING = 20_000  # objects; a batch makes thousands and none of them in circles

log = logging.getLogger(__name__)
_log_of_use: dict[int, float] = {}


@dataclass(slots=True)
class Waiting:
    """A call and who waits for its answer."""

    call: Call
    tell: Callable[[Answer], None]
    admitted: Admitted | None = None


@dataclass(slots=True)
class Writers:
    """One thread reads and judges what arrives and writes its lines, another one hands them to the database.

    One alone: while the database writes, all that is judged meanwhile becomes the next transaction. Two would make
    twice as many, which cost more than they gain, and would wait for each other where both make the same identity.
    """

    arrived: queue.SimpleQueue[Waiting] = field(default_factory=queue.SimpleQueue)
    admitted: queue.SimpleQueue[Waiting] = field(default_factory=queue.SimpleQueue)

    def start(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # what the server is made of stays
        gc.set_threshold(MADE_BEFORE_LOOKING, 20, 50)
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"ingest{work.__name__}", daemon=True).start()

    async def answer(self, call: Call) -> Answer:
        """The answer to the call, once it is written."""
        if self.arrived.qsize() + self.admitted.qsize() >= MOST_WAITING:
            return answer_refusing(try_later())
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()

        def tell(answer: Answer) -> None:
            loop.call_soon_threadsafe(_settle, answered, answer)

        self.arrived.put(Waiting(call, tell))
        return await answered

    def _read(self) -> None:
        while True:
            waiting = self.arrived.get()
            if _admit(waiting):
                self.admitted.put(waiting)
            connection.close_if_unusable_or_obsolete()

    def _write(self) -> None:
        while True:
            for together in self._by_source(self.admitted.get()):
                _write_together(together)
            if connection.errors_occurred or self.admitted.empty():  # else it goes on with the same connection
                connection.close_if_unusable_or_obsolete()

    def _by_source(self, first: Waiting) -> list[list[Waiting]]:
        """`first` and whatever else was judged by now, as far as it fits into one transaction."""
        by_source: dict[int, list[Waiting]] = {}
        rows = 0
        taken: Waiting | None = first
        while taken is not None:
            assert taken.admitted is not None
            by_source.setdefault(taken.admitted.holder.source.pk, []).append(taken)
            rows += len(taken.admitted.judged.events)
            taken = None
            if rows < MOST_ROWS:
                with suppress(queue.Empty):
                    taken = self.admitted.get_nowait()
        return list(by_source.values())


@cache
def writers() -> Writers:
    """The writers of this process, started when they are first asked for."""
    started = Writers()
    started.start()
    return started


def serve(call: Call) -> Answer:
    """The answer to one call, written by itself."""
    answers: list[Answer] = []
    alone = Waiting(call, answers.append)
    if _admit(alone):
        _write_together([alone])
    return answers[0]


def try_later() -> CallRefused:
    return CallRefused(
        503, "Not now: the database does not keep up. Send it again later.", headers={"Retry-After": "2"}
    )


def _settle(answered: asyncio.Future[Answer], answer: Answer) -> None:
    if not answered.done():  # who asked may have gone
        answered.set_result(answer)


def _admit(waiting: Waiting) -> bool:
    """Whether the call may be written; else it is answered."""
    try:
        waiting.admitted = admit(waiting.call)
    except CallRefused as refused:
        waiting.tell(answer_refusing(refused))
    except Exception as error:  # whatever it is, somebody waits for an answer
        waiting.tell(_failed(error))
    return waiting.admitted is not None


def _failed(error: Exception) -> Answer:
    """The answer to a call that failed: to be sent again, unless the database will never keep it.

    The log gets the kind of the error alone: its text may show what was sent.
    """
    cause = error.__cause__ or error
    log.error("A call of the ingest API failed: %s.%s", type(cause).__module__, type(cause).__name__)
    if isinstance(cause, DataError | NotNullViolation | CheckViolation):
        return answer_refusing(CallRefused(400, "The database cannot keep what was sent."))
    if isinstance(cause, Error):
        return answer_refusing(try_later())
    return answer_refusing(CallRefused(500, "Something went wrong here; it is in our log. Send it again later."))


def _write_together(together: list[Waiting]) -> None:
    """Write the calls of one source in one transaction; if that fails, each by itself: none pays for another."""
    admitted = [waiting.admitted for waiting in together if waiting.admitted is not None]
    source = admitted[0].holder.source
    try:
        _write_by_memory(source, [each.judged for each in admitted])
    except Exception as error:  # whatever it is, somebody waits for an answer
        if len(together) > 1:
            for waiting in together:
                _write_together([waiting])
        else:
            together[0].tell(_failed(error))
        return
    _note_use({each.holder.key_id for each in admitted})
    for waiting, each in zip(together, admitted, strict=True):
        waiting.tell(answer_to(each))


def _write_by_memory(source: Source, judged: list[Judged]) -> None:
    try:
        write(source, judged, by_memory=True)
    except IntegrityError as error:
        if not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        forget()  # an identity was taken away since it was met
        write(source, judged, by_memory=True)


def _note_use(key_ids: set[int]) -> None:
    now = time.monotonic()
    if due := [number for number in key_ids if _log_of_use.get(number, 0.0) < now]:
        keys.note_use(due, at=timezone.now())
        _log_of_use.update(dict.fromkeys(due, now + NOTED_EVERY_SECONDS))
