"""The page of the bot, and a scenario whose message comes by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from mijoz.business.models import Role, StaffMember
from mijoz.channels import actions as channels
from mijoz.channels.models import ChannelAccount, Message, StaffChat
from mijoz.channels.telegram.actions import take
from mijoz.channels.telegram.tests.stub import TOKEN, Stub, pressed, said, shared
from mijoz.channels.tests.conftest import AT
from mijoz.customers.models import Customer
from mijoz.events.models import Event
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios.tests.conftest import DAY, document
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership, Segment

pytestmark = pytest.mark.django_db
PAGE = "/settings/channels/telegram/"


@pytest.fixture
def manager(business: object) -> Client:
    client = Client()
    client.force_login(
        StaffMember.objects.create_user(email="nodira@example.uz", password="long enough 1", role=Role.MANAGER)
    )
    return client


def test_a_manager_sets_the_bot_up_and_the_token_is_never_shown(manager: Client, telegram: Stub, quick: None) -> None:
    assert "newbot" in manager.get(PAGE).content.decode()
    for token, said_why in (("", "Paste the token"), ("hello", "no token of a bot"), (f"{TOKEN}x", "BotFather")):
        response = manager.post(PAGE, {"token": token, "phone": ""})
        assert (response.status_code, said_why in response.content.decode()) == (400, True)
        assert not ChannelAccount.objects.exists()
    assert manager.post(PAGE, {"token": f" {TOKEN} ", "phone": "+998 71 200 00 00"}).status_code == 302
    page = manager.get(PAGE).content.decode()
    assert "Choyxona (@choyxona_bot)" in page
    assert TOKEN not in page
    assert manager.post(PAGE, {"token": "", "phone": "1"}).status_code == 302  # the saved one is kept
    assert ChannelAccount.objects.get().settings["phone"] == "1"
    assert "Choyxona (@choyxona_bot)" in manager.get("/settings/channels/").content.decode()


def test_a_test_message_goes_to_the_chat_from_which_the_manager_opened_the_bot(
    manager: Client, bot: ChannelAccount, telegram: Stub
) -> None:
    told = manager.post("/settings/channels/telegram/test").content.decode()
    assert "START" in told
    address = manager.get("/settings/channels/telegram/trial")["Location"]
    assert address.startswith("https://t.me/choyxona_bot?start=")
    from django.utils import timezone

    take(bot, [said(1, f"/start {address.split('=')[1]}", user=42)], at=timezone.now())
    assert StaffChat.objects.get().chat == 42
    manager.post("/settings/channels/telegram/test")
    assert telegram.sent[-1]["chat_id"] == "42"
    assert Customer.objects.count() == 0


def test_switching_off_keeps_messages_waiting_and_on_again_sends_them(
    manager: Client, bot: ChannelAccount, telegram: Stub
) -> None:
    ChannelAccount.objects.update(settings=bot.settings | {"called_at": "https://crm.choyxona.uz/reports/telegram/"})
    manager.post("/settings/channels/telegram/off")
    bot.refresh_from_db()
    assert not bot.is_active
    assert telegram.asked("deleteWebhook") == [{}]
    assert manager.post("/settings/channels/telegram/off").status_code == 404
    assert manager.post(PAGE, {"token": "", "phone": ""}).status_code == 302
    bot.refresh_from_db()
    assert bot.is_active


@pytest.mark.parametrize("channel", ["telegram", "best"])
def test_a_scenario_writes_by_the_bot_to_whoever_agreed_there_and_to_nobody_else(
    business: object, bot: ChannelAccount, telegram: Stub, channel: str
) -> None:
    segments.install_defaults(at=AT)
    people = {}
    for user in (501, 502, 503):
        take(bot, [shared(user, f"+9989012{user:05d}", user=user)], at=AT - DAY)
        people[user] = Customer.objects.get(phone=f"+9989012{user:05d}")
        new = Segment.objects.get(key="new")
        Membership.objects.create(segment=new, customer=people[user], entered_at=AT - DAY / 24)
    take(
        bot, [pressed(1, "yes:marketing/uz/mijoz/1", user=501), pressed(2, "no:marketing/uz/mijoz/1", user=502)], at=AT
    )
    step = {
        "kind": "message", "key": "letter", "channel": channel, "subjects": {},
        "texts": {"uz": "{{ greeting }} Sizni kutamiz: https://choyxona.uz/joy", "ru": "Ждём вас."},
    }  # fmt: skip
    if channel == "best":
        step["subjects"] = {"uz": "Salom", "ru": "Привет"}
    scenario = scenarios.add_scenario(
        key="trial", names={"en": "Trial"}, descriptions={}, document=document(step), by=None, at=AT
    )
    scenarios.start(scenario, by=None, at=AT - 2 * DAY)
    scenarios.enrol(at=AT)
    scenarios.advance(at=AT)
    before = len(telegram.sent)
    moment = AT + timedelta(days=2) if channel == "best" else AT
    channels.send_due(at=moment)
    channels.log_settled()
    (sent,) = telegram.sent[before:]
    assert sent["chat_id"] == "501"
    assert "Sizni kutamiz:" in sent["text"]
    assert sent["text"].endswith("/stop</i>")
    assert sent["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://choyxona.uz/joy"
    reasons = dict(Message.objects.values_list("customer", "reason"))
    assert reasons == {people[501].pk: "", people[502].pk: "consent_withdrawn", people[503].pk: "consent_missing"}
    assert Event.objects.filter(type="message_sent", channel="telegram").count() == 1
    reader = Client()
    reader.force_login(StaffMember.objects.create_user(email="b@example.uz", password="long enough 1", role="analyst"))
    page = reader.get(f"/outbox/{Message.objects.get(reason='').pk}/").content.decode()
    assert "/stop</em>" in page
    assert "https://choyxona.uz/joy" in page
    assert ">501<" not in page  # an analyst sees no address whole
