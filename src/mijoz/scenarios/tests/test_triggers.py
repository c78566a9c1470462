"""Who is enrolled by an event, a date, the calendar or silence, and for what only once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from mijoz.business.models import Business
from mijoz.channels import control
from mijoz.channels.models import Message
from mijoz.customers.models import Customer, Profile
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions, triggering
from mijoz.scenarios.models import Enrolment, StepOutcome
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, TASK, WAIT, Member, Start
from mijoz.scenarios.triggering import last_moment, moment_of, names_of_day
from mijoz.scenarios.triggers import ScheduleTrigger

HOUR = DAY / 24
SERVICE = {"purpose": "service"}


def happens(customer: Customer, kind: str, /, *, at: datetime, number: str = "", **payload: Any) -> None:
    key = f"{customer.pk}/{kind}/{number}/{at.isoformat()}"
    identity = ("customer", "", str(customer.pk))
    record([NewEvent(message_id=key, type=kind, occurred_at=at, identity=identity, reference=number, payload=payload)])


def occasions(customer: Customer) -> list[str]:
    return list(Enrolment.objects.filter(customer=customer).order_by("id").values_list("occasion", flat=True))


def test_an_event_enrols_whom_it_happens_to_after_the_start_once(member: Member, start: Start) -> None:
    before, after, other = member(), member(), member()
    happens(before, "visit", at=AT - 3 * DAY)
    start(trigger={"kind": "event", "event": "visit"}, **SERVICE)
    happens(after, "visit", at=AT - HOUR)
    happens(after, "visit", at=AT - HOUR / 2)
    happens(other, "complaint", at=AT - HOUR)
    assert actions.enrol(at=AT).customers == 1
    assert occasions(after) == [""]
    happens(after, "visit", at=AT)
    assert actions.enrol(at=AT + HOUR).customers == 0
    assert occasions(before) == occasions(other) == []


def test_each_event_is_an_occasion_of_its_own_if_the_trigger_says_so(member: Member, start: Start) -> None:
    customer = member()
    start(trigger={"kind": "event", "event": "visit", "each": "event"}, **SERVICE)
    happens(customer, "visit", at=AT - HOUR)
    actions.enrol(at=AT)
    actions.enrol(at=AT)
    happens(customer, "visit", at=AT)
    actions.enrol(at=AT + HOUR)
    assert len(occasions(customer)) == len(set(occasions(customer))) == 2


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ({"field": "payload.score", "op": "<=", "value": 6}, True),
        ({"field": "payload.score", "op": ">", "value": 6}, False),
        ({"field": "payload.kind", "op": "=", "value": "nps"}, True),
        ({"field": "payload.kind", "op": "!=", "value": "nps"}, False),
        ({"field": "payload.text", "op": "contains", "value": "SLOW"}, True),
        ({"field": "payload.missing", "op": "=", "value": "x"}, False),
        ({"field": "payload.missing", "op": "!=", "value": "x"}, True),
        ({"field": "payload.missing", "op": "known", "value": False}, True),
        ({"field": "payload.kind", "op": ">", "value": 3}, False),
        ({"field": "payload.deep.er", "op": "=", "value": True}, True),
        ({"field": "payload.kind", "op": "=", "value": "nps'; DROP TABLE x; --"}, False),
        ({"field": "branch", "op": "=", "value": "centre"}, False),
    ],
)
def test_conditions_are_asked_of_the_event(member: Member, start: Start, where: dict[str, Any], fits: bool) -> None:
    customer = member()
    start(trigger={"kind": "event", "event": "survey_answered", "where": [where]}, **SERVICE)
    happens(customer, "survey_answered", at=AT - HOUR, kind="nps", score=6, text="too slow", deep={"er": True})
    assert actions.enrol(at=AT).customers == int(fits)


def test_a_trigger_may_be_for_a_segment_only(member: Member, start: Start) -> None:
    inside, outside = member("new"), member("regular")
    start(trigger={"kind": "event", "event": "visit", "segment": "new"}, **SERVICE)
    for customer in (inside, outside):
        happens(customer, "visit", at=AT - HOUR)
    actions.enrol(at=AT)
    assert (len(occasions(inside)), len(occasions(outside))) == (1, 0)


@pytest.mark.parametrize(
    ("born", "days", "side", "expected"),
    [
        ({"birth_on": "1990-04-03"}, 3, "before", 1),
        ({"birthday": "04-03"}, 3, "before", 1),
        ({"birthday": "04-03"}, 2, "before", 0),
        ({"birthday": "03-31"}, 0, "before", 1),
        ({"birthday": "03-30"}, 1, "after", 1),
    ],
)
def test_so_many_days_before_a_birthday(
    member: Member, start: Start, born: dict[str, str], days: int, side: str, expected: int
) -> None:
    customer = member(**born)
    start(trigger={"kind": "around", "date": "birthday", "days": days, "side": side, "at": "12:00"})
    assert actions.enrol(at=AT - HOUR).customers == 0  # it is not noon yet
    assert actions.enrol(at=AT).customers == expected
    assert actions.enrol(at=AT + HOUR).customers == 0
    assert occasions(customer) == ["birthday/2026"] * expected


def test_next_year_is_another_birthday(member: Member, start: Start) -> None:
    customer = member(birthday="03-31")
    start(trigger={"kind": "around", "date": "birthday", "at": "09:00"}, goal={"kind": "purchase", "window_days": 5})
    for year in (0, 1):
        now = AT + timedelta(days=365 * year)
        actions.enrol(at=now)
        actions.advance(at=now)
    assert occasions(customer) == ["birthday/2026", "birthday/2027"]


def test_a_reminder_comes_before_the_visit_and_never_for_one_that_was_called_off(member: Member, start: Start) -> None:
    kept, cancelled, late, moved = member(), member(), member(), member()
    start(trigger={"kind": "around", "date": "booking", "hours": 3, "side": "before"}, **SERVICE)
    visit = (AT + 3 * HOUR).isoformat()
    happens(kept, "booking_made", at=AT - DAY, number="B1", starts_at=visit)
    happens(cancelled, "booking_made", at=AT - DAY, number="B2", starts_at=visit)
    happens(cancelled, "booking_cancelled", at=AT - HOUR, number="B2")
    happens(late, "booking_made", at=AT + HOUR, number="B3", starts_at=visit)
    happens(moved, "booking_made", at=AT - DAY, number="B4", starts_at=visit)
    happens(moved, "booking_made", at=AT - HOUR, number="B4", starts_at=(AT + DAY).isoformat())
    assert actions.enrol(at=AT - HOUR).customers == 0
    actions.enrol(at=AT + HOUR)
    assert occasions(kept) == ["booking/B1"]
    assert occasions(cancelled) == occasions(late) == occasions(moved) == []
    actions.enrol(at=AT + 21 * HOUR)
    assert occasions(moved) == ["booking/B4"]


def test_a_date_in_an_event_such_as_the_end_of_a_warranty(member: Member, start: Start) -> None:
    customer, junk = member(), member()
    for one, until in ((customer, "2026-04-30"), (junk, "soon")):
        happens(one, "warranty_given", at=AT - 300 * DAY, until=until)
    start(trigger={"kind": "around", "date": "event", "event": "warranty_given", "field": "payload.until", "days": 30})
    assert actions.enrol(at=AT).customers == 1
    assert len(occasions(customer)) == 1


def test_a_schedule_enrols_everybody_who_fits_at_its_hour(member: Member, start: Start) -> None:
    customer = member()
    start(trigger={"kind": "schedule", "every": "week", "weekday": 1, "at": "12:00"},
          goal={"kind": "purchase", "window_days": 2})  # fmt: skip
    assert actions.enrol(at=AT - HOUR).customers == 0
    assert actions.enrol(at=AT).customers == 1  # AT is a Tuesday
    assert actions.enrol(at=AT + DAY).customers == 0
    actions.advance(at=AT + 6 * DAY)
    actions.enrol(at=AT + 7 * DAY)
    assert occasions(customer) == ["schedule/2026-03-31", "schedule/2026-04-07"]


def test_silence_is_for_who_came_once_and_then_not(member: Member, start: Start) -> None:
    silent, active, never = member(), member(), member()
    Profile.objects.filter(customer=silent).update(last_purchase_at=AT - 61 * DAY)
    Profile.objects.filter(customer=never).update(last_purchase_at=None)
    start(trigger={"kind": "silence", "of": "purchase", "days": 60})
    actions.enrol(at=AT)
    assert [len(occasions(one)) for one in (silent, active, never)] == [1, 0, 0]


def test_the_clock_moved_by_a_daylight_change_gives_one_moment_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    leaps = moment_of(datetime(2026, 3, 29).date(), "02:30", berlin)
    assert leaps.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # as 02:30 does not exist: 03:30
    twice = moment_of(datetime(2026, 10, 25).date(), "02:30", berlin)
    assert twice.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two
    daily = ScheduleTrigger(kind="schedule", every="day", at="02:30")
    hours = [datetime(2026, 10, 24, 12, tzinfo=UTC) + timedelta(hours=number) for number in range(48)]
    moments = sorted({last_moment(daily, hour, berlin).astimezone(UTC) for hour in hours})
    assert [moment.day for moment in moments] == [24, 25, 26]


@pytest.mark.parametrize(
    ("day", "names"),
    [((2026, 2, 28), ["02-28", "02-29"]), ((2028, 2, 28), ["02-28"]), ((2028, 2, 29), ["02-29"])],
)
def test_who_was_born_on_a_leap_day_has_a_birthday_every_year(day: tuple[int, int, int], names: list[str]) -> None:
    assert names_of_day(datetime(*day).date()) == names


def test_what_happens_in_a_pause_begins_nothing(member: Member, start: Start) -> None:
    customer = member()
    scenario = start(trigger={"kind": "event", "event": "visit"}, **SERVICE)
    actions.pause(scenario, by=None, at=AT - 2 * HOUR)
    happens(customer, "visit", at=AT - HOUR)
    actions.enrol(at=AT)
    actions.resume(scenario, by=None, at=AT)
    assert actions.enrol(at=AT).customers == 0


def test_a_pilot_is_for_a_share_and_can_be_widened(member: Member, start: Start) -> None:
    everybody = {member().pk for _ in range(60)}
    scenario = start()
    actions.stop(scenario, by=None, at=AT)
    actions.start(scenario, by=None, at=AT, pilot_percent=20)
    actions.enrol(at=AT)
    first = set(Enrolment.objects.values_list("customer", flat=True))
    assert 2 <= len(first) <= 25
    actions.widen(scenario, pilot_percent=None, at=AT)
    actions.enrol(at=AT)
    assert set(Enrolment.objects.values_list("customer", flat=True)) == everybody


def test_the_control_group_gets_no_marketing_and_every_service_and_changes_with_the_period(
    business: Business, member: Member, start: Start
) -> None:
    people = [member() for _ in range(60)]
    Business.objects.update(control_percent=30)
    business.refresh_from_db()
    start(key="marketing")
    start(key="service", **SERVICE)
    actions.enrol(at=AT)
    in_control = {one.pk for one in people if control.is_in_control(one.pk, AT, business)}
    later = {one.pk for one in people if control.is_in_control(one.pk, AT + 40 * DAY, business)}
    enrolled = {
        key: set(Enrolment.objects.filter(scenario__key=key).values_list("customer", flat=True))
        for key in ("marketing", "service")
    }
    assert 5 <= len(in_control) <= 35
    assert in_control != later
    assert enrolled["marketing"] == {one.pk for one in people} - in_control
    assert enrolled["service"] == {one.pk for one in people}


def test_a_test_on_one_person_is_marked_waits_shortly_and_counts_nowhere(
    member: Member, start: Start, log_of: Callable[[], set[str]]
) -> None:
    customer, real = member(), member()
    scenario = start(TASK, WAIT, MESSAGE)
    actions.enrol(at=AT)
    enrolment = actions.try_on(scenario, customer, at=AT)
    actions.advance(at=AT)
    actions.advance(at=AT + timedelta(minutes=1))
    assert enrolment.is_test
    assert list(Message.objects.values_list("customer", "is_test")) == [(customer.pk, True)]
    assert Enrolment.objects.filter(customer=customer, is_test=False).count() == 1
    assert StepOutcome.objects.filter(enrolment=enrolment.pk).count() == 1
    from mijoz.scenarios import overview

    assert overview.figures([scenario])[scenario.pk].treated == 2
    assert real.pk


@pytest.fixture
def log_of(db: None) -> Callable[[], set[str]]:
    def types() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT type FROM events_event")
            return {row[0] for row in cursor.fetchall()}

    return types


def test_nothing_is_made_up_for_before_the_start(member: Member, start: Start) -> None:
    member(birthday="03-27")
    start(trigger={"kind": "around", "date": "birthday", "at": "09:00"})
    assert actions.enrol(at=AT).customers == 0
    assert timedelta(days=2) >= triggering.CATCH_UP
