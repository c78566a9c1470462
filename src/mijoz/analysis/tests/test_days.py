"""Days and months as numbers agree with Python's calendar on every day there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.days import (
    day_of,
    end_of_day,
    local_date,
    month_label,
    month_number,
    month_of,
    with_month_of_day,
)

MANY_DAYS = pl.DataFrame({"on": pl.date_range(date(1896, 1, 1), date(2110, 12, 31), eager=True)})


def test_every_day_has_the_number_that_python_gives_it() -> None:
    on = nw.from_native(MANY_DAYS).select(day=day_of(nw.col("on")), month=month_of(nw.col("on"))).to_native()
    assert on["day"].to_list() == [day.toordinal() for day in MANY_DAYS["on"]]
    assert on["month"].to_list() == [month_number(day) for day in MANY_DAYS["on"]]


def test_a_number_of_a_day_leads_back_to_its_month() -> None:
    numbered = nw.from_native(MANY_DAYS).lazy().select(day=day_of(nw.col("on")))
    with_month = with_month_of_day(numbered, day="day", month="month").collect()
    assert with_month.columns == ["day", "month"]
    assert with_month["month"].to_list() == [month_number(day) for day in MANY_DAYS["on"]]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_a_month_is_written_as_people_sort_it(day: date) -> None:
    assert month_label(month_number(day)) == f"{day:%Y-%m}"


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("UTC", datetime(2026, 3, 30, tzinfo=UTC)),
        ("Asia/Tashkent", datetime(2026, 3, 29, 19, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # the day had 23 hours
    ],
)
def test_a_day_ends_where_the_business_is(zone: str, end: datetime) -> None:
    day = date(2026, 3, 29)
    assert end_of_day(day, zone=zone) == end
    moments = pl.DataFrame({"at": [end - timedelta(microseconds=1), end]})
    local = nw.from_native(moments).select(on=local_date(nw.col("at"), zone=zone)).to_native()
    assert local["on"].to_list() == [day, day + timedelta(days=1)]
