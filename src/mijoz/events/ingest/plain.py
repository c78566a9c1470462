"""Messages as SDKs send nearly all of them, read without a model: that takes two thirds of the time.

Whatever is in any way unusual is left to the models of messages.py, which also say what is wrong with it. What is read
here they would read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from mijoz.events.ingest.clock import occurred_at
from mijoz.events.ingest.messages import LONGEST_ID, LONGEST_KEY, LONGEST_NAME, LONGEST_TYPE
from mijoz.events.ingest.senders import Sender
from mijoz.events.ingest.translate import check, seen, tracked
from mijoz.events.types import NewEvent

OF_IDS = frozenset({"type", "messageId", "userId", "anonymousId", "timestamp", "context", "integrations", "properties"})
KEYS = {"track": OF_IDS | {"event"}, "page": OF_IDS | {"name", "category"}, "screen": OF_IDS | {"name", "category"}}
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_is_moment = MOMENT.fullmatch


def rows_of(
    given: Any, sender: Sender, *, calls: Collection[str], received_at: datetime, sent_at: datetime | None
) -> list[NewEvent] | None:
    """The rows of a plain message that tells no traits; None for any other. Raises EventRefused."""
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
    except ValueError:
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
    common = {
        "occurred_at": occurred_at(moment, sent_at=sent_at, received_at=received_at),
        "identity": (kind, sender.name, whose),
    }
    if call == "track":
        rows = tracked(event, properties, context, common, message_id=message_id, sender=sender)
    else:
        rows = [seen(call, name, category, properties, context, common, message_id=message_id)]
    for row in rows:
        check(row)
    return rows


def _is_text(given: Any, longest: int) -> bool:
    return type(given) is str and 0 < len(given) <= longest
