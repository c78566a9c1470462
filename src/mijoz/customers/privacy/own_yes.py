"""Channels by which offers need a yes of their own.

Whoever starts a bot is promised messages about their own orders. A yes to all channels that they gave elsewhere, at a
till perhaps, does not reach there; a no to all channels does.
"""

from __future__ import annotations

from mijoz.customers.models import Purpose

CHANNELS = frozenset({"telegram"})


def speaks_of(channel: str, *, purpose: str, said_for: str, granted: bool) -> bool:
    """Whether an answer that was given for the channel `said_for`, "" for all, says something about this one."""
    if said_for == channel:
        return True
    return said_for == "" and not (granted and purpose == Purpose.MARKETING and channel in CHANNELS)


def sql(answer: str, channel: str) -> str:
    """The same in SQL: `answer` is a row of customers_consent, `channel` an expression."""
    listed = ", ".join(f"'{one}'" for one in sorted(CHANNELS))
    return (
        f"({answer}.channel = {channel} OR ({answer}.channel = '' AND NOT "
        f"({answer}.granted AND {answer}.purpose = '{Purpose.MARKETING.value}' AND {channel} IN ({listed}))))"
    )
