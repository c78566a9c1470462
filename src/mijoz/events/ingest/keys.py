"""Write keys: how they look, and who one belongs to, asked at most once in a few seconds."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from mijoz.events.ingest.senders import Sender, sender_of
from mijoz.events.models import Source, WriteKey

CALLS = ("identify", "track", "page", "screen", "group", "alias")
SHAPE = re.compile(r"mz_[A-Za-z0-9_-]{32}([0-9a-f]{6})")
SHOWN = 10  # characters of a key that the page shows
REMEMBERED_SECONDS = 2.0  # so long a key that was revoked elsewhere may still write
MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a key is, and what it may do."""

    key_id: int
    source: Source
    sender: Sender
    calls: frozenset[str]


_remembered: dict[str, tuple[float, Holder | None]] = {}


def new_key() -> str:
    """A fresh write key; its last six characters are drawn from the rest, so that a made-up one shows by itself."""
    body = f"mz_{secrets.token_urlsafe(24)}"
    return body + _check_of(body)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def holder_of(key: str) -> Holder | None:
    """Whose this key is; None for one that is unknown or revoked. A made-up key costs no question to the database."""
    shape = SHAPE.fullmatch(key)
    if shape is None or shape[1] != _check_of(key[: -len(shape[1])]):
        return None
    digest, now = digest_of(key), time.monotonic()
    known = _remembered.get(digest)
    if known is not None and known[0] > now:
        return known[1]
    row = WriteKey.objects.filter(digest=digest, revoked_at=None).select_related("source").first()
    holder = Holder(row.pk, row.source, sender_of(row.source), frozenset(row.calls)) if row else None
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[digest] = (now + REMEMBERED_SECONDS, holder)
    return holder


def note_use(key_ids: list[int], *, at: datetime) -> None:
    """Note that these keys wrote something just now."""
    WriteKey.objects.filter(pk__in=key_ids).update(used_at=at)


def forget() -> None:
    """Ask the database again about every key."""
    _remembered.clear()


def _check_of(body: str) -> str:
    return hashlib.sha256(f"mijoz write key {body}".encode()).hexdigest()[:6]
