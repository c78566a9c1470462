"""What to offer a customer next, by the API."""

from __future__ import annotations

from collections.abc import Callable

from mijoz.customers.actions import add_customer
from mijoz.loyalty.tests.conftest import AT
from mijoz.scenarios.next_offer.models import OfferedService, OfferModel, Suggestion
from tests.api.conftest import Program

Programs = Callable[..., Program]


def test_offers_come_best_first_with_why_in_the_customer_s_language(program: Programs) -> None:
    aziza = add_customer(by=None, at=AT, first_name="Aziza", language="en")
    till = program("offers:read")
    path = f"customers/{aziza.pk}/next-offers"
    assert till.get(path).json() == {"customer": aziza.pk, "offers": []}  # nothing is learned yet
    model = OfferModel.objects.create(
        made_at=AT, as_of=AT.date(), services=3, customers=1, popular={"": ["Tea", "Samsa", "Palov"]}
    )
    Suggestion.objects.create(
        customer=aziza, model=model, services=["Palov", "Choy"], scores=[0.9, 0.4], because=[["Samsa"], []]
    )
    told = till.get(path).json()["offers"]
    assert [one["service"] for one in told] == ["Palov", "Choy", "Tea"]
    assert told[0] == {
        "service": "Palov",
        "personal": True,
        "because": ["Samsa"],
        "why": "Because they took “Samsa”.",
    }
    assert not told[2]["personal"]
    OfferedService.objects.create(name="Palov", is_offered=False)
    assert [one["service"] for one in till.get(path, {"top": 1}).json()["offers"]] == ["Choy"]


def test_who_is_not_there_and_what_is_no_number_is_refused(program: Programs) -> None:
    till = program("offers:read")
    assert till.get("customers/999/next-offers").status_code == 404
    aziza = add_customer(by=None, at=AT, first_name="Aziza")
    assert till.get(f"customers/{aziza.pk}/next-offers", {"top": 0}).status_code == 422
    assert program("customers:read").get(f"customers/{aziza.pk}/next-offers").status_code == 403
