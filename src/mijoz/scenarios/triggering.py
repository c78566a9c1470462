"""Whom a trigger concerns now, as SQL: rows of (customer_id, occasion), the occasion "" where there is none.

What the clock begins is looked for once, when its moment has come: `moments` says which moments lie between the last
look and now. Nothing is made up for that was due before the scenario was started, or longer ago than CATCH_UP.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mijoz.scenarios import happenings
from mijoz.scenarios.triggers import (
    DateTrigger,
    EventTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    SilenceTrigger,
    Trigger,
)
from mijoz.segments.rules import Condition

CATCH_UP = timedelta(days=2)
SILENCE_LOOKED_FOR_EVERY = timedelta(hours=1)
BOOKED_AHEAD = timedelta(days=400)  # no booking is made longer before its visit

ENTERED = """
    SELECT m.customer_id, '' AS occasion
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.key = %(segment)s AND m.left_at IS NULL AND (%(since)s::timestamptz IS NULL OR m.entered_at >= %(since)s)
"""
LEFT = """
    SELECT DISTINCT m.customer_id, '' AS occasion
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.key = %(segment)s AND m.left_at >= %(since)s AND NOT EXISTS (
        SELECT FROM segments_membership back
        WHERE back.segment_id = m.segment_id AND back.customer_id = m.customer_id AND back.left_at IS NULL
    )
"""
# Rows of transactions that the last look may not have seen; the same one twice is the same occasion.
HAPPENED = """
    SELECT DISTINCT o.customer_id, {occasion} AS occasion
    FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
    WHERE e.written_by >= %(seen)s AND e.occurred_at >= %(since)s AND {fits}
"""
BIRTHDAY = """
    SELECT c.id AS customer_id, d.occasion
    FROM customers_customer c
    JOIN unnest(%(days)s::text[], %(occasions)s::text[]) AS d(day, occasion)
        ON d.day = coalesce(nullif(c.birthday, ''), to_char(c.birth_on, 'MM-DD'))
    WHERE c.merged_into_id IS NULL
"""
ANNIVERSARY = """
    SELECT p.customer_id, d.occasion
    FROM customers_profile p
    JOIN unnest(%(days)s::text[], %(occasions)s::text[], %(years)s::integer[]) AS d(day, occasion, year)
        ON d.day = to_char(p.first_purchase_at AT TIME ZONE %(zone)s, 'MM-DD')
    WHERE extract(year FROM p.first_purchase_at AT TIME ZONE %(zone)s) < d.year
"""
DATED = """
    SELECT DISTINCT o.customer_id, 'event/' || e.id AS occasion
    FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
    WHERE {fits} AND CASE WHEN pg_input_is_valid(left({field}, 10), 'date')
        THEN left({field}, 10)::date = ANY(%(dates)s::date[]) ELSE false END
"""
# A reminder is none when the booking was made after its moment, or when the visit has begun.
BOOKED = """
    SELECT DISTINCT o.customer_id, left('booking/' || coalesce(nullif(e.reference, ''), e.id::text), 80) AS occasion
    FROM events_event e JOIN customers_ownership o ON o.identity_id = e.identity_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN pg_input_is_valid(e.payload->>'starts_at', 'timestamptz')
            THEN (e.payload->>'starts_at')::timestamptz END AS starts_at
    ) booked
    CROSS JOIN LATERAL (SELECT {moment} AS moment) due
    WHERE e.type = 'booking_made' AND e.occurred_at > %(booked_since)s AND {fits}
      AND due.moment > %(since)s AND due.moment <= %(at)s
      AND (%(is_after)s OR booked.starts_at > %(at)s AND e.occurred_at <= due.moment)
      AND NOT EXISTS (
          SELECT FROM events_event other
          WHERE other.identity_id = e.identity_id AND e.reference <> '' AND other.reference = e.reference
            AND other.occurred_at >= e.occurred_at AND other.id <> e.id
            AND other.type IN ('booking_made', 'booking_missed', 'booking_cancelled')
      )
"""
BY_HOURS = "booked.starts_at + %(shift)s"
BY_DAYS = """
    ((booked.starts_at AT TIME ZONE %(zone)s)::date + %(shift_days)s::integer + %(clock)s::time) AT TIME ZONE %(zone)s
