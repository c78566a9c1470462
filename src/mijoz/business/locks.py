"""Work that one process at a time may do, known by a lock of its connection: who is killed lets go of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

KILLED_LETS_GO_WITHIN = timedelta(seconds=10)  # PostgreSQL ends what they left behind within a second or two
_LOOKS_EVERY_SECONDS = 0.1


@contextmanager
def held(key: int, *, patience: timedelta = timedelta(0)) -> Iterator[bool]:
    """Whether this connection alone holds the lock `key` (any bigint), after waiting for it as long as `patience`."""
    until = time.monotonic() + patience.total_seconds()
    while not (is_held := _take(key)) and time.monotonic() < until:
        time.sleep(_LOOKS_EVERY_SECONDS)
    try:
        yield is_held
    finally:
        if is_held and connection.is_usable():  # with the connection the lock is gone too
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def is_held(key: int) -> bool:
    """Whether another connection holds the lock `key` now."""
    with held(key) as is_free:
        return not is_free


def _take(key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        return bool(cursor.fetchone()[0])
