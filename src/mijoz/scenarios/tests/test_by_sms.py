"""Scenarios by SMS: chosen for who answers it, written short, counted in money, and told what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from mijoz.business.models import Business, StaffMember
from mijoz.channels.actions import log_settled, send_due
from mijoz.channels.models import ChannelAccount
from mijoz.channels.models import Message as Outgoing
from mijoz.channels.sms.actions import ask_about_open
from mijoz.channels.sms.tests.conftest import set_up_sms
from mijoz.channels.sms.tests.stub import StubEskiz, stub_eskiz
from mijoz.channels.tests.conftest import set_up as set_up_mail
from mijoz.channels.tests.mailserver import MailServer, mail_server
from mijoz.customers.models import Consent, Customer
from mijoz.scenarios import actions, checking, rehearsal
from mijoz.scenarios.checking import DefinitionRefused
from mijoz.scenarios.choosing.hours import PARTS
from mijoz.scenarios.choosing.models import ChoosingSettings, SegmentCount
from mijoz.scenarios.definition import Message
from mijoz.scenarios.forms.steps import channels_offered
from mijoz.scenarios.models import Enrolment, StepOutcome, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, TASK, Member, Start, buys, document
from mijoz.scenarios.tests.test_pages import typed

BEST = {
    **MESSAGE,
    "channel": "best",
    "short_texts": {"uz": "{{ business.name }}: sizni kutamiz!"},
}
BY_SMS = {"kind": "message", "key": "letter", "channel": "sms", "texts": {"uz": "Toʻyingiz bilan, {{ greeting }}"}}


@pytest.fixture
def mail(business: Business) -> Iterator[MailServer]:
    Business.objects.update(quiet_from="00:00", quiet_until="00:00", messages_a_day=None, messages_a_week=None)
    with mail_server() as server:
        set_up_mail(server)
        yield server


@pytest.fixture
def eskiz(business: Business) -> Iterator[StubEskiz]:
    with stub_eskiz() as stub:
        set_up_sms(stub, part_price="95")
        yield stub


def learned(channel: str) -> None:
    """Of many messages by this channel half were answered, of as many by the other one none."""
    for other in ("email", "sms"):
        for part in range(len(PARTS)):
            answers = 500 if other == channel else 0
            SegmentCount.objects.create(
                segment="new", channel=other, part=part, messages=1000, answers=answers, sent=1000, answered=answers
            )


def test_each_is_written_to_by_the_channel_they_answer_may_be_reached_by_and_agreed_to(
    member: Member, start: Start, mail: MailServer, eskiz: StubEskiz
) -> None:
    learned("sms")
    both = member(phone="+998901234567")
    only_mail = member()
    only_phone = member(phone="+998917654321", email="")
    refused = member(phone="+998933334455")
    Consent.objects.create(
        customer=refused, purpose="marketing", channel="sms", granted=False, answered_at=AT - DAY / 2
    )
    abroad = member(phone="+77012345678")
    ChoosingSettings.objects.update_or_create(pk=1, defaults={"exploring_share": 0.0})
    start(BEST)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    assert send_due(at=AT + timedelta(minutes=1)).sent == 5
    assert sorted(eskiz.numbers) == ["998901234567", "998917654321"]
    assert sorted(mail.recipients) == sorted([only_mail.email, refused.email, abroad.email])
    sms = next(given["message"] for given in eskiz.taken if given["mobile_phone"] == "998901234567")
    assert sms.startswith("Choyxona: sizni kutamiz!\nSMS kerak emas: ")
    assert "Salom" not in sms
    assert {str(letter["Subject"]) for letter in mail.mails} == {"Salom"}
    why = Enrolment.objects.get(customer=both).ways["letter"]
    assert (why["channel"], why["ground"]) == ("sms", "segment")
    assert Enrolment.objects.get(customer=only_phone).ways["letter"]["channel"] == "sms"


def test_a_step_waits_for_whether_it_arrived(member: Member, start: Start, mail: MailServer, eskiz: StubEskiz) -> None:
    arrived, lost = member(phone="+998901234567"), member(phone="+998917654321")
    start(
        BY_SMS,
        {"kind": "branch", "key": "asks", "step": "letter", "outcomes": ["delivered"],
         "then": [{**TASK, "key": "call"}], "otherwise": [{**TASK, "key": "other"}]},
        purpose="service",
    )  # fmt: skip
    actions.enrol(at=AT)
    actions.advance(at=AT)
    send_due(at=AT)
    log_settled()
    actions.advance(at=AT + DAY / 24)
    assert not Task.objects.exists()
    for place, number in enumerate(eskiz.numbers):
        eskiz.statuses[f"req-{place}"] = "DELIVRD" if number == arrived.phone[1:] else "EXPIRED"
    at = AT + timedelta(minutes=6)
    assert ask_about_open(at=at) == 2
    actions.advance(at=at + DAY / 24)
    tasks = {task.enrolment.customer_id: task.step for task in Task.objects.select_related("enrolment")}
    assert tasks == {arrived.pk: "call", lost.pk: "other"}
    told = StepOutcome.objects.filter(step="letter").values_list("outcome", flat=True)
    assert sorted(told) == ["bounced", "delivered"]


def test_nothing_of_a_mail_goes_into_the_outbox_as_an_sms_nor_the_other_way_round(
    member: Member, start: Start, mail: MailServer, eskiz: StubEskiz
) -> None:
    learned("email")
    member(phone="+998901234567")
    member(phone="+998917654321", email="")
    start(BEST)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    assert sorted(Outgoing.objects.values_list("channel", "subject", "text")) == [
        ("email", "Salom", "Assalomu alaykum! Sizni kutamiz."),
        ("sms", "Choyxona: sizni kutamiz!", "Choyxona: sizni kutamiz!"),
    ]


def test_what_it_costs_is_told_before_it_starts(member: Member, eskiz: StubEskiz) -> None:
    for number in range(3):
        member(phone=f"+99890123456{number}", first_name="Ali")
    member(email="a@b.uz")
    found = checking.parse(document({**BY_SMS, "texts": {"uz": "a" * 170}}, purpose="service"))
    run = rehearsal.rehearse(found, scenario=None, at=AT)
    assert (run.reachable, run.sms_cost) == (3, 3 * 2 * 95)
    assert run.message is not None
    assert run.message.html == ""
    by_best = rehearsal.rehearse(checking.parse(document(BEST)), scenario=None, at=AT)
    assert (by_best.with_address, by_best.reachable, by_best.sms_cost) == (3, 3, 3 * 95)


def test_with_all_channels_open_the_dry_run_counts_who_is_reached_by_any(
    member: Member, mail: MailServer, eskiz: StubEskiz
) -> None:
    member(phone="+998901234567", email="")
    member()
    refused = member(phone="+998917654321")
    Consent.objects.filter(customer=refused).update(granted=False)
    run = rehearsal.rehearse(checking.parse(document(BEST)), scenario=None, at=AT)
    assert (run.with_address, run.with_consent, run.reachable) == (3, 2, 2)
    assert run.message is not None
    assert "kutamiz!" in run.message.sms
    assert run.message.html


def test_a_channel_is_offered_where_it_is_set_up_and_no_scenario_starts_without_it(
    start: Start, manager: StaffMember, eskiz: StubEskiz
) -> None:
    assert [key for key, _label in channels_offered()] == ["sms", "best"]
    ChannelAccount.objects.update(is_active=False)
    assert [key for key, _label in channels_offered()] == ["email", "best"]
    assert [key for key, _label in channels_offered("sms")] == ["email", "sms", "best"]
    with pytest.raises(DefinitionRefused, match="SMS"), translation.override("en"):
        start(BY_SMS)
    assert not Enrolment.objects.exists()


def test_mail_needs_a_subject_and_sms_none(business: Business) -> None:
    found = checking.parse(document(BY_SMS)).placed[0].step
    assert isinstance(found, Message)
    assert (found.subjects, found.short_texts) == ({}, {})
    for channel in ("email", "best"):
        with pytest.raises(DefinitionRefused):
            checking.parse(document({**BY_SMS, "channel": channel}))
    kept = checking.parse(document({**BEST, "channel": "sms"})).placed[0].step
    assert isinstance(kept, Message)
    assert (kept.subjects, kept.short_texts) == ({}, {})


def test_the_editor_shows_an_sms_as_it_arrives_with_its_parts_and_their_price(
    member: Member, start: Start, manager: StaffMember, mail: MailServer, eskiz: StubEskiz
) -> None:
    member(phone="+998901234567")
    fields = typed(start(BEST)) | {"reader": "uz"}
    client = Client()
    client.force_login(manager)
    client.cookies["mijoz_language"] = "en"
    page = client.post("/scenarios/preview/?scenario=trial&step=0", fields).content.decode()
    assert "As an SMS" in page
    assert "1 part" in page
    assert "UZS 95 for each customer" in page.replace("\xa0", " ")
    assert "iframe" in page
    only = fields | {"step-0-channel": "sms", "step-0-texts_uz": "Toʻyingiz bilan " + "a" * 160}
    page = client.post("/scenarios/preview/?scenario=trial&step=0", only).content.decode()
    assert "To&#x27;yingiz" in page
    assert "2 parts" in page
    assert "iframe" not in page
    sent = client.post("/scenarios/try/?scenario=trial&step=0", only | {"trial_phone": "901112233"})
    assert sent.status_code == 204
    assert eskiz.numbers == ["998901112233"]
    wrong = client.post("/scenarios/try/?scenario=trial&step=0", only | {"trial_phone": ""})
    assert "Type the number" in wrong.headers["HX-Trigger"]


def test_what_was_sent_is_what_is_weighed_and_shown(member: Member, start: Start, eskiz: StubEskiz) -> None:
    """A short text that tells nothing of the customer is not weighed by the long one."""
    Business.objects.update(reveals_in_marketing=0, quiet_from="00:00", quiet_until="00:00")
    customer: Customer = member(phone="+998901234567", email="")
    long = {"uz": "{{ greeting }} Sizni {{ customer.favourite_service }} kutmoqda, {{ customer.purchases }}"}
    start({**BEST, "texts": long, "subjects": {"uz": "Salom"}})
    actions.enrol(at=AT)
    actions.advance(at=AT)
    assert Outgoing.objects.get(customer=customer).reveals == 0
    assert send_due(at=AT).sent == 1


def test_where_only_sms_is_open_the_best_channel_is_shown_and_tried_with_the_short_text(
    start: Start, manager: StaffMember, eskiz: StubEskiz
) -> None:
    fields = typed(start(BEST)) | {"reader": "uz", "trial_phone": "901112233"}
    client = Client()
    client.force_login(manager)
    page = client.post("/scenarios/preview/?scenario=trial&step=0", fields).content.decode()
    assert page.count("Choyxona: sizni kutamiz!") == 1
    assert "Assalomu alaykum" not in page
    assert client.post("/scenarios/try/?scenario=trial&step=0", fields).status_code == 204
    [sent] = eskiz.taken
    assert sent["message"].startswith("Choyxona: sizni kutamiz!\nSMS kerak emas: ")


def test_facts_that_only_the_short_text_tells_are_shown(member: Member, mail: MailServer, eskiz: StubEskiz) -> None:
    customer = member(phone="+998901234567")
    buys(customer, at=AT - DAY)
    found = checking.parse(document({**BEST, "short_texts": {"uz": "{{ business.name }}: {{ visit.service }}"}}))
    letter = rehearsal.preview(found, 0, customer=customer, at=AT)
    assert letter.sms.startswith("Choyxona: Plov\n")
    assert letter.html


def test_a_wait_for_good_hours_looks_at_the_channels_that_are_open(
    member: Member, start: Start, eskiz: StubEskiz
) -> None:
    """E-mail is answered most, in the evening; SMS, which alone is set up, two hours from now."""
    for channel, clock, answers in (("email", "18–20", 900), ("sms", "14–16", 500)):
        for part, window in enumerate(PARTS):
            told = answers if window.clock == clock else 0
            SegmentCount.objects.create(
                segment="new", channel=channel, part=part, messages=1000, answers=told, sent=1000, answered=told
            )
    ChoosingSettings.objects.update_or_create(pk=1, defaults={"exploring_share": 0.0})
    member(phone="+998901234567")
    start({"kind": "wait", "key": "hours", "until": "good_hours", "days": 1}, BY_SMS)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    assert not Outgoing.objects.exists()
    actions.advance(at=AT + timedelta(hours=2))
    assert Outgoing.objects.get().channel == "sms"
