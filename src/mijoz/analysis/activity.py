"""What customers did, by month and in all: the few tables from which every KPI is a sum (see kpis.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.days import day_of, end_of_day, local_date, month_number, month_of, month_of_day
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy
from mijoz.analysis.rfm import purchases

SATISFACTION = "csat"  # the one kind of survey whose scores are averaged: scales are not mixed
PAUSES_UNTIL_RISK = 2

MET = ["refunds", "complaints", "answers", "scores"]
FLAGS = ["is_new", "came_back", "is_active", "is_at_risk"]
COUNTS = ["purchases", "complaints", "answers", "is_purchaser", *FLAGS]
COUNTS += ["complained", "complaint_base", "refund_base", "answered"]
AMOUNTS = ["refunds", "scores"]
PRODUCTS = [
    ("spent", "spent"),
    ("spent", "purchases"),
    ("purchases", "purchases"),
    ("refunds", "refunds"),
    ("refunds", "spent"),
    ("scores", "scores"),
    ("scores", "answers"),
    ("answers", "answers"),
]


@dataclass(frozen=True, slots=True)
class Activity:
    """What known customers did until the end of a day, one row for each customer and month.

    `bought` has purchases, revenue, first_day, last_day; `met` has refunds (their value), complaints,
    answers and scores (their sum). `pause` is the usual one in days, None when nobody came back.
    """

    bought: nw.LazyFrame[Any]
    met: nw.LazyFrame[Any]
    pause: float | None
    as_of: date
    active_days: int


def activity(events: Frame, ownership: Frame, *, as_of: date, zone: str, active_days: int) -> Activity:
    """Read the log and keep what each customer did in each month of the calendar in `zone`."""
    rows = lazy(events).filter(nw.col("occurred_at") < end_of_day(as_of, zone=zone))
    bought = kept(_bought(purchases(rows, ownership), zone=zone))
    met = kept(_met(rows, lazy(ownership), zone=zone))
    return Activity(bought, met, _usual_pause(bought), as_of, active_days)


def by_customer(seen: Activity) -> nw.LazyFrame[Any]:
    """One row for each customer: all that is counted, and how the customer stands when the last day ends."""
    today = seen.as_of.toordinal()
    silent_days = nw.lit(today) - nw.col("last_day")
    totals = _in_all(seen.bought)
    bought = totals.with_columns(
        flag(nw.col("first_day") > today - seen.active_days).alias("is_new"),
        flag(nw.col("purchases") > 1).alias("came_back"),
        flag(silent_days < seen.active_days).alias("is_active"),
        flag(silent_days > _patience(seen, since="first_day", purchases="purchases")).alias("is_at_risk"),
    )
    met = seen.met.group_by("customer_id").agg(*(nw.col(name).sum() for name in MET))
    return _together(bought, met, on=["customer_id"])


def by_month(seen: Activity) -> dict[int, dict[str, Any]]:
    """Sums of each month, up to that of the last day; how customers stand is as of the month's end."""
    bought = _over_time(seen)
    sums = {row["month"]: row for row in summed(_together(bought, seen.met, on=["customer_id", "month"]), by="month")}
    if not sums:
        return {}
    starts_at_risk = month_of_day(nw.col("last_day") + nw.col("patience_days").floor().cast(nw.Int64) + 1)
    active = _standing(bought, start=nw.col("month"), stop=month_of_day(nw.col("last_day") + seen.active_days))
    at_risk = _standing(bought, start=starts_at_risk, stop=nw.col("next_month"))
    months, customers, active_now, at_risk_now = {}, 0, 0, 0
    for month in range(min(sums), month_number(seen.as_of) + 1):
        of_month = sums.get(month, NOTHING)
        customers += of_month["is_new"]
        active_now += active.get(month, 0)
        at_risk_now += at_risk.get(month, 0)
        standing = {"customers": customers, "is_active": active_now, "is_at_risk": at_risk_now}
        months[month] = {**of_month, **standing}
    return months


def summed(rows: nw.LazyFrame[Any], *, by: str | None = None) -> list[dict[str, Any]]:
    """All that is counted, summed up: one dict, or one for each value of `by`."""
    has_bought, has_complained = nw.col("purchases") > 0, nw.col("complaints") > 0
    rows = rows.with_columns(
        nw.col("revenue").cast(nw.Float64).fill_null(0.0).alias("spent"),
        flag(has_bought).alias("is_purchaser"),
        flag(has_complained).alias("complained"),
        flag(has_bought | has_complained).alias("complaint_base"),
        flag(has_bought | (nw.col("refunds") > 0)).alias("refund_base"),
        flag(nw.col("answers") > 0).alias("answered"),
    )
    totals = [
        nw.col("revenue").sum().alias("spent"),  # exact
        nw.col("is_purchaser").sum().cast(nw.Int64).alias("customers"),
        *(nw.col(name).sum().cast(nw.Int64) for name in COUNTS),
        *(nw.col(name).sum() for name in AMOUNTS),
        *((nw.col(one).cast(nw.Float64) * nw.col(other)).sum().alias(f"{one}*{other}") for one, other in PRODUCTS),
    ]
    result = rows.select(*totals) if by is None else rows.group_by(by).agg(*totals)
    found = collected(result).iter_rows(named=True)
    return [{name: value or 0 for name, value in row.items()} | {"spent": float(row["spent"] or 0)} for row in found]


