"""The page behind the link of a message: nobody is unsubscribed by looking, everybody by one press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from mijoz.business.models import Business
from mijoz.channels import hooks
from mijoz.channels.models import Channel
from mijoz.customers import actions as customers
from mijoz.customers.models import Consent, Customer, Purpose
from mijoz.events.models import Event
from mijoz.portal import links

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def ali(db: None) -> Customer:
    Business.objects.create(pk=1, name="Choyxona", language="uz")
    told = customers.add_customer(by=None, at=AT, email="ali@example.uz", first_name="Ali", language="en")
    customers.answer_consent(told, purpose=Purpose.MARKETING, granted=True, proof="", through="staff", at=AT)
    return told


@pytest.fixture
def address(ali: Customer) -> str:
    return address_of(ali)


def address_of(customer: Customer) -> str:
    return f"/u/{links.token_for(customer.pk, Channel.EMAIL)}/"


def anybody() -> Client:
    """A browser or mail program that knows nothing but the address; forms without a token of ours are refused."""
    return Client(enforce_csrf_checks=True)


def marketing(customer: Customer) -> list[tuple[str, bool]]:
    """The customer's answers about marketing, by channel."""
    answers = Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING).order_by("channel")
    return list(answers.values_list("channel", "granted"))


def test_a_link_in_a_message_leads_to_the_page(ali: Customer, settings: Any) -> None:
    settings.PUBLIC_URL = "https://crm.choyxona.uz"
    link = hooks.unsubscribe_link(ali.pk, Channel.EMAIL)
    assert link == f"https://crm.choyxona.uz{address_of(ali)}"
    assert anybody().get(link.removeprefix("https://crm.choyxona.uz")).status_code == 200


def test_looking_changes_nothing(ali: Customer, address: str) -> None:
    events = Event.objects.count()
    for method in ("get", "head"):
        assert getattr(anybody(), method)(address).status_code == 200
    assert marketing(ali) == [("", True)]
    assert Event.objects.count() == events


def test_a_mail_program_unsubscribes_by_one_post_without_cookies_or_redirects(ali: Customer, address: str) -> None:
    done = anybody().post(address, ONE_CLICK)
    assert (done.status_code, done.cookies) == (200, {})
    assert marketing(ali) == [("", True), ("email", False)]
    consent = Consent.objects.get(customer=ali, channel="email")
    assert (consent.given_through, consent.proof) == ("portal", "List-Unsubscribe=One-Click")
    withdrawn = Event.objects.get(type="consent_withdrawn")
    assert withdrawn.payload["through"] == "portal"
    assert anybody().post(address, ONE_CLICK).status_code == 200
    assert Event.objects.filter(type="consent_withdrawn").count() == 1


def test_a_multipart_post_counts_too(ali: Customer, address: str) -> None:
    anybody().generic(
        "POST",
        address,
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        content_type="multipart/form-data; boundary=x",
    )
    assert marketing(ali) == [("", True), ("email", False)]


def test_a_person_stops_the_messages_and_takes_it_back(ali: Customer, address: str) -> None:
    browser = anybody()
    assert "Stop these messages" in browser.get(address).content.decode()
    stopped = browser.post(address, {"purpose": "marketing", "answer": "no"}, follow=True)
    assert stopped.redirect_chain == [(address, 303)]
    assert "You get no more offers and news" in stopped.content.decode()
    assert marketing(ali) == [("", True), ("email", False)]
    again = browser.post(address, {"purpose": "marketing", "answer": "yes"}, follow=True)
    assert "Stop these messages" in again.content.decode()
    consent = Consent.objects.get(customer=ali, channel="email")
    assert consent.granted
    assert consent.proof == "I agree to get offers and news from Choyxona by this channel: E-mail."


def test_the_page_is_in_the_customers_language_and_they_choose_another(ali: Customer, address: str) -> None:
    browser = anybody()
    customers.describe(ali, by=None, at=AT, language="ru")
    russian = browser.get(address, headers={"accept-language": "en"})
    assert '<html lang="ru"' in russian.content.decode()
    assert russian["Content-Language"] == "ru"
    browser.post(address, {"language": "en"})
    ali.refresh_from_db()
    assert ali.language == "en"
    assert '<html lang="en"' in browser.get(address).content.decode()
    assert Event.objects.filter(type="profile_declared").last().payload["traits"] == {"language": "en"}


def test_a_customer_without_a_language_is_spoken_to_in_that_of_the_business(ali: Customer, address: str) -> None:
    customers.describe(ali, by=None, at=AT, language="")
    assert '<html lang="uz"' in anybody().get(address).content.decode()


def test_other_answers_are_shown_and_can_be_changed(ali: Customer, address: str) -> None:
    for purpose, granted in (("profiling", True), ("sharing", False)):
        customers.answer_consent(ali, purpose=purpose, granted=granted, proof="", through="staff", at=AT)
    page = anybody().get(address).content.decode()
    assert "by what I bought before" in page
    assert "passes my contacts on to its partners" in page
    anybody().post(address, {"purpose": "profiling", "answer": "no"})
    assert not Consent.objects.get(customer=ali, purpose="profiling", channel="").granted


@pytest.mark.parametrize(
    "told", [{}, {"purpose": "marketing"}, {"purpose": "all", "answer": "no"}, {"answer": "no"}, {"language": "de"}]
)
def test_what_the_page_does_not_ask_changes_nothing(ali: Customer, address: str, told: dict[str, str]) -> None:
    events = Event.objects.count()
    assert anybody().post(address, told).status_code == 303
    assert Event.objects.count() == events


def test_a_token_is_good_for_its_customer_alone_and_a_broken_one_says_so_kindly(ali: Customer, address: str) -> None:
    vali = customers.add_customer(by=None, at=AT, email="vali@example.uz")
    token = links.token_for(ali.pk, Channel.EMAIL)
    other = token.replace(f"{ali.pk}-", f"{vali.pk}-", 1)
    gone = customers.add_customer(by=None, at=AT + timedelta(days=1), email="gani@example.uz")
    broken = [other, token[:-1], token.replace("email", "pigeon"), "x", address_of(gone).split("/")[2]]
    gone.delete()
    for wrong in broken:
        for method in ("get", "post"):
            answer = getattr(anybody(), method)(f"/u/{wrong}/", ONE_CLICK)
            assert answer.status_code == 404
            assert "Choyxona" in answer.content.decode()
    assert marketing(ali) == [("", True)]
    assert marketing(vali) == []


def test_the_page_tells_a_stranger_nothing_about_the_customer(ali: Customer, address: str) -> None:
    page = anybody().get(address)
    text = page.content.decode()
    assert "ali@example.uz" not in text
    assert "Ali" not in text
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "no-store" in page["Cache-Control"]
    assert page.cookies == {}
