"""KPIs by branch, channel, touchpoint and staff: a small business by hand, and who stands behind each value."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mijoz.analysis.kpis import KPIS, Asked, KpiValue, behind, dimension_of, kpis

UNTIL = date(2026, 3, 31)
M, S, Q = "Markaz", "Sergeli", "queue"
SCHEMA: dict[str, Any] = {
    "source": pl.String,
    "type": pl.String,
    "identity_id": pl.Int64,
    "occurred_at": pl.Datetime("us", "UTC"),
    "reference": pl.String,
    "amount": pl.Decimal(18, 4),
    "branch": pl.String,
    "channel": pl.String,
    "payload": pl.String,
}
LONG = {"waited": "waited_minutes", "took": "took_minutes"}
OWNERS = pl.DataFrame({"identity_id": [1, 2, 3], "customer_id": [10, 20, 30]})


def event(
    type_: str, who: int, at: str, *, reference: str = "", amount: str | None = None, branch: str = "", **payload: Any
) -> dict[str, Any]:
    return {
        "source": "till",
        "type": type_,
        "identity_id": who,
        "occurred_at": datetime.fromisoformat(at).replace(tzinfo=UTC),
        "reference": reference,
        "amount": amount,
        "branch": branch,
        "channel": payload.pop("channel", "desk"),
        "payload": json.dumps({LONG.get(key, key): told for key, told in payload.items()}),
    }


def log(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA | {"amount": pl.String}).cast({"amount": pl.Decimal(18, 4)})


A_WEEK = [
    event("visit", 1, "2026-03-02 09:00", reference="v1", branch=M, waited=10, took=30, staff="Ali", touchpoint=Q),
    event("visit", 2, "2026-03-02 10:00", reference="v2", branch=M, waited=20, took=40, staff="Vali", touchpoint=Q),
    event("visit", 1, "2026-03-03 09:00", reference="v3", branch=S, waited=0, took=20, staff="Ali"),
    event("visit", 3, "2026-02-03 09:00", reference="v4", branch=S, took=20, staff="Vali"),
    event("survey_answered", 1, "2026-03-02 12:00", reference="v1", branch=M, kind="csat", score=5, touchpoint=Q),
    event("survey_answered", 2, "2026-03-02", episode="v2", branch=M, kind="csat", score=2, touchpoint=Q),
    event("survey_answered", 1, "2026-03-03 12:00", reference="v3", kind="nps", score=10, branch=S),
    event("survey_answered", 2, "2026-03-03 12:00", reference="v2", kind="nps", score=6, branch=M),
    event("survey_answered", 3, "2026-03-03 12:00", reference="v4", kind="nps", score=8, branch=S),
    event("survey_answered", 3, "2026-03-03 12:00", reference="v4", kind="ces", score=7, branch=S),
    event("case_opened", 1, "2026-03-04 08:00", reference="c1", branch=M, kind="request", touchpoint="order"),
    event("case_answered", 1, "2026-03-04 08:30", reference="c1", by="staff", staff="Ali"),
    event("case_resolved", 1, "2026-03-04 10:00", reference="c1", first_time=True, automatic=False, staff="Ali"),
    event("case_opened", 2, "2026-03-05 08:00", reference="c2", branch=M, kind="complaint", touchpoint=Q),
    event("case_answered", 2, "2026-03-05 08:10", reference="c2", by="machine"),
    event("case_resolved", 2, "2026-03-05 09:00", reference="c2", first_time=True, automatic=True),
    event("case_reopened", 2, "2026-03-06 09:00", reference="c2"),
    event("case_resolved", 2, "2026-03-06 12:00", reference="c2", first_time=False, automatic=False, staff="Vali"),
    event("case_opened", 3, "2026-03-07 08:00", reference="c3", branch=S, kind="request", touchpoint="order"),
    event("case_resolved", 3, "2026-03-07 09:00", reference="c3", first_time=True, automatic=True),
    event("case_reopened", 3, "2026-03-08 09:00", reference="c3"),  # and open since
    event("booking_made", 1, "2026-02-27 08:00", reference="b1", branch=M, starts_at="2026-03-02T09:00"),
    event("booking_made", 2, "2026-03-01 08:00", reference="b2", branch=M, starts_at="2026-03-09T09:00"),
    event("booking_missed", 2, "2026-03-09 09:30", reference="b2", branch=M, starts_at="2026-03-09T09:00"),
    event("booking_made", 3, "2026-03-01 08:00", reference="b3", branch=M, starts_at="2026-03-10T09:00"),
    event("booking_cancelled", 3, "2026-03-02 08:00", reference="b3", branch=M),
    event("booking_made", 3, "2026-03-30 08:00", reference="b4", branch=M, starts_at="2026-04-02T09:00"),
    event("complaint", 2, "2026-03-05 08:00", branch=M, touchpoint=Q, text="kutdim"),
    event("purchase_line", 1, "2026-03-02 09:40", reference="p1", amount="100", branch=M),
    event("purchase_line", 1, "2026-03-03 09:40", reference="p2", amount="50", branch=S),
    event("purchase_line", 1, "2026-03-03 09:40", reference="p2", amount="10", branch=S),
    event("purchase_line", 2, "2026-03-02 10:40", reference="p3", amount="40", branch=M),
    event("purchase_line", 3, "2026-02-03 10:40", reference="p4", amount="40", branch=S),
    event("purchase_line", 3, "2026-03-03 10:40", reference="p5", amount="40", branch=S),
    event("refund_line", 3, "2026-03-04 10:40", reference="r5", amount="-20", branch=S),
]  # fmt: skip
SEGMENTS = pl.DataFrame({"customer_id": [10, 20, 30], "segment": ["regular", "new", "regular"]})


def computed() -> list[KpiValue]:
    return kpis(log(A_WEEK), OWNERS, as_of=UNTIL, segments=SEGMENTS)


def value(name: str, **by: str) -> float | None:
    return next((row.value for row in computed() if row.name == name and row.by == by), None)


@pytest.mark.parametrize(
    ("name", "by", "expected"),
    [
        ("waiting_time", {}, 10),
        ("waiting_time", {"branch": "Markaz"}, 15),
        ("waiting_time", {"staff": "Ali"}, 5),
        ("waiting_time", {"touchpoint": "queue"}, 15),
        ("waiting_time", {"segment": "regular"}, 5),
        ("waiting_time", {"month": "2026-02"}, None),
        ("service_cycle_time", {}, (40 + 60 + 20 + 20) / 4),
        ("service_cycle_time", {"branch": "Sergeli", "month": "2026-02"}, 20),
        ("satisfaction", {"staff": "Ali"}, 5),
        ("satisfaction", {"staff": "Vali"}, 2),  # by the episode of which the answer speaks
        ("satisfied_share", {"touchpoint": "queue"}, 1 / 2),
        ("nps", {}, 0),
        ("nps", {"branch": "Sergeli"}, 50),
        ("nps", {"branch": "Markaz"}, -100),
        ("ease", {}, 7),
        ("first_response_time", {}, 20),
        ("first_response_time", {"staff": "Ali"}, 30),
        ("resolution_time", {}, (120 + 28 * 60) / 2),
        ("first_time_right_share", {}, 1 / 2),  # c3 is open again
        ("first_time_right_share", {"touchpoint": "order"}, 1),
        ("automatic_share", {}, 1 / 2),
        ("no_show_share", {}, 1 / 2),  # b3 was cancelled, b4 is still to come
        ("no_show_share", {"month": "2026-03"}, 1 / 2),
        ("complaint_share", {}, 1 / 3),
        ("complaint_share", {"branch": "Markaz"}, 1 / 2),
        ("complaint_share", {"touchpoint": "queue"}, 1 / 3),
        ("revenue", {"branch": "Sergeli"}, 140),
        ("purchases", {"branch": "Sergeli"}, 3),
        ("repeat_purchase_share", {"branch": "Markaz"}, 0),  # whoever came back did so elsewhere
        ("repeat_purchase_share", {}, 2 / 3),
        ("new_customers", {"branch": "Sergeli", "month": "2026-03"}, 1),
        ("refund_share", {"branch": "Sergeli"}, 20 / 140),
        ("loyal_share", {}, 0),
        ("revenue", {"segment": "regular", "month": "2026-03"}, 200),
    ],
)
def test_a_week_by_hand(name: str, by: dict[str, str], expected: float | None) -> None:
    found = value(name, **by)
    assert found == (None if expected is None else pytest.approx(expected))


def test_intervals_hold_their_value_and_a_value_is_its_numerator_by_its_denominator() -> None:
    for row in computed():
        if row.low is not None and row.high is not None and row.value is not None:
            assert row.low <= row.value <= row.high, row
        if row.value is not None and row.denominator:
            factor = KPIS[row.name].factor
            assert row.value == pytest.approx((row.numerator or 0) / row.denominator * factor), row


def test_behind_every_value_stand_rows_that_add_up_to_it() -> None:
    """Numerator and denominator of each value, of every dimension and month, are the sums of the rows behind it."""
    events, looked = log(A_WEEK), 0
    for row in computed():
        dimension = dimension_of(row.by)
        asked = Asked(row.name, dimension, row.by.get(dimension, ""), row.by.get("month", ""))
        if row.value is None or (looked > 60 and not dimension):
            continue
        rows = behind(events, OWNERS, asked, as_of=UNTIL, zone="UTC", segments=SEGMENTS).to_native()
        assert rows["numerator"].sum() == pytest.approx(row.numerator), row
        if row.denominator is not None:
            assert rows["denominator"].sum() == pytest.approx(row.denominator), row
        looked += 1
    assert looked > 200


def test_a_name_from_outside_can_be_anything() -> None:
    """Quotes, ends of lines and a hundred and one branches: the largest hundred are told."""
    rows = [event("visit", 1, "2026-03-02 09:00", branch=f'Filial "{number}"\n', took=10) for number in range(101)]
    rows += [event("visit", 1, "2026-03-02 09:00", branch=M, took=10)] * 3
    found = kpis(log(rows), OWNERS, as_of=UNTIL)
    branches = {row.by["branch"] for row in found if "branch" in row.by}
    assert len(branches) == 100
    assert "Markaz" in branches


def test_a_case_is_counted_as_of_the_day_and_no_later() -> None:
    early = kpis(log(A_WEEK), OWNERS, as_of=date(2026, 3, 5))
    assert next(row.value for row in early if row.name == "automatic_share" and not row.by) == 1 / 2
    assert next(row.n for row in early if row.name == "first_time_right_share" and not row.by) == 2
    later = kpis(log(A_WEEK), OWNERS, as_of=UNTIL + timedelta(days=5))
    assert next(row.n for row in later if row.name == "no_show_share" and not row.by) == 3
