"""The parts of the day in which customers may be written to, on workdays and at weekends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.utils.translation import gettext as _

WEEKEND = frozenset({5, 6})  # Saturday and Sunday, counted from Monday
WORKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days, by the clock of the business."""

    days: frozenset[int]
    begins: time
    ends: time

    def next_moment(self, at: datetime, *, zone: ZoneInfo) -> datetime:
        """`at` when it lies in the window, else when the window begins next."""
        local = at.astimezone(zone)
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() not in self.days:
                continue
            begins = datetime.combine(day, self.begins, zone)
            if datetime.combine(day, self.ends, zone) > local:
                return max(local, begins).astimezone(UTC)
        raise ValueError("a window has at least one day")

    @property
    def clock(self) -> str:
        """Its hours: 18–20, 9:30–12."""
        return f"{_clock(self.begins)}–{_clock(self.ends)}"

    @property
    def name(self) -> str:
        """Days and hours in words."""
        if self.days == WORKDAYS:
            return _("workdays %(hours)s") % {"hours": self.clock}
        if self.days == WEEKEND:
            return _("weekend %(hours)s") % {"hours": self.clock}
        return _("any day %(hours)s") % {"hours": self.clock}


def _clock(moment: time) -> str:
    return f"{moment.hour}" if moment.minute == 0 else f"{moment.hour}:{moment.minute:02}"


PARTS = (
    *(Window(WORKDAYS, time(hour), time(hour + 2)) for hour in (8, 10, 12, 14, 16, 18, 20)),
    *(Window(WEEKEND, time(begins), time(ends)) for begins, ends in ((8, 12), (12, 17), (17, 22))),
)
ANY_HOUR = Window(WORKDAYS | WEEKEND, time(8), time(22))


def part_of(moment: pl.Expr, *, zone: str) -> pl.Expr:
    """The place in PARTS of each moment; null at night."""
    local = moment.dt.convert_time_zone(zone)
    hour, is_weekend = local.dt.hour().cast(pl.Int64), local.dt.weekday() > 5
    workday = pl.when(hour.is_between(8, 21)).then((hour - 8) // 2)
    weekend = pl.when(hour.is_between(8, 11)).then(7).when(hour.is_between(12, 16)).then(8)
    weekend_or_null = weekend.when(hour.is_between(17, 21)).then(9)
    return pl.when(is_weekend).then(weekend_or_null).otherwise(workday)


def declared(text: str) -> Window | None:
    """Hours as a customer chose them or staff wrote them down (“09:00-12:00”, “18–20”); None when there are none."""
    parts = text.replace("–", "-").replace(" ", "").split("-")
    if len(parts) != 2:
        return None
    try:
        begins, ends = (_read(part) for part in parts)
    except ValueError:
        return None
    return Window(WORKDAYS | WEEKEND, begins, ends) if begins < ends else None


def _read(text: str) -> time:
    hour, _colon, minute = text.partition(":")
    if not hour.isdecimal() or (minute and not minute.isdecimal()):
        raise ValueError(text)
    return time(int(hour), int(minute or 0))
