"""The pages: a marketer sets programmes up, front office redeems, everybody sees what it cost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.loyalty import actions, ready
from mijoz.loyalty.models import Grant, Offer, Programme, Redemption
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.tests.conftest import MakeOffer, Person, SignedIn
from mijoz.segments.actions import install_defaults

OFFER = {
    "names_en": "Spring tea",
    "benefit": "percent",
    "percent": "15",
    "who": "everybody",
    "stacking": "stackable",
}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_a_marketer_writes_an_offer_starts_it_and_makes_codes(signed_in: SignedIn, business: object) -> None:
    browser = signed_in(Role.MARKETER)
    assert browser.post("/offers/new/", OFFER).status_code == 302
    offer = Offer.objects.get()
    assert (offer.key, offer.state, offer.versions.count()) == ("spring_tea", State.DRAFT, 1)
    browser.post("/offers/spring_tea/to/start/")
    browser.post("/offers/spring_tea/codes/", {"count": "20", "origin": "leaflets"})
    browser.post("/offers/spring_tea/codes/shared/", {"word": "Navruz"})
    assert Grant.objects.count() == 21
    page = browser.get("/offers/spring_tea/").content.decode()
    assert "NAVRUZ" in page
    assert "leaflets" in page
    origin = Grant.objects.exclude(origin="shared").first().origin  # type: ignore[union-attr]
    exported = browser.get("/offers/spring_tea/codes/export/", {"origin": origin})
    assert b"".join(exported.streaming_content).decode().count("\n") == 21  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"percent": ""}, "Write more than nothing."),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"names_en": ""}, "Write it in one language at least."),
        ({"who": "segments"}, "Choose one at least."),
        ({"stacking": "group"}, "Give the group a name"),
        ({"benefit": "package", "price": "5", "services": "Tea"}, "A package has two services or more."),
        ({"benefit": "gift"}, "Write it in one language at least."),
        ({"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "The last day is before the first one."),
        ({"per_days": "7"}, "How many times within these days?"),
    ],
)
def test_what_cannot_be_an_offer_is_said_beside_the_field(
    signed_in: SignedIn, wrong: dict[str, str], sentence: str
) -> None:
    answer = signed_in(Role.MARKETER).post("/offers/new/", OFFER | wrong)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Offer.objects.exists()


def test_other_terms_are_another_version_and_no_budget_below_what_is_used(
    signed_in: SignedIn, offer: MakeOffer
) -> None:
    tea = offer(budget_uses=5)
    Offer.objects.update(uses=3)
    browser = signed_in(Role.MARKETER)
    answer = browser.post("/offers/tea/edit/", OFFER | {"budget_uses": "2"})
    assert (answer.status_code, "More than this is used already." in answer.content.decode()) == (400, True)
    browser.post("/offers/tea/edit/", OFFER | {"budget_uses": "4"})
    tea.refresh_from_db()
    assert (tea.number, tea.versions.count(), tea.budget_uses) == (2, 2, 4)


def test_front_office_quotes_redeems_and_takes_back(signed_in: SignedIn, offer: MakeOffer, person: Person) -> None:
    offer(who="granted")
    aziza = person(first_name="Aziza", phone="+998901112233")
    code = actions.grant("tea", [aziza.pk], origin="x", at=timezone.now())[aziza.pk].code
    till = signed_in(Role.FRONT_OFFICE)
    assert "Aziza" in till.get("/till/find/", {"who": "aziza"}).content.decode()
    sent = {"code": code, "item": ["Plov"], "sum": ["100 000"], "reference": "7"}
    shown = till.post("/till/quote/", sent).content.decode()
    assert "UZS\u00a090,000" in shown
    assert not Redemption.objects.exists()
    changed = till.post("/till/redeem/", sent | {"expected": "80000"})
    assert (changed.status_code, "UZS\u00a090,000" in changed.content.decode()) == (422, True)
    done = till.post("/till/redeem/", sent | {"expected": "90000"})
    assert done.status_code == 200
    redemption = Redemption.objects.get()
    assert (redemption.customer, redemption.redeemed_by and redemption.redeemed_by.role) == (aziza, Role.FRONT_OFFICE)
    till.post(f"/till/redemptions/{redemption.pk}/cancel/", {"because": ""})
    redemption.refresh_from_db()
    assert redemption.cancelled_at is None
    till.post(f"/till/redemptions/{redemption.pk}/cancel/", {"because": "Wrong table"})
    redemption.refresh_from_db()
    assert redemption.cancelled_because == "Wrong table"
    assert "Wrong table" in till.get("/till/redemptions/").content.decode()


def test_after_a_day_only_leads_take_back(signed_in: SignedIn, offer: MakeOffer, person: Person) -> None:
    from mijoz.loyalty.actions.redeeming import Till
    from mijoz.loyalty.tests.conftest import receipt

    offer()
    done = actions.redeem(receipt(), till=Till(), at=timezone.now() - timedelta(days=2)).redemption
    signed_in(Role.FRONT_OFFICE).post(f"/till/redemptions/{done.pk}/cancel/", {"because": "x"})
    done.refresh_from_db()
    assert done.cancelled_at is None
    signed_in(Role.MANAGER).post(f"/till/redemptions/{done.pk}/cancel/", {"because": "x"})
    done.refresh_from_db()
    assert done.cancelled_at is not None


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1e99", "NaN"])
def test_a_sum_that_is_none_is_refused(signed_in: SignedIn, offer: MakeOffer, typed: str) -> None:
    offer()
    answer = signed_in(Role.FRONT_OFFICE).post("/till/redeem/", {"item": [""], "sum": [typed]})
    assert answer.status_code == 422
    assert not Redemption.objects.exists()


@pytest.mark.parametrize("sector", [*ready.SECTORS, "other"])
@pytest.mark.parametrize("currency", ["UZS", "USD", "EUR"])
def test_every_ready_programme_can_be_taken(sector: str, currency: str) -> None:
    for one in ready.programmes(sector, currency):
        one.check()


def test_an_owner_takes_the_ready_ones_and_starts_them(signed_in: SignedIn, person: Person) -> None:
    install_defaults(at=timezone.now())
    browser = signed_in(Role.OWNER)
    assert "Ready programmes" in browser.get("/programmes/ready/").content.decode()
    browser.post("/programmes/ready/", {"chosen": ["points", "stamp_card", "tiers", "friends"]})
    assert list(Programme.objects.values_list("state", flat=True)) == [State.DRAFT] * 4
    for key in ("points", "stamp_card", "tiers", "friends"):
        browser.post(f"/programmes/{key}/to/start/")
        assert browser.get(f"/programmes/{key}/").status_code == 200
        form = browser.get(f"/programmes/{key}/edit/")
        assert form.status_code == 200
    assert set(Programme.objects.values_list("state", flat=True)) == {State.LIVE}
    assert set(Offer.objects.values_list("state", flat=True)) == {State.LIVE}
    aziza = person(first_name="Aziza")
    browser.post(f"/customers/{aziza.pk}/points/", {"points": "40", "reason": "Sorry"})
    page = browser.get(f"/customers/{aziza.pk}/").content.decode()
    assert "<strong>40</strong>" in page
    assert "Sorry" in page


def test_forms_of_programmes_give_back_what_they_show(signed_in: SignedIn) -> None:
    install_defaults(at=timezone.now())
    browser = signed_in(Role.OWNER)
    browser.post("/programmes/ready/", {"chosen": ["points", "stamp_card", "tiers", "friends"]})
    for programme in Programme.objects.all():
        form = browser.get(f"/programmes/{programme.key}/edit/").context["form"]
        sent = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
        sent |= {"services": "\n".join(sent.get("services", [])), "excluded": "\n".join(sent.get("excluded", []))}
        answer = browser.post(f"/programmes/{programme.key}/edit/", sent)
        assert answer.status_code == 302, answer.context["form"].errors
        before, kept = programme.terms, Programme.objects.get(pk=programme.pk).terms
        assert kept.keys() == before.keys()
        assert [tier["key"] for tier in kept.get("tiers", [])] == [tier["key"] for tier in before.get("tiers", [])]


def test_lists_take_as_many_queries_for_many_as_for_few(
    signed_in: SignedIn, offer: MakeOffer, django_assert_max_num_queries: object
) -> None:
    browser = signed_in(Role.ANALYST)
    for place in range(12):
        offer(f"tea_{place}")
    browser.get("/offers/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert browser.get("/offers/").status_code == 200
