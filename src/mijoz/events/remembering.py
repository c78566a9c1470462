"""Identities that a connection has met lately, so that it need not look them up for every batch."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import local
from typing import Any

from django.db import connection, transaction

from mijoz.events.types import IdentityKey

MOST = 50_000  # identities; then it begins anew
# Whoever asks keeps the table from being emptied until the end of the transaction; emptied, it begins a new file.
FILE = "SELECT pg_relation_filenode('events_identity'), EXISTS (SELECT FROM events_identity)"
_of_thread = local()


@dataclass(slots=True)
class _Met:
    by: Callable[[], Any]  # the connection, if it is still there
    file: int
    numbers: dict[IdentityKey, int] = field(default_factory=dict)


def met(keys: Collection[IdentityKey]) -> dict[IdentityKey, int]:
    """The numbers of those of the identities that this connection has met.

    One that was taken away since is among them too: then the foreign keys of the rows refuse it when the transaction
    ends, and whoever writes must `forget` and write once more. To be called inside the transaction.
    """
    found: _Met | None = getattr(_of_thread, "met", None)
    with connection.cursor() as cursor:
        cursor.execute(FILE)
        file, _holds_any = cursor.fetchone()
    if found is None or found.by() is not connection.connection or found.file != file or len(found.numbers) > MOST:
        _of_thread.met = found = _Met(weakref.ref(connection.connection), file)
    numbers = found.numbers
    return {key: numbers[key] for key in keys if key in numbers}


def remember(known: dict[IdentityKey, int]) -> None:
    """Remember these once the transaction commits."""
    found: _Met = _of_thread.met
    transaction.on_commit(lambda: found.numbers.update(known))


def forget() -> None:
    _of_thread.met = None
