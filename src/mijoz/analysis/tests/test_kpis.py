"""The KPIs: a small business by hand, a second count in plain Python, and what must hold for any log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.analysis.intervals import share
from mijoz.analysis.kpis import KPIS, KpiValue, kpis
from mijoz.analysis.tests.logs import Row, at, bought, events, ownership
from mijoz.analysis.tests.plain_kpis import plain_kpis

MARCH_31 = date(2026, 3, 31)
OWNERS = {1: 10, 2: 10, 3: 30, 4: 40, 5: 50}

Values = dict[str, KpiValue]


def computed(rows: list[Row], owners: dict[int, int] = OWNERS, **options: Any) -> list[KpiValue]:
    return kpis(events(rows), ownership(owners), **({"as_of": MARCH_31} | options))


def of_group(found: list[KpiValue], **by: str) -> Values:
    return {value.name: value for value in found if value.by == by}


OF_TRADE = [name for name, kpi in KPIS.items() if kpi.family == "trade" and name != "loyal_share"] + ["satisfaction"]


def plain(values: Values) -> dict[str, float | None]:
    """The values of what plain_kpis counts too."""
    return {name: value.value for name, value in values.items() if name in OF_TRADE}


def day(on: str, *, kind: str, identity: int, amount: str | None = None) -> Row:
    return Row(kind, identity, at(on), amount, f"{kind}/{identity}/{on}")


# Customer 10 came every ten days and has been silent for 60; 30 bought once, long ago; 40 came back yesterday after 60
# days; 50 complained and never bought.
CHOYXONA = [
    bought(1, "2026-01-10", "100"),
    bought(2, "2026-01-20", "50"),
    bought(1, "2026-01-30", "60"),
    bought(3, "2025-12-01", "40"),
    bought(4, "2026-01-29", "20"),
    bought(4, "2026-03-30", "80"),
    day("2026-02-01", kind="refund_line", identity=1, amount="-35"),
    day("2026-03-30", kind="complaint", identity=4),
    day("2026-03-31", kind="complaint", identity=5),
    day("2026-03-30", kind="gift_line", identity=4, amount="0"),
    bought(None, "2026-03-30", "999"),
    Row("survey_answered", 1, at("2026-01-30"), None, "s1", {"kind": "csat", "score": 4}),
    Row("survey_answered", 4, at("2026-03-30"), None, "s2", {"kind": "csat", "score": 1}),
    Row("survey_answered", 4, at("2026-03-30"), None, "s3", {"kind": "nps", "score": 9}),
]


def test_a_small_business_by_hand() -> None:
    """The usual pause is the median of 10 (customer 10) and 60 (customer 40): 35 days.

    Customer 10: twice (20 + 35) / 3 = 36.7 days, silent for 60: at risk. Customer 30: twice 35 = 70, silent for 120:
    at risk. Customer 40: silent for one day.
    """
    found = of_group(computed(CHOYXONA))
    assert plain(found) == {
        "repeat_purchase_share": pytest.approx(2 / 3),
        "average_check": pytest.approx(350 / 6),
        "active_share": pytest.approx(2 / 3),
        "churn_risk_share": pytest.approx(2 / 3),
        "revenue": 350,
        "purchases": 6,
        "purchasers": 3,
        "new_customers": 2,  # since 2026-01-01: 10 and 40
        "satisfaction": 2.5,  # of csat alone
        "refund_share": pytest.approx(0.1),
        "complaint_share": pytest.approx(2 / 4),  # 40 and 50, of 10, 30, 40, 50
    }
    assert (found["purchases"].n, found["satisfaction"].n, found["complaint_share"].n) == (6, 2, 4)


def test_its_months_by_hand() -> None:
    found = computed(CHOYXONA)
    by_month = {month: plain(of_group(found, month=month)) for month in ("2025-12", "2026-01", "2026-02", "2026-03")}
    assert by_month["2025-12"]["new_customers"] == 1
    assert by_month["2025-12"]["repeat_purchase_share"] == 0
    assert by_month["2026-01"]["purchases"] == 4
    assert by_month["2026-01"]["revenue"] == 230
    assert by_month["2026-01"]["repeat_purchase_share"] == pytest.approx(1 / 2)  # 10 of 10 and 40
    assert by_month["2026-01"]["satisfaction"] == 4
    assert by_month["2026-02"]["average_check"] is None
    assert by_month["2026-02"]["repeat_purchase_share"] is None
    assert by_month["2026-02"]["active_share"] == pytest.approx(3 / 3)  # 1 December is 89 days ago
    assert by_month["2026-03"]["purchasers"] == 1
    assert by_month["2026-03"]["active_share"] == pytest.approx(2 / 3)
    assert {tuple(value.by) for value in found} == {(), ("month",)}


def test_segments_split_the_whole() -> None:
    segments = pl.DataFrame({"customer_id": [10, 40, 30], "segment": ["regular", "regular", "at_risk"]})
    found = computed(CHOYXONA, segments=segments)
    regular, at_risk, whole = (of_group(found, segment="regular"), of_group(found, segment="at_risk"), of_group(found))
    for name in ("revenue", "purchases", "purchasers", "new_customers"):
        assert regular[name].value + at_risk[name].value == whole[name].value
    assert regular["repeat_purchase_share"].value == 1
    assert at_risk["churn_risk_share"].value == 1
    assert at_risk["satisfaction"].value is None


def test_shares_carry_wilsons_interval_and_sums_carry_none() -> None:
    found = of_group(computed(CHOYXONA))
    expected = share(2, 3)
    assert (found["active_share"].low, found["active_share"].high) == (expected.low, expected.high)
    for name, value in ((name, found[name]) for name in OF_TRADE):
        if value.unit == "count" or name == "revenue":
            assert (value.low, value.high) == (None, None)
        else:
            assert value.low <= value.value <= value.high


def test_the_interval_of_the_average_check_takes_customers_for_the_units() -> None:
    """Ten purchases of one customer say less than ten of ten: the range is wider, the value the same."""
    checks = [10, 12, 9, 11, 10, 50, 52, 49, 51, 50]
    of_two = [bought(1 if check < 30 else 3, f"2026-03-{d:02}", str(check)) for d, check in enumerate(checks, 1)]
    of_ten = [bought(d, f"2026-03-{d:02}", str(check)) for d, check in enumerate(checks, 1)]
    few = of_group(computed(of_two))["average_check"]
    many = of_group(computed(of_ten, {d: d for d in range(1, 11)}))["average_check"]
    assert few.value == many.value == pytest.approx(30.4)
    assert few.high - few.value > 2 * (many.high - many.value)


def test_a_purchase_belongs_to_the_month_of_the_business() -> None:
    rows = [bought(1, "2026-02-28 19:30", "10")]  # 0:30 on 1 March in Tashkent
    in_tashkent = of_group(computed(rows, zone="Asia/Tashkent"), month="2026-03")
    assert in_tashkent["revenue"].value == 10
    assert of_group(computed(rows, zone="Asia/Tashkent"), month="2026-02") == {}
    assert of_group(computed(rows), month="2026-02")["revenue"].value == 10


@pytest.mark.parametrize(("as_of", "purchases"), [(date(2026, 3, 1), 1), (date(2026, 2, 28), 0)])
def test_a_day_ends_at_the_midnight_of_the_business(as_of: date, purchases: int) -> None:
    rows = [bought(1, "2026-02-28 19:30", "10")]
    assert of_group(computed(rows, as_of=as_of, zone="Asia/Tashkent"))["purchases"].value == purchases


NOTHING: dict[str, float | None] = {
    "repeat_purchase_share": None,
    "average_check": None,
    "active_share": None,
    "churn_risk_share": None,
    "revenue": 0,
    "purchases": 0,
    "purchasers": 0,
    "new_customers": 0,
    "satisfaction": None,
    "refund_share": None,
    "complaint_share": None,
}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], NOTHING),
        ([bought(None, "2026-03-01", "10")], NOTHING),
        ([bought(1, "2026-04-01", "10")], NOTHING),  # not yet
        (
            [bought(1, "2026-03-01", "10")],
            NOTHING
            | {
                "repeat_purchase_share": 0,
                "average_check": 10,
                "active_share": 1,
                "revenue": 10,
                "purchases": 1,
                "purchasers": 1,
                "new_customers": 1,
                "refund_share": 0,
            },
        ),
        ([day("2026-03-01", kind="refund_line", identity=1, amount="-10")], NOTHING),  # of a purchase before our time
        ([day("2026-03-01", kind="complaint", identity=1)], NOTHING | {"complaint_share": 1}),
        ([Row("survey_answered", 1, at("2026-03-01"), None, "s", {"kind": "csat"})], NOTHING),  # without a score
    ],
)
def test_a_log_with_next_to_nothing_in_it(rows: list[Row], expected: dict[str, float | None]) -> None:
    assert plain(of_group(computed(rows))) == expected


def test_an_empty_log_has_no_months() -> None:
    assert {tuple(value.by) for value in computed([])} == {()}


def test_only_what_is_asked_for() -> None:
    found = computed(CHOYXONA, by=(), segments=pl.DataFrame({"customer_id": [10], "segment": ["regular"]}))
    assert [value.name for value in found] == list(KPIS)
    with pytest.raises(ValueError, match="active_days"):
        computed(CHOYXONA, active_days=0)


moments = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2026, 4, 30))
rows_of_a_log = st.lists(
    st.one_of(
        st.builds(
            lambda identity, when, amount, reference, source: Row(
                "purchase_line", identity, when.replace(tzinfo=UTC), str(amount), reference, source=source
            ),
            st.sampled_from([1, 2, 3, 4, 5, 9, None]),
            moments,
            st.integers(0, 500),
            st.sampled_from(["A", "B", "C", "D", "E", "F"]),
            st.sampled_from(["till", "web"]),
        ),
        st.builds(
            lambda kind, identity, when, amount: Row(kind, identity, when.replace(tzinfo=UTC), str(-amount), "R"),
            st.sampled_from(["refund_line", "complaint", "visit"]),
            st.sampled_from([1, 3, 5, None]),
            moments,
            st.integers(1, 100),
        ),
        st.builds(
            lambda identity, when, kind, score: Row(
                "survey_answered", identity, when.replace(tzinfo=UTC), None, "S", {"kind": kind, "score": score}
            ),
            st.sampled_from([1, 3, 5]),
            moments,
            st.sampled_from(["csat", "csat", "nps"]),
            st.integers(1, 5),
        ),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(rows=rows_of_a_log, zone=st.sampled_from(["UTC", "Asia/Tashkent", "America/New_York"]))
def test_every_value_is_what_plain_python_counts(rows: list[Row], zone: str) -> None:
    found = computed(rows, zone=zone)
    expected = plain_kpis(rows, OWNERS, as_of=MARCH_31, zone=zone)
    assert {value.by.get("month", "") for value in found} >= set(expected)  # visits begin months too
    counted = [value for value in found if value.name in OF_TRADE and value.by.get("month", "") in expected]
    for value in counted:
        wanted = expected[value.by.get("month", "")][value.name]
        assert value.value == (None if wanted is None else pytest.approx(wanted)), (value.name, value.by)


@settings(max_examples=30, deadline=None)
@given(rows=rows_of_a_log, until=st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 4, 30)))
def test_what_came_later_does_not_change_what_was(rows: list[Row], until: date) -> None:
    zone = ZoneInfo("Asia/Tashkent")
    known = [row for row in rows if row.at.astimezone(zone).date() <= until]
    then = computed(rows, as_of=until, zone="Asia/Tashkent")
    assert sorted(map(repr, then)) == sorted(map(repr, computed(known, as_of=until, zone="Asia/Tashkent")))


@settings(max_examples=30, deadline=None)
@given(rows=rows_of_a_log, seed=st.randoms(use_true_random=False))
def test_months_add_up_and_the_order_of_rows_does_not_matter(rows: list[Row], seed: Any) -> None:
    found = computed(rows)
    for name in ("revenue", "purchases"):
        of_months = sum(value.value for value in found if value.name == name and value.by)
        assert of_months == pytest.approx(of_group(found)[name].value)
    firsts = sum(value.value for value in found if value.name == "new_customers" and value.by)
    assert firsts == of_group(found)["purchasers"].value
    shuffled = list(rows)
    seed.shuffle(shuffled)
    assert sorted(map(repr, computed(shuffled))) == sorted(map(repr, found))


def test_tables_may_come_at_once_or_lazily() -> None:
    segments = pl.DataFrame({"customer_id": [10, 30], "segment": ["regular", "at_risk"]})
    at_once = kpis(events(CHOYXONA), ownership(OWNERS), as_of=MARCH_31, segments=segments)
    lazily = kpis(
        events(CHOYXONA).lazy(), ownership(OWNERS).lazy(), as_of=MARCH_31, segments=segments.lazy(), zone="UTC"
    )
    assert lazily == at_once


def test_a_silence_becomes_a_risk_on_the_day_it_outlasts_the_patience() -> None:
    """Twice (10 + 10) / 2 days after the last of two purchases ten days apart: usual until the 20th day."""
    rows = [bought(1, "2026-01-01", "1"), bought(1, "2026-01-11", "1")]
    last = date(2026, 1, 11)
    for silent_days, at_risk in [(19, 0), (20, 0), (21, 1)]:
        found = of_group(computed(rows, as_of=last + timedelta(days=silent_days)))
        assert found["churn_risk_share"].value == at_risk
