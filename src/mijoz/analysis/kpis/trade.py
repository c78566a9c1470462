"""Sums of what customers bought, gave back and complained of, and how they stand when a period ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw

from mijoz.analysis.days import month_number, with_month_of_day
from mijoz.analysis.frames import collected, flag, grouped, kept, numbered
from mijoz.analysis.kpis.facts import MINOR_UNITS, Log
from mijoz.analysis.kpis.sums import Key, Sums, add, in_all, pairs_of, products, summed

PAUSES_UNTIL_RISK = 2
LOYAL_FROM = 3  # purchases
STATES = ("customers", "is_active", "is_at_risk", "is_loyal")
FLAGS = ("is_new", "came_back", "is_active", "is_at_risk", "is_loyal")
COUNTS = ("purchases", "complaints", "is_purchaser", *FLAGS, "complained", "complaint_base")
Rows = nw.LazyFrame[Any]


@dataclass(frozen=True, slots=True)
class Trade:
    """`cells` has a row for each customer, month, branch and channel: purchases, revenue, refunds, complaints.

    `complaints` has a row for each one. `pause` is the usual one of the business in days, None when nobody came back.
    """

    cells: Rows
    complaints: Rows
    pause: float | None
    as_of: date
    active_days: int


def trade(log: Log, *, active_days: int, pause: float | None = None) -> Trade:
    """Read purchases, refunds and complaints once; the pause is found unless it is told."""
    complaints = kept(log.complaints())
    cells = kept(
        nw.concat([_bought(log.purchases()), _met(log.refunds(), "refunds"), _met(complaints, "complaints")])
        .group_by("customer_id", "month", "branch", "channel")
        .agg(
            *(nw.col(name).sum() for name in ("purchases", "revenue", "refunds", "complaints")),
            nw.col("first_day").min(),
            nw.col("last_day").max(),
        )
    )
    return Trade(cells, complaints, _usual_pause(cells) if pause is None else pause, log.as_of, active_days)


def by_dimension(seen: Trade, *, dimensions: tuple[str, ...], segments: Rows | None) -> dict[str, dict[Key, Sums]]:
    """Of each dimension ("" for the whole) the sums by member and month, and by member in all.

    How customers stood at the end of past months is told for the whole and for segments.
    """
    monthly = _with_member(_table(seen.cells, ["customer_id", "month"]), segments)
    customers = customers_of(seen, monthly)
    by_segment = _summed(customers, by=["member"]) | _with_states(_over_time(seen, monthly, customers), monthly, seen)
    found = {"": in_all(by_segment)}
    for dimension in dimensions:
        if dimension == "segment":
            found[dimension] = by_segment if segments is not None else {}
        elif dimension == "touchpoint":
            found[dimension] = _complaints_at(seen, found[""])
        else:
            found[dimension] = _of_places(seen, dimension)
    return found


def customers_of(seen: Trade, monthly: Rows) -> Rows:
    """One row for each customer and member: what is counted in all, and how the customer stands when the last day ends.

    A customer of a place is judged by what happened there.
    """
    today = seen.as_of.toordinal()
    silent_days = nw.lit(today) - nw.col("last_day")
    loyal = nw.col("purchases") >= LOYAL_FROM
    patience = _patience(seen, since="first_day", purchases="purchases")
    return kept(
        _table(monthly, ["customer_id", "member"]).with_columns(
            flag(nw.col("first_day") > today - seen.active_days).alias("is_new"),
            flag(nw.col("purchases") > 1).alias("came_back"),
            flag(silent_days < seen.active_days).alias("is_active"),
            flag(silent_days > patience).alias("is_at_risk"),
            flag(loyal & (silent_days <= patience)).alias("is_loyal"),
        )
    )


def monthly_of(seen: Trade, dimension: str, segments: Rows | None) -> Rows:
    """What each customer did in each month, with the member of the dimension; "" for the whole."""
    if dimension in {"", "segment"}:
        return _with_member(_table(seen.cells, ["customer_id", "month"]), segments if dimension else None)
    known = seen.cells.filter(nw.col(dimension) != "").with_columns(nw.col(dimension).alias("member"))
    return kept(_table(known, ["customer_id", "member", "month"]))


def in_month(monthly: Rows, customers: Rows) -> Rows:
    """The table with what is told of a customer in each month: whether new, whether more than one purchase so far.

    `customers` are customers_of the same table.
    """
    began = customers.select("customer_id", "member", nw.col("first_day").alias("began_day"))
    is_new = nw.col("first_day") == nw.col("began_day")
    zeros = (nw.lit(0).cast(nw.Int64).alias(name) for name in ("is_active", "is_at_risk", "is_loyal"))
    return monthly.join(began, on=["customer_id", "member"], how="left").with_columns(
        flag(is_new).alias("is_new"),
        flag((nw.col("first_day") > nw.col("began_day")) | (nw.col("purchases") > 1)).alias("came_back"),
        *zeros,
    )


def _bought(purchases: Rows) -> Rows:
    return purchases.select(
        "customer_id",
        "month",
        "branch",
        "channel",
        nw.lit(1).cast(nw.Int64).alias("purchases"),
        nw.col("amount").alias("revenue"),
        nw.lit(0.0).alias("refunds"),
        nw.lit(0).cast(nw.Int64).alias("complaints"),
        nw.col("day").alias("first_day"),
        nw.col("day").alias("last_day"),
    )


def _met(rows: Rows, measure: str) -> Rows:
    zero, none = nw.lit(0).cast(nw.Int64), nw.lit(None).cast(nw.Int64)
    return rows.select(
        "customer_id",
        "month",
        "branch",
        "channel",
        zero.alias("purchases"),
        zero.alias("revenue"),
        nw.col("refunds") if measure == "refunds" else nw.lit(0.0).alias("refunds"),
        nw.col("complaints") if measure == "complaints" else zero.alias("complaints"),
        none.alias("first_day"),
        none.alias("last_day"),
    )


def _table(rows: Rows, keys: list[str]) -> Rows:
    measures = ("purchases", "revenue", "refunds", "complaints")
    return grouped(rows, *keys, sums=measures, least=["first_day"], most=["last_day"])


def _with_member(rows: Rows, segments: Rows | None) -> Rows:
    if segments is None:
        return kept(rows.with_columns(nw.lit("").alias("member")))
    joined = rows.join(segments, on="customer_id", how="left").with_columns(nw.col("member").fill_null(""))
    return kept(numbered(joined, "member"))


def told(rows: Rows) -> Rows:
    """The table with all that is counted of a row; `spent` is its revenue."""
    has_bought, has_complained = nw.col("purchases") > 0, nw.col("complaints") > 0
    return rows.with_columns(
        (nw.col("revenue") / MINOR_UNITS).alias("spent"),
        flag(has_bought).alias("is_purchaser"),
        flag(has_complained).alias("complained"),
        flag(has_bought | has_complained).alias("complaint_base"),
        flag(has_bought | (nw.col("refunds") > 0)).alias("refund_base"),
    )


def _summed(rows: Rows, *, by: list[str]) -> dict[Key, Sums]:
    """All that is counted, summed up; `spent` is the exact revenue."""
    found = summed(
        told(rows),
        {name: nw.col(name).sum() for name in ("revenue", "refunds", *COUNTS)}
        | products(pairs_of("trade"))
        | {"of:spent": nw.col("refund_base").sum()},
        by=by,
    )
    for sums in found.values():
        sums["spent"] = sums["revenue"] / MINOR_UNITS
        sums["customers"] = sums["is_purchaser"]
    return found


def _usual_pause(cells: Rows) -> float | None:
    """The median, over customers who came back, of their own mean days between purchases."""
    came_back = _table(cells, ["customer_id"]).filter(nw.col("purchases") > 1)
    own_pause = (nw.col("last_day") - nw.col("first_day")) / (nw.col("purchases") - 1)
    median = collected(came_back.select(own_pause.median().alias("days")))["days"].item()
    return None if median is None else float(median)


def _patience(seen: Trade, *, since: str, purchases: str) -> nw.Expr:
    """Days of silence that are still usual for a customer; endless when nobody ever came back."""
    if seen.pause is None:
        return nw.lit(float(seen.as_of.toordinal()))
    own_pause = (nw.col("last_day") - nw.col(since) + seen.pause) / nw.col(purchases)
    return own_pause * PAUSES_UNTIL_RISK


def _over_time(seen: Trade, monthly: Rows, customers: Rows) -> Rows:
    """The months with a purchase, with what was known at their end, and the customer's next one."""
    bought = monthly.filter(nw.col("purchases") > 0)
    return kept(
        in_month(bought, customers)
        .with_columns(
            nw.col("purchases").cum_sum().over("customer_id", order_by="month").cast(nw.Int64).alias("so_far"),
            nw.col("month").shift(-1).over("customer_id", order_by="month").alias("next_month"),
        )
        .with_columns(
            nw.col("next_month").fill_null(month_number(seen.as_of) + 1),
            _patience(seen, since="began_day", purchases="so_far").alias("patience_days"),
        )
    )


