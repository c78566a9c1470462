"""The customer's own page: what they switch, what they see, what they ask; and what a stranger gets: nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.channels.models import Message
from mijoz.customers import actions as customers
from mijoz.customers.models import (
    Confirmation,
    Consent,
    Customer,
    PortalLink,
    Preferences,
    PrivacySettings,
    SubjectRequest,
    Trait,
)
from mijoz.customers.privacy import links
from mijoz.events.models import Event

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
CONFIRM = re.compile(r"/p/confirm/[\w.-]+/")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ali(db: None) -> Customer:
    Business.objects.create(pk=1, name="Choyxona", language="uz")
    return customers.add_customer(
        by=None, at=AT, email="ali@example.uz", phone="+998901234567", first_name="Ali", language="en"
    )


def page_of(customer: Customer, *, sent_to: str = "") -> str:
    link = links.link_for(customer, at=timezone.now(), channel="email" if sent_to else "", sent_to=sent_to)
    return f"/p/{links.token_of(link)}/"


def anybody() -> Client:
    return Client(enforce_csrf_checks=True)


def answers(customer: Customer) -> dict[tuple[str, str], bool]:
    rows = Consent.objects.filter(customer=customer).values_list("purpose", "channel", "granted")
    return {(purpose, channel): granted for purpose, channel, granted in rows}


def test_the_address_tells_nobody_who_it_is_and_cannot_be_guessed(ali: Customer) -> None:
    page = page_of(ali)
    assert "ali" not in page
    assert "901234567" not in page
    token = page.split("/")[2]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "0" * 32 + "." + token.split(".")[1], token[:20]):
        response = anybody().get(f"/p/{wrong}/")
        assert response.status_code == 404
        assert b"Ali" not in response.content


def test_looking_changes_nothing_and_is_kept_by_no_cache(ali: Customer) -> None:
    events = Event.objects.count()
    response = anybody().get(page_of(ali))
    assert (response.status_code, Event.objects.count(), answers(ali)) == (200, events, {})
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_each_answer_is_kept_by_channel_with_its_proof(ali: Customer) -> None:
    PrivacySettings.objects.create(keeps_network=True)
    page = page_of(ali)
    for told in ({"purpose": "marketing", "channel": "sms"}, {"purpose": "sharing", "channel": ""}):
        assert anybody().post(page, told | {"answer": "yes"}, REMOTE_ADDR="203.0.113.77").status_code == 303
    anybody().post(page, {"purpose": "marketing", "channel": "sms", "answer": "no"})
    assert answers(ali) == {("marketing", "sms"): False, ("sharing", ""): True}
    given = Event.objects.filter(type="consent_given").order_by("id").first()
    assert given is not None
    assert given.payload == {
        "purpose": "marketing",
        "channel": "sms",
        "proof": "I agree to get offers and news from Choyxona by this channel: SMS.",
        "through": "portal",
        "by": "",
        "text_version": "marketing/en/mijoz/1",
        "place": "preference centre",
        "network": "203.0.113.0",
    }


@pytest.mark.parametrize(
    "told",
    [
        {"purpose": "marketing", "channel": "fax", "answer": "yes"},
        {"purpose": "everything", "answer": "yes"},
        {"purpose": "marketing", "channel": "email", "answer": "perhaps"},
        {"language": "tlh"},
        {"ask": "money"},
    ],
)
def test_what_the_page_does_not_ask_changes_nothing(ali: Customer, told: dict[str, str]) -> None:
    events = Event.objects.count()
    anybody().post(page_of(ali), told)
    ali.refresh_from_db()
    assert (answers(ali), ali.language, Event.objects.count()) == ({}, "en", events)
    assert not SubjectRequest.objects.exists()


def test_a_yes_waits_for_the_owner_of_the_mailbox_where_the_business_wants_it(ali: Customer) -> None:
    PrivacySettings.objects.create(confirmed_purposes=["marketing"])
    page = page_of(ali)
    anybody().post(page, {"purpose": "marketing", "channel": "email", "answer": "yes"})
    assert answers(ali) == {}
    letter = Message.objects.get()
    assert (letter.address, letter.purpose) == ("ali@example.uz", "service")
    found = CONFIRM.search(letter.text)
    assert found
    confirm = found.group()
    assert anybody().get(confirm).status_code == 200  # as mail programs do by themselves
    assert answers(ali) == {}
    assert anybody().post(confirm, {"confirm": "yes"}).status_code == 303
    assert answers(ali) == {("marketing", "email"): True}
    given = Event.objects.get(type="consent_given")
    assert given.payload is not None
    assert {"asked_at", "confirmed_at", "proof", "text_version"} <= given.payload.keys()
    assert ali.ownerships.get(identity__kind="email").proved_at
    anybody().post(confirm, {"confirm": "yes"})
    assert Event.objects.filter(type="consent_given").count() == 1


def test_the_letter_is_not_sent_again_and_again_and_ends(ali: Customer) -> None:
    PrivacySettings.objects.create(confirmed_purposes=["marketing"])
    page = page_of(ali)
    for _try in range(3):
        response = anybody().post(page, {"purpose": "marketing", "channel": "email", "answer": "yes"})
    assert response["Location"].endswith("said=often")
    assert Message.objects.count() == 1
    found = CONFIRM.search(Message.objects.get().text)
    assert found
    Confirmation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert anybody().post(found.group(), {"confirm": "yes"}).status_code == 410
    assert answers(ali) == {}


def test_whoever_came_by_a_link_in_the_mailbox_has_confirmed_already(ali: Customer) -> None:
    PrivacySettings.objects.create(confirmed_purposes=["marketing"])
    page = page_of(ali, sent_to="ali@example.uz")
    anybody().post(page, {"purpose": "marketing", "channel": "email", "answer": "yes"})
    assert answers(ali) == {("marketing", "email"): True}
    assert not Message.objects.exists()


def test_preferences_and_details_are_what_the_customer_told(ali: Customer) -> None:
    page = page_of(ali)
    chosen = {"preferences": "1", "language": "ru", "channel": "sms", "hours": "17:00-21:00", "messages_a_month": "2"}
    assert anybody().post(page, chosen).status_code == 303
    kept = Preferences.objects.get(customer=ali)
    assert (kept.language, kept.channel, kept.hours, kept.messages_a_month) == ("ru", "sms", "17:00-21:00", 2)
    told = {"first_name": "Aliy", "last_name": "Karimov", "birth_on": "1990-05-04"}
    assert anybody().post(f"{page}known/", told).status_code == 303
    ali.refresh_from_db()
    assert (ali.first_name, ali.last_name, str(ali.birth_on), ali.language) == ("Aliy", "Karimov", "1990-05-04", "ru")
    assert Trait.objects.filter(identity__ownership__customer=ali, name="last_name", told_by="customer").exists()
    wrong = anybody().post(f"{page}known/", {"first_name": "X", "birth_on": "the day before yesterday"})
    assert wrong.status_code == 400
    ali.refresh_from_db()
    assert ali.first_name == "Aliy"
    assert "Aliy" in anybody().get(f"{page}known/").content.decode()


def test_the_copy_is_a_zip_for_people_and_programs_and_is_noted(ali: Customer) -> None:
    response: Any = anybody().get(f"{page_of(ali)}copy")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.namelist() == ["everything.json", "everything.html"]
        document = json.loads(archive.read("everything.json"))
    assert document["tables"][0]["rows"][0]["phone"] == "+998901234567"
    request = SubjectRequest.objects.get()
    assert (request.kind, request.customer_number) == ("access", ali.pk)
    assert request.done_at


def test_restriction_and_objection_hold_at_once_and_erasure_waits_for_staff(ali: Customer) -> None:
    page = page_of(ali)
    anybody().post(page, {"ask": "restriction"})
    ali.refresh_from_db()
    assert ali.restricted_at
    anybody().post(page, {"lift": "1"})
    anybody().post(page, {"ask": "objection"})
    for _press in range(2):
        anybody().post(page, {"ask": "erasure"})
    ali.refresh_from_db()
    assert (ali.restricted_at, ali.erased_at) == (None, None)
    assert answers(ali) == {("profiling", ""): False}
    kinds = sorted((one.kind, one.done_at is None) for one in SubjectRequest.objects.all())
    assert kinds == [("erasure", True), ("objection", False), ("restriction", False)]


def test_an_old_or_revoked_link_says_what_to_do_and_opens_nothing(ali: Customer) -> None:
    page = page_of(ali)
    PortalLink.objects.update(expires_at=timezone.now())
    response = anybody().get(page)
    assert response.status_code == 410
    assert b"Ali" not in response.content
    fresh = page_of(Customer.objects.get(pk=ali.pk), sent_to="ali@example.uz")
    assert anybody().get(fresh).status_code == 200
    assert links.revoke([ali.pk], at=timezone.now()) == 1
    assert anybody().post(fresh, {"ask": "restriction"}).status_code == 410
    ali.refresh_from_db()
    assert ali.restricted_at is None


def test_too_many_tries_are_stopped(ali: Customer) -> None:
    page = page_of(ali)
    statuses = [anybody().get(f"{page}copy").status_code for _try in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    guesses = [anybody().get(f"/p/{number}/").status_code for number in range(32)]
    assert guesses == [404] * 30 + [429] * 2


def test_a_link_to_an_absorbed_customer_leads_to_the_kept_one(ali: Customer) -> None:
    page = page_of(ali)
    kept = customers.add_customer(by=None, at=AT, first_name="Alijon", language="en")
    Customer.objects.filter(pk=ali.pk).update(merged_into=kept)
    assert "Alijon" in anybody().get(page).content.decode()
