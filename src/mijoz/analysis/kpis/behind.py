"""Who stands behind a value: the customers, cases, visits or answers whose sums it is."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import narwhals as nw

from mijoz.analysis.days import labelled_month, month_number
from mijoz.analysis.frames import Frame, collected, kept, lazy
from mijoz.analysis.kpis import trade
from mijoz.analysis.kpis.catalogue import KPIS, Kpi
from mijoz.analysis.kpis.computing import ACTIVE_DAYS
from mijoz.analysis.kpis.facts import Log

Rows = nw.LazyFrame[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which value: of the whole when `dimension` is "", of all time until the day when `month` (2026-03) is ""."""

    name: str
    dimension: str = ""
    member: str = ""
    month: str = ""

    @property
    def kpi(self) -> Kpi:
        return KPIS[self.name]

    @property
    def month_number(self) -> int | None:
        return labelled_month(self.month) if self.month else None


def behind(
    events: Frame,
    ownership: Frame,
    asked: Asked,
    *,
    as_of: date,
    zone: str,
    segments: Frame | None = None,
    active_days: int = ACTIVE_DAYS,
) -> nw.DataFrame[Any]:
    """The rows that the value sums up: customer_id, numerator, denominator, reference and occurred_at.

    Of what customers buy a row for each customer (reference is empty), of all else one for each answer, visit, case or
    booking. The sums of the two columns are those of the value; of a total `denominator` is null.
    """
    kpi, members = asked.kpi, None
    if asked.dimension == "segment" and segments is not None:
        chosen = lazy(segments).filter(nw.col("segment") == asked.member)
        members = chosen.select("customer_id", nw.col("segment").alias("member"))
    log = Log(events, ownership, as_of=as_of, zone=zone)
    rows = _of_trade(log, asked, active_days) if kpi.family == "trade" else _of_episodes(log, asked)
    if asked.dimension == "segment":
        rows = rows.join(members, on="customer_id", how="semi") if members is not None else rows.head(0)
    x = nw.col(kpi.x).cast(nw.Float64) if kpi.x else nw.lit(None).cast(nw.Float64)
    found = rows.select(
        "customer_id",
        "reference",
        "occurred_at",
        nw.col(kpi.y).cast(nw.Float64).alias("numerator"),
        x.alias("denominator"),
    )
    counts = (nw.col("numerator") != 0) | (nw.col("denominator").fill_null(0.0) > 0)
    return collected(found.filter(counts))


def _of_episodes(log: Log, asked: Asked) -> Rows:
    units = log.units(asked.kpi.family)
    if asked.dimension not in {"", "segment"}:
        units = units.filter(nw.col(asked.dimension) == asked.member)
    return units if asked.month_number is None else units.filter(nw.col("month") == asked.month_number)


def _of_trade(log: Log, asked: Asked, active_days: int) -> Rows:
    kpi, month = asked.kpi, asked.month_number
    seen = trade.trade(log, active_days=active_days)
    place = asked.dimension if asked.dimension in {"branch", "channel"} else ""
    if kpi.is_state and month is not None and month < month_number(log.as_of):
        # how customers stood at the month's end, by the present pause of the business
        seen = replace(
            seen,
            as_of=date(month // 12, month % 12 + 1, monthrange(month // 12, month % 12 + 1)[1]),
            cells=kept(seen.cells.filter(nw.col("month") <= month)),
        )
        month = None
    elif kpi.is_state:
        month = None
    monthly = trade.monthly_of(seen, place, None)
    if place:
        monthly = kept(monthly.filter(nw.col("member") == asked.member))
    rows = trade.customers_of(seen, monthly)
    if month is not None:
        rows = trade.in_month(monthly, rows).filter(nw.col("month") == month)
    rows = trade.told(rows).with_columns(nw.col("is_purchaser").alias("customers"))
    if asked.dimension == "touchpoint":
        rows = _about(rows, seen, asked)
    none = nw.lit(None).cast(nw.Datetime("us", "UTC"))
    return rows.with_columns(nw.lit("").alias("reference"), none.alias("occurred_at"))


def _about(rows: Rows, seen: trade.Trade, asked: Asked) -> Rows:
    """Only complaints about this touchpoint count as such; the base stays who bought or complained."""
    about = seen.complaints.filter(nw.col("touchpoint") == asked.member)
    if asked.month_number is not None:
        about = about.filter(nw.col("month") == asked.month_number)
    about = about.select("customer_id").unique().with_columns(nw.lit(1).cast(nw.Int64).alias("about_it"))
    joined = rows.join(about, on="customer_id", how="left")
    return joined.with_columns(nw.col("about_it").fill_null(0).alias("complained"))
