"""A case is counted in one way: the same period has the same number on the board, in the report, in the three views."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights import actions
from mijoz.insights.models import KpiValue
from mijoz.insights.results import actions as results
from mijoz.insights.results import figures
from mijoz.insights.tests.conftest import bought, from_the_lake
from mijoz.insights.triangulation.measuring import measured

LATER = datetime(2026, 4, 2, 7, tzinfo=UTC)
FIRST, LAST = datetime(2026, 3, 1, 9, tzinfo=UTC), date(2026, 3, 31)
numbers = count()


def case(guest: str, on: int, **told: object) -> list[NewEvent]:
    """One that was opened on a day of March and, so many `hours` later, resolved; `again` says that it came back."""
    number, opened = f"case{next(numbers)}", FIRST + timedelta(days=on - 1)
    hours, again = float(str(told.pop("hours", 5))), told.pop("again", None)
    steps: list[tuple[str, float, dict[str, object]]] = [
        ("case_opened", 0, {"kind": "request", "touchpoint": "order"}),
        ("case_answered", 0.5, {"by": "machine" if told.get("automatic") else "staff"}),
        ("case_resolved", hours, told),
    ]
    if again:
        steps.append(("case_reopened", hours + 1, {}))
    return [
        NewEvent(
            message_id=f"{number}/{type_}",
            type=type_,
            identity=("customer_number", "till", guest),
            occurred_at=opened + timedelta(hours=later),
            reference=number,
            payload=payload,
        )
        for type_, later, payload in steps
    ]


def told(guest: str, type_: str, on: int, **payload: object) -> NewEvent:
    return NewEvent(
        message_id=f"{type_}/{guest}",
        type=type_,
        identity=("customer_number", "till", guest),
        occurred_at=FIRST + timedelta(days=on - 1),
        payload=payload,
    )


@pytest.fixture
def house(business: Business) -> Business:
    events = [
        event for n in range(40) for event in bought(f"guest{n}", [n % 20 + 4], at=datetime(2026, 3, 31, tzinfo=UTC))
    ]
    for n in range(40):
        events += case(f"guest{n}", 1 + n % 25, hours=1 + n, first_time=n % 4 != 0, automatic=n % 5 == 0)
    events += case("guest1", 20, again=True, first_time=True)  # came back and is open since
    events += case("guest2", 31, hours=20, first_time=True)  # resolved when April has begun
    events += case("guest3", 30, first_time=True, automatic=True)
    events += [told(f"guest{n}", "complaint", 9, touchpoint="queue") for n in range(4)]
    events += [told(f"guest{n}", "visit", 8, waited_minutes=n) for n in range(10)]
    events += bought("late", [0.5], at=LATER)
    record(events, source="till")
    customers.project()
    return business


@from_the_lake
def test_the_same_period_has_the_same_cases_on_every_page(house: Business) -> None:
    actions.compute(as_of=LAST, at=LATER)
    board = {value.name: value for value in KpiValue.objects.filter(as_of=LAST, dimension="", scenario="", month="")}
    march = {value.name: value for value in KpiValue.objects.filter(as_of=LAST, dimension="", month="2026-03")}
    report = figures.read(results.make("2026-03", at=LATER).figures).now
    views = measured(LAST)
    right, alone, took = (board[name] for name in ("first_time_right_share", "automatic_share", "resolution_time"))
    assert right.denominator == 41
    for name in ("first_time_right_share", "automatic_share", "resolution_time", "first_response_time"):
        assert (march[name].numerator, march[name].denominator) == (board[name].numerator, board[name].denominator)
    assert (report["services_automatic"].value, report["services_automatic"].count) == (alone.value, 41)
    assert report["answers_automatic"].count == board["first_response_time"].denominator
    assert (views["first_time_right"].found.value, views["first_time_right"].n) == (right.value, 41)
    assert views["resolution_hours"].found.value == pytest.approx(took.value / 60)
    for mine, theirs in (("complaint_share", "complaint_share"), ("waited_minutes", "waiting_time")):
        assert views[mine].found.value == board[theirs].value
