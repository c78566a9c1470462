"""Messages as SDKs send nearly all of them, read without a model: that takes half of the time.

Whatever is in any way unusual is left to the models of messages.py, which also say what is wrong with it. What is read
here they would read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from mijoz.events.ingest.clock import occurred_at
from mijoz.events.ingest.messages import LONGEST_ID, LONGEST_KEY, LONGEST_NAME, LONGEST_TYPE
from mijoz.events.ingest.senders import Sender
from mijoz.events.ingest.translate import kept_of, seen, tracked
from mijoz.events.lines import line_of
from mijoz.events.types import NewEvent

OF_IDS = frozenset({"type", "messageId", "userId", "anonymousId", "timestamp", "context", "integrations", "properties"})
KEYS = {"track": OF_IDS | {"event"}, "page": OF_IDS | {"name", "category"}, "screen": OF_IDS | {"name", "category"}}
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
SMALL_BYTES = 20_000  # of properties and context: with all ids at their longest the message is within its limit
_is_moment = MOMENT.fullmatch


@dataclass(slots=True)
class Contexts:
    """How long a context is as JSON, and what of it is kept: an SDK sends the same one with every message."""

    last: dict[str, Any] | None = None
    bytes: int = 0
    kept: dict[str, Any] | None = None

    def look_at(self, context: dict[str, Any] | None) -> None:
        if context != self.last:
            self.last, self.bytes, self.kept = context, len(to_json(context)), kept_of(context)


def rows_of(
    given: Any,
    sender: Sender,
    *,
    calls: Collection[str],
    received_at: datetime,
    sent_at: datetime | None,
    contexts: Contexts,
) -> list[NewEvent] | None:
    """The rows of a plain message that tells no traits, their lines written; None for any other.

    What is given must be as JSON has it, and without NUL.
    """
    if type(given) is not dict:
        return None
    get: Callable[[str], Any] = given.get
    call = get("type")
    if type(call) is not str or call not in KEYS or call not in calls or not given.keys() <= KEYS[call]:
        return None
    message_id, whose, kind = get("messageId"), get("userId"), "user_id"
    if whose is None:
        whose, kind = get("anonymousId"), "anonymous_id"
    elif get("anonymousId") is not None:
        return None
    told, context, properties = get("timestamp"), get("context"), get("properties")
    if (
        not _is_text(message_id, LONGEST_ID)
        or not _is_text(whose, LONGEST_KEY)
        or type(told) is not str
        or not _is_moment(told)
        or get("integrations")
        or (context is not None and (type(context) is not dict or "traits" in context))
        or (properties is not None and type(properties) is not dict)
    ):
        return None
    try:
        moment = datetime.fromisoformat(told)
        written = to_json(properties, inf_nan_mode="null") if properties else b""
    except ValueError:  # no such day
        return None
    contexts.look_at(context)
    if len(written) + contexts.bytes > SMALL_BYTES:
        return None
    if call == "track":
        event = get("event")
        if not _is_text(event, LONGEST_TYPE) or event != event.strip():
            return None
    else:
        name, category = get("name"), get("category")
        if not (name is None or _is_text(name, LONGEST_NAME)) or not (
            category is None or _is_text(category, LONGEST_NAME)
        ):
            return None
    try:
        common = {
            "occurred_at": occurred_at(moment, sent_at=sent_at, received_at=received_at),
            "identity": (kind, sender.name, whose),
        }
        if call == "track":
            rows = tracked(event, properties, contexts.kept, common, message_id=message_id, sender=sender)
        else:
            rows = [seen(call, name, category, properties, contexts.kept, common, message_id=message_id)]
        for row in rows:
            row.check()
            row.line = line_of(row, payload=written.decode() if row.payload == properties else "")
    except ValueError:  # what is wrong, the models say
        return None
    return rows


def _is_text(given: Any, longest: int) -> bool:
    return type(given) is str and 0 < len(given) <= longest
