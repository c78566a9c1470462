"""Text cells to amounts and moments, a whole column at a time."""

from __future__ import annotations

import polars as pl

from mijoz.customers.importing.mapping import DATE_FORMATS, TIME_ENDINGS

NUMBER = r"^-?\d+(\.\d+)?$|^-?\.\d+$"
EXCEL_EPOCH = pl.datetime(1899, 12, 30)


def amounts(column: pl.Expr, *, decimal: str) -> pl.Expr:
    """Decimal(18, 4) from cells such as `1 234,50`, `1,234.50`, `1'234.50`, `12 000 so'm`, `(5.00)`, `−3`.

    Where one comma or point stands before exactly three digits it is the sign that `decimal` names. An empty cell and what
    is no amount give null.
    """
    text = column.str.strip_chars().str.replace_all("[−–]", "-")
    negative = text.str.contains(r"^\(.*\)$") | text.str.contains("-")
    bare = text.str.replace_all(r"(?i)so[ʻʼ'‘’`]?m|сўм|сум|руб|uzs|usd|eur|rub|gbp|kzt|[$€£₽₸()\s\x{00A0}\x{202F}\x{2009}'’+]", "")
    bare = bare.str.replace(r"^-|-$", "").str.replace(r"[.,]$", "")
    commas, points = bare.str.count_matches(",", literal=True), bare.str.count_matches(".", literal=True)
    last_is_comma = bare.str.contains(r",\d*$")
    three_after = bare.str.contains(r"^\d{1,3}[.,]\d{3}$")
    comma_decides = (
        pl.when((commas > 0) & (points > 0))
        .then(last_is_comma)
        .when(commas > 1)
        .then(False)
        .when(points > 1)
        .then(True)
        .when(three_after)
        .then(pl.lit(decimal == ","))
        .otherwise(commas == 1)
    )
    plain = (
        pl.when(comma_decides)
        .then(bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .otherwise(bare.str.replace_all(",", "", literal=True))
    )
    number = pl.when(plain.str.contains(NUMBER)).then(plain).otherwise(None)
    value = number.cast(pl.Decimal(18, 4), strict=False)
    return pl.when(negative).then(-value).otherwise(value).cast(pl.Decimal(18, 4))


def simple_amounts(column: pl.Expr) -> pl.Expr:
    """As `amounts`, for columns in which every cell is a plain number: several times as quick."""
    return column.cast(pl.Decimal(18, 4), strict=False)


def moments(column: pl.Expr, *, pattern: str, day_first: bool, time_zone: str) -> pl.Expr:
    """Moments in UTC from cells in the file's own zone; null for what is no date.

    `pattern` is tried first, then all formats we know (with `day_first` where a date reads both ways), ISO moments with a
    zone, and Excel's day numbers. A moment that a daylight change skipped is taken an hour later; one that it
    repeated is taken the first time.
    """
    text = column.str.strip_chars()
    tried = [pattern] if pattern else all_formats(day_first)
    naive = pl.coalesce([text.str.to_datetime(each, time_unit="us", strict=False) for each in tried])
    return to_utc(naive, time_zone)


def all_formats(day_first: bool) -> list[str]:
    ambiguous = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y") if day_first else ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y")
    ordered = [each for each in DATE_FORMATS if each not in ambiguous]
    return [date + ending for date in ordered for ending in TIME_ENDINGS]


def zoned_moments(column: pl.Expr) -> pl.Expr:
    """ISO moments that carry their own zone, in UTC."""
    return column.str.strip_chars().str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def excel_moments(column: pl.Expr, time_zone: str) -> pl.Expr:
    """Excel's numbers of days (20,000 to 80,000: years 1954 to 2119) as moments in UTC."""
    days = column.str.strip_chars().cast(pl.Float64, strict=False)
    valid = pl.when(days.is_between(20_000, 80_000)).then(days)
    return to_utc(EXCEL_EPOCH.cast(pl.Datetime("us")) + pl.duration(seconds=(valid * 86_400).round()), time_zone)


def to_utc(naive: pl.Expr, time_zone: str) -> pl.Expr:
    zoned = naive.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    later = (naive + pl.duration(hours=1)).dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(zoned, later).dt.convert_time_zone("UTC")
