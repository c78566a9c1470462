"""The thread that reads and answers, as the worker runs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from mijoz.channels.models import ChannelAccount
from mijoz.channels.sealing import unseal
from mijoz.channels.telegram import actions
from mijoz.channels.telegram.answering import Answering
from mijoz.channels.telegram.tests.stub import TOKEN, Stub, pressed, said, shared
from mijoz.channels.telegram.tests.test_calls import PUBLIC, call
from mijoz.channels.tests.conftest import AT
from mijoz.customers.models import Customer, Ownership
from mijoz.events.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
SOON_SECONDS = 4.0  # before it would look for itself


@pytest.fixture
def running() -> Iterator[Answering]:
    thread = Answering()
    thread.start()
    yield thread
    thread.stop()


def comes(what: Callable[[], object], seconds: float) -> bool:
    """Whether it comes about within so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_who_writes_is_answered_at_once_and_the_thread_ends_in_the_middle_of_a_question(
    bot: ChannelAccount, telegram: Stub, running: Answering
) -> None:
    telegram.holds = True
    assert comes(lambda: telegram.asked("getUpdates"), 10)
    telegram.updates.append(said(1, "/help"))
    assert comes(lambda: telegram.sent, SOON_SECONDS)
    asked = len(telegram.asked("getUpdates"))
    assert comes(lambda: len(telegram.asked("getUpdates")) > asked + 1, 10)  # told what was taken, and asked again
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < actions.POLL_SECONDS / 2
    assert not running._thread.is_alive()


def test_what_telegram_brings_is_answered_at_once(
    settings: Any, business: Any, telegram: Stub, quick: None, running: Answering
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = PUBLIC, ["*"]
    account = actions.set_up(TOKEN, phone="", receives_by="webhook", at=AT)
    assert call(said(1, "/help"), unseal(account.sealed_reports_secret)).json() == {"taken": 1}
    assert comes(lambda: telegram.sent, SOON_SECONDS)
    assert telegram.asked("getUpdates") == []


def test_what_one_person_does_at_one_moment_ends_in_one_record(bot: ChannelAccount) -> None:
    failed: list[Exception] = []

    def bring(number: int) -> None:
        try:
            for update in (
                shared(number, "+998901234567"),
                pressed(100 + number, "yes:marketing/uz/mijoz/1"),
                said(200 + number, "Salom"),
            ):
                actions.take(bot, [update], at=AT)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Customer.objects.count() == 1
    assert Ownership.objects.filter(identity__kind="telegram").count() == 1
    assert Event.objects.filter(type="message_received").count() == 6
