"""Settings of the company."""

from __future__ import annotations

import threading
from datetime import time

import pytest
from django.db import connection, connections

from mijoz.business.actions import set_up
from mijoz.business.models import Business, StaffMember
from mijoz.business.tests.conftest import browser_of

GOOD = {
    "name": "Choyxona",
    "sector": "restaurant",
    "currency": "UZS",
    "time_zone": "Asia/Samarkand",
    "language": "ru",
    "quiet_from": "22:00",
    "quiet_until": "08:30",
    "messages_a_day": "1",
    "messages_a_week": "3",
}


def test_settings_are_kept(owner: StaffMember) -> None:
    assert browser_of(owner).post("/settings/", GOOD).status_code == 302
    kept = Business.objects.get()
    assert (kept.time_zone, kept.quiet_from, kept.quiet_until) == ("Asia/Samarkand", time(22), time(8, 30))


@pytest.mark.parametrize(
    ("day", "week", "kept"), [("", "", (None, None)), ("0", "0", (0, 0)), ("", "5", (None, 5)), ("2", "", (2, None))]
)
def test_an_empty_limit_is_none_and_zero_is_zero(
    owner: StaffMember, day: str, week: str, kept: tuple[int | None, int | None]
) -> None:
    client = browser_of(owner)
    assert client.post("/settings/", GOOD | {"messages_a_day": day, "messages_a_week": week}).status_code == 302
    current = Business.objects.get()
    assert (current.messages_a_day, current.messages_a_week) == kept
    page = client.get("/settings/").content.decode()
    assert ('name="messages_a_day" value="0"' in page) == (day == "0")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"sector": "bank"}, "bank is not one of the available choices."),
        ({"currency": "XYZ"}, "XYZ is not one of the available choices."),
        ({"time_zone": "Mars/Base"}, "“Mars/Base” is not a time zone such as Asia/Tashkent."),
        ({"quiet_from": "late"}, "Enter a valid time."),
        ({"messages_a_day": "-1"}, "greater than or equal to 0"),
        ({"messages_a_day": "many"}, "Enter a whole number."),
        ({"messages_a_day": "5"}, "The daily limit cannot be higher than the weekly one."),
        ({"messages_a_week": "701"}, "less than or equal to 700"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(owner: StaffMember, changed: dict[str, str], sentence: str) -> None:
    before = Business.objects.values().get()
    answer = browser_of(owner).post("/settings/", GOOD | changed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert Business.objects.values().get() == before


def test_a_limit_is_not_called_optional(owner: StaffMember) -> None:
    page = browser_of(owner).get("/settings/").content.decode()
    assert page.count("Empty: no limit. 0: none at all.") == 4
    assert "mj-optional" not in page


@pytest.mark.django_db(transaction=True)
def test_two_who_set_up_at_the_same_moment_both_succeed() -> None:
    fields = [{"name": "Choyxona"}, {"currency": "USD"}, {"language": "ru"}, {"messages_a_day": 2}]
    for _ in range(5):
        Business.objects.all().delete()
        gate = threading.Barrier(len(fields))

        def begin(place: int, gate: threading.Barrier = gate) -> None:
            connection.ensure_connection()
            gate.wait(timeout=300)
            set_up(**fields[place])
            connections.close_all()

        threads = [threading.Thread(target=begin, args=(place,)) for place in range(len(fields))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = Business.objects.get()
        assert (kept.name, kept.currency, kept.language, kept.messages_a_day) == ("Choyxona", "USD", "ru", 2)
