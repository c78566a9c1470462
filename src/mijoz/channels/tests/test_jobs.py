"""The jobs: asked for once when messages are put in, they send, tell the log and ask again when there is more."""

from __future__ import annotations

import pytest
from django.test import TestCase
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mijoz.channels import jobs, sending
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.models import ChannelAccount, Message
from mijoz.channels.tests.conftest import Agreed, new_message
from mijoz.channels.tests.mailserver import MailServer
from mijoz.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_jobs_of_others(db: None) -> None:
    """Tests that commit leave their jobs behind: the queue is no table of ours, so nothing empties it."""
    ProcrastinateJob.objects.all().delete()


def asked_for() -> int:
    """How many jobs that send wait for a worker."""
    return ProcrastinateJob.objects.filter(task_name="channels.send", status="todo").count()


def test_putting_messages_in_asks_for_sending_once(agreed: Agreed, account: ChannelAccount) -> None:
    ali = agreed("ali@example.uz")
    for key in ("a", "b", "c"):
        with TestCase.captureOnCommitCallbacks(execute=True):
            put_in_outbox([new_message(ali, key)])
    assert asked_for() == 1


def test_a_job_sends_what_is_due_and_tells_the_log(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    put_in_outbox([new_message(agreed("ali@example.uz"), purpose="service", send_after=timezone.now())])
    jobs.send()
    assert mail.recipients == ["ali@example.uz"]
    assert Event.objects.filter(type="message_sent").count() == 1
    assert asked_for() == 0


def test_a_turn_that_ends_before_all_is_sent_asks_for_the_next(
    agreed: Agreed, account: ChannelAccount, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SENDS_FOR", sending.SENDS_FOR * 0)
    put_in_outbox([new_message(agreed("ali@example.uz"), purpose="service", send_after=timezone.now())])
    jobs.send_leftovers(0)
    assert mail.mails == []
    assert Message.objects.get().status == Message.Status.WAITING
    assert asked_for() == 1


def test_nothing_is_asked_for_while_an_account_rests(agreed: Agreed, account: ChannelAccount, mail: MailServer) -> None:
    mail.sender_answer = "550 5.7.1 Not you"
    put_in_outbox([new_message(agreed("ali@example.uz"), purpose="service", send_after=timezone.now())])
    jobs.send()
    assert ChannelAccount.objects.get().trouble
    assert asked_for() == 0