"""
EVERYBODY = "SELECT id AS customer_id, %(occasion)s AS occasion FROM customers_customer WHERE merged_into_id IS NULL"
SILENT = {
    "purchase": """
        SELECT p.customer_id, '' AS occasion FROM customers_profile p WHERE p.last_purchase_at <= %(before)s
    """,
    "visit": """
        SELECT p.customer_id, '' AS occasion FROM customers_profile p CROSS JOIN LATERAL (
            SELECT max(e.occurred_at) AS last_at FROM customers_ownership o
            JOIN events_event e ON e.identity_id = o.identity_id
            WHERE o.customer_id = p.customer_id AND e.type = 'visit'
        ) visited WHERE visited.last_at <= %(before)s
    """,
    # Somebody who does anything with us has answered in their way.
    "reply": """
        SELECT written.customer_id, '' AS occasion FROM (
            SELECT customer_id, max(settled_at) AS last_at FROM channels_message
            WHERE status = 'sent' AND NOT is_test GROUP BY customer_id
        ) written
        WHERE written.last_at <= %(before)s AND NOT EXISTS (
            SELECT FROM customers_ownership o JOIN events_event e ON e.identity_id = o.identity_id
            WHERE o.customer_id = written.customer_id AND e.occurred_at > written.last_at
              AND e.type IN ('message_received', 'survey_answered', 'visit', 'booking_made', 'purchase_line')
        )
    """,
}
IN_SEGMENT = """
    SELECT asked.customer_id, asked.occasion FROM ({asked}) asked WHERE EXISTS (
        SELECT FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
        WHERE m.customer_id = asked.customer_id AND g.key = %(segment)s AND m.left_at IS NULL
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """When we look, and what earlier looks have seen: until when, and rows of the log of which transactions."""

    at: datetime
    started_at: datetime
    live_since: datetime  # the start, or the end of the last pause
    looked_until: datetime | None
    seen: int
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return max(self.started_at, self.looked_until or self.started_at, self.at - CATCH_UP)


def triggered(trigger: Trigger, look: Look) -> Condition | None:
    """SQL of whom the trigger concerns; None when there is nothing to look for now."""
    if isinstance(trigger, SegmentTrigger):
        return _by_segment(trigger, look)
    found = _asked(trigger, look)
    if found is None or not trigger.segment:
        return found
    return Condition(IN_SEGMENT.format(asked=found.sql), found.parameters | {"segment": trigger.segment})


def _by_segment(trigger: SegmentTrigger, look: Look) -> Condition:
    if trigger.kind == "segment_left":
        return Condition(LEFT, {"segment": trigger.segment, "since": look.started_at})
    since = None if trigger.include_present else look.started_at
    return Condition(ENTERED, {"segment": trigger.segment, "since": since})


def _asked(trigger: EventTrigger | DateTrigger | ScheduleTrigger | SilenceTrigger, look: Look) -> Condition | None:
    match trigger:
        case EventTrigger():
            fits = happenings.fits(trigger.event, trigger.where)
            occasion = "'event/' || e.id" if trigger.each == "event" else "''"
            sql = HAPPENED.format(fits=fits.sql, occasion=occasion)
            return Condition(sql, fits.parameters | {"seen": look.seen, "since": look.live_since})
        case DateTrigger():
            return _around(trigger, look)
        case ScheduleTrigger():
            moment = last_moment(trigger, look.at, look.zone)
            if moment <= look.since:
                return None
            return Condition(EVERYBODY, {"occasion": f"schedule/{moment.astimezone(look.zone):%Y-%m-%d}"})
        case SilenceTrigger():
            if look.looked_until and look.at < look.looked_until + SILENCE_LOOKED_FOR_EVERY:
                return None
            return Condition(SILENT[trigger.of], {"before": look.at - timedelta(days=trigger.days)})


def _around(trigger: DateTrigger, look: Look) -> Condition | None:
    if trigger.date == "booking" and trigger.hours:
        return _booked(trigger, look)
    dates = [day - timedelta(days=trigger.shift.days) for day in days_due(trigger.at, look)]
    if not dates:
        return None
    if trigger.date == "booking":
        return _booked(trigger, look)
    if trigger.date == "event":
        fits = happenings.fits(trigger.event, trigger.where)
        parameters = dict(fits.parameters)
        field = happenings.text_of(trigger.field, "date", parameters)
        return Condition(DATED.format(fits=fits.sql, field=field), parameters | {"dates": dates})
    days = [(name, day.year) for day in dates for name in names_of_day(day)]
    parameters = {
        "days": [name for name, _year in days],
        "occasions": [f"{trigger.date}/{year}" for _name, year in days],
    }
    if trigger.date == "birthday":
        return Condition(BIRTHDAY, parameters)
    return Condition(ANNIVERSARY, parameters | {"years": [year for _name, year in days], "zone": look.zone.key})


def _booked(trigger: DateTrigger, look: Look) -> Condition:
    fits = happenings.fits("booking_made", trigger.where)
    parameters: dict[str, Any] = {
        "booked_since": look.at - BOOKED_AHEAD,
        "since": look.since,
        "at": look.at,
        "is_after": trigger.side == "after",
    }
    if trigger.hours:
        parameters["shift"] = trigger.shift
    else:
        parameters |= {"zone": look.zone.key, "shift_days": trigger.shift.days, "clock": trigger.at}
    sql = BOOKED.format(fits=fits.sql, moment=BY_HOURS if trigger.hours else BY_DAYS)
    return Condition(sql, fits.parameters | parameters)


def days_due(clock: str, look: Look) -> list[date]:
    """The local days whose moment of this clock lies between the last look and now."""
    first, last = look.since.astimezone(look.zone).date(), look.at.astimezone(look.zone).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if look.since < moment_of(day, clock, look.zone) <= look.at]


def moment_of(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """When clocks of the zone show this on that day; one that they leap over comes as they leap, of two the first."""
    return datetime.combine(day, time.fromisoformat(clock), zone)


def names_of_day(day: date) -> list[str]:
    """What a day of the year is called: 03-21. Who was born on the 29th of February has a birthday every year."""
    is_last_of_short = (day.month, day.day) == (2, 28) and monthrange(day.year, 2)[1] == 28
    return [f"{day:%m-%d}", "02-29"] if is_last_of_short else [f"{day:%m-%d}"]


def last_moment(trigger: ScheduleTrigger, at: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment of the schedule that is not after `at`."""
    day = at.astimezone(zone).date()
    for back in range(63):
        found = day - timedelta(days=back)
        if _is_day_of(trigger, found) and (moment := moment_of(found, trigger.at, zone)) <= at:
            return moment
    raise AssertionError("every schedule comes within two months")


def _is_day_of(trigger: ScheduleTrigger, day: date) -> bool:
    if trigger.every == "week":
        return day.weekday() == trigger.weekday
    if trigger.every == "month":
        return day.day == min(trigger.day, monthrange(day.year, day.month)[1])
    return True
