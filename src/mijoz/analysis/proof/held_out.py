"""A pilot with a hold-out: from enrolments and purchases to the sums of each arm, and from these to an answer.

Everything follows from one small table, the sums by arm, segment and the day on which the goal's window closed: the
comparison of today, that of every day before, and that of each segment. The covariates of CUPED are what a customer
did in the half year until enrolment: purchases for the goal rate, spending for money.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

import narwhals as nw
import scipy  # its parts are loaded when they are first used

from mijoz.analysis.arms import HOLD_OUT, TREATED
from mijoz.analysis.days import local_date
from mijoz.analysis.experiments import closed, first_enrolments, measurable, with_goal, with_outcomes
from mijoz.analysis.frames import Frame, collected, lazy
from mijoz.analysis.intervals import (
    CONFIDENCE,
    Difference,
    Moments,
    PairedMoments,
    difference_of_means,
    difference_of_shares,
    error_of,
    z_of,
)
from mijoz.analysis.proof.always_valid import USUAL_LOOK, always_valid
from mijoz.analysis.proof.cuped import Adjusted, cuped
from mijoz.analysis.proof.many import holm, uplift

BEFORE_DAYS = 180
MOST_LOOKS = 60
SUMMED = ("n", "reached", "spent", "spent2", "before", "before2", "spent_before", "came", "came2", "reached_came")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of so many customers: who reached the goal, what they spent within its window, and before enrolment.

    `spent2` and the like are sums of squares, `spent_before` and `reached_came` of products; `came` counts purchases
    before enrolment, `before` is what they were worth.
    """

    n: int = 0
    reached: int = 0
    spent: float = 0.0
    spent2: float = 0.0
    before: float = 0.0
    before2: float = 0.0
    spent_before: float = 0.0
    came: float = 0.0
    came2: float = 0.0
    reached_came: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in SUMMED})

    @property
    def goal(self) -> PairedMoments:
        return PairedMoments(self.n, self.reached, self.came, self.reached, self.reached_came, self.came2)

    @property
    def money(self) -> PairedMoments:
        return PairedMoments(self.n, self.spent, self.before, self.spent2, self.spent_before, self.before2)


