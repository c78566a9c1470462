"""When a customer is best written to: the hours that they prefer, as their protocol or what they told says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mijoz.customers.models import Protocol
from mijoz.customers.queries import root_of
from mijoz.scenarios import hooks

HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::(\d{2}))?")


def next_opening(customers: Sequence[int], *, purpose: str, at: datetime, zone: ZoneInfo) -> dict[int, datetime]:
    """By customer, when their good hours are next: `at` when they are now. Of whom nothing is known is missing."""
    chosen = hooks.good_hours(customers, purpose=purpose, at=at)
    unknown = [customer for customer in customers if customer not in chosen]
    roots = root_of(unknown) if unknown else {}
    told = dict(
        Protocol.objects.filter(customer__in=set(roots.values()))
        .exclude(preferred_hours="")
        .values_list("customer_id", "preferred_hours")
    )
    read = {text: read_hours(text) for text in set(told.values())}
    for customer, root in roots.items():
        if root in told and (span := read[told[root]]):
            chosen[customer] = span
    return {customer: opening(span, at, zone) for customer, span in chosen.items()}


def read_hours(text: str) -> tuple[time, time] | None:
    """The hours of a text such as 18:00–21:00; None for one that names none."""
    found = HOURS.search(text)
    if not found:
        return None
    begin_hour, begin_minute, end_hour, end_minute = (int(part or 0) for part in found.groups())
    if begin_hour > 23 or end_hour > 24 or begin_minute > 59 or end_minute > 59:
        return None
    return time(begin_hour, begin_minute), time(end_hour % 24, end_minute)


def opening(span: tuple[time, time], at: datetime, zone: ZoneInfo) -> datetime:
    """When the span of local hours is next open: `at` itself inside of it. It may go past midnight; equal ends are a
    whole day."""
    begins, ends = span
    local = at.astimezone(zone)
    clock = local.time()
    is_open = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if is_open:
        return at
    day = local.date() if clock < begins else local.date() + timedelta(days=1)
    return datetime.combine(day, begins, zone)
