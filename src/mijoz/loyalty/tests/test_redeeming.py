"""Offers are granted in sets, redeemed once only, and taken back as if they had not been."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from mijoz.customers.identity import merging
from mijoz.events.models import Event
from mijoz.loyalty import actions, codes, quoting
from mijoz.loyalty.actions.granting import CodeTaken, OfferUnknown
from mijoz.loyalty.actions.redeeming import CancelRefused, RedeemRefused, Till
from mijoz.loyalty.models import Grant, Offer, Redemption
from mijoz.loyalty.tests.conftest import AT, MakeOffer, Person, receipt


def refusal(**fields: object) -> str:
    with pytest.raises(RedeemRefused) as refused:
        actions.redeem(receipt(**fields), till=Till(), at=AT)  # type: ignore[arg-type]
    return refused.value.reason


def test_granting_is_two_statements_for_all_and_the_same_again(
    person: Person, offer: MakeOffer, django_assert_max_num_queries: object
) -> None:
    offer(who="granted", valid_days=10)
    people = [person().pk for _place in range(30)]
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        first = actions.grant("tea", people, origin="scenario:a/1", at=AT)
    assert actions.grant("tea", people, origin="scenario:a/1", at=AT + timedelta(days=1)) == first
    assert len({one.code for one in first.values()}) == 30
    assert {one.valid_until for one in first.values()} == {AT + timedelta(days=10)}
    assert Grant.objects.count() == 30
    again = actions.grant("tea", people[:1], origin="scenario:a/2", at=AT)
    assert again[people[0]].code != first[people[0]].code


def test_an_unknown_offer_is_granted_to_nobody(person: Person) -> None:
    with pytest.raises(OfferUnknown):
        actions.grant("nothing", [person().pk], origin="x", at=AT)
    assert not Grant.objects.exists()


def test_a_merged_customer_gets_one_grant_with_the_person_they_are(person: Person, offer: MakeOffer) -> None:
    offer(who="granted")
    one, other = person(first_name="Aziza"), person(first_name="Aziza")
    merging.merge(one, other, by=None, reason="same", at=AT)
    given = actions.grant("tea", [one.pk, other.pk], origin="x", at=AT)
    assert given[one.pk] == given[other.pk]
    assert Grant.objects.count() == 1


def test_a_personal_code_is_redeemed_once(person: Person, offer: MakeOffer) -> None:
    offer(who="granted")
    aziza = person(first_name="Aziza")
    code = actions.grant("tea", [aziza.pk], origin="x", at=AT)[aziza.pk].code
    done = actions.redeem(receipt(code=code.lower(), reference="7"), till=Till(branch="c"), at=AT)
    assert (done.redemption.customer, done.redemption.discount) == (aziza, Decimal(10_000))
    event = Event.objects.get(type="offer_redeemed")
    assert (event.reference, event.discount, event.payload["offers"]) == ("7", Decimal(10_000), ["tea"])
    assert refusal(code=code) == "used"
    assert Redemption.objects.count() == 1


def test_codes_say_why_they_do_nothing(person: Person, offer: MakeOffer) -> None:
    offer(who="granted")
    aziza, bobur = person(first_name="Aziza"), person(first_name="Bobur")
    code = actions.grant("tea", [aziza.pk], origin="x", at=AT, valid_until=AT + timedelta(days=1))[aziza.pk].code
    wrong = code[:-1] + next(sign for sign in codes.SIGNS if sign != code[-1])
    assert refusal(code=wrong) == "code_mistyped"
    assert refusal(code=codes.new_code()) == "code_unknown"
    assert refusal(code="?") == "code_unknown"
    assert refusal(code=code, customer=bobur) == "code_of_another"
    with pytest.raises(RedeemRefused, match="over"):
        actions.redeem(receipt(code=code), till=Till(), at=AT + timedelta(days=1))
    actions.withdraw(Grant.objects.get(), at=AT)
    assert refusal(code=code) == "withdrawn"
    assert not Redemption.objects.exists()
    assert Offer.objects.get().uses == 0


def test_a_shared_code_is_typed_in_either_script_as_often_as_allowed(offer: MakeOffer) -> None:
    spring = offer("spring", who="granted")
    actions.make_shared_code(spring, "Navruz", uses_allowed=2, valid_until=None, at=AT)
    with pytest.raises(CodeTaken):
        actions.make_shared_code(spring, "НАВРУЗ", uses_allowed=None, valid_until=None, at=AT)
    for typed in ("navruz", "Навруз"):
        actions.redeem(receipt(code=typed), till=Till(), at=AT)
    assert refusal(code="NAVRUZ") == "used"


def test_limits_for_one_customer_count_all_they_are_one_with(person: Person, offer: MakeOffer) -> None:
    offer(per_customer=1, per_days=30)
    one, other = person(first_name="Aziza"), person(first_name="Aziza")
    actions.redeem(receipt(customer=other), till=Till(), at=AT - timedelta(days=10))
    merging.merge(one, other, by=None, reason="same", at=AT)
    assert refusal(customer=one) == "nothing_applies"
    assert quoting.quote(receipt(customer=one), at=AT).priced.refused[0].refusal == "limit"
    assert actions.redeem(receipt(customer=one), till=Till(), at=AT + timedelta(days=30)).redemption.discount == 10_000


def test_a_receipt_is_redeemed_once(person: Person, offer: MakeOffer) -> None:
    offer()
    actions.redeem(receipt(reference="7"), till=Till(branch="c"), at=AT)
    with pytest.raises(RedeemRefused, match="receipt_used"):
        actions.redeem(receipt(reference="7"), till=Till(branch="c"), at=AT)
    actions.redeem(receipt(reference="7"), till=Till(branch="d"), at=AT)
    assert Offer.objects.get().uses == 2


def test_what_was_shown_is_what_is_paid(offer: MakeOffer) -> None:
    offer()
    with pytest.raises(RedeemRefused, match="price_changed"):
        actions.redeem(receipt(), till=Till(), at=AT, expected=Decimal(80_000))
    assert not Redemption.objects.exists()


def test_cancelling_gives_everything_back(person: Person, offer: MakeOffer) -> None:
    offer(who="granted", budget_uses=1)
    aziza = person()
    code = actions.grant("tea", [aziza.pk], origin="x", at=AT)[aziza.pk].code
    done = actions.redeem(receipt(code=code), till=Till(), at=AT).redemption
    actions.cancel(done, because="Wrong receipt", by=None, at=AT, may_be_late=False)
    with pytest.raises(CancelRefused, match="cancelled_before"):
        actions.cancel(done, because="", by=None, at=AT, may_be_late=True)
    tea = Offer.objects.get()
    assert (tea.uses, tea.given, Grant.objects.get().uses) == (0, 0, 0)
    assert Event.objects.get(type="offer_cancelled").payload["reason"] == "Wrong receipt"
    again = actions.redeem(receipt(code=code), till=Till(), at=AT).redemption
    with pytest.raises(CancelRefused, match="too_late"):
        actions.cancel(again, because="", by=None, at=AT + timedelta(days=2), may_be_late=False)
    assert Offer.objects.get().uses == 1


def test_a_budget_of_money_is_never_overspent(offer: MakeOffer) -> None:
    offer(budget_sum=15_000)
    actions.redeem(receipt(), till=Till(), at=AT)
    assert refusal() == "nothing_applies"
    assert [one.refusal for one in quoting.quote(receipt(), at=AT).priced.refused] == ["budget"]
    assert Offer.objects.get().given == 10_000
    actions.redeem(receipt(50_000), till=Till(), at=AT)
    assert Offer.objects.get().given == 15_000


def test_bulk_codes_are_whoever_has_them(person: Person, offer: MakeOffer) -> None:
    tea = offer(who="granted")
    assert actions.make_codes(tea, 500, origin="leaflet", valid_until=None, at=AT) == 500
    code = Grant.objects.filter(offer=tea).first()
    assert code is not None
    assert actions.redeem(receipt(code=code.code, customer=person()), till=Till(), at=AT).redemption.discount == 10_000
