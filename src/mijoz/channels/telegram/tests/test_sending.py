"""Sending by the bot: what a message looks like, at what pace it goes out, and how each failure ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mijoz.channels import actions, queries, sending
from mijoz.channels.actions import put_in_outbox, send_due
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.sealing import unseal
from mijoz.channels.telegram import actions as telegram_actions
from mijoz.channels.telegram import bot_api, transport
from mijoz.channels.telegram.actions import take
from mijoz.channels.telegram.bot_api import BotApi
from mijoz.channels.telegram.compose import link_of, preview
from mijoz.channels.telegram.tests.stub import OTHER_TOKEN, TOKEN, Stub, pressed, said, shared
from mijoz.channels.telegram.trouble import Trouble
from mijoz.channels.tests.conftest import AT, Agreed, new_message
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Purpose

pytestmark = pytest.mark.django_db
STATUS = Message.Status

Reached = Callable[..., Customer]


@pytest.fixture
def reached(agreed: Agreed, bot: ChannelAccount, telegram: Stub) -> Reached:
    """reached(501) is a customer who connected the chat of this number and agreed to offers there."""

    def customer(user: int = 501) -> Customer:
        phone = f"+9989012{user:05d}"
        told = agreed(f"c{user}@example.uz", phone=phone)
        yes = f"yes:marketing/{told.language}/mijoz/1"
        take(bot, [shared(user, phone, user=user), pressed(10_000 + user, yes, user=user)], at=AT)
        return told

    return customer


def put(customer: Customer, key: str = "k1", **fields: Any) -> Message:
    put_in_outbox([new_message(customer, key, channel="telegram", **fields)])
    return Message.objects.get(dedupe_key=key)


def test_a_message_goes_to_the_chat_of_the_customer_and_no_sign_in_it_is_markup(
    reached: Reached, telegram: Stub
) -> None:
    message = put(
        reached(501), subject="Osh <tayyor>", text="Assalomu alaykum, Ali & Oʻgʻil!\n\n<b>20 %</b> chegirma _bugun_"
    )
    done = send_due(at=AT)
    message.refresh_from_db()
    assert (done.sent, message.status, message.sent_to, message.provider_id) == (1, STATUS.SENT, "501", "1")
    (sent,) = telegram.sent
    assert sent["chat_id"] == "501"
    assert sent["parse_mode"] == "HTML"
    assert sent["text"] == (
        "<b>Osh &lt;tayyor&gt;</b>\n\nAssalomu alaykum, Ali &amp; Oʻgʻil!\n\n&lt;b&gt;20 %&lt;/b&gt; chegirma _bugun_"
        "\n\n<i>Bu yerda takliflar kerak boʻlmasa: /stop</i>"
    )


def test_while_another_program_hears_the_bot_offers_wait_and_service_goes_on(
    reached: Reached, bot: ChannelAccount, telegram: Stub
) -> None:
    ali = reached(501)
    ChannelAccount.objects.update(reports_trouble=f"{Trouble.READ_ELSEWHERE}: 409 Conflict")
    offer, late = put(ali, "offer"), put(ali, "late", expires_at=AT + timedelta(minutes=5))
    service = put(ali, "service", purpose=Purpose.SERVICE)
    done = send_due(at=AT)
    for message in (offer, late, service):
        message.refresh_from_db()
    assert (done.sent, service.status) == (1, STATUS.SENT)
    assert (offer.status, offer.reason) == (late.status, late.reason) == (STATUS.WAITING, Reason.NOT_HEARD)
    assert not queries.is_anything_due(AT)
    ChannelAccount.objects.update(reports_trouble="away: timed out")
    assert send_due(at=AT + timedelta(minutes=20)).sent == 1
    late.refresh_from_db()
    assert late.reason == Reason.TOO_LATE


def test_a_yes_to_all_channels_that_was_given_elsewhere_does_not_reach_the_bot_and_a_no_does(
    agreed: Agreed, bot: ChannelAccount, telegram: Stub
) -> None:
    ali = agreed("ali@example.uz", phone="+998901234567")  # at the till, to every channel
    take(bot, [shared(1, "+998901234567")], at=AT)
    first = put(ali, "a")
    send_due(at=AT)
    first.refresh_from_db()
    assert (first.status, first.reason) == (STATUS.STOPPED, Reason.CONSENT_MISSING)
    take(bot, [pressed(2, "yes:marketing/uz/mijoz/1")], at=AT)
    put(ali, "b")
    assert send_due(at=AT).sent == 1
    customers.answer_consent(ali, purpose="marketing", granted=False, proof="", through="staff", at=AT + timedelta(1))
    third = put(ali, "c")
    send_due(at=AT)
    third.refresh_from_db()
    assert third.reason == Reason.CONSENT_WITHDRAWN


def test_a_service_message_has_no_foot_and_its_last_link_is_a_button(reached: Reached, telegram: Stub) -> None:
    put(reached(501), purpose=Purpose.SERVICE, subject="Siz uchun", text="Siz uchun: joy bor\nhttps://choyxona.uz/joy")
    send_due(at=AT)
    (sent,) = telegram.sent
    assert sent["text"] == "Siz uchun: joy bor"  # the subject is its beginning, and is not said twice
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "Ochish", "url": "https://choyxona.uz/joy"}]]}


def test_who_writes_a_message_sees_it_as_it_will_be_read() -> None:
    written = Message(
        channel="telegram",
        purpose="marketing",
        language="en",
        subject="",
        text="A table is free.\nhttps://choyxona.uz/t",
    )
    assert preview(written) == "A table is free.\n\nNo more offers here: /stop\n\n[ Open ]  https://choyxona.uz/t"


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("May we ask how it was? https://choyxona.uz/s/1", "https://choyxona.uz/s/1"),
        ("See https://choyxona.uz today", ""),
        ("We are at https://choyxona.uz", ""),  # without it the sentence would end in the air
        ("https://choyxona.uz", ""),
        ("Here:\nhttp://127.0.0.1/x", ""),
        ("Here:\nhttps://[broken", ""),
    ],
)
def test_only_a_link_after_the_last_sentence_is_a_button(text: str, button: str) -> None:
    assert link_of(Message(channel="telegram", text=text)) == button


def test_a_link_that_nobody_outside_can_open_stays_in_the_text(reached: Reached, telegram: Stub) -> None:
    put(reached(501), purpose=Purpose.SERVICE, text="Bu yerda:\nhttp://localhost:8000/p/x/")
    send_due(at=AT)
    assert telegram.sent[0]["text"].endswith("http://localhost:8000/p/x/")
    assert "reply_markup" not in telegram.sent[0]


def test_a_text_too_long_for_telegram_is_cut(reached: Reached, telegram: Stub) -> None:
    put(reached(501), text="&" * 6_000)
    send_due(at=AT)
    text = telegram.sent[0]["text"]
    shown = text.replace("&amp;", "&").replace("<b>", "").replace("</b>", "").replace("<i>", "").replace("</i>", "")
    assert 4_000 < len(shown) <= 4_096
    assert "…" in shown


def test_whoever_has_no_chat_with_this_very_bot_has_no_address(
    agreed: Agreed, reached: Reached, bot: ChannelAccount, telegram: Stub
) -> None:
    nobody, vali = put(agreed("ali@example.uz"), "a"), put(reached(502), "b")
    telegram.token, telegram.username = OTHER_TOKEN, "another_bot"
    telegram_actions.set_up(OTHER_TOKEN, phone="", receives_by="polling", at=AT)
    send_due(at=AT)
    assert telegram.sent == []
    for message in (nobody, vali):
        message.refresh_from_db()
        assert (message.status, message.reason) == (STATUS.STOPPED, Reason.ADDRESS_MISSING)


def test_whoever_blocked_the_bot_is_not_written_to_until_they_start_it_again(
    reached: Reached, bot: ChannelAccount, telegram: Stub
) -> None:
    customer = reached(501)
    telegram.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    blocked = put(customer, "a")
    send_due(at=AT)
    blocked.refresh_from_db()
    assert (blocked.status, blocked.reason) == (STATUS.FAILED, Reason.REFUSED)
    assert blocked.bounced_at is not None
    stopped = put(customer, "b")
    send_due(at=AT)
    stopped.refresh_from_db()
    assert (stopped.status, stopped.reason, len(telegram.sent)) == (STATUS.STOPPED, Reason.ADDRESS_UNUSABLE, 1)
    take(bot, [said(900, "/start", user=501)], at=AT)
    put(customer, "c")
    assert send_due(at=AT).sent == 1


def test_when_telegram_asks_for_patience_the_account_rests_so_long_and_nothing_is_lost(
    reached: Reached, telegram: Stub, bot: ChannelAccount
) -> None:
    messages = [put(reached(501 + place), f"k{place}") for place in range(3)]
    telegram.refuse("sendMessage", 429, "Too Many Requests: retry after 400", retry_after=400)
    done = send_due(at=AT)
    bot.refresh_from_db()
    assert (done.sent, bot.trouble, len(telegram.sent)) == (0, Trouble.TOO_MANY, 1)
    assert bot.rests_until is not None
    assert timedelta(seconds=400) <= bot.rests_until - AT < timedelta(seconds=410)
    assert send_due(at=AT + timedelta(seconds=100)).sent == 0
    assert send_due(at=AT + timedelta(seconds=411)).sent == 3
    assert all(Message.objects.get(pk=one.pk).status == STATUS.SENT for one in messages)
    assert len(telegram.sent) == 4


def test_a_short_wait_is_waited(reached: Reached, telegram: Stub) -> None:
    telegram.refuse("sendMessage", 429, "Too Many Requests: retry after 0", retry_after=0)
    put(reached(501))
    assert send_due(at=AT).sent == 1


def test_an_answer_that_never_came_leaves_the_message_unknown_and_it_is_not_sent_again(
    reached: Reached, telegram: Stub, bot: ChannelAccount
) -> None:
    customer = reached(501)
    telegram.hang_up("sendMessage")
    message = put(customer)
    send_due(at=AT)
    send_due(at=AT + timedelta(hours=2))
    message.refresh_from_db()
    assert (message.status, message.reason) == (STATUS.FAILED, Reason.UNKNOWN_OUTCOME)
    assert len(telegram.sent) == 1


@pytest.mark.parametrize("body", ["<html>Bad Gateway</html>", {"nothing": 1}, "[]"])
def test_an_answer_that_is_none_leaves_the_message_unknown(reached: Reached, telegram: Stub, body: Any) -> None:
    telegram.answers["sendMessage"] = [(502, body)]
    message = put(reached(501))
    send_due(at=AT)
    message.refresh_from_db()
    assert message.reason == Reason.UNKNOWN_OUTCOME


def test_a_token_that_was_taken_back_stops_the_account_and_says_so(
    reached: Reached, telegram: Stub, bot: ChannelAccount
) -> None:
    message = put(reached(501))
    telegram.token = OTHER_TOKEN
    send_due(at=AT)
    message.refresh_from_db()
    bot.refresh_from_db()
    assert (message.status, message.attempts, bot.trouble) == (STATUS.WAITING, 0, Trouble.TOKEN_REFUSED)
    assert "@BotFather" in queries.trouble_in_words(bot)
    assert TOKEN not in bot.trouble_detail


def test_what_telegram_refuses_of_one_message_fails_that_message_alone(reached: Reached, telegram: Stub) -> None:
    wrong, right = put(reached(501), "a"), put(reached(502), "b")
    telegram.refuse("sendMessage", 400, "Bad Request: can't parse entities")
    send_due(at=AT)
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, wrong.reason, wrong.bounced_at) == (STATUS.FAILED, Reason.REFUSED, None)
    assert right.status == STATUS.SENT


def test_when_telegram_is_away_everything_waits(reached: Reached, bot: ChannelAccount, telegram: Stub) -> None:
    message = put(reached(501))
    bot_api.ADDRESS = "http://127.0.0.1:1"
    send_due(at=AT)
    message.refresh_from_db()
    bot.refresh_from_db()
    assert (message.status, bot.trouble) == (STATUS.WAITING, Trouble.AWAY)


def test_a_connection_that_telegram_closed_in_between_is_opened_anew(telegram: Stub) -> None:
    api = BotApi(TOKEN)
    api.call("getMe")
    assert api._connection is not None
    assert api._connection.sock is not None
    api.call("getMe")
    assert telegram.connections == 1
    api._connection.sock.shutdown(0)
    api.call("getMe")
    assert telegram.connections == 2
    api.close()


def test_one_chat_gets_no_two_messages_a_second_and_all_together_no_thirty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, waited = 100.0, []

    def wait(seconds: float) -> None:
        nonlocal now
        waited.append(round(seconds, 3))
        now += seconds

    monkeypatch.setattr(transport.time, "monotonic", lambda: now)
    monkeypatch.setattr(transport.time, "sleep", wait)
    pace = transport.Pace()
    for chat in ("1", "1", "2"):
        pace.wait(chat)
    assert waited == [0, 1.0, round(1 / transport.A_SECOND, 3)]
    waited.clear()
    began = now
    for place in range(60):
        pace.wait(f"other {place}")
    assert 60 / (now - began) < 30


def test_the_token_is_sealed_and_in_no_error(bot: ChannelAccount, telegram: Stub) -> None:
    assert TOKEN not in bot.sealed_secret
    assert unseal(bot.sealed_secret) == TOKEN
    telegram.refuse("getMe", 400, f"Bad Request: bot{TOKEN} is odd")
    failures = []
    for change in (
        lambda: None,
        lambda: telegram.hang_up("getMe"),
        lambda: setattr(bot_api, "ADDRESS", "http://127.0.0.1:1"),
    ):
        change()
        api = BotApi(TOKEN)
        with pytest.raises((bot_api.Refused, bot_api.NotAnswered, bot_api.NotAsked)) as caught:
            api.call("getMe")
        failures.append(caught)
    for caught in failures:
        chain = [caught.value, caught.value.__cause__]
        assert not any(TOKEN in f"{one!r} {one}" for one in chain if one)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    with pytest.raises(bot_api.TokenMalformed):
        BotApi(f"{TOKEN}\r\nHost: evil")


def test_a_resting_time_is_never_shorter_than_asked_for(bot: ChannelAccount) -> None:
    assert actions.note_trouble is not None
    assert sending.rest_of(bot, AT) == sending.SHORTEST_REST
