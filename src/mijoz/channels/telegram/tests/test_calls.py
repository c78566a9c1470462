"""Calls of Telegram, links of messages, and the lines on pages by which customers come to the bot."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Role, StaffMember
from mijoz.channels import actions as channels
from mijoz.channels.models import BotUpdate, ChannelAccount, Message
from mijoz.channels.reports import actions as reports
from mijoz.channels.sealing import unseal
from mijoz.channels.telegram import actions
from mijoz.channels.telegram.actions import take
from mijoz.channels.telegram.answering import Answering
from mijoz.channels.telegram.tests.stub import OTHER_TOKEN, TOKEN, Stub, pressed, said, shared
from mijoz.channels.telegram.transport import TelegramTransport
from mijoz.channels.tests.conftest import AT, new_message
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose
from mijoz.customers.privacy import erasing
from mijoz.customers.privacy import links as pages
from mijoz.events.models import Event, Identity

pytestmark = pytest.mark.django_db
PUBLIC = "https://mijoz.choyxona.uz"
PHONE = "+998901234567"
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def called(settings: Any, business: Any, telegram: Stub, quick: None) -> ChannelAccount:
    """A bot whose updates Telegram brings."""
    settings.PUBLIC_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["*"]
    return actions.set_up(TOKEN, phone="", receives_by="webhook", at=AT)


def call(told: Any, secret: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    headers = {SECRET: secret} if secret else {}
    return client.post("/reports/telegram/", told, content_type="application/json", headers=headers)


def test_telegram_is_told_where_to_call_and_by_which_secret(called: ChannelAccount, telegram: Stub) -> None:
    (asked,) = telegram.asked("setWebhook")
    assert asked["url"] == f"{PUBLIC}/reports/telegram/"
    assert asked["secret_token"] == unseal(called.sealed_reports_secret)
    assert set(asked["allowed_updates"]) == {"message", "callback_query", "my_chat_member"}
    assert len(telegram.asked("setMyCommands")) == 3


def test_without_a_public_address_telegram_is_asked(settings: Any, business: Any, telegram: Stub) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    account = actions.set_up(TOKEN, phone="", receives_by="webhook", at=AT)
    assert account.settings["called_at"] == ""
    assert telegram.asked("setWebhook") == []
    assert telegram.asked("deleteWebhook") == [{}]


def test_where_the_public_address_changes_telegram_is_told(
    called: ChannelAccount, telegram: Stub, settings: Any
) -> None:
    old, thread = unseal(called.sealed_reports_secret), Answering()
    assert thread._round() is False
    assert len(telegram.asked("setWebhook")) == 1  # nothing has changed
    settings.PUBLIC_URL = "https://crm.choyxona.uz"
    assert thread._round() is False
    assert telegram.asked("setWebhook")[-1]["url"] == "https://crm.choyxona.uz/reports/telegram/"
    assert call(said(1, "/help"), old).status_code == 401
    settings.PUBLIC_URL = "http://localhost:8000"
    assert thread._round() is True  # nobody can call us there, so we ask
    assert telegram.calls[-2][0] == "deleteWebhook"
    assert telegram.calls[-1][0] == "getUpdates"
    thread._hang_up()


@pytest.mark.parametrize("secret", ["", "wrong", "ä", "A" * 43])
def test_a_call_without_the_secret_changes_nothing(called: ChannelAccount, telegram: Stub, secret: str) -> None:
    assert call(said(1, "/help"), secret).status_code == 401
    assert BotUpdate.objects.count() == 0


def test_a_call_is_taken_once_and_what_is_no_update_is_not_asked_for_again(called: ChannelAccount) -> None:
    secret = unseal(called.sealed_reports_secret)
    assert call(said(1, "/help"), secret).json() == {"taken": 1}
    assert call(said(1, "/help"), secret).json() == {"taken": 0}
    for odd in ("{", "[]", "null", '"x"', "[" * 5_000):
        assert call(odd, secret).status_code == 200
    assert call("x" * (1024 * 1024 + 1), secret).status_code == 413
    assert BotUpdate.objects.count() == 1


def test_calls_that_nobody_waits_for_are_refused(bot: ChannelAccount) -> None:
    assert call(said(1, "/help"), "").status_code == 404
    actions.switch_off(bot, at=AT)
    assert call(said(1, "/help"), "").status_code == 404


def test_switching_off_tells_telegram_not_to_call(called: ChannelAccount, telegram: Stub) -> None:
    actions.switch_off(called, at=AT)
    assert telegram.asked("deleteWebhook") == [{}]
    called.refresh_from_db()
    assert not called.is_active


def test_a_token_that_telegram_does_not_know_changes_nothing(bot: ChannelAccount, telegram: Stub) -> None:
    with pytest.raises(actions.TokenRefused, match="BotFather"):
        actions.set_up(OTHER_TOKEN, phone="", receives_by="polling", at=AT)
    bot.refresh_from_db()
    assert unseal(bot.sealed_secret) == TOKEN


def test_a_link_of_a_message_leads_on_and_tells_that_it_was_opened(
    called: ChannelAccount, telegram: Stub, agreed: Any
) -> None:
    customer = agreed("ali@example.uz", phone=PHONE)
    take(called, [shared(1, PHONE)], at=AT)
    text = "Joy bor:\nhttps://choyxona.uz/joy?a=1&b=2"
    channels.put_in_outbox([new_message(customer, "k", channel="telegram", purpose=Purpose.SERVICE, text=text)])
    channels.send_due(at=AT)
    channels.log_settled()
    url = telegram.sent[-1]["reply_markup"]["inline_keyboard"][0][0]["url"]
    assert url.startswith(f"{PUBLIC}/l/")
    path = url.removeprefix(PUBLIC)
    assert Client().head(path).headers["Location"] == "https://choyxona.uz/joy?a=1&b=2"
    assert Message.objects.get().clicked_at is None
    for _time in range(2):
        response = Client().get(path)
        assert (response.status_code, response["Location"]) == (302, "https://choyxona.uz/joy?a=1&b=2")
        assert response["Referrer-Policy"] == "no-referrer"
    assert Message.objects.get().clicked_at is not None
    assert Event.objects.filter(type="message_clicked").count() == 1
    assert "clicked" in reports.outcomes_told(["telegram"])
    for broken in (path[:-3] + "x/", "/l/1/", "/l/1.x/"):
        assert Client().get(broken).status_code == 404
    Message.objects.update(text="")  # as erasing leaves it
    assert Client().get(path).status_code == 404


def member(role: Role) -> Client:
    client = Client()
    staff = StaffMember.objects.create_user(email=f"{role}@example.uz", password="long enough 1", role=role)
    client.force_login(staff)
    return client


def test_staff_invite_a_customer_and_see_who_is_connected(bot: ChannelAccount, telegram: Stub) -> None:
    customer = customers.add_customer(by=None, at=AT, first_name="Ali", phone=PHONE)
    client = member(Role.FRONT_OFFICE)
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "Not connected with Choyxona (@choyxona_bot) yet" in page
    invitation = client.get(f"/customers/{customer.pk}/telegram")
    assert invitation["Cache-Control"] == "no-store, private"
    shown = invitation.content.decode()
    assert "https://t.me/choyxona_bot?start=" in shown
    assert "<svg" in shown
    key = shown.split("?start=")[1].split("<")[0]
    take(bot, [said(1, f"/start {key}", user=501777)], at=timezone.now())
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "Connected with Choyxona (@choyxona_bot) since" in page
    assert "has not answered" in page
    take(bot, [pressed(2, "yes:marketing/uz/mijoz/1", user=501777)], at=timezone.now())
    assert "Agreed to offers there" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert "501777" not in member(Role.ANALYST).get(f"/customers/{customer.pk}/").content.decode()


def test_of_whoever_was_erased_the_bot_knows_nothing_and_may_ask_again(
    bot: ChannelAccount, telegram: Stub, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    settings.EMBEDDED_FOLDER = tmp_path / "postgres"
    customer = customers.add_customer(by=None, at=AT, first_name="Ali", phone=PHONE, language="en")
    take(bot, [shared(1, PHONE, user=501777), said(2, "My number is 501777", user=501777)], at=AT)
    channels.put_in_outbox([new_message(customer, "k", channel="telegram", purpose=Purpose.SERVICE)])
    channels.send_due(at=AT)
    channels.log_settled()
    BotUpdate.objects.update(answers=[])
    erasing.erase(customer, by=None, through="staff", at=timezone.now())
    assert TelegramTransport().addresses({customer.pk}) == {}
    assert (
        "501777"
        not in f"{list(Message.objects.values())} {list(Event.objects.values())} {list(Identity.objects.values())}"
    )
    take(bot, [said(3, "Hello", user=501777)], at=AT)
    assert Event.objects.filter(type="message_received").exclude(payload=None).count() == 0
    asked = BotUpdate.objects.get(update_id=3).answers[0][1]
    assert asked["reply_markup"]["keyboard"][0][0]["request_contact"] is True


def test_a_customer_connects_from_their_own_page(bot: ChannelAccount, telegram: Stub) -> None:
    customer = customers.add_customer(by=None, at=AT, first_name="Ali", language="en")
    link = pages.link_for(customer, at=timezone.now())
    page = f"/p/{pages.token_of(link)}/"
    shown = Client().get(page).content.decode()
    key = shown.split("https://t.me/choyxona_bot?start=")[1].split('"')[0]
    take(bot, [said(1, f"/start {key}")], at=timezone.now())
    assert "t.me" not in Client().get(page).content.decode()
    assert Customer.objects.count() == 1