def _with_states(bought: Rows, monthly: Rows, seen: Trade) -> dict[Key, Sums]:
    """Sums by member and month up to that of the last day, with how customers stood at each month's end."""
    only_met = monthly.filter(nw.col("purchases") == 0).with_columns(
        *(nw.lit(0).cast(nw.Int64).alias(name) for name in FLAGS)
    )
    sums = add(_summed(bought, by=["member", "month"]), _summed(only_met, by=["member", "month"]))
    turning = _turning(bought, seen)
    loyal = turning.filter(nw.col("so_far") >= LOYAL_FROM)
    changes = {
        "is_active": _standing(turning, start="month", stop="quiet_from"),
        "is_at_risk": _standing(turning, start="risk_from", stop="next_month"),
        "is_loyal": _standing(loyal, start="month", stop="risk_from"),
    }
    months = [month for _member, month in sums if month is not None]
    stood: dict[Key, Sums] = {}
    for member in sorted({member for member, _month in sums}):
        now = dict.fromkeys(STATES, 0.0)
        for month in range(min(months), month_number(seen.as_of) + 1):
            of_month = sums.get((member, month), {})
            now["customers"] += of_month.get("is_new", 0)
            for state, change in changes.items():
                now[state] += change.get((member, month), 0)
            stood[member, month] = of_month | {name: int(count) for name, count in now.items()}
    return stood


