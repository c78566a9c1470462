"""What the log says of everybody: all that the rules ask of it, answered in one walk over the lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_
from zoneinfo import ZoneInfo

import polars as pl

from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.segments.happenings import GROUPED, NUMBER, Counted, Where, Window

Bounds = tuple[datetime | None, datetime]


def counts(asked: Mapping[str, Counted], *, day: date, zone: ZoneInfo) -> pl.DataFrame:
    """A row for each customer of whom the log says something: customer_id, and a number by each name of `asked`.

    Nothing said is null there, and whoever has no row has nothing.
    """
    if not asked:
        return pl.DataFrame(schema={"customer_id": pl.Int64})
    bounds = {name: _bounds(one.window, day=day, zone=zone) for name, one in asked.items()}
    rows = lake.whole().filter(pl.col("identity_id").is_not_null(), _wanted(asked, bounds))
    rows = rows.join(ownership_frame().lazy(), on="identity_id")
    parts = []
    for grouped in (True, False):
        names = [name for name, one in asked.items() if (one.type in GROUPED) == grouped]
        if names:
            types = sorted({asked[name].type for name in names})
            concerned = rows.filter(pl.col("type").is_in(types))
            masks = {name: _mask(asked[name], bounds[name]) for name in names}
            tables = {name: asked[name] for name in names}
            parts.append(_by_reference(concerned, tables, masks) if grouped else _by_customer(concerned, tables, masks))
    found = pl.collect_all(parts, engine="streaming")
    table = reduce(lambda one, other: one.join(other, on="customer_id", how="full", coalesce=True), found)
    last = [name for name, one in asked.items() if one.measure == "last"]
    return table.with_columns(_days_before(day, pl.col(name), zone).alias(name) for name in last)


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day there."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _bounds(window: Window, *, day: date, zone: ZoneInfo) -> Bounds:
    """From when, None for ever, until when."""
    until = beginning(day + timedelta(days=1), zone)
    if window.last_days is not None:
        return beginning(_earlier(day, window.last_days), zone), until
    if window.days_ago is not None:
        nearer, farther = window.days_ago
        return beginning(_earlier(day, farther), zone), beginning(_earlier(day, nearer) + timedelta(days=1), zone)
    if window.since is not None:
        return beginning(window.since, zone), until
    return None, until


def _earlier(day: date, days: int) -> date:
    return day - timedelta(days=days)


def _wanted(asked: Mapping[str, Counted], bounds: Mapping[str, Bounds]) -> pl.Expr:
    """Rows that any of the facts can need, by what the files' statistics tell as well."""
    wanted = pl.col("type").is_in(sorted({one.type for one in asked.values()}))
    begins = [first for first, _until in bounds.values()]
    wanted &= pl.col("occurred_at") < max(until for _first, until in bounds.values())
    if None not in begins:
        wanted &= pl.col("occurred_at") >= min(first for first in begins if first is not None)
    return wanted


def _mask(one: Counted, bounds: Bounds) -> pl.Expr:
    first, until = bounds
    tests = [pl.col("type") == one.type, pl.col("occurred_at") < until]
    if first is not None:
        tests.append(pl.col("occurred_at") >= first)
    return reduce(and_, [*tests, *map(_where, one.where)])


def _where(where: Where) -> pl.Expr:
    if isinstance(where.value, list):
        found = _text(where.column).is_in(where.value).fill_null(False)
        return found if where.op == "in" else ~found
    number = _number(where.column)
    bound = float(where.value)
    return (number >= bound if where.op == ">=" else number <= bound).fill_null(False)


def _text(column: str) -> pl.Expr:
    if column.startswith("payload."):
        return pl.col("payload").str.json_path_match(f"$.{column.removeprefix('payload.')}")
    return pl.col(column)


def _number(column: str) -> pl.Expr:
    if column.startswith("payload."):
        text = _text(column)
        return pl.when(text.str.contains(NUMBER)).then(text).cast(pl.Float64, strict=False)
    return pl.col(column).cast(pl.Float64)


def _by_customer(rows: pl.LazyFrame, asked: Mapping[str, Counted], masks: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    return rows.group_by("customer_id").agg(_measured(one, masks[name]).alias(name) for name, one in asked.items())


def _by_reference(rows: pl.LazyFrame, asked: Mapping[str, Counted], masks: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """As by customer, but what is counted is references; they are told apart by their hash, which is quicker."""
    happening = pl.struct("source", "reference").hash().alias("happening")
    each = rows.with_columns(happening).group_by("customer_id", "happening")
    measured = each.agg(
        (masks[name].any() if one.groups else _measured(one, masks[name])).alias(name) for name, one in asked.items()
    )
    return measured.group_by("customer_id").agg(
        pl.col(name).max() if one.measure == "last" else pl.col(name).sum().cast(pl.Float64).round(4)
        for name, one in asked.items()
    )


def _measured(one: Counted, mask: pl.Expr) -> pl.Expr:
    if one.measure == "count":
        return mask.sum().cast(pl.Float64)
    if one.measure == "sum":
        return pl.when(mask).then(_number(one.column)).otherwise(0.0).sum().round(4)
    return pl.when(mask).then(pl.col("occurred_at")).max()


def _days_before(day: date, moment: pl.Expr, zone: ZoneInfo) -> pl.Expr:
    there = moment.dt.convert_time_zone(str(zone)).dt.date()
    return (pl.lit(day) - there).dt.total_days().cast(pl.Float64)
