"""Reads of the log that are more than one line."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from mijoz.business.queries import business
from mijoz.events.models import Event
from mijoz.events.types import TRADE

QUIET_BEFORE_HISTORY = timedelta(days=2)


def last_traded_at() -> datetime | None:
    """When the last purchase, refund, gift, visit or booking of the log was."""
    return Event.objects.filter(type__in=TRADE).aggregate(last=Max("occurred_at"))["last"]


def newest_event() -> int:
    """The number of the last row of the log; 0 while it is empty. A larger one later says that something was added."""
    return int(Event.objects.aggregate(newest=Max("id"))["newest"] or 0)


def default_as_of(at: datetime) -> date:
    """The day as of which figures are shown when nobody chose one, by the business's calendar.

    Today for a business that lives; the last day of the log when its last trade is more than two days old, so
    that an imported history is not judged by the silence since. Today too when the log is empty.
    """
    zone = business().zone
    recent = Event.objects.filter(type__in=TRADE, occurred_at__gte=at - QUIET_BEFORE_HISTORY)
    if recent.exists() or (last := last_traded_at()) is None:
        return at.astimezone(zone).date()
    return last.astimezone(zone).date()
