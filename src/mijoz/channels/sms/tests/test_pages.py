"""The list of channels, the page of SMS, and how SMS look in the outbox and on the customer's own page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mijoz.business.models import Business, Role
from mijoz.channels import hooks, queries
from mijoz.channels.actions import put_in_outbox, send_due
from mijoz.channels.models import ChannelAccount, Message
from mijoz.channels.sealing import unseal
from mijoz.channels.sms.tests.conftest import ByPhone, set_up_sms
from mijoz.channels.sms.tests.stub import StubEskiz
from mijoz.channels.tests.conftest import AT, new_message
from mijoz.channels.tests.test_pages import errors_of, signed_in
from mijoz.customers.models import Consent, Customer
from mijoz.portal import links

pytestmark = pytest.mark.django_db

PAGE, LIST = "/settings/channels/sms/", "/settings/channels/"
ALI = "+998901234567"


@pytest.fixture
def manager(business: Business) -> Client:
    Business.objects.update(started_as="empty")
    return signed_in()


def form_of(stub: StubEskiz, **changed: Any) -> dict[str, Any]:
    told = {"user": stub.user, "code": stub.code, "sender": "Choyxona", "part_price": "95,50", "plain_letters": "on"}
    return told | changed


def test_a_manager_sets_sms_up_and_sends_a_test_to_a_number_of_theirs(manager: Client, eskiz: StubEskiz) -> None:
    assert "You need:" in manager.get(LIST).content.decode()
    saved = manager.post(PAGE, form_of(eskiz), follow=True)
    assert saved.redirect_chain == [(PAGE, 302)]
    assert eskiz.code not in saved.content.decode()
    tested = manager.post(f"{PAGE}test", {"trial_phone": "90 123 45 67"})
    assert "Sent to +998901234567" in tested.content.decode()
    assert eskiz.taken == [{"mobile_phone": "998901234567", "message": "This is test from Eskiz", "from": "Choyxona"}]
    account = ChannelAccount.objects.get()
    assert unseal(account.sealed_secret) == eskiz.code
    assert eskiz.code not in f"{account.sealed_secret} {account.settings}"
    assert account.settings["part_price"] == "95.50"
    assert queries.open_channels() == ["sms"]
    assert "Choyxona · Eskiz.uz" in manager.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the number"),
        ("ali", "is no phone number"),
        ("+7 701 234 56 78", "another country"),
        ("+99890", "not"),
    ],
)
def test_a_test_goes_to_no_other_number(manager: Client, eskiz: StubEskiz, typed: str, says: str) -> None:
    set_up_sms(eskiz)
    assert says in manager.post(f"{PAGE}test", {"trial_phone": typed}).content.decode()
    assert eskiz.taken == []


def test_a_test_that_fails_says_what_to_do(manager: Client, eskiz: StubEskiz) -> None:
    set_up_sms(eskiz)
    eskiz.answers["998901234567"] = (400, {"message": "Недостаточно средств"})
    page = manager.post(f"{PAGE}test", {"trial_phone": ALI}).content.decode()
    assert "The balance at Eskiz is used up" in page
    assert "The balance at Eskiz is used up" in manager.get(LIST).content.decode()
    assert "The balance at Eskiz is used up" in manager.get("/outbox/").content.decode()


def test_the_code_is_kept_for_the_same_account_only(manager: Client, eskiz: StubEskiz) -> None:
    manager.post(PAGE, form_of(eskiz))
    assert manager.post(PAGE, form_of(eskiz, code="", sender="Boshqa")).status_code == 302
    assert unseal(ChannelAccount.objects.get().sealed_secret) == eskiz.code
    refused = manager.post(PAGE, form_of(eskiz, code="", user="thief@example.uz"))
    assert refused.status_code == 400
    assert "again" in errors_of(refused)["code"][0]


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"user": "choyxona"}, "user", "valid"),
        ({"code": ""}, "code", "Copy the secret code"),
        ({"code": "пароль"}, "code", "Latin"),
        ({"sender": "Чайхона"}, "sender", "Latin"),
        ({"sender": "Choyxona Registon"}, "sender", "11"),
        ({"part_price": "-5"}, "part_price", "0"),
        ({"part_price": "arzon"}, "part_price", "number"),
    ],
)
def test_wrong_input_is_refused_with_a_word_and_nothing_is_saved(
    manager: Client, eskiz: StubEskiz, changed: dict[str, str], field: str, says: str
) -> None:
    refused = manager.post(PAGE, form_of(eskiz, **changed))
    assert refused.status_code == 400
    assert field in errors_of(refused)
    assert says in " ".join(errors_of(refused)[field])
    assert not ChannelAccount.objects.exists()


def test_switched_off_it_sends_nothing_and_is_offered_nowhere(
    manager: Client, by_phone: ByPhone, eskiz: StubEskiz
) -> None:
    set_up_sms(eskiz)
    put_in_outbox([new_message(by_phone(ALI), channel="sms", subject="", purpose="service")])
    assert manager.post(f"{PAGE}off").status_code == 302
    assert send_due(at=AT).sent == 0
    assert queries.open_channels() == ["email"]
    page = manager.get(LIST).content.decode()
    assert "1 message waits" in page
    assert "save it once more" in page
    for channel in ("sms", "telegram", "pigeon"):
        assert manager.post(f"/settings/channels/{channel}/off").status_code == 404


def test_the_outbox_shows_an_sms_as_the_customer_gets_it(
    manager: Client, by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    put_in_outbox([new_message(by_phone(ALI), channel="sms", subject="", text="Toʻy oshi tayyor")])
    send_due(at=AT)
    message = Message.objects.get()
    page = manager.get(f"/outbox/{message.pk}/").content.decode()
    assert "To&#x27;y oshi tayyor" in page
    assert "choyxona.uz/u/" in page
    assert "+998 90 123 45 67" in page
    assert "Toʻy oshi tayyor" in manager.get("/outbox/?period=all").content.decode()
    assert "Toʻy oshi tayyor" in manager.get("/outbox/?period=all&q=%2B998901234567").content.decode()
    assert "No message fits" in manager.get("/outbox/?period=all&channel=email").content.decode()
    analyst = signed_in(Role.ANALYST)
    assert "90 123 45 67" not in analyst.get("/outbox/?period=all").content.decode()


def test_a_number_that_gets_nothing_any_more_stands_on_the_customer_page(
    manager: Client, by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    ali = by_phone(ALI)
    put_in_outbox([new_message(ali, channel="sms", subject="", purpose="service")])
    send_due(at=AT)
    Message.objects.update(bounced_at=AT)
    assert "+998 90 123 45 67 came back for good" in manager.get(f"/customers/{ali.pk}/").content.decode()


def test_a_message_on_the_page_has_no_way_out_by_which_staff_could_answer_for_the_customer(
    manager: Client, by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    ali = by_phone(ALI)
    put_in_outbox([new_message(ali, channel="sms", subject="")])
    send_due(at=AT)
    link = hooks.unsubscribe_link(ali.pk, "sms")
    assert eskiz.taken[0]["message"].endswith(link)
    page = manager.get(f"/outbox/{Message.objects.get().pk}/").content.decode()
    assert link not in page
    assert hooks.unsubscribe_link(0, "sms") in page


def test_the_short_way_out_stops_sms_alone_and_only_for_its_own_customer(
    by_phone: ByPhone, sms: ChannelAccount, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://crm.choyxona.uz"
    hooks.connect_unsubscribe_link(links.address_for)
    ali, vali = by_phone(ALI), by_phone("+998917654321")
    link = hooks.unsubscribe_link(ali.pk, "sms")
    assert len(link) - len(settings.PUBLIC_URL) < 25
    path = link.removeprefix(settings.PUBLIC_URL)
    page = Client().get(path).content.decode()
    assert "+998 ••• 67" in page
    Client().post(path, {"answer": "no", "purpose": "marketing"})
    assert list(Consent.objects.filter(customer=ali, granted=False).values_list("purpose", "channel")) == [
        ("marketing", "sms")
    ]
    foreign = path.replace(f"/{links.token_for(ali.pk, 'sms').split('-')[0]}-", f"/{vali.pk}-")
    assert Client().post(foreign, {"answer": "no", "purpose": "marketing"}).status_code == 404
    assert not Consent.objects.filter(customer=vali, granted=False).exists()
    answers = queries.latest_answers([ali.pk])
    assert (answers.consent(ali.pk, "marketing", "sms"), answers.consent(ali.pk, "marketing", "email")) == (False, True)


def test_whoever_left_gets_no_sms_and_still_gets_mail(by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz) -> None:
    ali = by_phone(ALI)
    Consent.objects.create(
        customer=Customer(pk=ali.pk), purpose="marketing", channel="sms", granted=False,
        answered_at=AT + timedelta(minutes=1),
    )  # fmt: skip
    put_in_outbox([new_message(ali, channel="sms", subject="", send_after=AT + timedelta(minutes=2))])
    send_due(at=AT + timedelta(minutes=3))
    assert eskiz.taken == []
    assert Message.objects.get().reason == "consent_withdrawn"
