"""Branches set side by side fairly: as if each served the same mix of segments.

A branch with many new customers is not worse for having fewer loyal ones. So the value of each segment in the branch
is weighted by the segment's share of the whole business: direct standardisation, as in Breslow & Day (1987),
*Statistical Methods in Cancer Research* II, section 2.3. Each branch is compared with all others together under the
same weights, and called better or worse only when that is more than chance, with p-values adjusted for the number of
branches (Holm). Who visits two branches is counted in both, as if two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from typing import Literal

import narwhals as nw
import scipy

from mijoz.analysis.frames import Frame, collected, flag, lazy
from mijoz.analysis.intervals import CONFIDENCE, PairedMoments, z_of
from mijoz.analysis.kpis import trade
from mijoz.analysis.kpis.catalogue import KPIS, Kpi
from mijoz.analysis.kpis.computing import ACTIVE_DAYS
from mijoz.analysis.kpis.facts import Log
from mijoz.analysis.proof.many import holm

FEWEST = 10  # customers of a branch, and of all others together
LEAST_COVERED = 0.5  # of the whole business's mix, by segments that the branch has
SUREST = 0.05
Verdict = Literal["better", "worse", "same", "too_few"]
Strata = Mapping[str, Mapping[str, PairedMoments]]  # by branch, by segment


@dataclass(frozen=True, slots=True)
class Standing:
    """A branch among the others. `fair` is its value with the mix of the whole business; `covered` is the part of that
    mix whose segments it has. `p_value` is that of the difference to all others, adjusted."""

    branch: str
    customers: int
    measured: float | None
    fair: float | None
    low: float | None
    high: float | None
    covered: float
    difference: float | None
    p_value: float | None
    verdict: Verdict


def comparable(kpi: Kpi) -> bool:
    """Whether branches can be compared by it: a total says how large a branch is, not how good."""
    return kpi.kind != "total" and "branch" in kpi.dimensions and kpi.better != ""


def strata(
    events: Frame,
    ownership: Frame,
    segments: Frame,
    *,
    name: str,
    as_of: date,
    zone: str,
    month: int | None = None,
    active_days: int = ACTIVE_DAYS,
) -> dict[str, dict[str, PairedMoments]]:
    """The sums of the KPI by branch and segment ("" for customers in none), of all time until the day or of a month."""
    kpi, log = KPIS[name], Log(events, ownership, as_of=as_of, zone=zone)
    if kpi.family == "trade":
        seen = trade.trade(log, active_days=active_days)
        monthly = trade.monthly_of(seen, "branch", None)
        rows = trade.customers_of(seen, monthly)
        if month is not None and not kpi.is_state:
            rows = trade.in_month(monthly, rows)
        rows = trade.told(rows).with_columns(nw.col("is_purchaser").alias("customers"))
    else:
        rows = log.units(kpi.family).filter(nw.col("branch") != "").with_columns(nw.col("branch").alias("member"))
    if month is not None and not kpi.is_state:
        rows = rows.filter(nw.col("month") == month)
    of_customers = rows.group_by("customer_id", "member").agg(
        nw.col(kpi.y).sum().cast(nw.Float64).alias("y"), nw.col(kpi.x).sum().cast(nw.Float64).alias("x")
    )
    known = lazy(segments).select("customer_id", "segment")
    y, x = nw.col("y"), nw.col("x")
    sums = collected(
        of_customers.join(known, on="customer_id", how="left")
        .with_columns(nw.col("segment").fill_null(""))
        .group_by("member", "segment")
        .agg(
            flag(x > 0).sum().alias("n"),
            y.sum(),
            x.sum(),
            (y * y).sum().alias("yy"),
            (x * y).sum().alias("xy"),
            (x * x).sum().alias("xx"),
        )
    )
    found: dict[str, dict[str, PairedMoments]] = {}
    for row in sums.iter_rows(named=True):
        moments = PairedMoments(int(row["n"]), row["y"], row["x"], row["yy"], row["xy"], row["xx"])
        found.setdefault(row["member"], {})[row["segment"]] = moments
    return found


def standings(found: Strata, kpi: Kpi, *, confidence: float = CONFIDENCE, surest: float = SUREST) -> list[Standing]:
    """Each branch among the others: those that are better first, then those between, then those that are worse."""
    mix = _mix(found)
    told = [_standing(branch, found, mix, kpi, confidence) for branch in sorted(found)]
    tested = [(place, one) for place, one in enumerate(told) if one.p_value is not None]
    adjusted = holm([one.p_value for _place, one in tested if one.p_value is not None])
    for (place, one), p_value in zip(tested, adjusted, strict=True):
        told[place] = _judged(one, p_value, kpi, surest)
    falling = -1 if kpi.better == "higher" else 1
    order = {"better": 0, "same": 1, "too_few": 2, "worse": 3}
    return sorted(told, key=lambda one: (order[one.verdict], falling * (one.fair or 0.0), one.branch))


def _mix(found: Strata) -> dict[str, float]:
    """The share of each segment in the denominator of the whole business."""
    sums: dict[str, float] = {}
    for by_segment in found.values():
        for segment, moments in by_segment.items():
            sums[segment] = sums.get(segment, 0.0) + moments.x
    total = sum(sums.values())
    return {segment: part / total for segment, part in sums.items() if part > 0} if total else {}


def _standing(branch: str, found: Strata, mix: Mapping[str, float], kpi: Kpi, confidence: float) -> Standing:
    mine = found[branch]
    others: dict[str, PairedMoments] = {}
    for name, by_segment in found.items():
        if name != branch:
            for segment, moments in by_segment.items():
                others[segment] = others[segment] + moments if segment in others else moments
    known = [segment for segment in mix if _tells(mine.get(segment)) and _tells(others.get(segment))]
    customers = sum(moments.n for moments in mine.values())
    y, x = sum(moments.y for moments in mine.values()), sum(moments.x for moments in mine.values())
    measured = y / x * kpi.factor if x > 0 else None
    covered = sum(mix[segment] for segment in known)
    if covered < LEAST_COVERED or customers < FEWEST or sum(moments.n for moments in others.values()) < FEWEST:
        return Standing(branch, customers, measured, None, None, None, covered, None, None, "too_few")
    weights = {segment: mix[segment] / covered for segment in known}
    fair, variance = _weighted(mine, weights, kpi)
    rest, rest_variance = _weighted(others, weights, kpi)
    half = z_of(confidence) * sqrt(variance)
    difference, error = fair - rest, sqrt(variance + rest_variance)
    p_value = float(2 * scipy.special.ndtr(-abs(difference) / error)) if error else 1.0
    return Standing(branch, customers, measured, fair, fair - half, fair + half, covered, difference, p_value, "same")


def _judged(one: Standing, p_value: float, kpi: Kpi, surest: float) -> Standing:
    verdict: Verdict = "same"
    if p_value <= surest and one.difference:
        verdict = "better" if (one.difference > 0) == (kpi.better == "higher") else "worse"
    return replace(one, p_value=p_value, verdict=verdict)


def _tells(moments: PairedMoments | None) -> bool:
    return moments is not None and moments.n >= 2 and moments.x > 0


def _weighted(by_segment: Mapping[str, PairedMoments], weights: Mapping[str, float], kpi: Kpi) -> tuple[float, float]:
    """The weighted value and its variance, in the KPI's unit."""
    value = sum(weight * by_segment[segment].y / by_segment[segment].x for segment, weight in weights.items())
    variance = sum(weight**2 * _variance(by_segment[segment], kpi) for segment, weight in weights.items())
    return value * kpi.factor, variance * kpi.factor**2


def _variance(moments: PairedMoments, kpi: Kpi) -> float:
    """Of a ratio of sums over customers (Cochran 1977, 2.11); of a share at least as after one more hit and miss,
    so that ten of ten do not seem certain."""
    r = moments.y / moments.x
    residual = max(0.0, moments.yy - 2 * r * moments.xy + r * r * moments.xx)
    variance = residual * moments.n / (moments.n - 1) / (moments.x * moments.x)
    if kpi.kind in {"share", "part"}:
        p = (moments.y + 1) / (moments.x + 2)
        variance = max(variance, p * (1 - p) / (moments.x + 4))
    return variance


def place_among(value: float, *, p25: float, median: float, p75: float, higher_is_better: bool) -> int:
    """In which quarter of the others a value lies: 1 is the best, 4 the worst."""
    passed = sum(value > cut for cut in (p25, median, p75))
    return 4 - passed if higher_is_better else 1 + passed