NOTHING: dict[str, Any] = dict.fromkeys(
    ["spent", "customers", *COUNTS, *AMOUNTS, *(f"{one}*{other}" for one, other in PRODUCTS)], 0
)


def _bought(purchases: nw.LazyFrame[Any], *, zone: str) -> nw.LazyFrame[Any]:
    on = nw.col("on")
    return (
        purchases.select("customer_id", "amount", local_date(nw.col("occurred_at"), zone=zone).alias("on"))
        .select("customer_id", "amount", day_of(on).alias("day"), month_of(on).alias("month"))
        .group_by("customer_id", "month")
        .agg(
            nw.len().cast(nw.Int64).alias("purchases"),
            nw.col("amount").sum().alias("revenue"),
            nw.col("day").min().alias("first_day"),
            nw.col("day").max().alias("last_day"),
        )
    )


def _met(rows: nw.LazyFrame[Any], ownership: nw.LazyFrame[Any], *, zone: str) -> nw.LazyFrame[Any]:
    kind = nw.col("type")
    satisfaction = (kind == "survey_answered") & (payload.text("kind") == SATISFACTION)
    return (
        rows.filter(kind.is_in(["refund_line", "complaint", "survey_answered"]))
        .join(ownership.select("identity_id", "customer_id"), on="identity_id", how="inner")
        .select(
            nw.col("customer_id"),
            month_of(local_date(nw.col("occurred_at"), zone=zone)).alias("month"),
            nw.when(kind == "refund_line").then(-nw.col("amount").cast(nw.Float64)).alias("refunds"),
            flag(kind == "complaint").alias("complaints"),
            nw.when(satisfaction).then(payload.number("score")).alias("scores"),
        )
        .with_columns(flag(~nw.col("scores").is_null()).alias("answers"))
        .group_by("customer_id", "month")
        .agg(*(nw.col(name).sum() for name in MET))
    )


def _in_all(bought: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return bought.group_by("customer_id").agg(
        nw.col("purchases").sum(),
        nw.col("revenue").sum(),
        nw.col("first_day").min(),
        nw.col("last_day").max(),
    )


def _usual_pause(bought: nw.LazyFrame[Any]) -> float | None:
    """The median, over customers who came back, of their own mean days between purchases."""
    came_back = _in_all(bought).filter(nw.col("purchases") > 1)
    own_pause = (nw.col("last_day") - nw.col("first_day")) / (nw.col("purchases") - 1)
    median = collected(came_back.select(own_pause.median().alias("days")))["days"].item()
    return None if median is None else float(median)


def _patience(seen: Activity, *, since: str, purchases: str) -> nw.Expr:
    """Days of silence that are still usual for a customer; endless when nobody ever came back."""
    if seen.pause is None:
        return nw.lit(float(seen.as_of.toordinal()))
    own_pause = (nw.col("last_day") - nw.col(since) + seen.pause) / nw.col(purchases)
    return own_pause * PAUSES_UNTIL_RISK


def _over_time(seen: Activity) -> nw.LazyFrame[Any]:
    """`bought` with what was known at the month's end, and the customer's next month with a purchase."""
    return kept(
        seen.bought.with_columns(
            nw.col("purchases").cum_sum().over("customer_id", order_by="month").cast(nw.Int64).alias("so_far"),
            nw.col("month").shift(-1).over("customer_id", order_by="month").alias("next_month"),
            nw.col("first_day").min().over("customer_id").alias("began_day"),
        ).with_columns(
            flag(nw.col("so_far") == nw.col("purchases")).alias("is_new"),
            flag(nw.col("so_far") > 1).alias("came_back"),
            nw.col("next_month").fill_null(month_number(seen.as_of) + 1),
            _patience(seen, since="began_day", purchases="so_far").alias("patience_days"),
            *(nw.lit(0).cast(nw.Int64).alias(name) for name in ("is_active", "is_at_risk")),  # see _standing
        )
    )


def _standing(bought: nw.LazyFrame[Any], *, start: nw.Expr, stop: nw.Expr) -> dict[int, int]:
    """By how many the number of customers changes in each month, who stand so from `start` to before `stop`.

    A row speaks for its customer only until the month of the next purchase, which has a row of its own.
    """
    spans = (
        bought.select(start.alias("start"), nw.min_horizontal(stop, nw.col("next_month")).alias("stop"))
        .filter(nw.col("start") < nw.col("stop"))
        .group_by("start", "stop")
        .agg(nw.len().alias("customers"))
    )
    change: dict[int, int] = {}
    for start_month, stop_month, customers in collected(spans).iter_rows():
        change[start_month] = change.get(start_month, 0) + customers
        change[stop_month] = change.get(stop_month, 0) - customers
    return change


def _together(bought: nw.LazyFrame[Any], met: nw.LazyFrame[Any], *, on: list[str]) -> nw.LazyFrame[Any]:
    """Rows of either table, with 0 for what the other one does not have."""
    joined = bought.join(met, on=on, how="full", suffix="_met")
    keys = (nw.coalesce(nw.col(key), nw.col(f"{key}_met")).alias(key) for key in on)
    counts = (nw.col(name).fill_null(0) for name in ("purchases", *FLAGS, *MET))
    return joined.select(*keys, nw.col("revenue"), *counts)
