"""What became of SMS: told by Eskiz, asked of Eskiz, and believed only when Eskiz itself says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from mijoz.channels import queries
from mijoz.channels.actions import put_in_outbox, send_due, try_again
from mijoz.channels.models import ChannelAccount, Message, Reason
from mijoz.channels.reports.actions import forgive, outcomes_told
from mijoz.channels.sms import actions, jobs
from mijoz.channels.sms.actions import ask_about, ask_about_open
from mijoz.channels.sms.tests.conftest import ByPhone
from mijoz.channels.sms.tests.stub import StubEskiz
from mijoz.channels.tests.conftest import AT, new_message
from mijoz.events.models import Event

pytestmark = pytest.mark.django_db

ALI = "+998901234567"
LATER = AT + timedelta(minutes=6)


@pytest.fixture
def sent(by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz) -> Message:
    """A message that Eskiz has taken."""
    put_in_outbox([new_message(by_phone(ALI), channel="sms", subject="", purpose="service")])
    send_due(at=AT)
    return Message.objects.get()


@pytest.fixture(autouse=True)
def _no_jobs_of_others(db: None) -> None:
    ProcrastinateJob.objects.all().delete()


def asked_for() -> int:
    return ProcrastinateJob.objects.filter(task_name="channels.ask_about_one_sms").count()


def test_what_can_be_known_of_sms_is_whether_it_arrived(sms: ChannelAccount) -> None:
    assert outcomes_told(["sms"]) == {"delivered", "bounced"}


@pytest.mark.parametrize("word", ["DELIVRD", "DELIVERED"])
def test_a_delivered_one_is_told_once(sent: Message, eskiz: StubEskiz, word: str) -> None:
    eskiz.statuses["req-0"] = word
    assert ask_about_open(at=LATER) == 1
    assert ask_about_open(at=LATER) == 0
    sent.refresh_from_db()
    assert sent.delivered_at == LATER
    assert Event.objects.filter(type="message_delivered").count() == 1


@pytest.mark.parametrize(
    ("word", "is_closed"), [("UNDELIV", True), ("EXPIRED", False), ("REJECTD", False), ("REJECTED", False)]
)
def test_one_that_did_not_arrive_closes_the_number_only_where_the_number_is_to_blame(
    sent: Message, eskiz: StubEskiz, word: str, is_closed: bool
) -> None:
    eskiz.statuses["req-0"] = word
    assert ask_about_open(at=LATER) == 1
    sent.refresh_from_db()
    assert (sent.bounced_at, sent.bounce_detail) == (LATER, word.replace("REJECTED", "REJECTD"))
    assert Event.objects.filter(type="message_bounced").count() == 1
    assert queries.unusable([ALI], "sms") == ({ALI} if is_closed else set())
    put_in_outbox([new_message(sent.customer, "next", channel="sms", subject="", purpose="service", send_after=LATER)])
    send_due(at=LATER)
    following = Message.objects.get(dedupe_key="next")
    assert (following.reason == Reason.ADDRESS_UNUSABLE) is is_closed
    if is_closed:
        forgive(sent, at=LATER)
        assert queries.unusable([ALI], "sms") == set()


def test_what_is_on_its_way_is_asked_about_at_growing_ages_and_no_more_after_three_days(
    sent: Message, eskiz: StubEskiz
) -> None:
    for minutes in range(0, 8 * 24 * 60, 10):
        ask_about_open(at=AT + timedelta(minutes=minutes + 1))
    assert len(eskiz.asked) == 9
    before = len(eskiz.asked)
    ask_about_open(at=AT + timedelta(days=30))
    assert len(eskiz.asked) == before


def send_to(by_phone: ByPhone, customers: int) -> None:
    for place in range(customers):
        one = by_phone(f"+99890123450{place}")
        put_in_outbox([new_message(one, f"k{place}", channel="sms", subject="", purpose="service")])
    send_due(at=AT)


def test_all_of_a_large_campaign_are_asked_about_in_turn(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_A_RUN", 3)
    send_to(by_phone, 8)
    eskiz.statuses |= {f"req-{place}": "DELIVRD" for place in range(8)}
    told = [ask_about_open(at=AT + timedelta(minutes=minutes)) for minutes in (6, 16, 26, 36)]
    assert told == [3, 3, 2, 0]
    assert sorted(eskiz.asked) == [f"req-{place}" for place in range(8)]


def test_one_over_which_eskiz_stumbles_does_not_keep_the_others_from_being_asked_about(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    send_to(by_phone, 4)
    eskiz.statuses |= {"req-0": "stumbles", "req-1": "DELIVRD", "req-2": "stumbles", "req-3": "DELIVRD"}
    assert ask_about_open(at=LATER) == 2
    sms.refresh_from_db()
    assert sms.reports_trouble == ""
    assert ask_about_open(at=LATER) == 0
    assert len(eskiz.asked) == 4  # they are asked about again when they are older
    assert ask_about_open(at=AT + timedelta(minutes=21)) == 0
    sms.refresh_from_db()
    assert (len(eskiz.asked), sms.reports_trouble) == (6, "strange")  # it stumbled over all that was left


def test_a_status_of_another_number_is_not_believed(sent: Message, eskiz: StubEskiz) -> None:
    eskiz.statuses["req-0"] = "DELIVRD"
    eskiz.taken[0]["mobile_phone"] = "998999999999"
    assert ask_about_open(at=LATER) == 0
    sent.refresh_from_db()
    assert sent.delivered_at is None


def test_when_eskiz_cannot_be_asked_it_is_noted_and_asked_again(
    sent: Message, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    eskiz.code = "another"
    eskiz.forget_tokens()
    assert ask_about([sent], at=LATER) == 0
    sms.refresh_from_db()
    assert (sms.reports_trouble, sms.trouble) == ("login_refused", "")
    eskiz.code = "maxfiy-kod"
    eskiz.statuses["req-0"] = "DELIVRD"
    assert ask_about([sent], at=LATER) == 1
    sms.refresh_from_db()
    assert sms.reports_trouble == ""


def callback(of: str) -> str:
    return of.partition("choyxona.example")[2]


@pytest.fixture
def address(by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz, settings: Any) -> str:
    """Where Eskiz was told to call for its one message."""
    settings.PUBLIC_URL = "https://choyxona.example"
    put_in_outbox([new_message(by_phone(ALI), channel="sms", subject="", purpose="service")])
    send_due(at=AT)
    return callback(eskiz.taken[0]["callback_url"])


FORGED = {"request_id": "req-0", "user_sms_id": "1", "phone_number": "998901234567", "status": "DELIVRD"}


def test_a_call_lets_eskiz_be_asked_and_is_not_believed_itself(address: str, eskiz: StubEskiz) -> None:
    call = Client().post(address, FORGED, content_type="application/json")
    assert (call.status_code, asked_for()) == (200, 1)
    Client().post(address, FORGED, content_type="application/json")
    assert asked_for() == 1
    message = Message.objects.get()
    jobs.ask_about_one(message.pk)
    message.refresh_from_db()
    assert message.delivered_at is None  # Eskiz says that it waits
    eskiz.statuses["req-0"] = "DELIVRD"
    jobs.ask_about_one(message.pk)
    message.refresh_from_db()
    assert message.delivered_at is not None


def test_a_call_that_does_not_know_the_address_learns_and_changes_nothing(address: str) -> None:
    message = Message.objects.get()
    for wrong in (
        f"/reports/sms/{message.pk}/{'0' * 32}/",
        f"/reports/sms/{message.pk + 1}/{address.split('/')[4]}/",
        f"/reports/sms/{10**30}/{address.split('/')[4]}/",
        f"/reports/sms/{message.pk}/x/",
    ):
        refused = Client().post(wrong, FORGED, content_type="application/json")
        assert (refused.status_code, refused.json()) == (404, {"error": "Nothing is expected here."})
    assert Client().get(address).status_code == 405
    assert asked_for() == 0


def test_without_a_public_address_no_call_is_asked_for(sent: Message, eskiz: StubEskiz) -> None:
    assert "callback_url" not in eskiz.taken[0]


def test_one_that_failed_for_its_number_can_be_tried_again_when_staff_forgive_it(
    by_phone: ByPhone, sms: ChannelAccount, eskiz: StubEskiz
) -> None:
    eskiz.answers["998901234567"] = (400, {"message": "Invalid phone number"})
    put_in_outbox([new_message(by_phone(ALI), channel="sms", subject="", purpose="service")])
    send_due(at=AT)
    message = Message.objects.get()
    assert queries.unusable([ALI], "sms") == {ALI}
    forgive(message, at=LATER)
    eskiz.answers.clear()
    try_again(message, at=LATER)
    assert send_due(at=LATER).sent == 1
