"""From messages as they came to the log: what fits is recorded, what does not is kept in quarantine with the reason."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from mijoz.events import arrivals, hooks
from mijoz.events.actions import identify, record
from mijoz.events.ingest import plain
from mijoz.events.ingest.clock import aware, occurred_at
from mijoz.events.ingest.keys import CALLS
from mijoz.events.ingest.messages import MESSAGE_BYTES, AnyMessage, read
from mijoz.events.ingest.senders import Sender, sender_of
from mijoz.events.ingest.translate import translate
from mijoz.events.models import Source
from mijoz.events.types import EventRefused, IdentityKey, NewEvent

QUARANTINE = """
    INSERT INTO events_quarantined (source_id, message_id, message, reason, field, received_at)
    SELECT %s, message_id, coalesce(message, 'null'), reason, field, %s
    FROM jsonb_to_recordset(%s::jsonb) AS given(message_id text, message jsonb, reason text, field text)
    ON CONFLICT DO NOTHING
"""
NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_read_moment = TypeAdapter(datetime).validate_python


class Unstorable(EventRefused):
    """A message that cannot even be kept in quarantine."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that was not taken: its place in the batch, its id, and what is wrong in which field."""

    index: int
    message_id: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages were taken, how many rows of the log that made, how many it knew; and what was refused."""

    accepted: int = 0
    written: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(slots=True)
class Judged:
    """Messages of one source read and translated, not written yet."""

    received_at: datetime
    accepted: int = 0
    events: list[NewEvent] = field(default_factory=list)
    told: list[tuple[IdentityKey, dict[str, str], datetime]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    to_quarantine: list[dict[str, Any]] = field(default_factory=list)


def take(
    source: Source,
    messages: Sequence[Any],
    *,
    received_at: datetime,
    sent_at: datetime | None = None,
    calls: Collection[str] = CALLS,
    keep_refused: bool = True,
) -> Taken:
    """Take messages of the Segment specification from this source, each once by its messageId.

    What does not fit is kept in quarantine (unless `keep_refused` is False, for what lies there already) and named in
    `refused`. A call that is not among `calls` is refused and not kept.
    """
    judged = judge(sender_of(source), messages, received_at=received_at, sent_at=sent_at, calls=calls)
    if not keep_refused:
        judged.to_quarantine.clear()
    written, known = write(source, [judged])
    return Taken(judged.accepted, written, known, judged.refused)


def judge(
    sender: Sender,
    messages: Sequence[Any],
    *,
    received_at: datetime,
    sent_at: datetime | None = None,
    calls: Collection[str] = CALLS,
    is_clean: bool = False,
) -> Judged:
    """Read and translate each message by itself. Asks nobody and writes nothing.

    `is_clean` says that the messages were read from JSON in which no NUL stands.
    """
    judged, contexts = Judged(received_at), plain.Contexts()
    if sent_at is not None:
        with suppress(OverflowError):  # then the message says so
            sent_at = aware(sent_at)
    for index, given in enumerate(messages):
        try:
            size = -1
            if not is_clean:
                given, size = storable(given)
            rows = plain.rows_of(
                given, sender, calls=calls, received_at=received_at, sent_at=sent_at, contexts=contexts
            )
            if rows is not None:
                judged.accepted += 1
                judged.events += rows
                continue
            if size < 0:
                given, size = storable(given)
            if size > MESSAGE_BYTES:
                raise EventRefused(f"The message has {size:,} bytes; the most is {MESSAGE_BYTES:,}.", field="")
            message = read(given)
            if message.type not in calls:
                judged.refused.append(_refused(index, given, f"This write key may not call {message.type}.", "type"))
                continue
            _translate(judged, message, sender, sent_at=sent_at)
        except Unstorable as error:
            judged.refused.append(_refused(index, given, str(error), ""))
        except EventRefused as error:
            refused = _refused(index, given, str(error), error.field)
            judged.refused.append(refused)
            judged.to_quarantine.append(
                {
                    "message_id": refused.message_id,
                    "message": given,
                    "reason": refused.reason,
                    "field": refused.field,
                }
            )
    return judged


def storable(given: Any) -> tuple[Any, int]:
    """The message as PostgreSQL can keep it, with its size in bytes: NUL, which no text may have, becomes U+FFFD.

    Raises Unstorable for what is no JSON at all.
    """
    try:
        written = to_json(given, fallback=str, inf_nan_mode="null")
    except ValueError:  # half of a surrogate pair
        raise Unstorable("The message is no JSON in UTF-8.", field="") from None
    if b"\\u0000" in written:
        given = from_json(NUL.sub(rb"\1\\ufffd", written))
    return given, len(written)


def write(source: Source, all_judged: Iterable[Judged], *, by_memory: bool = False) -> tuple[int, int]:
    """Write what was judged in one transaction; returns how many rows are new in the log and how many it knew.

    `by_memory` is that of events.actions.record.
    """
    all_judged = list(all_judged)
    events = [event for judged in all_judged for event in judged.events]
    told = [each for judged in all_judged for each in judged.told]
    with transaction.atomic():
        recording = record(events, source=source, are_checked=True, by_memory=by_memory)
        if told:
            numbers = identify([key for key, _traits, _at in told])
            hooks.traits_told([hooks.Told(numbers[key], source.pk, traits, at) for key, traits, at in told])
        with connection.cursor() as cursor:
            for judged in all_judged:
                if judged.to_quarantine:
                    rows = to_json(judged.to_quarantine, inf_nan_mode="null").decode()
                    cursor.execute(QUARANTINE, [source.pk, judged.received_at, rows])
                    arrivals.tell(len(judged.to_quarantine))
    return recording.written, recording.known


def moment(given: Any) -> datetime | None:
    """The moment of a batch's sentAt; None when there is none. Raises EventRefused."""
    if given is None:
        return None
    try:
        return _read_moment(given)
    except ValidationError as error:
        raise EventRefused("sentAt is a moment such as 2026-03-01T09:30:00Z.", field="sentAt") from error


def _translate(judged: Judged, message: AnyMessage, sender: Sender, *, sent_at: datetime | None) -> None:
    at = occurred_at(
        message.originalTimestamp or message.timestamp,
        sent_at=message.sentAt or sent_at,
        received_at=judged.received_at,
    )
    translated = translate(message, sender=sender, message_id=message.messageId or str(uuid.uuid4()), occurred_at=at)
    judged.accepted += 1
    judged.events += translated.events
    if translated.traits and (identity := translated.events[0].identity):
        judged.told.append((identity, translated.traits, at))


def _refused(index: int, given: Any, reason: str, where: str) -> Refused:
    message_id = given.get("messageId") if isinstance(given, dict) else None
    shown = str(message_id)[:200] if isinstance(message_id, str | int) else ""
    return Refused(index, shown, where[:200], reason[:400])
