"""An event as a line of COPY's text format: all but whose it is and from which source, which are not known ahead."""

from __future__ import annotations

from datetime import UTC

from pydantic_core import to_json

from mijoz.events.types import LINES, NewEvent

COPY_EVENTS = """
    COPY events_event (
        identity_id, source_id, message_id, type, reference, item, currency, branch, channel, occurred_at, quantity,
        amount, discount, payload
    ) FROM STDIN
"""
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line_of(event: NewEvent, *, payload: str = "") -> bytes:
    """The line, without its first two columns; `payload` where its JSON is written already. Raises ValueError for half
    of a surrogate pair."""
    if not event.payload:
        payload = "\\N"
    else:
        payload = payload or to_json(event.payload, fallback=str, inf_nan_mode="null").decode()
        if "\\" in payload:
            payload = payload.replace("\\", "\\\\")  # JSON writes every other sign that COPY knows with one
    texts = (
        event.message_id,
        event.type,
        event.reference or (event.message_id if event.type in LINES else ""),
        event.item,
        event.currency,
        event.branch,
        event.channel,
    )
    told = "\t".join(texts)
    if "\\" in told or "\n" in told or "\r" in told or told.count("\t") != len(texts) - 1:
        told = "\t".join([text.translate(ESCAPED) for text in texts])
    # Several times as quick as isoformat() with a zone.
    at = event.occurred_at if event.occurred_at.tzinfo is UTC else event.occurred_at.astimezone(UTC)
    day = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    moment = "%04d-%02d-%02d %02d:%02d:%02d.%06d+00" % day  # noqa: UP031
    if event.quantity is event.amount is event.discount is None:
        return f"{told}\t{moment}\t\\N\t\\N\t\\N\t{payload}\n".encode()
    quantity = "\\N" if event.quantity is None else event.quantity
    amount = "\\N" if event.amount is None else event.amount
    discount = "\\N" if event.discount is None else event.discount
    return f"{told}\t{moment}\t{quantity}\t{amount}\t{discount}\t{payload}\n".encode()


def whole(line: bytes, *, identity_id: int | None, source_id: int) -> bytes:
    """The line with all its columns."""
    if identity_id is None:
        return b"\\N\t%d\t%b" % (source_id, line)
    return b"%d\t%d\t%b" % (identity_id, source_id, line)
