"""When something happened, from what a program's own clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mijoz.events.types import EventRefused

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=1)  # so far ahead a clock may be that nobody corrects


def occurred_at(told: datetime | None, *, sent_at: datetime | None, received_at: datetime) -> datetime:
    """The moment of an event by our clock, as the Segment specification has it.

    `told` and `sent_at` are by the sender's clock: how long before sending it happened is right however wrong that
    clock is. Without `sent_at` its word is taken, without `told` the moment we received it. Raises EventRefused for a
    moment more than a day ahead or before 1900.
    """
    if told is None:
        return received_at
    try:
        moment = aware(told)
        if sent_at is not None:
            moment += received_at - aware(sent_at)
    except OverflowError:
        moment = EARLIEST - timedelta(days=1)
    if not EARLIEST <= moment <= received_at + FUTURE:
        raise EventRefused(
            f"The moment comes out as {moment:%Y-%m-%d %H:%M} UTC, which cannot be; look at timestamp and sentAt.",
            field="timestamp",
        )
    return moment


def aware(moment: datetime) -> datetime:
    """The moment in UTC: the database knows no offset beyond 16 hours, which a program may well send."""
    if moment.tzinfo is UTC:
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
