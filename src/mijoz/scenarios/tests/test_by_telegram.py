"""Scenarios by Telegram: shown as the customer reads them, and tried as the customer gets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from mijoz.business.models import Business, StaffMember
from mijoz.channels.models import StaffChat
from mijoz.channels.telegram import actions as telegram
from mijoz.channels.telegram.tests.stub import TOKEN, Stub, stub_server
from mijoz.scenarios.tests.conftest import AT, MESSAGE, Start
from mijoz.scenarios.tests.test_pages import typed

LINKED = {**MESSAGE, "texts": {"uz": "Sizni kutamiz: https://choyxona.uz/joy"}, "subjects": {"uz": "Salom"}}
PREVIEW, TRIAL = (f"/scenarios/{name}/?scenario=trial&step=0" for name in ("preview", "try"))


@pytest.fixture
def bot(business: Business, manager: StaffMember) -> Iterator[Stub]:
    """A bot that the manager has opened."""
    with stub_server() as stub:
        account = telegram.set_up(TOKEN, phone="+998 71 200 00 00", receives_by="polling", at=AT)
        StaffChat.objects.create(member=manager, bot=account.settings["bot_id"], chat=42, since=AT)
        yield stub


@pytest.mark.parametrize("channel", ["telegram", "best"])
def test_a_trial_is_what_the_customer_gets(start: Start, manager: StaffMember, bot: Stub, channel: str) -> None:
    fields = typed(start({**LINKED, "channel": channel})) | {"reader": "uz"}
    client = Client()
    client.force_login(manager)
    page = client.post(PREVIEW, fields).content.decode()
    assert page.count("/stop") == 1
    assert f"]  {escape('https://choyxona.uz/joy')}" in page
    assert "Salom" not in page  # a subject is of e-mail
    assert client.post(TRIAL, fields).status_code == 204
    sent: dict[str, Any] = bot.sent[-1]
    assert sent["chat_id"] == "42"
    assert sent["text"].startswith("Sizni kutamiz:\n\n<i>")
    assert sent["text"].count("/stop") == 1
    [[button]] = sent["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://choyxona.uz/joy"
