"""What the last whole month changed, and whether that is more than chance."""

from __future__ import annotations

from datetime import date

import pytest

from mijoz.insights.models import KpiValue
from mijoz.insights.months import change, is_whole, last_change
from mijoz.insights.register import Definition

MARCH_20 = date(2026, 3, 20)


def known(*, higher_is_better: bool | None = True, is_state: bool = False) -> Definition:
    return Definition(
        name="x", label="X", meaning="", source="", counted="", higher_is_better=higher_is_better, is_state=is_state
    )


def of(
    value: float | None, unit: str = "money", *, month: str = "", margin: float | None = None, as_of: date = MARCH_20
) -> KpiValue:
    low, high = (value - margin, value + margin) if margin is not None and value is not None else (None, None)
    return KpiValue(as_of=as_of, name="x", unit=unit, month=month, value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("month", "as_of", "whole"),
    [
        ("2026-02", date(2026, 3, 1), True),
        ("2026-02", date(2026, 2, 28), True),
        ("2026-02", date(2026, 2, 27), False),
        ("2024-02", date(2024, 2, 28), False),
        ("2025-12", date(2025, 12, 31), True),
        ("2026-03", date(2026, 2, 28), False),
    ],
)
def test_a_month_is_whole_when_its_last_day_is_over(month: str, as_of: date, whole: bool) -> None:
    assert is_whole(month, as_of) is whole


def test_what_happens_is_compared_month_with_month() -> None:
    months = [of(value, month=f"2026-{place:02}") for place, value in enumerate([90, 100, 120], 1)]
    found = last_change(known(), of(310), months)
    assert (found.before.month, found.after.month) == ("2026-01", "2026-02")  # March is not over
    assert found.size == pytest.approx(100 / 90 - 1)
    at_the_end = last_change(known(), of(310, as_of=date(2026, 3, 31)), months)
    assert at_the_end is not None
    for month in months:
        month.as_of = date(2026, 3, 31)
    assert last_change(known(), of(310, as_of=date(2026, 3, 31)), months).after.month == "2026-03"


def test_how_customers_stand_is_compared_with_the_end_of_the_month_before() -> None:
    months = [of(0.2, "share", month="2026-01"), of(0.3, "share", month="2026-02"), of(0.4, "share", month="2026-03")]
    found = last_change(known(is_state=True), of(0.4, "share"), months)
    assert (found.before.month, found.after.month, found.size) == ("2026-02", "", pytest.approx(0.1))
    on_the_last_day = last_change(known(is_state=True), of(0.3, "share", as_of=date(2026, 2, 28)), months[:2])
    assert (on_the_last_day.before.month, on_the_last_day.size) == ("2026-01", pytest.approx(0.1))


@pytest.mark.parametrize("months", [[], ["2026-02"], ["2026-03"], ["2026-02", "2026-03"]])
def test_one_whole_month_has_nothing_to_be_compared_with(months: list[str]) -> None:
    assert last_change(known(), of(5), [of(1, month=month) for month in months]) is None


@pytest.mark.parametrize(
    ("before", "after", "notable", "good"),
    [
        (of(100.0), of(104.0), False, None),
        (of(100.0), of(106.0), True, True),
        (of(100.0), of(94.0), True, False),
        # Shares and means: the margins 0.03 and 0.04 make one of 0.05 for the difference.
        (of(0.30, "share", margin=0.03), of(0.34, "share", margin=0.04), False, None),
        (of(0.30, "share", margin=0.03), of(0.36, "share", margin=0.04), True, True),
        (of(4.5, "score", margin=0.03), of(4.4, "score", margin=0.04), True, False),
        # Counts vary by about their root: 100 and 120 by chance, 1,000 and 1,200 not.
        (of(100, "count"), of(120, "count"), False, None),
        (of(1_000, "count"), of(1_200, "count"), True, True),
        (of(10_000, "count"), of(10_400, "count"), False, None),  # more than chance, not worth saying
    ],
)
def test_what_is_notable(before: KpiValue, after: KpiValue, notable: bool, good: bool | None) -> None:
    found = change(known(), before, after)
    assert (found.is_notable, found.is_good) == (notable, good)
    against = change(known(higher_is_better=False), before, after)
    assert against.is_good == (None if good is None else not good)
    assert change(known(higher_is_better=None), before, after).is_good is None


@pytest.mark.parametrize(
    ("before", "after"),
    [(of(None), of(5)), (of(5), of(None)), (of(0), of(5)), (of(None, "share"), of(0.5, "share"))],
)
def test_what_cannot_be_compared(before: KpiValue, after: KpiValue) -> None:
    assert change(known(), before, after) is None
