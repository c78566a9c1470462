"""A till and a web shop by the API: what a receipt gets, redeemed once, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mijoz.customers.actions import add_customer
from mijoz.loyalty import actions
from mijoz.loyalty.models import Offer, Redemption
from mijoz.loyalty.tests.conftest import AT, make_offer
from tests.api.conftest import Program

Programs = Callable[..., Program]
RECEIPT: dict[str, Any] = {"lines": [{"item": "Plov", "amount": "80000"}, {"amount": "20000"}]}


def test_a_quote_uses_nothing_and_says_why(program: Programs) -> None:
    make_offer()
    make_offer("big", minimum_sum=200_000)
    shop = program("offers:read")
    told = shop.post("offers/quote", RECEIPT).json()
    assert (told["after"], told["discount"], told["currency"]) == ("90000", "10000", "UZS")
    assert [(one["offer"], one["reason"]) for one in told["refused"]] == [("big", "minimum")]
    assert shop.post("offers/redeem", {**RECEIPT, "reference": "1"}).status_code == 403
    assert not Redemption.objects.exists()


def test_a_receipt_is_redeemed_once_whoever_asks_again(program: Programs) -> None:
    make_offer(who="granted")
    aziza = add_customer(by=None, at=AT, first_name="Aziza")
    code = actions.grant("tea", [aziza.pk], origin="x", at=AT)[aziza.pk].code
    shop, wanted = program(), {**RECEIPT, "code": code, "reference": "7", "expected": "90000"}
    first = shop.post("offers/redeem", wanted, once="a")
    assert (first.status_code, first.json()["customer"]) == (201, aziza.pk)
    again = shop.post("offers/redeem", wanted, once="a")
    assert again.json() == first.json()
    other = shop.post("offers/redeem", wanted | {"reference": "8"}, once="b")
    assert (other.status_code, other.json()["errors"][0]["what"]) == (409, "used")
    assert Redemption.objects.count() == 1
    cancelled = shop.post("offers/cancel", {"id": first.json()["id"], "reason": "Wrong table"})
    assert cancelled.status_code == 200
    assert shop.post("offers/cancel", {"id": first.json()["id"], "reason": "x"}).status_code == 409
    assert Offer.objects.get().uses == 0


def test_what_cannot_be_is_refused_in_words(program: Programs) -> None:
    shop = program()
    for wanted in (
        {"lines": []},
        {"lines": [{"amount": "-1"}]},
        {"lines": [{"amount": "0"}]},
        {"lines": [{"amount": "1"}], "points": -1},
        {"lines": [{"amount": "1"}], "colour": "red"},
    ):
        assert shop.post("offers/quote", wanted).status_code == 422, wanted
    assert shop.post("offers/quote", {**RECEIPT, "customer": 99}).status_code == 404
    nothing = shop.post("offers/redeem", {**RECEIPT, "reference": "1"})
    assert (nothing.status_code, nothing.json()["detail"]) == (409, "No offer fits this receipt.")
    assert not Redemption.objects.exists()


def test_what_a_customer_has(program: Programs) -> None:
    make_offer(who="granted")
    aziza = add_customer(by=None, at=AT, first_name="Aziza", language="en")
    code = actions.grant("tea", [aziza.pk], origin="x", at=AT)[aziza.pk].code
    shop = program()
    friend = shop.post(f"customers/{aziza.pk}/referral_code", None).json()["code"]
    told = shop.get(f"customers/{aziza.pk}/loyalty").json()
    assert told["offers"] == [{"offer": "tea", "name": "Tea", "code": code, "valid_until": None}]
    assert (told["points"], told["tier"], told["referral_code"]) == (0, "", friend)
    refused = shop.post("referrals", {"code": friend, "friend": aziza.pk})
    assert (refused.status_code, refused.json()["errors"][0]["what"]) == (409, "no_programme")
