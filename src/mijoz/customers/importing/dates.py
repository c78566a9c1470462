"""Moments as people and programs write them, a whole column at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import polars as pl

DATES = (  # years of two digits come first: %Y would read them too, as years of the first century
    "%d.%m.%y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
)
DAY_FIRST = ("%d/%m/%y", "%d-%m-%y", "%d/%m/%Y", "%d-%m-%Y")
MONTH_FIRST = ("%m/%d/%y", "%m-%d-%y", "%m/%d/%Y", "%m-%d-%Y")
TIMES = (
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M",
    " %H:%M:%S%.f",
    "T%H:%M:%S%.f",
    " %I:%M %p",
    " %I:%M:%S %p",
)
TWO_NUMBERS = r"^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}\b"
FIRST_CELLS = 50
EARLIEST_YEAR = 1000  # what reads as an earlier one was read by the wrong format
EXCEL_EPOCH = datetime(1899, 12, 30)
EXCEL_DAY = r"^[2-7]\d{4}(?:\.0*)?$"
EXCEL_DAY_AND_TIME = r"^[2-7]\d{4}(?:\.\d+)?$"
EXCEL_TIME = r"^0?\.\d+$|^0$"


def formats(*, day_first: bool) -> list[str]:
    """All formats we know, in the order in which they are tried."""
    return [day + time for day in (*DATES, *(DAY_FIRST if day_first else MONTH_FIRST)) for time in TIMES]


def format_of(samples: Iterable[str], *, day_first: bool) -> str:
    """The format that reads every sample; "" when none does, or there are none."""
    cells = pl.Series("text", [sample.strip() for sample in samples], dtype=pl.String)
    if cells.is_empty():
        return ""
    for pattern in formats(day_first=day_first):
        if cells.to_frame().select(_read(pl.col("text"), pattern).is_not_null().all()).item():
            return pattern
    return ""


def day_orders(cells: pl.Series) -> tuple[bool, bool]:
    """Whether some date with strokes or dashes has its day first for certain, and whether some has its month first."""
    numbers = cells.str.extract_groups(TWO_NUMBERS).struct.unnest().cast(pl.Int32, strict=False)
    first, second = (numbers.to_series(place) for place in (0, 1))
    return bool((first > 12).any()), bool(((first <= 12) & (second > 12)).any())


def reads_both_ways(cells: pl.Series) -> bool:
    """Whether there are dates with strokes or dashes, and all could have either number for the day."""
    return bool(cells.str.contains(TWO_NUMBERS).any()) and day_orders(cells) == (False, False)


def moments(cells: pl.Series, *, pattern: str, day_first: bool, zone: str) -> pl.Series:
    """Moments in UTC from cells in the file's own zone; null for what is no date.

    `pattern` is tried first ("": one that reads the first cells); what it cannot read is tried by all formats we know
    (with `day_first` where a date reads both ways), as an ISO moment with its own zone, and as Excel's number of a day.
    """
    frame = cells.str.strip_chars().to_frame("text")
    text = pl.col("text")
    known = formats(day_first=day_first)
    likely = (
        pattern or format_of(frame.to_series().filter(cells != "").head(FIRST_CELLS), day_first=day_first) or known[0]
    )
    found = frame.select(to_utc(_read(text, likely), zone)).to_series()
    if not found.null_count():
        return found
    left = frame.filter(found.is_null()).select(
        pl.coalesce(
            to_utc(pl.coalesce(_read(text, each) for each in known), zone),
            text.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False),
            to_utc(_excel_moment(text), zone),
        )
    )
    return found.scatter(found.is_null().arg_true(), left.to_series())


def with_time(days: pl.Expr, times: pl.Expr) -> pl.Expr:
    """Cells of a date and a time put together; workbooks tell a day with a midnight, and a time with a day of 1899."""
    day = days.str.strip_chars()
    as_serial = pl.lit(EXCEL_EPOCH) + pl.duration(days=day.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False))
    day = (
        pl.when(day.str.contains(EXCEL_DAY))
        .then(as_serial.dt.strftime("%Y-%m-%d"))
        .otherwise(day.str.replace(r"[ T]00:00(?::00(?:\.0+)?)?$", ""))
    )
    time = times.str.strip_chars()
    seconds = (time.cast(pl.Float64, strict=False) * 86_400).round()
    of_day = (pl.lit(EXCEL_EPOCH) + pl.duration(seconds=seconds)).dt.strftime("%H:%M:%S")
    time = (
        pl.when(time.str.contains(EXCEL_TIME))
        .then(of_day)
        .otherwise(time.str.replace(r"^(?:1899|1900)-\d\d-\d\d[ T]", ""))
    )
    return pl.concat_str([day, time], separator=" ").str.strip_chars()


def _read(text: pl.Expr, pattern: str) -> pl.Expr:
    moment = text.str.to_datetime(pattern, time_unit="us", strict=False)
    return pl.when(moment.dt.year() >= EARLIEST_YEAR).then(moment)


def _excel_moment(text: pl.Expr) -> pl.Expr:
    days = pl.when(text.str.contains(EXCEL_DAY_AND_TIME)).then(text.cast(pl.Float64, strict=False))
    return (pl.lit(EXCEL_EPOCH) + pl.duration(seconds=(days * 86_400).round())).cast(pl.Datetime("us"))


def to_utc(naive: pl.Expr, zone: str) -> pl.Expr:
    """Moments of a zone's clock in UTC.

    One that a daylight change skipped comes an hour later, of one that it repeated the first is taken.
    """
    there = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (naive + pl.duration(hours=1)).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(there, later).dt.convert_time_zone("UTC")
