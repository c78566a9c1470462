"""One thing that a provider or a mailbox says of a message of ours. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

DELIVERED, BOUNCED, COMPLAINED, OPENED, CLICKED = "delivered", "bounced", "complained", "opened", "clicked"
KINDS = (DELIVERED, OPENED, CLICKED, BOUNCED, COMPLAINED)
LONGEST_DETAIL = 500
NO_SUCH_MAILBOX = re.compile(r"\b5\.1\.(1|2|10)\b")  # RFC 3463, RFC 7505
SAID_SO = re.compile(
    r"no such (user|mailbox|recipient)|(user|recipient|mailbox) (unknown|not found)|unknown user|does not exist",
    re.IGNORECASE,
)
NUMBER = re.compile(r"<?([0-9a-f]{32})\.([0-9]{1,18})(?:@[^<>\s]*)?>?")


@dataclass(frozen=True, slots=True)
class Report:
    """`seal` and `number` are what our Message-ID says, `recipient` is "" where it is not told.

    Of mail only what is for good counts as bounced: a server that is full or slow today may take it tomorrow. What
    bounced without being `is_for_good` did not arrive this time; its address is written to again.
    """

    kind: str
    seal: str
    number: int
    at: datetime | None = None
    recipient: str = ""
    detail: str = ""
    is_for_good: bool = True


class ReportsUnreadable(ValueError):
    """This is nothing that the provider sends."""


def is_gone(said: str) -> bool:
    """Whether a refusal for good is about an address that does not exist, not about the mail or who sends it."""
    return bool(NO_SUCH_MAILBOX.search(said) or (SAID_SO.search(said) and "sender" not in said.lower()))


def made(kind: str, message_id: Any, *, at: datetime | None, recipient: Any = "", detail: Any = "") -> Report | None:
    """The report of a message of ours; None when the Message-ID is not one that we gave."""
    found = NUMBER.search(message_id) if isinstance(message_id, str) else None
    if found is None:
        return None
    address = recipient.strip().lower() if isinstance(recipient, str) else ""
    said = " ".join(str(detail or "").replace("\x00", "").split())[:LONGEST_DETAIL]
    return Report(kind, found[1], int(found[2]), at, address, said)
