"""SMS by Eskiz: what is sent, what each answer means, and that nothing goes out twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mijoz.channels import actions, lengths, registry
from mijoz.channels.actions import put_in_outbox, send_due
from mijoz.channels.models import Channel, ChannelAccount, Message, Reason
from mijoz.channels.sms import eskiz as gateway
from mijoz.channels.sms.tests.conftest import ByPhone, set_up_sms
from mijoz.channels.sms.tests.stub import StubEskiz
from mijoz.channels.sms.trouble import Trouble
from mijoz.channels.tests.conftest import AT, Agreed, new_message
from mijoz.channels.tests.conftest import set_up as set_up_mail
from mijoz.channels.tests.mailserver import MailServer, free_port
from mijoz.customers.models import Customer

pytestmark = pytest.mark.django_db

ALI, VALI, GANI = "+998901234567", "+998917654321", "+998933334455"


def written(customer: Customer, key: str = "k1", **fields: Any) -> None:
    put_in_outbox([new_message(customer, key, **{"channel": "sms", "subject": "", **fields})])


def message(key: str = "k1") -> Message:
    return Message.objects.get(dedupe_key=key)


def test_a_message_goes_out_with_its_text_and_nothing_of_a_mail(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    written(by_phone(ALI), purpose="service", text="Ertaga soat 15:00 da kutamiz. Choyxona")
    assert send_due(at=AT).sent == 1
    (given,) = eskiz.taken
    sent = message()
    assert given == {
        "mobile_phone": "998901234567",
        "message": "Ertaga soat 15:00 da kutamiz. Choyxona",
        "from": "Choyxona",
        "user_sms_id": str(sent.pk),
    }
    assert (sent.status, sent.sent_to, sent.provider_id) == (Message.Status.SENT, ALI, "req-0")
    assert sent.subject == "Ertaga soat 15:00 da kutamiz. Choyxona"  # by this lists name it
    assert eskiz.logins == 1


def test_marketing_ends_with_a_short_way_out_in_the_language_of_the_message(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    ali = by_phone(ALI)
    written(ali, text="Bugun osh 20 % arzon")
    send_due(at=AT)
    assert eskiz.taken[0]["message"] == f"Bugun osh 20 % arzon\nSMS kerak emas: https://choyxona.uz/u/{ali.pk}-sms"


def test_fine_letters_are_written_plainly_where_that_makes_the_text_cheaper(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    ali = by_phone(ALI)
    written(ali, "uz", purpose="service", text="Toʻyingiz bilan tabriklaymiz — “Choyxona”…")
    written(ali, "ru", purpose="service", language="ru", text="Поздравляем — ваша «Чайхона»")
    send_due(at=AT)
    assert [given["message"] for given in eskiz.taken] == [
        'To\'yingiz bilan tabriklaymiz - "Choyxona"...',
        "Поздравляем — ваша «Чайхона»",
    ]
    set_up_sms(eskiz, plain_letters=False)
    written(ali, "as it is", purpose="service", text="Toʻyingiz")
    send_due(at=AT)
    assert eskiz.taken[-1]["message"] == "Toʻyingiz"


def test_only_numbers_that_can_be_written_to_are(by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz) -> None:
    abroad = by_phone("+77012345678")
    written(abroad, "abroad", purpose="service", text="Salom")
    Customer.objects.create(phone="+99890123456789", language="uz")
    send_due(at=AT)
    assert (message("abroad").status, message("abroad").reason) == (Message.Status.STOPPED, Reason.ADDRESS_MISSING)
    assert eskiz.taken == []
    set_up_sms(eskiz, abroad=True)
    written(abroad, "allowed", purpose="service", text="Салом")
    send_due(at=AT)
    (given,) = eskiz.abroad
    assert (given["mobile_phone"], given["country_code"], given["unicode"]) == ("77012345678", "KZ", "1")


@pytest.mark.parametrize("phone", ["+998901234567&from=X", "998901234567", "+99890123456", "' OR 1=1 --", "+998 90 1"])
def test_a_number_that_is_none_reaches_nobody(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, phone: str
) -> None:
    ali = by_phone(ALI)
    Customer.objects.filter(pk=ali.pk).update(phone=phone[:20])
    written(ali, "own", purpose="service", text="Salom")
    written(ali, "typed", purpose="service", text="Salom", address=phone)
    send_due(at=AT)
    assert eskiz.taken == []
    assert message("own").reason == Reason.ADDRESS_MISSING
    assert message("typed").status == Message.Status.FAILED


def test_an_old_token_is_renewed_and_the_message_goes_out_once(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    written(by_phone(ALI), "a", purpose="service")
    send_due(at=AT)
    eskiz.forget_tokens()
    written(by_phone(VALI), "b", purpose="service")
    assert send_due(at=AT).sent == 1
    assert (eskiz.logins, eskiz.numbers) == (2, ["998901234567", "998917654321"])


def test_many_messages_need_one_login_and_one_connection(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    for place in range(5):
        written(by_phone(f"+99890000000{place}"), str(place), purpose="service")
    assert send_due(at=AT).sent == 5
    assert (eskiz.logins, eskiz.connections) == (1, 1)


def test_a_wrong_code_is_explained_and_never_shown(by_phone: ByPhone, eskiz: StubEskiz) -> None:
    account = set_up_sms(eskiz)
    eskiz.code = "another"
    written(by_phone(ALI), purpose="service")
    (trouble,) = send_due(at=AT).troubles
    account.refresh_from_db()
    assert (trouble.kind, account.trouble) == (Trouble.LOGIN_REFUSED, Trouble.LOGIN_REFUSED)
    explained = registry.transport("sms").explain(account.trouble, account.trouble_detail, account.settings)
    assert "my.eskiz.uz" in explained
    assert "maxfiy-kod" not in explained
    assert message().status == Message.Status.WAITING


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, {"status": "error", "message": "Недостаточно средств на балансе"}), Trouble.NO_MONEY),
        ((402, {"message": "Payment required"}), Trouble.NO_MONEY),
        ((429, {"message": "Too many requests"}), Trouble.LIMIT_REACHED),
        ((400, {"message": "nick not found"}), Trouble.SENDER_REFUSED),
        ((403, {"message": "User is blocked"}), Trouble.BLOCKED),
        ((503, "<html>Service unavailable</html>"), Trouble.AWAY),
        ("redirect", Trouble.STRANGE),
    ],
)
def test_what_is_wrong_with_the_account_lets_every_message_wait(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, answer: Any, kind: str
) -> None:
    eskiz.answers["998901234567"] = answer
    written(by_phone(ALI), "a", purpose="service")
    written(by_phone(VALI), "b", purpose="service")
    (trouble,) = send_due(at=AT).troubles
    assert trouble.kind == kind
    assert set(Message.objects.values_list("status", "attempts")) == {(Message.Status.WAITING, 0)}
    sms.refresh_from_db()
    assert sms.rests_until is not None


@pytest.mark.parametrize(
    ("body", "is_gone"),
    [
        ({"message": "Этот текст не прошёл модерацию", "status": "error"}, False),
        ({"message": {"mobile_phone": ["Phone number is incorrect"]}}, True),
    ],
)
def test_what_is_refused_of_one_message_fails_it_and_no_other(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, body: Any, is_gone: bool
) -> None:
    eskiz.answers["998901234567"] = (400, body)
    written(by_phone(ALI), "a", purpose="service")
    written(by_phone(VALI), "b", purpose="service")
    done = send_due(at=AT)
    assert (done.sent, done.failed, done.troubles) == (1, 1, [])
    refused = message("a")
    assert (refused.status, refused.reason) == (Message.Status.FAILED, Reason.REFUSED)
    assert (refused.bounced_at is not None) is is_gone


def test_why_a_number_cannot_be_written_to_is_told_without_the_number(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    written(by_phone(ALI), purpose="service", text="Salom", address="+77012345678")
    send_due(at=AT)
    assert (message().reason, message().detail) == (Reason.REFUSED, "no number that can be written to")
    assert eskiz.taken == []


@pytest.mark.parametrize(
    "answer", ["hang up", (500, "oops"), (504, {"message": "gateway time-out"}), (524, "<html>"), (200, "{}")]
)
def test_a_message_whose_answer_never_came_is_not_given_twice(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, answer: Any
) -> None:
    eskiz.answers["998901234567"] = answer
    written(by_phone(ALI), purpose="service")
    done = send_due(at=AT)
    eskiz.answers.clear()
    send_due(at=AT + timedelta(hours=1))
    assert (done.failed, len(done.troubles)) == (1, 1)
    lost = message()
    assert (lost.status, lost.reason) == (Message.Status.FAILED, Reason.UNKNOWN_OUTCOME)
    assert len(eskiz.taken) == (1 if answer == "hang up" else 0)


def test_when_eskiz_is_away_messages_wait_and_go_out_once_when_it_is_back(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = gateway.ADDRESS
    monkeypatch.setattr(gateway, "ADDRESS", f"http://127.0.0.1:{free_port()}/api")
    written(by_phone(ALI), purpose="service")
    (trouble,) = send_due(at=AT).troubles
    assert trouble.kind == Trouble.CLOSED
    assert (message().status, message().attempts) == (Message.Status.WAITING, 0)
    monkeypatch.setattr(gateway, "ADDRESS", there)
    send_due(at=AT + timedelta(hours=1))
    assert eskiz.numbers == ["998901234567"]
    sms.refresh_from_db()
    assert sms.trouble == ""


def test_no_account_waits_behind_the_queue_of_another(
    by_phone: ByPhone, agreed: Agreed, sms: ChannelAccount, eskiz: StubEskiz, mail: MailServer
) -> None:
    set_up_mail(mail)
    written(by_phone(ALI), "sms", purpose="service")
    put_in_outbox([new_message(agreed("vali@example.uz"), "mail", purpose="service")])
    assert send_due(at=AT).sent == 2
    assert (eskiz.numbers, mail.recipients) == (["998901234567"], ["vali@example.uz"])


def test_the_more_important_of_two_goes_first_by_whatever_channel(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, mail: MailServer
) -> None:
    set_up_mail(mail)
    ali = by_phone(ALI, email="ali@example.uz")
    type(ali).objects.update()
    from mijoz.business.models import Business

    Business.objects.update(messages_a_day=1, quiet_from="00:00", quiet_until="00:00")
    written(ali, "weak", priority=3)
    put_in_outbox([new_message(ali, "strong", priority=8)])
    send_due(at=AT)
    assert (eskiz.taken, mail.recipients) == ([], ["ali@example.uz"])
    assert (message("weak").status, message("weak").reason) == (Message.Status.WAITING, Reason.OUTRANKED)


def test_what_an_account_in_trouble_should_send_holds_up_nobody_else(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, mail: MailServer
) -> None:
    from mijoz.business.models import Business

    account = set_up_mail(mail)
    Business.objects.update(messages_a_day=1, quiet_from="00:00", quiet_until="00:00")
    ChannelAccount.objects.filter(pk=account.pk).update(
        trouble="closed", trouble_at=AT, rests_until=AT + timedelta(hours=1)
    )
    ali = by_phone(ALI, email="ali@example.uz")
    put_in_outbox([new_message(ali, "strong", priority=8)])
    written(ali, "weak", priority=3)
    send_due(at=AT)
    assert eskiz.numbers == ["998901234567"]


def test_a_trial_says_what_everybody_may_send_and_changes_nothing(sms: ChannelAccount, eskiz: StubEskiz) -> None:
    trial = new_message(Customer(pk=0), channel=Channel.SMS, subject="", purpose="service", text="Bu Eskiz dan test")
    actions.send_trial(trial, sms, to=GANI, at=AT)
    assert eskiz.taken == [{"mobile_phone": "998933334455", "message": "Bu Eskiz dan test", "from": "Choyxona"}]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "parts", "is_plain"),
    [
        ("a" * 160, 1, True),
        ("a" * 161, 2, True),
        ("oʻ" + "a" * 68, 1, False),
        ("oʻ" + "a" * 69, 2, False),
        ("€" * 80, 1, True),
        ("Ж" * 134, 2, False),
        ("Ж" * 135, 3, False),
    ],
)
def test_parts_are_counted_as_networks_count_them(text: str, parts: int, is_plain: bool) -> None:
    found = lengths.length(text)
    assert (found.sms_parts, found.is_plain) == (parts, is_plain)
    assert lengths.in_small_letters(lengths.in_small_letters(text)) == lengths.in_small_letters(text)
