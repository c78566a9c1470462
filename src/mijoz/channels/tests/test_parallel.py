"""Several workers at once: no message twice, and no cap broken. First the race without the lock, then with it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from mijoz.business.models import Business
from mijoz.channels import hooks, sending
from mijoz.channels.actions import log_settled, put_in_outbox, send_due
from mijoz.channels.hooks import OriginState
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.sending import Run
from mijoz.channels.tests.conftest import AT, Agreed, new_message
from mijoz.channels.tests.mailserver import MailServer
from mijoz.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True)]

WORKERS = 2
PATIENCE_SECONDS = 60
KEPT_OUT = """
    SELECT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""


@pytest.fixture
def one_a_day(business: Business) -> None:
    Business.objects.update(messages_a_day=1)


@pytest.fixture
def both_have_looked() -> Iterator[None]:
    """Whoever has gathered the facts waits until the other one has too, or is kept out: the worst moment there is."""
    have_looked = []

    def wait(keys: Iterable[str]) -> dict[str, OriginState]:
        have_looked.append(threading.get_ident())
        until = time.monotonic() + PATIENCE_SECONDS
        with connection.cursor() as cursor:
            while len(have_looked) < WORKERS and not cursor.execute(KEPT_OUT).fetchone()[0]:
                assert time.monotonic() < until, "the other one never came"
        return {}

    before = list(hooks._origin_states)
    hooks.connect_origin_states(wait)
    yield
    hooks._origin_states[:] = before


def at_once(work: Callable[[], Any], times: int) -> list[Any]:
    def in_own_connection() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [done.result() for done in [pool.submit(in_own_connection) for _place in range(times)]]


def claimed_at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many of two messages to one customer each of two runs claims, one message at a time."""
    monkeypatch.setattr(sending, "BATCH", 1)
    return [len(batch or []) for batch in at_once(lambda: sending.claim(Run(AT), "email", at=AT), WORKERS)]


@pytest.fixture
def two_to_one_customer(agreed: Agreed, one_a_day: None) -> None:
    ali = agreed("ali@example.uz")
    put_in_outbox([new_message(ali, key, scenario="welcome") for key in ("a", "b")])


def test_without_the_lock_two_workers_break_the_cap(
    two_to_one_customer: None, both_have_looked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOCK_CUSTOMERS", "SELECT %(customers)s, %(locks)s")
    assert claimed_at_once(monkeypatch) == [1, 1]
    assert Message.objects.filter(status=Message.Status.SENDING).count() == 2


def test_with_the_lock_they_cannot(
    two_to_one_customer: None, both_have_looked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(claimed_at_once(monkeypatch)) == [0, 1]
    assert Message.objects.filter(status=Message.Status.SENDING).count() == 1
    assert Message.objects.get(status=Message.Status.WAITING).reason == Reason.DAY_CAP


def test_many_workers_send_each_message_once_and_keep_the_caps(
    agreed: Agreed, one_a_day: None, account: ChannelAccount, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 5)
    people = [agreed(f"c{place}@example.uz") for place in range(12)]
    put_in_outbox([new_message(one, f"{one.pk}/{time}") for time in range(4) for one in people])
    at_once(lambda: send_due(at=AT), 4)
    assert Counter(mail.recipients) == Counter(f"c{place}@example.uz" for place in range(12))
    assert Message.objects.filter(status=Message.Status.SENT).count() == 12
    assert set(Message.objects.exclude(status=Message.Status.SENT).values_list("status", "reason")) == {
        (Message.Status.WAITING, Reason.DAY_CAP)
    }


def test_many_writers_of_the_log_tell_it_each_message_once(
    agreed: Agreed, account: ChannelAccount, mail: MailServer
) -> None:
    put_in_outbox([new_message(agreed(f"c{place}@example.uz"), f"k{place}") for place in range(12)])
    send_due(at=AT)
    assert sum(at_once(log_settled, 4)) == 12
    assert Event.objects.filter(type="message_sent").count() == 12
