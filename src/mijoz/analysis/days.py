"""Calendar arithmetic as whole numbers, in expressions that every backend has.

A *day* is counted as `date.toordinal()` does (1 is 0001-01-01); a *month* is year * 12 + month - 1. Spark
knows one zone a session: there `spark.sql.session.timeZone` must be the zone asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import narwhals as nw


def end_of_day(day: date, *, zone: str) -> datetime:
    """The first moment after `day` in `zone`, in UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_date(moment: nw.Expr, *, zone: str) -> nw.Expr:
    return moment.dt.convert_time_zone(zone).dt.date()


def day_of(on: nw.Expr) -> nw.Expr:
    """The number of the day of a date."""
    years = on.dt.year().cast(nw.Int64) - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + on.dt.ordinal_day().cast(nw.Int64)


def second_of(moment: nw.Expr) -> nw.Expr:
    """The number of the second of a moment, by the clock that it is told in."""
    hours = day_of(moment.dt.date()) * 24 + moment.dt.hour().cast(nw.Int64)
    return (hours * 60 + moment.dt.minute().cast(nw.Int64)) * 60 + moment.dt.second().cast(nw.Int64)


def month_of(on: nw.Expr) -> nw.Expr:
    """The number of the month of a date."""
    return on.dt.year().cast(nw.Int64) * 12 + on.dt.month().cast(nw.Int64) - 1


def month_of_day(day: nw.Expr) -> nw.Expr:
    """The number of the month in which the day of this number lies.

    Counts years from 1 March, so that the leap day comes last, in eras of 400 years (146,097 days).
    """
    since_march_of_year_0 = day + 305
    era = since_march_of_year_0 // 146_097
    day_of_era = since_march_of_year_0 - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (year_of_era * 365 + year_of_era // 4 - year_of_era // 100)
    months_since_march = (day_of_year * 5 + 2) // 153
    return (era * 400 + year_of_era) * 12 + months_since_march + 2


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def labelled_month(label: str) -> int:
    """The number of the month written as 2011-03."""
    year, number = label.split("-")
    return int(year) * 12 + int(number) - 1


def month_label(month: int) -> str:
    """2011-03 for the month of this number."""
    return f"{month // 12:04}-{month % 12 + 1:02}"
