"""What the timeline of a customer is made of: rows of the log as happenings, and these as entries under their days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from mijoz.customers import wording
from mijoz.events.models import Event
from mijoz.events.types import CASE, TRADE

MESSAGES = tuple(
    f"message_{what}"
    for what in ("sent", "failed", "stopped", "delivered", "opened", "clicked", "bounced", "complained", "received")
)
LOYALTY = ("offer_redeemed", "offer_cancelled", "points_adjusted", "tier_changed", "friend_referred")
KINDS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "trade": (gettext_lazy("Purchases and visits"), TRADE),
    "voice": (gettext_lazy("Complaints, cases and surveys"), ("complaint", *CASE, "survey_answered")),
    "messages": (gettext_lazy("Messages"), MESSAGES),
    "service": (
        gettext_lazy("Scenarios and tasks"),
        (
            "scenario_enrolled",
            "goal_reached",
            "offer_made",
            "offer_taken",
            "offer_refused",
            "protocol_set",
            "task_created",
            "task_done",
            *LOYALTY,
        ),
    ),
    "profile": (
        gettext_lazy("Consent and details"),
        ("consent_given", "consent_withdrawn", "profile_declared", "channel_linked"),
    ),
    "other": (gettext_lazy("Everything else"), ()),  # types that are not in events.types
}
BOUGHT_TOGETHER = ("purchase_line", "gift_line", "visit")  # one entry when they have one reference


@dataclass(frozen=True, slots=True)
class Happening:
    """Rows of the log that are one thing: a purchase with its lines and its visit, or a single row.

    `rows` are the first of them; `lines` and the sums count all.
    """

    at: datetime
    last_id: int
    rows: list[Event]
    lines: int = 1
    amount: Decimal | None = None
    discount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the keys in the rows: by kind ("scenario", "segment", "reason", "staff") and key."""

    by_kind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)  # by code
    currency: str = ""  # of rows that name none

    def of(self, kind: str, key: str) -> str:
        return self.by_kind.get(kind, {}).get(key) or wording.plain(key)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    quantity: float | None
    amount: Decimal | None
    is_gift: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as the page shows it."""

    at: datetime
    title: str
    icon: str
    tone: str = "neutral"
    note: str = ""
    quote: str = ""  # the customer's or the staff's own words
    lines: list[Line] = field(default_factory=list)
    more_lines: int = 0
    amount: Decimal | None = None
    currency: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)  # of a type we do not know

    @property
    def line_count(self) -> int:
        return len(self.lines) + self.more_lines

    @property
    def clock(self) -> str:
        """The time of day in the current time zone."""
        return f"{timezone.localtime(self.at):%H:%M}"


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    entries: list[Entry]


def by_day(entries: Iterable[Entry]) -> list[Day]:
    """Entries, latest first, under the day they belong to in the current time zone."""
    grouped = groupby(entries, key=lambda entry: timezone.localtime(entry.at).date())
    return [Day(day, list(members)) for day, members in grouped]


def named_keys(rows: Iterable[Event]) -> dict[str, set[str]]:
    """The keys in these rows that somebody may have a name for, by kind."""
    keys: dict[str, set[str]] = {kind: set() for kind in ("scenario", "segment", "reason", "staff", "offer", "tier")}
    for row in rows:
        keys["staff"].add(author(row))
        keys["scenario"].add(scenario_key(row))
        keys["segment"].add(text(row, "segment"))
        keys["reason"].add(text(row, "reason"))
        keys["offer"].update(offer_keys(row))
        keys["tier"].add(text(row, "tier"))
    return {kind: found - {""} for kind, found in keys.items() if found - {""}}


def author(row: Event) -> str:
    """The address of the member of staff who wrote this down, "" when nobody did."""
    by = text(row, "by")
    return by if "@" in by else ""


def scenario_key(row: Event) -> str:
    """The scenario that this row is of, "" for none."""
    key = text(row, "scenario")
    return key or (row.reference if row.type in KINDS["service"][1] and row.type not in LOYALTY else "")


def offer_keys(row: Event) -> list[str]:
    """The offers that this row is of: one of those that have a page, made, used or taken back."""
    if row.type == "offer_made":
        return [text(row, "key")] if text(row, "key") else []
    told = row.payload.get("offers") if isinstance(row.payload, dict) and row.type in LOYALTY else None
    return [key for key in told if isinstance(key, str)] if isinstance(told, list) else []


def text(row: Event, key: str) -> str:
    """A text of the payload; "" for what is none, since rows of a file may hold anything."""
    value = (row.payload or {}).get(key)
    return value.strip() if isinstance(value, str) else ""


def number(row: Event, key: str) -> float | None:
    """A number of the payload; None for what is none."""
    value = (row.payload or {}).get(key)
    try:
        told = math.nan if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None
    return told if math.isfinite(told) else None


def moment(row: Event, key: str) -> datetime | None:
    """A moment of the payload; None for what is none."""
    try:
        told = datetime.fromisoformat(text(row, key))
    except ValueError:
        return None
    return told if told.tzinfo else timezone.make_aware(told)
