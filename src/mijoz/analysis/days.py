"""Calendar arithmetic as whole numbers, in expressions that every backend has.

A *day* is counted as `date.toordinal()` does (1 is 0001-01-01); a *month* is year * 12 + month - 1. Spark
knows one zone a session: there `spark.sql.session.timeZone` must be the zone asked for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
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


def with_month_of_day(rows: nw.LazyFrame[Any], *, day: str, month: str) -> nw.LazyFrame[Any]:
    """The rows with the number of the month in which the day of this number lies.

    Counts years from 1 March, so that the leap day comes last, in eras of 400 years (146,097 days). Each step is a
    column: as one expression, in which each is written out as often as it is used, Spark takes minutes to read it.
    """
    era, of_era, year, of_year = (f"{month}_{part}" for part in ("era", "day_of_era", "year_of_era", "day_of_year"))
    whole_days, left, years = nw.col(day) + 305, nw.col(of_era), nw.col(year)
    return (
        rows.with_columns((whole_days // 146_097).alias(era))
        .with_columns((whole_days - nw.col(era) * 146_097).alias(of_era))
        .with_columns(((left - left // 1_460 + left // 36_524 - left // 146_096) // 365).alias(year))
        .with_columns((left - (years * 365 + years // 4 - years // 100)).alias(of_year))
        .with_columns(((nw.col(era) * 400 + years) * 12 + (nw.col(of_year) * 5 + 2) // 153 + 2).alias(month))
        .drop(era, of_era, year, of_year)
    )


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def labelled_month(label: str) -> int:
    """The number of the month written as 2011-03."""
    year, number = label.split("-")
    return int(year) * 12 + int(number) - 1


def month_label(month: int) -> str:
    """2011-03 for the month of this number."""
    return f"{month // 12:04}-{month % 12 + 1:02}"
