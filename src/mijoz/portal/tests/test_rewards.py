"""My points, tier, stamps and codes, and the page of a friend's link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.customers.actions import add_customer
from mijoz.customers.models import Customer
from mijoz.customers.privacy import links
from mijoz.loyalty import actions, ready
from mijoz.loyalty.models import Programme, ReferralCode
from mijoz.loyalty.models.offers import State


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ali(db: None) -> Customer:
    Business.objects.create(pk=1, name="Choyxona", language="uz", sector="restaurant")
    return add_customer(by=None, at=timezone.now(), first_name="Ali", language="en")


def start_ready() -> None:
    made = actions.take_ready(ready.programmes("restaurant", "UZS"), by=None, at=timezone.now())
    for one in made:
        actions.set_programme_state(one, State.LIVE, at=timezone.now() - timedelta(days=1))


def page_of(customer: Customer) -> str:
    return f"/p/{links.token_of(links.link_for(customer, at=timezone.now()))}/rewards/"


def test_the_page_shows_what_the_customer_has(ali: Customer) -> None:
    start_ready()
    points = Programme.objects.get(kind="points")
    actions.adjust(points, ali, 1250, reason="x", by=None, at=timezone.now())
    code = actions.grant("full_card", [ali.pk], origin="x", at=timezone.now())[ali.pk].code
    page = Client().get(page_of(ali)).content.decode()
    for expected in ("1,250", "A dessert", code, "<svg", "Every 7th visit"):
        assert expected in page
    home = Client().get(page_of(ali).removesuffix("rewards/")).content.decode()
    assert "1,250 points" in home


def test_without_programmes_and_offers_there_is_nothing(ali: Customer) -> None:
    assert "There is nothing here yet." in Client().get(page_of(ali)).content.decode()
    assert "Your points and offers" not in Client().get(page_of(ali).removesuffix("rewards/")).content.decode()


def test_a_friends_link_shows_the_code_and_not_whose_it_is(ali: Customer) -> None:
    start_ready()
    assert not ReferralCode.objects.exists()
    page = Client().post(page_of(ali)).content.decode()
    code = ReferralCode.objects.get().code
    assert f"/r/{code}/" in page
    invited = Client().get(f"/r/{code.lower()}/", headers={"Accept-Language": "en"})
    shown = invited.content.decode()
    assert f"{code[:5]}-{code[5:]}" in shown
    assert "Ali" not in shown
    assert invited.headers["Referrer-Policy"] == "no-referrer"


def test_who_tries_many_codes_gets_no_further_answer(ali: Customer) -> None:
    start_ready()
    answers = [Client().get(f"/r/7KM4X2RT{place:02}/").status_code for place in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429
