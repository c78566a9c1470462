"""What reads the bot is killed in the middle of its work, again and again: everything is taken once and answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from mijoz.channels.models import BotUpdate, ChannelAccount
from mijoz.channels.telegram.tests.stub import Stub, pressed, said, shared
from mijoz.config.testing import database_url
from mijoz.customers.models import Consent, Customer, Ownership
from mijoz.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 12
KILLS = 15
LIVES_WORDS = 120  # to the database and to the Bot API


def updates() -> list[dict[str, Any]]:
    """Each shares a contact, agrees, writes, and takes it back."""
    told = []
    for place in range(PEOPLE):
        user, number = 501 + place, 1_000 + place * 10
        told += [
            shared(number, f"+9989012{user:05d}", user=user),
            pressed(number + 1, "yes:marketing/uz/mijoz/1", user=user),
            said(number + 2, f"Salom {user}", user=user),
            said(number + 3, "/stop", user=user),
        ]
    return told


def test_every_update_is_taken_once_and_answered_whenever_the_process_dies(bot: ChannelAccount, telegram: Stub) -> None:
    telegram.updates = updates()
    command = [
        sys.executable,
        "-m",
        "mijoz.channels.telegram.tests.killing",
        "--at",
        f"http://127.0.0.1:{telegram.port}",
    ]
    options = ["--kills", str(KILLS), "--lives-words", str(LIVES_WORDS)]
    environment = os.environ | {"DATABASE_URL": database_url()}
    done = subprocess.run(
        [*command, *options], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == KILLS
    assert telegram.updates == []
    assert BotUpdate.objects.count() == PEOPLE * 4
    types = Counter(Event.objects.values_list("type", flat=True))
    assert types["channel_linked"] == types["consent_given"] == types["consent_withdrawn"] == PEOPLE
    assert types["message_received"] == PEOPLE
    assert Customer.objects.count() == PEOPLE
    assert Ownership.objects.filter(identity__kind="telegram").count() == PEOPLE
    assert Consent.objects.filter(granted=False, channel="telegram").count() == PEOPLE
    answered = Counter((one["chat_id"], one["text"]) for one in telegram.sent)
    for place in range(PEOPLE):
        assert len([words for chat, words in answered if chat == 501 + place]) == 5  # none was left without
    assert sum(answered.values()) - len(answered) <= KILLS * 2  # at most what one update is answered, for each kill