def _turning(bought: Rows, seen: Trade) -> Rows:
    """In which months customers turn from active and from loyal, unless they buy before."""
    columns = ("member", "month", "next_month", "so_far")
    days = bought.select(
        *columns,
        (nw.col("last_day") + seen.active_days).alias("quiet_day"),
        (nw.col("last_day") + nw.col("patience_days").floor().cast(nw.Int64) + 1).alias("risk_day"),
    )
    found = with_month_of_day(days, day="quiet_day", month="quiet_from")
    found = with_month_of_day(found, day="risk_day", month="risk_from")
    return kept(found.select(*columns, "quiet_from", "risk_from"))


def _standing(turning: Rows, *, start: str, stop: str) -> dict[tuple[str, int], int]:
    """By how many the customers of each member change in each month, who stand so from `start` to before `stop`.

    A row speaks for its customer only until the month of the next purchase, which has a row of its own.
    """
    until = nw.min_horizontal(nw.col(stop), nw.col("next_month"))
    spans = (
        turning.select("member", nw.col(start).alias("start"), until.alias("stop"))
        .filter(nw.col("start") < nw.col("stop"))
        .group_by("member", "start", "stop")
        .agg(nw.len().alias("customers"))
    )
    change: dict[tuple[str, int], int] = {}
    for member, start_month, stop_month, customers in collected(spans).iter_rows():
        change[member, start_month] = change.get((member, start_month), 0) + customers
        change[member, stop_month] = change.get((member, stop_month), 0) - customers
    return change


def _of_places(seen: Trade, dimension: str) -> dict[Key, Sums]:
    """By branch or channel: only what happened there counts."""
    monthly = monthly_of(seen, dimension, None)
    customers = customers_of(seen, monthly)
    return _summed(customers, by=["member"]) | _summed(in_month(monthly, customers), by=["member", "month"])


def _complaints_at(seen: Trade, whole: dict[Key, Sums]) -> dict[Key, Sums]:
    """Who complained about each touchpoint, of all who bought or complained."""
    known = seen.complaints.filter(nw.col("touchpoint") != "").with_columns(nw.col("touchpoint").alias("member"))
    complained = {"complained": nw.len()}
    of_month = summed(known.select("customer_id", "member", "month").unique(), complained, by=["member", "month"])
    of_all = summed(known.select("customer_id", "member").unique(), complained, by=["member"])
    return {
        (member, month): sums | {"complaint_base": whole["", month]["complaint_base"]}
        for (member, month), sums in (of_month | of_all).items()
    }
