"""The sending worker is killed in the middle of its work, again and again: nothing is lost and nothing sent twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.channels.actions import put_in_outbox
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.tests.conftest import new_message
from mijoz.channels.tests.mailserver import MailServer
from mijoz.config.testing import database_url
from mijoz.customers.models import Consent, Customer, Profile
from mijoz.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MESSAGES = 300
KILLS = 10
LIVES_WORDS = 250  # to the database and to the mail server: about what forty messages take
STATUS = Message.Status


@pytest.fixture
def outbox(business: Business, account: ChannelAccount) -> list[str]:
    """The addresses of MESSAGES customers to each of whom one message is due."""
    Business.objects.update(quiet_from="00:00", quiet_until="00:00")
    now = timezone.now()
    people = Customer.objects.bulk_create([Customer(email=f"c{place}@example.uz") for place in range(MESSAGES)])
    Profile.objects.bulk_create([Profile(customer=one) for one in people])
    Consent.objects.bulk_create(
        [Consent(customer=one, purpose="marketing", granted=True, answered_at=now) for one in people]
    )
    put_in_outbox([new_message(one, one.email, send_after=now - timedelta(minutes=1)) for one in people])
    return [one.email for one in people]


def send_and_be_killed(*options: str) -> int:
    """How often the worker was killed before all was sent."""
    kills = ["--kills", str(KILLS), "--lives-words", str(LIVES_WORDS)]
    command = [sys.executable, "-m", "mijoz.channels.tests.killing", *kills, *options]
    environment = os.environ | {"DATABASE_URL": database_url()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_without_keys_at_most_what_was_in_flight_is_unknown_and_nothing_is_lost_or_sent_twice(
    outbox: list[str], mail: MailServer
) -> None:
    assert send_and_be_killed("--seed", "1") == KILLS
    came = Counter(mail.recipients)
    settled = {
        address: (status, reason)
        for address, status, reason in Message.objects.values_list("dedupe_key", "status", "reason")
    }
    sent = {address for address, (status, _reason) in settled.items() if status == STATUS.SENT}
    unknown = {address for address, outcome in settled.items() if outcome == (STATUS.FAILED, Reason.UNKNOWN_OUTCOME)}
    assert sent | unknown == set(outbox)
    assert len(unknown) <= KILLS
    assert max(came.values()) == 1
    assert sent <= came.keys()
    assert Event.objects.filter(type="message_sent").count() == len(sent)
    assert Event.objects.filter(type="message_failed").count() == len(unknown)


def test_with_a_server_that_knows_keys_everything_is_sent_and_comes_once(outbox: list[str], mail: MailServer) -> None:
    mail.drops_known = True
    assert send_and_be_killed("--seed", "2", "--keyed") == KILLS
    assert Counter(mail.recipients) == Counter(outbox)
    assert set(Message.objects.values_list("status", flat=True)) == {STATUS.SENT}
    assert Event.objects.filter(type="message_sent").count() == len(outbox)
