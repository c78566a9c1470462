"""What lets a scenario begin for a customer, as data: a segment, an event, a date, the calendar, or silence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mijoz.scenarios import fitting

TRIGGER_KINDS = ("segment_entered", "segment_left", "event", "around", "schedule", "silence")
OPERATORS = ("=", "!=", ">=", "<=", ">", "<", "contains", "known")
COLUMNS = ("reference", "item", "quantity", "amount", "discount", "currency", "branch", "channel")
NUMBERS = ("quantity", "amount", "discount")
PAYLOAD = re.compile(r"payload(\.[A-Za-z_][A-Za-z0-9_]{0,59}){1,4}")
EVENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:-]{0,99}")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_CONDITIONS = 10


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _event(given: Any) -> str:
    if not isinstance(given, str) or not EVENT.fullmatch(given):
        raise fitting.problem(_("Choose the event, such as visit or booking_made."))
    return given


def _event_or_none(given: Any) -> str:
    return "" if given == "" else _event(given)


def _clock(given: Any) -> str:
    if not isinstance(given, str) or not CLOCK.fullmatch(given):
        raise fitting.problem(_("A time of day such as 10:00 is needed here."))
    return given


EventName = Annotated[str, BeforeValidator(_event)]
EventNameOrNone = Annotated[str, BeforeValidator(_event_or_none)]
Clock = Annotated[str, BeforeValidator(_clock)]
SegmentKey = Annotated[str, fitting.plain(40)]


class Where(Part):
    """A condition on an event: a column of the log, or `payload.…` of what its sender told."""

    field: str
    op: Annotated[str, fitting.one_of(OPERATORS)]
    value: str | float | bool

    @model_validator(mode="after")
    def _fits(self) -> Where:
        if self.field not in COLUMNS and not PAYLOAD.fullmatch(self.field):
            raise fitting.problem(
                _("“%(field)s” is neither a column of the log nor payload.name.") % {"field": self.field}
            )
        if self.op == "known" and not isinstance(self.value, bool):
            raise fitting.problem(_("Yes or no is needed here."))
        number = isinstance(self.value, float) and not isinstance(self.value, bool)
        if (self.op in (">=", "<=", ">", "<") or self.field in NUMBERS) and self.op != "known" and not number:
            raise fitting.problem(_("A number is needed here."))
        if self.op == "contains" and not (isinstance(self.value, str) and self.value):
            raise fitting.problem(_("Write the text to look for."))
        if isinstance(self.value, str) and (len(self.value) > 200 or "\x00" in self.value):
            raise fitting.problem(_("A text of at most %(n)s characters is needed here.") % {"n": 200})
        return self


def _few(given: Any) -> Any:
    if isinstance(given, list | tuple) and len(given) > MOST_CONDITIONS:
        raise fitting.problem(_("At most %(n)s conditions can be asked of an event.") % {"n": MOST_CONDITIONS})
    return given


Conditions = Annotated[tuple[Where, ...], BeforeValidator(_few)]


class SegmentTrigger(Part):
    """`segment_entered` enrols who enters, with `include_present` also who is there; `segment_left` who leaves."""

    kind: Literal["segment_entered", "segment_left"]
    segment: SegmentKey
    include_present: bool = True

    @model_validator(mode="after")
    def _names_a_segment(self) -> SegmentTrigger:
        if not self.segment:
            raise fitting.problem(_("Choose the segment for which the scenario is."))
        return self


class EventTrigger(Part):
    """Whoever an event of this type happens to after the start. With a `segment`, only who is in it then.

    `each` of `event` enrols anew for each of them, `customer` only as `again_after_days` allows.
    """

    kind: Literal["event"]
    event: EventName
    where: Conditions = ()
    each: Annotated[str, fitting.one_of(["customer", "event"])] = "customer"
    segment: SegmentKey = ""


class DateTrigger(Part):
    """So long before or after a date of the customer: a birthday, a booked visit, a date in an event, an anniversary.

    `date` of `event` reads `field` (`payload.until`) of the events `event`, such as the end of a warranty; `booking`
    the start of bookings made and not missed or cancelled; `anniversary` the first purchase, each year.
    Days are counted by the business's calendar and the moment is `at` there; for a booking, `hours` before or after
    its start count too, and with them `at` is left out.
    """

    kind: Literal["around"]
    date: Annotated[str, fitting.one_of(["birthday", "booking", "anniversary", "event"])]
    side: Annotated[str, fitting.one_of(["before", "after"])] = "before"
    days: Annotated[int, fitting.whole(0, 365)] = 0
    hours: Annotated[int, fitting.whole(0, 72)] = 0
    at: Clock = "10:00"
    event: EventNameOrNone = ""
    field: Annotated[str, fitting.plain(200)] = ""
    where: Conditions = ()
    segment: SegmentKey = ""

    @model_validator(mode="after")
    def _names_a_date(self) -> DateTrigger:
        if self.date == "event" and (not self.event or not PAYLOAD.fullmatch(self.field)):
            raise fitting.problem(_("Choose the event and the field that holds its date, such as payload.until."))
        if self.hours and self.date != "booking":
            raise fitting.problem(_("Hours count for a booking only: other dates have no time of day."))
        return self

    @property
    def shift(self) -> timedelta:
        """From the date to the moment, negative when it is before."""
        length = timedelta(days=self.days, hours=self.hours)
        return -length if self.side == "before" else length


class ScheduleTrigger(Part):
    """Everybody who fits, each day, week or month at a local time; `day` of a month that is too short is its last."""

    kind: Literal["schedule"]
    every: Annotated[str, fitting.one_of(["day", "week", "month"])]
    weekday: Annotated[int, fitting.whole(0, 6)] = 0  # 0 is Monday
    day: Annotated[int, fitting.whole(1, 31)] = 1
    at: Clock = "10:00"
    segment: SegmentKey = ""


class SilenceTrigger(Part):
    """Who did something once and then not for so many days: a purchase, a visit, a reply to what we sent."""

    kind: Literal["silence"]
    of: Annotated[str, fitting.one_of(["purchase", "visit", "reply"])]
    days: Annotated[int, fitting.whole(1, 1825)]
    segment: SegmentKey = ""


Trigger = Annotated[
    SegmentTrigger | EventTrigger | DateTrigger | ScheduleTrigger | SilenceTrigger, Field(discriminator="kind")
]


def has_occasions(trigger: Trigger) -> bool:
    """Whether the same customer is enrolled anew for each occasion: this booking, this birthday, this Monday."""
    if isinstance(trigger, EventTrigger):
        return trigger.each == "event"
    return isinstance(trigger, DateTrigger | ScheduleTrigger)


def trigger_label(kind: str) -> str:
    return {
        "segment_entered": pgettext("trigger", "A segment is entered"),
        "segment_left": pgettext("trigger", "A segment is left"),
        "event": pgettext("trigger", "Something happens"),
        "around": pgettext("trigger", "Before or after a date"),
        "schedule": pgettext("trigger", "By the calendar"),
        "silence": pgettext("trigger", "Nothing for a while"),
    }[kind]
