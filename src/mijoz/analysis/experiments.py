"""What a scenario changed: its treated customers against those held out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import narwhals as nw

from mijoz.analysis import payload
from mijoz.analysis.arms import HOLD_OUT, TREATED, arm, arms, customers_needed, sample_ratio
from mijoz.analysis.days import end_of_day
from mijoz.analysis.frames import Frame, collected, flag, kept, lazy
from mijoz.analysis.intervals import Moments, difference_of_means, difference_of_shares

__all__ = [
    "HOLD_OUT",
    "TREATED",
    "Effect",
    "Verdict",
    "arm",
    "arms",
    "closed",
    "customers_needed",
    "enrolments",
    "first_enrolments",
    "measurable",
    "sample_ratio",
    "scenario_effects",
    "verdict",
    "with_goal",
    "with_outcomes",
]

FEWEST_IN_AN_ARM = 30
PURCHASE = "purchase"  # the goal that enrolments have when they name no other one


class Verdict(StrEnum):
    WORKS = "works"
    HARMS = "harms"
    TOO_FEW = "too_few"
    NO_DIFFERENCE_SEEN = "no_difference_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Difference between the arms of a scenario, treated minus hold-out, with 95 % intervals.

    The goal rate is the share who reached the goal within its window; revenue is what a customer of the arm,
    buyer or not, spent within it. `segment` is the one a customer was enrolled from, None for all together.
    """

    scenario: str
    segment: str | None
    treated: int
    held_out: int
    treated_goal_rate: float | None
    held_out_goal_rate: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    revenue_difference: float | None
    revenue_low: float | None
    revenue_high: float | None
    verdict: Verdict


def enrolments(events: Frame, ownership: Frame) -> nw.LazyFrame[Any]:
    """Enrolments from the log: scenario, customer_id, enrolled_at, arm, segment, goal, window_days, version."""
    return (
        lazy(events)
        .filter(nw.col("type") == "scenario_enrolled")
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
        .select(
            nw.col("reference").alias("scenario"),
            nw.col("customer_id"),
            nw.col("occurred_at").alias("enrolled_at"),
            payload.text("arm").alias("arm"),
            payload.text("segment").fill_null("").alias("segment"),
            payload.text("goal").alias("goal"),
            payload.number("window_days").cast(nw.Int64).alias("window_days"),
            payload.number("version").cast(nw.Int64).alias("version"),
        )
    )


def scenario_effects(
    enrolments: Frame,
    purchases: Frame,
    *,
    reached: Frame | None = None,
    as_of: date,
    zone: str = "UTC",
    by_segment: bool = False,
) -> list[Effect]:
    """One effect for each scenario, or for each scenario and segment, as of the end of the day `as_of`.

    `reached` has goal, customer_id and occurred_at of whatever reaches a goal other than a purchase, by the name that
    enrolments have for it; enrolments with such a goal are left out without it.

    Only a customer's first enrolment in a scenario counts, and only when its goal window has closed, so
    that all had as long to come back. Who was enrolled stays in the arm, also if nothing could be sent.
    Purchases at the very moment of enrolment or before, such as the one that triggered it, do not count.
    """
    counted = closed(first_enrolments(measurable(enrolments, reached)), as_of=as_of, zone=zone)
    keys = ["scenario", "segment"] if by_segment else ["scenario"]
    outcomes = (
        with_outcomes(counted, lazy(purchases), reached)
        .with_columns(nw.col("spent").fill_null(0.0))
        .with_columns((nw.col("spent") * nw.col("spent")).alias("spent_squared"))
        .group_by(*keys, "arm")
        .agg(
            nw.len().alias("customers"),
            nw.col("reached").sum().cast(nw.Int64),
            nw.col("spent").sum(),
            nw.col("spent_squared").sum(),
        )
    )
    arms_of: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
    for row in collected(outcomes).iter_rows(named=True):
        arms_of.setdefault(tuple(row[key] for key in keys), {})[row["arm"]] = row
    return [_effect(key, arms_of[key]) for key in sorted(arms_of)]


def measurable(enrolments: Frame, reached: Frame | None = None) -> nw.LazyFrame[Any]:
    """Those whose goal can be counted: without `reached`, a purchase alone."""
    named = with_goal(enrolments)
    return named if reached is not None else named.filter(nw.col("goal") == PURCHASE)


def with_goal(enrolments: Frame) -> nw.LazyFrame[Any]:
    """Each with its goal; who says nothing of it wants a purchase."""
    found = lazy(enrolments)
    if "goal" not in found.collect_schema().names():
        return found.with_columns(nw.lit(PURCHASE).alias("goal"))
    return found.with_columns(nw.col("goal").fill_null(PURCHASE))


