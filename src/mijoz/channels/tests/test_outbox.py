"""What goes into the outbox: once by its key, in one statement for many, and never what no channel could send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from mijoz.channels import hooks
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.models import USEFUL_FOR, Message
from mijoz.channels.outbox import MessageRefused
from mijoz.channels.tests.conftest import AT, Agreed, new_message


@pytest.fixture
def told() -> Iterator[list[int]]:
    """What listeners of the outbox were told."""
    heard: list[int] = []
    before = list(hooks._on_put_in_outbox)
    hooks.on_put_in_outbox(heard.append)
    yield heard
    hooks._on_put_in_outbox[:] = before


def test_a_message_stands_as_it_was_written(agreed: Agreed, told: list[int]) -> None:
    written = put_in_outbox(
        [new_message(agreed("ali@example.uz"), scenario="welcome", scenario_version=2, enrolment=7, step="s1")]
    )
    message = Message.objects.get()
    assert (written, told) == (1, [1])
    assert (message.status, message.scenario, message.scenario_version) == (Message.Status.WAITING, "welcome", 2)
    assert (message.enrolment, message.step, message.expires_at) == (7, "s1", AT + USEFUL_FOR)


def test_the_same_cause_is_written_once(agreed: Agreed, told: list[int]) -> None:
    ali = agreed("ali@example.uz")
    put_in_outbox([new_message(ali, "a")])
    assert put_in_outbox([new_message(ali, "a", text="other"), new_message(ali, "b"), new_message(ali, "b")]) == 1
    assert put_in_outbox([new_message(ali, "a")]) == 0
    assert told == [1, 1]
    assert Message.objects.get(dedupe_key="a").text != "other"


def test_many_are_one_statement(agreed: Agreed, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ali = agreed("ali@example.uz")
    messages = [new_message(ali, f"k{place}") for place in range(1_000)]
    with django_assert_num_queries(1):
        assert put_in_outbox(messages) == 1_000


def test_without_its_cause_nothing_stands(agreed: Agreed) -> None:
    ali = agreed("ali@example.uz")
    with transaction.atomic():
        put_in_outbox([new_message(ali)])
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("purpose", ""),
        ("purpose", "profiling"),
        ("channel", "pigeon"),
        ("language", "de"),
        ("dedupe_key", " "),
        ("dedupe_key", "k" * 201),
        ("subject", ""),
        ("text", "\n"),
        ("text", "a\0b"),
        ("send_after", datetime(2026, 3, 31)),
        ("expires_at", AT),
        ("expires_at", AT - timedelta(days=1)),
    ],
)
def test_what_no_channel_could_send_is_refused_with_all_beside_it(agreed: Agreed, field: str, value: Any) -> None:
    ali = agreed("ali@example.uz")
    with pytest.raises(MessageRefused) as refused:
        put_in_outbox([new_message(ali, "good"), new_message(ali, **{"key": "bad", field: value})])
    assert refused.value.field == field
    assert field in str(refused.value)
    assert not Message.objects.exists()


def test_a_subject_is_one_line_of_a_length_that_can_be_kept(agreed: Agreed) -> None:
    put_in_outbox([new_message(agreed("ali@example.uz"), subject="Salom\r\nBcc: all@example.uz " + "x" * 400)])
    subject = Message.objects.get().subject
    assert subject.startswith("Salom Bcc:")
    assert len(subject) == 300
    assert subject.endswith("…")
