"""Identities that a connection has met are not looked up again, and rows stay those of whoever they are."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.events import remembering
from mijoz.events.actions import MANY
from mijoz.events.ingest.tests.conftest import Program
from mijoz.events.models import Event, Identity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_met() -> None:
    remembering.forget()


def visits(day: int, *people: str) -> list[dict[str, Any]]:
    """Enough of them for a COPY."""
    return [
        {"type": "track", "event": "visit", "messageId": f"{day}/{number}", "userId": people[number % len(people)]}
        for number in range(MANY * len(people))
    ]


def look_ups(program: Program, messages: list[dict[str, Any]]) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert program.batch(*messages).told["accepted"] == len(messages)
    return sum("FROM events_identity WHERE value" in query["sql"] for query in asked)


def whose() -> Counter[str]:
    return Counter(Event.objects.values_list("identity__value", flat=True))


def test_who_was_met_is_not_looked_up_again(program: Program) -> None:
    assert look_ups(program, visits(1, "ali", "vali")) > 0
    assert look_ups(program, visits(2, "ali", "vali")) == 0
    assert look_ups(program, visits(3, "ali", "salim")) > 0
    assert whose() == {"ali": 3 * MANY, "vali": 2 * MANY, "salim": MANY}


def test_what_was_not_written_is_not_remembered(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr("mijoz.events.actions.TOUCH", "SELECT 1 / 0")
        assert program.batch(*visits(1, "ali")).status_code == 503
    assert not Identity.objects.exists()
    program.batch(*visits(1, "vali"))
    program.batch(*visits(2, "ali"))
    assert whose() == {"vali": MANY, "ali": MANY}


def test_an_identity_that_was_taken_away_meanwhile_is_made_anew(program: Program) -> None:
    program.batch(*visits(1, "ali", "vali"))
    Event.objects.filter(identity__value="ali").update(identity=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_ownership o USING events_identity i WHERE i.id = identity_id AND i.value = 'ali'"
        )
        cursor.execute("DELETE FROM events_identity WHERE value = 'ali'")
    assert program.batch(*visits(2, "ali", "vali")).told["accepted"] == 2 * MANY
    assert whose() == {"ali": MANY, "vali": 2 * MANY, None: MANY}


def test_emptied_tables_whose_numbers_begin_anew_confuse_nobody(program: Program) -> None:
    program.batch(*visits(1, "ali"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_event, events_identity, customers_customer RESTART IDENTITY CASCADE")
    program.batch(*visits(2, "vali"))
    program.batch(*visits(3, "ali"))
    assert whose() == {"vali": MANY, "ali": MANY}


def test_it_begins_anew_rather_than_grow(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST", 1)
    program.batch(*visits(1, "ali", "vali"))
    assert look_ups(program, visits(2, "ali")) > 0
    assert look_ups(program, visits(3, "ali")) == 0
