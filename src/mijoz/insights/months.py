"""What the last whole month changed, and whether that is more than chance. Pure: it reads kept values only."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

from django.utils.translation import gettext as _

from mijoz.analysis.days import labelled_month, month_label
from mijoz.insights.models import KpiValue
from mijoz.insights.register import Definition

WRITTEN = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
WORTH_SAYING = 0.05  # of a sum or a count, as a part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `before` to `after`: in points for shares and scores, else relative.

    `is_notable` says that it is more than chance, or for sums that it is worth saying; `is_good` that it is for the
    better, None when it is not notable or neither direction is good by itself.
    """

    before: KpiValue
    after: KpiValue
    size: float
    is_notable: bool
    is_good: bool | None


class NotAMonth(ValueError):
    """What was written is no month; the message says so."""


def read(text: str) -> str:
    """The month written as 2026-03, or "" for none. Raises NotAMonth."""
    if text and not WRITTEN.fullmatch(text):
        raise NotAMonth(_("“%(month)s” is not a month such as 2026-03.") % {"month": text[:20]})
    return text


def month_before(month: str) -> str:
    """2025-12 for 2026-01."""
    return month_label(labelled_month(month) - 1)


def last_day(month: str) -> date:
    """The last day of 2026-03."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def is_whole(month: str, as_of: date) -> bool:
    """Whether the month is over at the end of the day."""
    return last_day(month) <= as_of


def last_change(known: Definition, value: KpiValue, months: Sequence[KpiValue]) -> Change | None:
    """What happened in the last whole month beside the one before it; None when there are not two.

    Of a KPI that tells how customers stand: from the end of the last month that lies before the day until the day.
    """
    if known.is_state:
        past = [month for month in months if last_day(month.month) < value.as_of]
        pair = [*past[-1:], value]
    else:
        pair = [month for month in months if is_whole(month.month, value.as_of)][-2:]
    return change(known, *pair) if len(pair) == 2 else None


def change(known: Definition, before: KpiValue, after: KpiValue) -> Change | None:
    """The change from one value of a KPI to another; None when one of them is unknown or nothing can be divided by."""
    if before.value is None or after.value is None:
        return None
    if before.unit in {"share", "score"}:
        size = after.value - before.value
    elif before.value:
        size = after.value / before.value - 1
    else:
        return None
    is_notable = _is_notable(before, after, size)
    has_side = is_notable and known.higher_is_better is not None
    return Change(
        before=before,
        after=after,
        size=size,
        is_notable=is_notable,
        is_good=(size > 0) == known.higher_is_better if has_side else None,
    )


def _is_notable(before: KpiValue, after: KpiValue, size: float) -> bool:
    """Whether the difference is more than chance, or for a sum of money worth saying.

    Of two estimates with margins a and b the margin of the difference is the root of a² + b², and of two counts it is
    about twice the root of their sum, since a count varies by about its root.
    """
    margins = [_margin(value, towards=other) for value, other in ((before, after), (after, before))]
    difference = abs((after.value or 0) - (before.value or 0))
    if margins[0] is not None and margins[1] is not None:
        return difference > hypot(margins[0], margins[1])
    varies = 2 * sqrt((after.value or 0) + (before.value or 0)) if after.unit == "count" else 0
    return difference > varies and abs(size) >= WORTH_SAYING


def _margin(value: KpiValue, *, towards: KpiValue) -> float | None:
    """From the value to the end of its interval on the side of the other one."""
    if value.value is None or value.low is None or value.high is None or towards.value is None:
        return None
    return value.high - value.value if towards.value > value.value else value.value - value.low