def with_outcomes(
    enrolments: nw.LazyFrame[Any], purchases: nw.LazyFrame[Any], reached: Frame | None = None
) -> nw.LazyFrame[Any]:
    """These enrolments with what each customer `spent` within the window, null for nothing, and `reached`, 1 for who
    reached the goal of the enrolment within it."""
    keys = ["scenario", "customer_id"]
    known = enrolments.join(_spent_within(enrolments, purchases), on=keys, how="left")
    bought = ~nw.col("spent").is_null()
    if reached is None:
        return known.with_columns(flag(bought).alias("reached"))
    windows = enrolments.select(*keys, "goal", "enrolled_at", "closes_at")
    others = (
        lazy(reached)
        .select("goal", "customer_id", "occurred_at")
        .join(windows, on=["goal", "customer_id"], how="inner")
        .filter(nw.col("occurred_at") > nw.col("enrolled_at"), nw.col("occurred_at") <= nw.col("closes_at"))
        .group_by(*keys)
        .agg(nw.len().alias("times"))
    )
    is_purchase = nw.col("goal") == PURCHASE
    came_to_it = (is_purchase & bought) | (~is_purchase & ~nw.col("times").is_null())
    return known.join(others, on=keys, how="left").with_columns(flag(came_to_it).alias("reached")).drop("times")


def first_enrolments(enrolments: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """A customer's first enrolment in each scenario; of several at one moment, one chosen by its values."""
    keys = ["scenario", "customer_id"]
    first = enrolments.group_by(*keys).agg(nw.col("enrolled_at").min())
    return (
        enrolments.join(first, on=[*keys, "enrolled_at"], how="inner")
        .group_by(*keys, "enrolled_at")
        .agg(nw.col("arm").min(), nw.col("segment").min(), nw.col("goal").min(), nw.col("window_days").max())
    )


def closed(enrolments: nw.LazyFrame[Any], *, as_of: date, zone: str) -> nw.LazyFrame[Any]:
    """Those whose window ends by the end of `as_of`, with that moment as `closes_at`."""
    lengths = collected(enrolments.select("window_days").unique())["window_days"].to_list()
    closes_at = nw.coalesce(
        *(
            nw.when(nw.col("window_days") == days).then(nw.col("enrolled_at").dt.offset_by(f"{days}d"))
            for days in sorted(length for length in lengths if length is not None) or [0]
        )
    )
    dated = enrolments.with_columns(closes_at.alias("closes_at"))
    return kept(dated.filter(nw.col("closes_at") <= end_of_day(as_of, zone=zone)))


def _spent_within(enrolments: nw.LazyFrame[Any], purchases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What each enrolled customer spent within the window; no row for who bought nothing in it."""
    windows = enrolments.select("scenario", "customer_id", "enrolled_at", "closes_at")
    return (
        purchases.select("customer_id", "occurred_at", "amount")
        .join(windows, on="customer_id", how="inner")
        .filter(nw.col("occurred_at") > nw.col("enrolled_at"), nw.col("occurred_at") <= nw.col("closes_at"))
        .group_by("scenario", "customer_id")
        .agg(nw.col("amount").sum().cast(nw.Float64).alias("spent"))
    )


def _effect(key: tuple[str, ...], by_arm: dict[str, dict[str, Any]]) -> Effect:
    nobody = {"customers": 0, "reached": 0, "spent": 0.0, "spent_squared": 0.0}
    treated, held_out = by_arm.get(TREATED, nobody), by_arm.get(HOLD_OUT, nobody)
    goal = difference_of_shares(treated["reached"], treated["customers"], held_out["reached"], held_out["customers"])
    revenue = difference_of_means(_money(treated), _money(held_out))
    smaller = min(treated["customers"], held_out["customers"])
    return Effect(
        scenario=key[0],
        segment=key[1] if len(key) > 1 else None,
        treated=treated["customers"],
        held_out=held_out["customers"],
        treated_goal_rate=_rate(treated),
        held_out_goal_rate=_rate(held_out),
        difference=goal.value,
        low=goal.low,
        high=goal.high,
        p_value=goal.p_value,
        revenue_difference=revenue.value,
        revenue_low=revenue.low,
        revenue_high=revenue.high,
        verdict=verdict(goal.low, goal.high, smaller_arm=smaller),
    )


def verdict(low: float | None, high: float | None, *, smaller_arm: int) -> Verdict:
    """What may be said of a difference with this interval; nothing of an arm with fewer than 30 customers."""
    if low is None or high is None or smaller_arm < FEWEST_IN_AN_ARM:
        return Verdict.TOO_FEW
    if low > 0:
        return Verdict.WORKS
    if high < 0:
        return Verdict.HARMS
    return Verdict.NO_DIFFERENCE_SEEN


def _money(outcome: dict[str, Any]) -> Moments:
    return Moments(outcome["customers"], outcome["spent"], outcome["spent_squared"])


def _rate(outcome: dict[str, Any]) -> float | None:
    return outcome["reached"] / outcome["customers"] if outcome["customers"] else None
