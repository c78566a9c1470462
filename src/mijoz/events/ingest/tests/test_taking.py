"""`take`, the way in without HTTP: what is told of people, and what calls at one time do to each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from mijoz.customers.models import Ownership
from mijoz.events import hooks
from mijoz.events.ingest import actions
from mijoz.events.ingest.calls import Call
from mijoz.events.ingest.tests.conftest import Program, basic
from mijoz.events.ingest.together import Writers
from mijoz.events.models import Event, Identity, Quarantined

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def told() -> Iterator[list[hooks.Told]]:
    heard: list[hooks.Told] = []
    hooks.on_traits_told(heard.extend)
    yield heard
    hooks._on_traits_told.remove(heard.extend)


def test_what_is_told_reaches_listeners_with_its_identity_and_moment(program: Program, told: list[hooks.Told]) -> None:
    messages: list[Any] = [
        {"type": "identify", "userId": "7", "traits": {"firstName": "Aziza"}, "timestamp": "2026-02-01T10:00:00Z"},
        {"type": "track", "userId": "8", "event": "Lamp bought", "context": {"traits": {"email": "b@example.uz"}}},
        {"type": "track", "userId": "9", "event": "Lamp bought"},
    ]
    taken = actions.take(program.source, messages, received_at=AT)
    assert (taken.accepted, taken.written, taken.known, taken.refused) == (3, 3, 0, [])
    numbers = dict(Identity.objects.filter(kind="user_id").values_list("value", "id"))
    source_id = program.source.pk
    assert told == [
        hooks.Told(numbers["7"], source_id, {"first_name": "Aziza"}, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        hooks.Told(numbers["8"], source_id, {"email": "b@example.uz"}, AT),
    ]


def test_one_person_with_two_ids_of_one_source_is_one_customer(program: Program) -> None:
    actions.take(
        program.source,
        [
            {"type": "page", "anonymousId": "c1"},
            {"type": "identify", "userId": "7", "anonymousId": "c1", "traits": {"email": "aziza@choyxona.uz"}},
        ],
        received_at=AT,
    )
    assert Identity.objects.count() == 3
    assert Ownership.objects.values("customer").distinct().count() == 1


def test_what_lies_in_quarantine_already_is_not_put_there_again(program: Program) -> None:
    taken = actions.take(program.source, [{"type": "walk"}], received_at=AT, keep_refused=False)
    assert (taken.accepted, len(taken.refused)) == (0, 1)
    assert not Quarantined.objects.exists()


def test_python_values_that_are_no_json_are_refused_or_kept(program: Program) -> None:
    taken = actions.take(
        program.source,
        [{"type": "track", "userId": "7", "event": "x", "properties": {"text": "\ud800"}}, {"type": "page"}],
        received_at=AT,
    )
    assert [each.index for each in taken.refused] == [0, 1]
    assert Quarantined.objects.get().message == {"type": "page"}


@pytest.mark.django_db(transaction=True)
def test_calls_at_one_time_are_each_answered_for_themselves(program: Program) -> None:
    """Fifty calls at once: good ones, some with a bad event, some with the same one, some without a key."""
    writers = Writers()
    writers.start()

    def call(number: int) -> Call:
        messages: list[Any] = [{"type": "page", "userId": str(number % 3), "messageId": f"m{number // 2}"}]
        if number % 5 == 0:
            messages.append({"type": "walk"})
        key = "mz_wrong" if number % 10 == 3 else program.key
        return Call("batch", basic(key), "", "", json.dumps({"batch": messages}).encode(), timezone.now())

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(writers.answer(call(number)) for number in range(50)))

    answers = asyncio.run(all_at_once())
    for number, answer in enumerate(answers):
        if number % 10 == 3:
            assert answer.status == 401
            continue
        told = json.loads(answer.body)
        assert (answer.status, told["accepted"]) == (200, 1)
        assert [each["index"] for each in told["refused"]] == ([1] if number % 5 == 0 else [])
    assert Event.objects.count() == 25
    assert Quarantined.objects.count() == 10
    assert Identity.objects.count() == Ownership.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_more_calls_than_can_wait_are_asked_to_come_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mijoz.events.ingest.together.MOST_WAITING", 0)
    call = Call("batch", basic(program.key), "", "", b'{"batch": []}', timezone.now())
    answer = asyncio.run(Writers().answer(call))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