@dataclass(frozen=True, slots=True)
class Row:
    """Those of one pilot, arm and segment whose window closed on this day."""

    pilot: str
    arm: str
    segment: str
    closed_on: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Measured:
    """Treated minus hold-out in three ways: always valid after CUPED, which is the answer; with the ordinary interval
    after CUPED; and plain, as the board has it. `variance_left` is what CUPED left of the variance."""

    answer: Difference
    adjusted: Difference
    plain: Difference
    variance_left: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Both arms of a pilot: how many, what they did, and the differences in goal rate and money."""

    treated: Sums
    held_out: Sums
    goal: Measured
    money: Measured

    @property
    def smaller_arm(self) -> int:
        return min(self.treated.n, self.held_out.n)

    @property
    def customers(self) -> int:
        return self.treated.n + self.held_out.n


@dataclass(frozen=True, slots=True)
class Look:
    """What would have been read on this day."""

    on: date
    customers: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class OfSegment:
    """The effect in one segment; `p_value` is always valid and adjusted for the number of segments."""

    segment: str
    compared: Compared
    p_value: float


@dataclass(frozen=True, slots=True)
class BySegment:
    """`differs` is the p-value against one and the same effect everywhere."""

    rows: list[OfSegment]
    differs: float | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """What customers do without anything new: of `n`, the goal rate, mean and deviation of spending, and how well
    spending before foretells it."""

    n: int
    goal_rate: float | None
    mean: float | None
    deviation: float | None
    correlation: float


def sums(
    enrolments: Frame,
    purchases: Frame,
    *,
    reached: Frame | None = None,
    as_of: date,
    zone: str = "UTC",
    before_days: int = BEFORE_DAYS,
) -> list[Row]:
    """One row for each pilot, arm, segment and day of those whose goal window has closed by the end of `as_of`.

    `enrolments` has scenario, customer_id, enrolled_at, arm, segment, goal, window_days; `reached` is as
    `experiments.scenario_effects` takes it. As on the board a customer's first
    enrolment counts, and purchases at its very moment count as before it.
    """
    bought = lazy(purchases)
    counted = closed(first_enrolments(measurable(enrolments, reached)), as_of=as_of, zone=zone)
    known = with_outcomes(counted, bought, reached).join(
        _before(counted, bought, before_days), on=["scenario", "customer_id"], how="left"
    )
    filled = known.with_columns(
        nw.col("spent").fill_null(0.0),
        nw.col("before").fill_null(0.0),
        nw.col("came").fill_null(0.0),
        local_date(nw.col("closes_at"), zone=zone).alias("closed_on"),
    ).with_columns(
        (nw.col("spent") * nw.col("spent")).alias("spent2"),
        (nw.col("before") * nw.col("before")).alias("before2"),
        (nw.col("spent") * nw.col("before")).alias("spent_before"),
        (nw.col("came") * nw.col("came")).alias("came2"),
        (nw.col("reached") * nw.col("came")).alias("reached_came"),
    )
    grouped = filled.group_by("scenario", "arm", "segment", "closed_on").agg(
        nw.len().alias("n"), *(nw.col(name).sum() for name in SUMMED[1:])
    )
    rows = [_row(found) for found in collected(grouped).iter_rows(named=True)]
    return sorted(rows, key=lambda row: (row.pilot, row.closed_on, row.arm, row.segment))


def enrolled(enrolments: Frame) -> dict[str, dict[str, int]]:
    """By pilot and arm how many were enrolled, whether or not their window has closed."""
    found_first = first_enrolments(with_goal(enrolments))
    counts = found_first.group_by("scenario", "arm").agg(nw.len().alias("n"))
    found: dict[str, dict[str, int]] = {}
    for row in collected(counts).iter_rows(named=True):
        found.setdefault(row["scenario"], {})[row["arm"]] = int(row["n"])
    return found


def total(rows: Iterable[Row], *, arm: str) -> Sums:
    return sum((row.sums for row in rows if row.arm == arm), Sums())


def compare(rows: Sequence[Row], *, shortest_at: int = USUAL_LOOK, confidence: float = CONFIDENCE) -> Compared:
    """Both arms of one pilot from its rows."""
    treated, held_out = total(rows, arm=TREATED), total(rows, arm=HOLD_OUT)
    shares = difference_of_shares(treated.reached, treated.n, held_out.reached, held_out.n, confidence=confidence)
    money = difference_of_means(_spending(treated), _spending(held_out), confidence=confidence)

    def measured(adjusted: Adjusted, plain: Difference) -> Measured:
        answer = always_valid(
            adjusted.difference,
            error=adjusted.error,
            smaller_arm=min(treated.n, held_out.n),
            customers=treated.n + held_out.n,
            shortest_at=shortest_at,
            confidence=confidence,
        )
        return Measured(
            answer,
            adjusted.difference,
            plain,
            min(1.0, adjusted.variance_left) if adjusted.variance_left is not None else None,
        )

    return Compared(
        treated=treated,
        held_out=held_out,
        goal=measured(_adjusted(treated.goal, held_out.goal, confidence), shares),
        money=measured(_adjusted(treated.money, held_out.money, confidence), money),
    )


def looks(
    rows: Sequence[Row], *, of_money: bool = False, shortest_at: int = USUAL_LOOK, confidence: float = CONFIDENCE
) -> list[Look]:
    """What would have been read on each day on which a window closed, at most sixty of them and always the last."""
    days = sorted({row.closed_on for row in rows})
    step = -(-len(days) // MOST_LOOKS)
    chosen = set(days[::-1][:: step or 1])
    found, so_far = [], list[Row]()
    by_day: dict[date, list[Row]] = {}
    for row in rows:
        by_day.setdefault(row.closed_on, []).append(row)
    for day in days:
        so_far = _together([*so_far, *by_day[day]])
        if day not in chosen:
            continue
        compared = compare(so_far, shortest_at=shortest_at, confidence=confidence)
        measured = compared.money if of_money else compared.goal
        found.append(Look(day, compared.customers, measured.answer))
    return found


def by_segment(
    rows: Sequence[Row], *, of_money: bool = False, shortest_at: int = USUAL_LOOK, confidence: float = CONFIDENCE
) -> BySegment:
    """The effect in each segment of which both arms have somebody, with p-values adjusted for their number (Holm)."""
    of: dict[str, list[Row]] = {}
    for row in rows:
        of.setdefault(row.segment, []).append(row)
    compared = {
        segment: compare(found, shortest_at=shortest_at, confidence=confidence)
        for segment, found in sorted(of.items())
        if {row.arm for row in found} == {TREATED, HOLD_OUT}
    }
    measured = {key: one.money if of_money else one.goal for key, one in compared.items()}
    adjusted = holm([1.0 if one.answer.p_value is None else one.answer.p_value for one in measured.values()])
    differs = uplift({key: one.adjusted for key, one in measured.items()}, confidence=confidence).differs
    told = zip(compared.items(), adjusted, strict=True)
    return BySegment([OfSegment(key, one, p_value) for (key, one), p_value in told], differs)


def baseline(found: Sums) -> Baseline:
    """What these customers do, for a plan."""
    if not found.n:
        return Baseline(0, None, None, None, 0.0)
    spread = Moments(found.n, found.spent, found.spent2)
    if found.n < 2:
        return Baseline(found.n, found.reached / found.n, spread.mean, None, 0.0)
    n = found.n
    xx = found.before2 - found.before**2 / n
    yy = found.spent2 - found.spent**2 / n
    xy = found.spent_before - found.before * found.spent / n
    correlation = xy / sqrt(xx * yy) if xx > 0 and yy > 0 else 0.0
    deviation = sqrt(spread.variance)
    return Baseline(n, found.reached / n, spread.mean, deviation, max(-0.99, min(0.99, correlation)))


def pooled(effects: Iterable[Difference], *, fewest: int = 2, confidence: float = CONFIDENCE) -> Difference:
    """One effect from several pilots, each weighted by what its ordinary interval says that it knows (fixed effect).

    Weaker than each pilot by itself: it says whether they help on the whole, not which. With fewer than `fewest` there
    is none. Cochran (1954), *Biometrics* 10, 101-129.
    """
    told = [(one.value, error_of(one, confidence=confidence)) for one in effects]
    known = [(value, error) for value, error in told if value is not None and error > 0]
    if len(known) < fewest:
        return Difference(None)
    weights = [error**-2 for _value, error in known]
    middle = sum(weight * value for weight, (value, _error) in zip(weights, known, strict=True)) / sum(weights)
    half = z_of(confidence) / sqrt(sum(weights))
    return Difference(middle, middle - half, middle + half, _two_sided(middle * sqrt(sum(weights))))


def _two_sided(z: float) -> float:
    return float(2 * scipy.special.ndtr(-abs(z)))


def _adjusted(treated: PairedMoments, held_out: PairedMoments, confidence: float) -> Adjusted:
    if min(treated.n, held_out.n) < 2:
        return Adjusted(Difference(None), Difference(None), 0.0, None, None)
    return cuped(treated, held_out, confidence=confidence)


def _spending(found: Sums) -> Moments:
    return Moments(found.n, found.spent, found.spent2)


def _before(enrolled_ones: nw.LazyFrame[Any], purchases: nw.LazyFrame[Any], days: int) -> nw.LazyFrame[Any]:
    """What each enrolled customer had bought in so many days until enrolment; no row for who had not."""
    windows = enrolled_ones.select("scenario", "customer_id", "enrolled_at").with_columns(
        nw.col("enrolled_at").dt.offset_by(f"-{days}d").alias("begins_at")
    )
    return (
        purchases.select("customer_id", "occurred_at", "amount")
        .join(windows, on="customer_id", how="inner")
        .filter(nw.col("occurred_at") <= nw.col("enrolled_at"), nw.col("occurred_at") > nw.col("begins_at"))
        .group_by("scenario", "customer_id")
        .agg(
            nw.col("amount").sum().cast(nw.Float64).alias("before"),
            nw.len().cast(nw.Float64).alias("came"),
        )
    )


def _together(rows: Iterable[Row]) -> list[Row]:
    """One row for each arm."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.get(row.arm)
        found[row.arm] = Row(row.pilot, row.arm, "", row.closed_on, known.sums + row.sums if known else row.sums)
    return list(found.values())


def _row(found: dict[str, Any]) -> Row:
    figures: dict[str, Any] = {name: float(found[name]) for name in SUMMED}
    figures |= {name: int(found[name]) for name in ("n", "reached")}
    return Row(found["scenario"], found["arm"], found["segment"] or "", found["closed_on"], Sums(**figures))
