"""What people do in the bot: who is connected with whom, what is agreed to, and that everything is taken once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from mijoz.business.locks import held
from mijoz.channels.models import BotUpdate, ChannelAccount, StaffChat
from mijoz.channels.telegram import actions, conversation, links, on_customers, saying
from mijoz.channels.telegram.actions import answer_due, poll, take
from mijoz.channels.telegram.answering import Answering
from mijoz.channels.telegram.bot_api import BotApi
from mijoz.channels.telegram.tests.stub import OTHER_TOKEN, TOKEN, Stub, pressed, said, shared
from mijoz.channels.telegram.transport import TelegramSession, TelegramTransport
from mijoz.channels.tests.conftest import AT
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Ownership, Pair, Trait
from mijoz.events.models import Event, Identity

pytestmark = pytest.mark.django_db
BOT = "7000000001"
PHONE = "+998901234567"


def talk(bot: ChannelAccount, telegram: Stub, *updates: dict[str, Any]) -> list[str]:
    """What the bot says to these updates."""
    before = len(telegram.sent)
    take(bot, updates, at=AT)
    api = BotApi(TOKEN)
    answer_due(bot, TelegramSession(api), at=AT)
    api.close()
    return [one["text"] for one in telegram.sent[before:]]


def customer(**told: Any) -> Customer:
    return customers.add_customer(by=None, at=AT, **{"first_name": "Ali", "language": "en", **told})


def chats_of(one: Customer) -> list[str]:
    owned = Ownership.objects.filter(customer=one, identity__kind="telegram", identity__account=BOT)
    return list(owned.values_list("identity__value", flat=True))


def consents(one: Customer) -> dict[tuple[str, str], bool]:
    rows = Consent.objects.filter(customer=one).values_list("purpose", "channel", "granted")
    return {(purpose, channel): granted for purpose, channel, granted in rows}


def key_of(one: Customer, **times: Any) -> str:
    return links.key_for(BOT, one.pk, at=times.get("at", AT))


def test_a_key_is_such_as_telegram_lets_through() -> None:
    key = links.key_for(BOT, 2**53, at=AT)
    assert len(key) <= 64
    assert key.replace("-", "").replace("_", "").isalnum()
    assert links.read(BOT, key, at=AT) == links.Key(2**53, is_trial=False)


@pytest.mark.parametrize("key", ["", "x", "a" * 64, "ÿ", "=", "Y" * 41])
def test_a_key_that_was_not_made_here_opens_nothing(key: str) -> None:
    with pytest.raises(links.KeyBroken):
        links.read(BOT, key, at=AT)


def test_a_key_ends_and_means_nothing_to_another_bot() -> None:
    key = links.key_for(BOT, 7, at=AT)
    with pytest.raises(links.KeyOld):
        links.read(BOT, key, at=AT + links.LIVES_FOR)
    with pytest.raises(links.KeyBroken):
        links.read("7000000002", key, at=AT)
    turned = key[:10] + ("A" if key[10] != "A" else "B") + key[11:]
    with pytest.raises(links.KeyBroken):
        links.read(BOT, turned, at=AT)


def test_whoever_presses_start_under_their_link_is_connected_and_asked(bot: ChannelAccount, telegram: Stub) -> None:
    ali = customer(phone=PHONE)
    answers = talk(bot, telegram, said(1, f"/start {key_of(ali)}"))
    assert chats_of(ali) == ["501"]
    assert "connected" in answers[0]
    assert answers[1] == "I agree to get offers and news from Choyxona by this channel: Telegram."
    assert consents(ali) == {}  # nothing was pressed yet
    event = Event.objects.get(type="channel_linked")
    assert (event.channel, event.payload) == ("telegram", {"how": "link"})
    assert Ownership.objects.get(identity__kind="telegram").proved_at is not None
    assert TelegramTransport().addresses({ali.pk}) == {ali.pk: "501"}


def test_a_link_connects_one_chat_and_no_second(bot: ChannelAccount, telegram: Stub) -> None:
    ali = customer()
    key = key_of(ali)
    talk(bot, telegram, said(1, f"/start {key}"))
    (answer,) = talk(bot, telegram, said(2, f"/start {key}", user=666))
    assert "does not work any more" in answer or "ishlamaydi" in answer
    assert chats_of(ali) == ["501"]
    assert "connected" in talk(bot, telegram, said(3, f"/start {key}"))[0]  # the same person pressed it once more


def test_another_spelling_of_a_used_link_opens_nothing(bot: ChannelAccount, telegram: Stub) -> None:
    ali = next(one for one in (customer() for _try in range(50)) if {"-", "_"} & set(key_of(one)))
    key = key_of(ali)
    talk(bot, telegram, said(1, f"/start {key}"))
    for number, other in enumerate((key.translate(str.maketrans("-_", "+/")), f"{key}=", f"{key}==="), start=2):
        talk(bot, telegram, said(number, f"/start {other}", user=666))
        assert chats_of(ali) == ["501"]
        with pytest.raises(links.KeyBroken):
            links.read(BOT, other, at=AT)


def test_an_old_link_asks_for_the_contact(bot: ChannelAccount, telegram: Stub) -> None:
    ali = customer()
    talk(bot, telegram, said(1, f"/start {key_of(ali, at=AT - links.LIVES_FOR)}"))
    assert chats_of(ali) == []
    assert telegram.sent[-1]["reply_markup"]["keyboard"][0][0]["request_contact"] is True


def test_a_chat_of_somebody_is_not_given_to_another_and_staff_are_asked(bot: ChannelAccount, telegram: Stub) -> None:
    ali, vali = customer(), customer(first_name="Vali")
    talk(bot, telegram, said(1, f"/start {key_of(ali)}"))
    talk(bot, telegram, said(2, f"/start {key_of(vali)}"))
    assert (chats_of(ali), chats_of(vali)) == (["501"], [])
    assert Pair.objects.filter(state=Pair.State.WAITING).count() == 1


def test_without_a_link_the_bot_asks_who_it_is_and_keeps_nothing(bot: ChannelAccount, telegram: Stub) -> None:
    identities, events = Identity.objects.count(), Event.objects.count()
    first, second = talk(bot, telegram, said(1, "/start"), said(2, "Salom, men Valiman, 90 123 45 67"))
    assert "telefon" in first.lower() or "phone" in first
    assert (Identity.objects.count(), Event.objects.count(), Customer.objects.count()) == (identities, events, 0)
    assert list(BotUpdate.objects.values_list("answers", flat=True)) == [[], []]
    assert second.split("\n\n")[1] == first


def test_ones_own_contact_finds_the_record_and_proves_the_phone(bot: ChannelAccount, telegram: Stub) -> None:
    ali = customer(phone=PHONE)
    talk(bot, telegram, said(1, "/start"), shared(2, "998901234567"))
    assert chats_of(ali) == ["501"]
    assert Ownership.objects.get(identity__kind="phone").proved_at is not None
    ali.refresh_from_db()
    assert ali.first_name == "Ali"  # what Telegram says corrects nothing
    assert Customer.objects.count() == 1


def test_a_contact_nobody_knew_begins_a_record_with_phone_name_and_language(
    bot: ChannelAccount, telegram: Stub
) -> None:
    talk(
        bot, telegram, shared(1, "+998 90 765-43-21", sender={"language_code": "ru"}, contact={"last_name": "Karimov"})
    )
    new = Customer.objects.get()
    assert (new.phone, new.first_name, new.last_name, new.language, new.number) == (
        "+998907654321", "Vali", "Karimov", "ru", "",
    )  # fmt: skip
    assert chats_of(new) == ["501"]
    assert "подключён" in telegram.sent[0]["text"]


@pytest.mark.parametrize("of", [777, 0])
def test_somebody_elses_contact_is_not_taken(bot: ChannelAccount, telegram: Stub, of: int) -> None:
    ali = customer(phone=PHONE)
    forged = shared(1, PHONE, of=of)
    if not of:
        del forged["message"]["contact"]["user_id"]
    talk(bot, telegram, forged)
    assert chats_of(ali) == []
    assert Event.objects.filter(type="channel_linked").count() == 0
    assert Ownership.objects.get(identity__kind="phone").proved_at is None


@pytest.mark.parametrize("passed_on", ["forward_origin", "forward_from", "forward_date"])
def test_a_contact_that_was_passed_on_proves_no_phone(bot: ChannelAccount, telegram: Stub, passed_on: str) -> None:
    ali = customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE, **{passed_on: {"type": "user"}}))
    assert chats_of(ali) == []
    assert Ownership.objects.get(identity__kind="phone").proved_at is None
    assert telegram.sent[-1]["reply_markup"]["keyboard"][0][0]["request_contact"] is True


def test_two_who_each_proved_who_they_are_are_not_made_one(bot: ChannelAccount, telegram: Stub) -> None:
    ali, vali = customer(), customer(first_name="Vali", phone=PHONE)
    talk(bot, telegram, shared(1, PHONE, user=502))
    talk(bot, telegram, said(2, f"/start {key_of(ali)}"), shared(3, PHONE))
    assert (chats_of(ali), chats_of(vali)) == (["501"], ["502"])


def test_consent_counts_after_the_button_with_its_words_and_stop_takes_it_back(
    bot: ChannelAccount, telegram: Stub
) -> None:
    ali = customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE))
    asked = telegram.sent[-1]
    yes = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert len(yes.encode()) <= 64
    talk(bot, telegram, pressed(2, yes))
    assert consents(ali) == {("marketing", "telegram"): True}
    given = Consent.objects.get()
    assert (given.proof, given.given_through) == (asked["text"], "telegram")
    event = Event.objects.get(type="consent_given")
    assert event.payload is not None
    assert (event.payload["place"], event.payload["text_version"]) == ("@choyxona_bot", "marketing/en/mijoz/1")
    assert telegram.asked("answerCallbackQuery") == [{"callback_query_id": "q2"}]
    talk(bot, telegram, said(3, "/stop"))
    assert consents(ali) == {("marketing", "telegram"): False}
    talk(bot, telegram, pressed(4, saying.SILENCE))
    assert consents(ali) == {("marketing", "telegram"): False, ("service", "telegram"): False}
    (answer,) = talk(bot, telegram, said(5, "/start"))[1:]
    assert "write nothing" in answer
    talk(bot, telegram, pressed(6, saying.SPEAK))
    assert consents(ali)["service", "telegram"] is True


@pytest.mark.parametrize("data", ["yes:marketing/en/99", "yes", "yes:marketing/xx/mijoz/1", "yes:service/en/mijoz/1"])
def test_a_yes_to_other_words_than_those_of_now_is_asked_for_anew(
    bot: ChannelAccount, telegram: Stub, data: str
) -> None:
    ali = customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE))
    (answer,) = talk(bot, telegram, pressed(2, data))
    assert consents(ali) == {}
    assert answer.startswith("I agree")


def test_a_no_counts_whatever_the_words_were(bot: ChannelAccount, telegram: Stub) -> None:
    ali = customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE), pressed(2, "yes:marketing/en/mijoz/1"))
    assert consents(ali) == {("marketing", "telegram"): True}
    (answer,) = talk(bot, telegram, pressed(3, "no:marketing/en/99"))
    assert consents(ali) == {("marketing", "telegram"): False}
    assert "no offers" in answer


def test_a_button_of_nobody_does_nothing(bot: ChannelAccount, telegram: Stub) -> None:
    talk(bot, telegram, pressed(1, "yes:marketing/en/mijoz/1"), pressed(2, "silence"), said(3, "/stop"))
    assert Consent.objects.count() == 0


def test_what_a_customer_writes_is_kept_and_answered_with_the_phone(bot: ChannelAccount, telegram: Stub) -> None:
    customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE))
    (answer,) = talk(bot, telegram, said(2, "Bugun soat 7 da joy bormi?\u202e\ud800 \x00<script>"))
    assert "+998 71 200 00 00" in answer
    event = Event.objects.get(type="message_received")
    assert event.payload == {"text": "Bugun soat 7 da joy bormi?\ufffd <script>"}
    assert event.channel == "telegram"


@pytest.mark.parametrize(
    "name", ["<b>Vali</b>", "'; DROP TABLE customers_customer; --", "\u202eilaV", "😀" * 200, "\x00"]
)
def test_a_name_from_outside_is_a_name_and_nothing_more(bot: ChannelAccount, telegram: Stub, name: str) -> None:
    talk(bot, telegram, shared(1, PHONE, contact={"first_name": name, "last_name": ""}, sender={"first_name": name}))
    new = Customer.objects.get()
    assert len(new.first_name) <= 100
    assert "\u202e" not in new.first_name
    assert all("parse_mode" not in one for one in telegram.sent)
    assert Trait.objects.filter(name="phone").count() <= 1


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "message": {"chat": {"id": -5, "type": "group"}, "from": {"id": 501}, "text": "/start"}},
        {"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": True}}},
        {"update_id": 1, "message": "text"},
        {"update_id": 1, "message": {"chat": {"id": "x"}}},
        {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 10**30}, "data": "yes"}},
        {"update_id": 1, "edited_message": {"text": "/start"}},
    ],
)
def test_what_is_not_for_us_is_noted_and_not_answered(
    bot: ChannelAccount, telegram: Stub, update: dict[str, Any]
) -> None:
    assert talk(bot, telegram, update) == []
    assert BotUpdate.objects.get().update_id == 1


@pytest.mark.parametrize("told", [None, 7, "x", {}, {"update_id": "x"}, {"update_id": -1}, {"update_id": 2**70}])
def test_what_has_no_number_is_passed_over(bot: ChannelAccount, told: Any) -> None:
    assert take(bot, [told, said(5, "/help")], at=AT) == 1


def test_an_update_is_taken_once_however_often_it_comes(bot: ChannelAccount, telegram: Stub) -> None:
    customer(phone=PHONE)
    update = said(3, "Salom")
    talk(bot, telegram, shared(1, PHONE), update, update)
    assert talk(bot, telegram, update) == []
    assert Event.objects.filter(type="message_received").count() == 1


def test_after_a_quiet_week_smaller_numbers_are_taken_as_well(bot: ChannelAccount, telegram: Stub) -> None:
    api = BotApi(TOKEN)
    telegram.updates = [said(900_000_000, "/help"), said(900_000_001, "/help")]
    assert poll(bot, api, at=AT, wait_seconds=0) == 2
    assert telegram.updates == []  # they were confirmed
    telegram.updates = [said(17, "/help")]
    assert poll(bot, api, at=AT + timedelta(days=8), wait_seconds=0) == 1
    actions.forget_updates(at=AT + timedelta(days=8))
    assert BotUpdate.objects.filter(update_id=17).exists()
    assert not BotUpdate.objects.filter(update_id=900_000_000).exists()  # numbers are kept for as long as Telegram does
    api.close()


def test_what_a_bot_was_about_to_say_does_not_outlive_it(bot: ChannelAccount, telegram: Stub) -> None:
    def unsaid() -> int:
        return BotUpdate.objects.exclude(answers=[]).count()

    take(bot, [said(1, "/help")], at=AT)
    assert unsaid() == 1
    actions.switch_off(bot, at=AT)
    assert unsaid() == 0
    take(bot, [said(2, "/help")], at=AT)  # it was on its way when the bot was switched off
    telegram.token = OTHER_TOKEN
    actions.set_up(OTHER_TOKEN, phone="", receives_by="polling", at=AT)
    assert unsaid() == 0
    take(bot, [said(3, "/help")], at=AT)
    actions.forget_updates(at=AT + timedelta(hours=2))
    assert (unsaid(), BotUpdate.objects.count()) == (0, 3)
    actions.forget_updates(at=AT + timedelta(days=3))
    assert BotUpdate.objects.count() == 0


def test_a_chat_that_several_use_leads_to_nobody(bot: ChannelAccount, telegram: Stub, settings: Any) -> None:
    settings.PUBLIC_URL = "https://crm.choyxona.uz"
    ali, vali = customer(phone=PHONE), customer(first_name="Vali")
    talk(bot, telegram, shared(1, PHONE))
    in_use = on_customers.bot_in_use()
    assert in_use is not None
    assert on_customers.connected(in_use) == 1
    talk(bot, telegram, said(7, "/help"))
    assert "reply_markup" in telegram.sent[-1]  # their own page
    Ownership.objects.filter(identity__kind="telegram").update(is_shared=True)
    assert on_customers.connected(in_use) == 0
    before = consents(ali)
    talk(bot, telegram, said(2, "/help"))
    assert "reply_markup" not in telegram.sent[-1]
    for answer in talk(bot, telegram, said(3, "/stop"), pressed(4, "yes:marketing/en/mijoz/1"), said(5, "Salom")):
        assert "Ali" not in answer
    assert consents(ali) == before
    assert not Event.objects.filter(type="message_received").exists()
    events = Event.objects.count()
    (answer,) = talk(bot, telegram, said(6, f"/start {key_of(vali)}"))
    assert (chats_of(vali), Event.objects.count()) == ([], events)
    assert "Xodimlarimizga ayting" in answer


def test_an_answer_that_was_not_given_before_the_process_died_is_given_later(
    bot: ChannelAccount, telegram: Stub
) -> None:
    take(bot, [said(1, "/help")], at=AT)
    assert telegram.sent == []
    api = BotApi(TOKEN)
    answer_due(bot, TelegramSession(api), at=AT + timedelta(minutes=1))
    assert len(telegram.sent) == 1
    take(bot, [said(1, "/help"), said(2, "/help")], at=AT)
    answer_due(bot, TelegramSession(api), at=AT + actions.ANSWERED_WITHIN + timedelta(hours=1))
    assert len(telegram.sent) == 1  # so late it would only puzzle
    api.close()


def test_whoever_blocked_the_bot_meanwhile_holds_nobody_up(bot: ChannelAccount, telegram: Stub) -> None:
    telegram.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    assert len(talk(bot, telegram, said(1, "/help"), said(2, "/help", user=502))) == 2
    assert list(BotUpdate.objects.exclude(answers=[])) == []


def test_who_writes_more_than_a_person_is_not_answered_but_nothing_of_it_is_lost(
    bot: ChannelAccount, telegram: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MOST_IN_TEN_MINUTES", 3)
    customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE))
    assert len(talk(bot, telegram, *(said(2 + place, f"{place}") for place in range(6)))) == 2
    assert Event.objects.filter(type="message_received").count() == 6


@pytest.mark.parametrize(
    ("no", "purposes"),
    [
        (said(9, "/stop"), {"marketing"}),
        (pressed(9, "no:marketing/en/mijoz/1"), {"marketing"}),
        (pressed(9, saying.SILENCE), {"marketing", "service"}),
    ],
)
def test_a_no_of_who_writes_more_than_a_person_counts(
    bot: ChannelAccount, telegram: Stub, monkeypatch: pytest.MonkeyPatch, no: dict[str, Any], purposes: set[str]
) -> None:
    monkeypatch.setattr(conversation, "MOST_IN_TEN_MINUTES", 3)
    ali = customer(phone=PHONE)
    talk(bot, telegram, shared(1, PHONE), pressed(2, "yes:marketing/en/mijoz/1"), said(3, "Salom"))
    assert talk(bot, telegram, no, pressed(10, "yes:marketing/en/mijoz/1")) == []
    assert {purpose for (purpose, _channel), granted in consents(ali).items() if not granted} == purposes
    assert Event.objects.filter(type="message_received").count() == 1


def test_the_manager_opens_the_bot_by_a_link_and_sees_that_it_works(
    bot: ChannelAccount, telegram: Stub, django_user_model: Any
) -> None:
    member = django_user_model.objects.create_user(email="a@example.uz", password="long enough 1", role="owner")
    (answer,) = talk(bot, telegram, said(1, f"/start {links.trial_key(BOT, member.pk, at=AT)}", user=42))
    assert "Choyxona" in answer
    assert StaffChat.objects.get().chat == 42
    assert Customer.objects.count() == 0


def test_only_one_reads_at_a_time(bot: ChannelAccount, telegram: Stub, django_db_blocker: Any) -> None:
    """The lock is one of a session: another session that holds it makes this one wait its turn."""
    from mijoz.channels.telegram import answering

    begun = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with django_db_blocker.unblock(), held(answering.LOCK) as is_alone:
            assert is_alone
            begun.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert begun.wait(10)
        with held(answering.LOCK) as is_alone:
            assert not is_alone
    finally:
        done.set()
        other.join()


def test_one_round_reads_answers_and_notes_what_is_wrong(bot: ChannelAccount, telegram: Stub) -> None:
    thread = Answering()
    telegram.updates = [said(1, "/help")]
    assert thread._round() is True
    assert len(telegram.sent) == 1
    telegram.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    assert thread._round() is False
    bot.refresh_from_db()
    assert "@choyxona_bot" in actions.silence_in_words(bot)
    assert bot.trouble == ""  # sending goes on
    assert thread._round() is True
    bot.refresh_from_db()
    assert bot.reports_trouble == ""
    later = timezone.now() + timedelta(hours=1)
    ChannelAccount.objects.update(trouble="away", trouble_at=AT, rests_until=later)  # a moment ago it was
    assert thread._round() is True
    bot.refresh_from_db()
    assert (bot.trouble, bot.rests_until) == ("", None)
    ChannelAccount.objects.update(trouble="too_many", trouble_at=AT, rests_until=later)
    asked = len(telegram.calls)
    assert thread._round() is False
    assert len(telegram.calls) == asked
    ChannelAccount.objects.update(trouble="", trouble_at=None, rests_until=None)
    telegram.token = "7000000009:AAH-only_for_tests-0123456789abcdefgh"
    assert thread._round() is False
    bot.refresh_from_db()
    assert bot.trouble == "token_refused"
    thread._hang_up()
