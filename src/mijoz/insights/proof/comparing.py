"""Changes that everybody got at one date, or some branches or segments and not others: answered without a hold-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import exp, isnan, log
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mijoz.analysis.experiments import Verdict
from mijoz.analysis.intervals import Difference
from mijoz.analysis.proof import before_after, difference_in_differences, series
from mijoz.analysis.proof.series import Metric, Series
from mijoz.business.queries import business
from mijoz.customers import queries as customer_queries
from mijoz.events import lake
from mijoz.insights.models import Comparison
from mijoz.segments.queries import segment_frame
from mijoz.ui import formats

WEEKS_A_YEAR = 52.18
FEWEST_WEEKS = before_after.FEWEST_ON_A_SIDE
FEWEST_WEEKS_BETWEEN = 4  # of difference in differences, where each unit counts once
MOST_MISSING = 0.2  # of the weeks without any value
Kind, Unit = Comparison.Kind, Comparison.Unit


class CannotCompare(ValueError):
    """The log does not hold what the comparison needs; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`groups` are the branches or segments that got the change."""

    title: str
    kind: str
    metric: str
    changed_on: date
    unit: str = ""
    groups: tuple[str, ...] = ()


def answer(asked: Asked, *, as_of: date) -> dict[str, Any]:
    """What is kept of the comparison: the effect, its verdict, the series, and what was checked.

    Raises CannotCompare.
    """
    metric = series.METRICS[asked.metric]
    found = _series(asked, metric, as_of)
    if not found.weeks or not found.values:
        raise CannotCompare(_("The log holds nothing of this figure up to %(day)s.") % {"day": formats.day(as_of)})
    if asked.kind == Kind.BEFORE_AFTER:
        return _before_after(asked, metric, found)
    return _differences(asked, metric, found)


def _series(asked: Asked, metric: Metric, as_of: date) -> Series:
    by_segment = asked.unit == Unit.SEGMENT
    return series.weekly(
        lake.whole(),
        customer_queries.ownership_frame(),
        metric=metric,
        change_on=asked.changed_on,
        as_of=as_of,
        zone=business().time_zone,
        by_branch=asked.unit == Unit.BRANCH,
        groups=segment_frame(as_of=asked.changed_on) if by_segment else None,
    )


def _before_after(asked: Asked, metric: Metric, found: Series) -> dict[str, Any]:
    if asked.unit:
        values = _sum_of(asked, metric, found)
    else:
        values = list(found.values.get("", ()))
    missing = sum(isnan(value) for value in values)
    before, after = found.begins_at, found.weeks - found.begins_at
    if min(before, after) < FEWEST_WEEKS:
        raise _too_short(before, after, FEWEST_WEEKS)
    if missing > MOST_MISSING * len(values):
        raise CannotCompare(
            _("In %(missing)s of %(weeks)s weeks nothing was measured: too many to tell.")
            % {"missing": missing, "weeks": len(values)}
        )
    whole = _filled(values)
    change = before_after.interrupted(whole, begins_at=before, period=WEEKS_A_YEAR)
    before_mean = float(np.mean(whole[:before]))
    return {
        "verdict": _verdict(change.effect, metric),
        "effect": asdict(change.effect),
        "step": asdict(change.step),
        "bend": asdict(change.bend),
        "relative": change.effect.value / before_mean if change.effect.value is not None and before_mean else None,
        "lean": change.lean,
        "has_season": change.has_season,
        "filled": missing,
        "first": found.first,
        "values": [None if isnan(value) else value for value in values],
        "expected": list(change.expected),
        "weeks_before": before,
        "weeks_after": after,
    }


def _differences(asked: Asked, metric: Metric, found: Series) -> dict[str, Any]:
    known = {name: values for name, values in found.values.items() if _is_told(metric, values)}
    treated = [name for name in known if name in asked.groups]
    others = [name for name in known if name not in asked.groups]
    if not treated or not others:
        raise CannotCompare(_("There have to be some that got it and some that did not, each with figures of its own."))
    before, after = found.begins_at, found.weeks - found.begins_at
    if min(before, after) < FEWEST_WEEKS_BETWEEN:
        raise _too_short(before, after, FEWEST_WEEKS_BETWEEN)
    names = [*treated, *others]
    whole = np.array([_filled(known[name]) for name in names])
    is_relative = metric.kind == "sum"
    means = [(float(row[:before].mean()), float(row[before:].mean())) for row in whole]
    if is_relative and any(min(pair) <= 0 for pair in means):
        raise CannotCompare(_("Some of them had nothing before or after that day, so no change can be told."))
    pairs = [(log(one), log(other)) for one, other in means] if is_relative else means
    is_treated = [name in treated for name in names]
    told = difference_in_differences.difference_in_differences(
        [one for one, _other in pairs], [other for _one, other in pairs], is_treated
    )
    scale = whole[:, :before].mean(axis=1, keepdims=True) if is_relative else 1.0
    trend = difference_in_differences.trends(whole[:, :before] / scale, is_treated)
    went_alike = trend.low is None or trend.high is None or trend.low <= 0 <= trend.high
    effect = _as_share(told.effect) if is_relative else told.effect
    return {
        "verdict": _verdict(effect, metric) if went_alike else "broken",
        "effect": asdict(effect),
        "is_relative": is_relative,
        "treated": treated,
        "others": others,
        "left_out": sorted(set(found.values) - set(known)),
        "change_of_treated": exp(told.change_of_treated) - 1 if is_relative else told.change_of_treated,
        "change_of_others": exp(told.change_of_others) - 1 if is_relative else told.change_of_others,
        "by_rearranging": told.by_rearranging,
        "trend": asdict(trend),
        "went_alike": went_alike,
        "first": found.first,
        "values": _lines(whole, len(treated), scale if is_relative else None),
        "weeks_before": before,
        "weeks_after": after,
    }


def _is_told(metric: Metric, values: Sequence[float]) -> bool:
    if metric.kind == "sum":
        return any(values)
    return sum(isnan(value) for value in values) <= MOST_MISSING * len(values)


def _too_short(before: int, after: int, fewest: int) -> CannotCompare:
    said = _(
        "%(before)s whole weeks lie before that day and %(after)s after it; %(fewest)s are needed on each side: "
        "choose another day, or come back later."
    )
    return CannotCompare(said % {"before": max(0, before), "after": max(0, after), "fewest": fewest})


def _lines(whole: Any, treated: int, scale: Any) -> dict[str, list[float]]:
    """The mean of both groups by week; sums as a part of what each had before."""
    shown = whole / scale if scale is not None else whole
    return {"treated": shown[:treated].mean(axis=0).tolist(), "others": shown[treated:].mean(axis=0).tolist()}


def _sum_of(asked: Asked, metric: Metric, found: Series) -> list[float]:
    chosen = [values for name, values in found.values.items() if name in asked.groups]
    if not chosen:
        raise CannotCompare(_("None of the chosen has figures of its own in the log."))
    if metric.kind == "ratio" and len(chosen) > 1:
        raise CannotCompare(_("Choose one branch or segment, or the whole business, for a mean before and after."))
    return [float(sum(week)) for week in zip(*chosen, strict=True)]


def _filled(values: Sequence[float]) -> list[float]:
    """Weeks without a value lie between their neighbours."""
    at = np.arange(len(values))
    row = np.asarray(values, dtype=float)
    known = ~np.isnan(row)
    return [float(one) for one in np.interp(at, at[known], row[known])]


def _as_share(effect: Difference) -> Difference:
    def share(end: float | None) -> float | None:
        return None if end is None else exp(end) - 1

    return Difference(share(effect.value), share(effect.low), share(effect.high), effect.p_value)


def _verdict(effect: Difference, metric: Metric) -> str:
    if effect.low is None or effect.high is None:
        return Verdict.TOO_FEW.value
    if effect.low > 0:
        return (Verdict.WORKS if metric.higher_is_better else Verdict.HARMS).value
    if effect.high < 0:
        return (Verdict.HARMS if metric.higher_is_better else Verdict.WORKS).value
    return Verdict.NO_DIFFERENCE_SEEN.value
