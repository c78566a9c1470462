"""Stamp cards, tiers and bringing friends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from mijoz.customers.identity import merging
from mijoz.customers.models import Protocol
from mijoz.events.models import Event
from mijoz.loyalty import actions, origins, queries
from mijoz.loyalty.actions import referring, tiers
from mijoz.loyalty.actions.referring import ReferRefused
from mijoz.loyalty.ledger import audit
from mijoz.loyalty.models import Grant, Programme, Referral, TierStanding
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import AT, Buys, MakeOffer, Person
from mijoz.segments.models import Segment

pytestmark = pytest.mark.django_db(transaction=True)


def programme(key: str, **terms: Any) -> Programme:
    made = actions.write_programme(
        key, terms=programme_terms(terms), names={"en": key.title()}, is_new=True, by=None, at=AT
    )
    actions.set_programme_state(made, State.LIVE, at=AT - timedelta(days=90))
    return made


def test_every_third_is_a_gift_also_over_records_that_were_merged(person: Person, buys: Buys, offer: MakeOffer) -> None:
    offer("free_tea", who="granted", benefit={"kind": "gift", "gifts": {"en": "Tea"}})
    card = programme("tea_card", kind="stamps", needed=3, offer="free_tea", services=["Tea"])
    one, other = person(first_name="Aziza"), person(first_name="Aziza")
    buys(one, 10, item="tea", quantity=2)
    buys(other, 10, item="Tea", quantity=5)
    buys(one, 10, item="Plov", quantity=9)
    actions.count_purchases(at=AT)
    assert Grant.objects.filter(customer=other).count() == 1
    assert [queries.cards(who.pk)[0].stamps for who in (one, other)] == [2, 2]
    merging.merge(one, other, by=None, reason="same", at=AT)
    actions.count_purchases(at=AT + timedelta(minutes=1))
    assert Grant.objects.filter(customer=one).count() == 1
    assert queries.cards(one.pk)[0].stamps == 1
    assert audit.faults() == {}
    assert queries.points_figures(card).redeemed == 6


def test_several_full_cards_at_once_are_several_gifts(person: Person, buys: Buys, offer: MakeOffer) -> None:
    offer("free_tea", who="granted")
    programme("tea_card", kind="stamps", needed=3, offer="free_tea")
    aziza = person()
    buys(aziza, 10, item="tea", quantity=7)
    actions.count_purchases(at=AT)
    assert Grant.objects.filter(customer=aziza).count() == 2


TIERS = {
    "kind": "tiers",
    "grace_days": 10,
    "window_months": 1,
    "tiers": [
        {"key": "silver", "names": {"en": "Silver"}, "threshold": 100, "priority": 1, "package": "value"},
        {"key": "gold", "names": {"en": "Gold"}, "threshold": 1000, "priority": 2, "offer": "tea"},
    ],
}


def tier(customer: Any) -> str:
    return queries.tier_of([customer.pk]).get(customer.pk, "")


def test_a_tier_is_reached_at_once_with_its_benefits(person: Person, buys: Buys, offer: MakeOffer) -> None:
    offer(who="granted")
    levels, aziza, bobur = programme("levels", **TIERS), person(), person()
    buys(aziza, 1_200)
    buys(bobur, 120)
    assert tiers.refresh(levels, at=AT) == tiers.Moved(up=2)
    assert (tier(aziza), tier(bobur)) == ("Gold", "Silver")
    assert Protocol.objects.get(customer=bobur).package == "value"
    assert Grant.objects.get().customer_id == aziza.pk
    assert Event.objects.filter(type="tier_changed").count() == 2
    assert tiers.refresh(levels, at=AT) == tiers.Moved()
    standing = queries.standings(levels, [bobur.pk])[bobur.pk]
    assert (standing.next and standing.next.key, standing.missing) == ("gold", 880)


def test_who_falls_below_keeps_the_tier_for_the_days_of_grace(person: Person, buys: Buys) -> None:
    levels, aziza = programme("levels", **TIERS), person()
    buys(aziza, 1_200)
    tiers.refresh(levels, at=AT)
    later = AT + timedelta(days=40)
    assert tiers.refresh(levels, at=later) == tiers.Moved()
    assert TierStanding.objects.get().grace_until == later + timedelta(days=10)
    buys(aziza, 1_500, at=later + timedelta(days=1))
    tiers.refresh(levels, at=later + timedelta(days=2))
    assert TierStanding.objects.get().grace_until is None
    buys(aziza, -1_400, at=later + timedelta(days=3))
    tiers.refresh(levels, at=later + timedelta(days=4))
    assert tiers.refresh(levels, at=later + timedelta(days=14)) == tiers.Moved(down=1)
    assert (tier(aziza), Protocol.objects.get().priority) == ("Silver", 1)
    tiers.refresh(levels, at=later + timedelta(days=60))
    tiers.refresh(levels, at=later + timedelta(days=80))
    assert tier(aziza) == ""
    assert Protocol.objects.get().priority == 0


def test_a_protocol_that_staff_set_outlives_the_tier(person: Person, buys: Buys) -> None:
    from mijoz.customers.actions import set_protocol

    levels, aziza = programme("levels", **TIERS), person()
    set_protocol(aziza, by="malika@example.uz", at=AT, priority=3)
    buys(aziza, 120)
    tiers.refresh(levels, at=AT)
    assert Protocol.objects.get().priority == 3


def referral(**terms: Any) -> Programme:
    given = {"kind": "referral", "offer_for_referrer": "thanks", "offer_for_friend": "hello", **terms}
    return programme("friends", **given)


@pytest.fixture
def offers(offer: MakeOffer) -> None:
    offer("thanks", who="granted")
    offer("hello", who="granted")


def granted(customer: Any) -> list[str]:
    return list(Grant.objects.filter(customer=customer).values_list("offer__key", flat=True).order_by("pk"))


def test_both_are_rewarded_after_the_friends_first_purchase(person: Person, buys: Buys, offers: None) -> None:
    referral(minimum_sum=50)
    aziza, bobur = person(first_name="Aziza", phone="+998901112233"), person(first_name="Bobur")
    code = referring.code_of(aziza, at=AT)
    assert referring.code_of(aziza, at=AT) == code
    referring.refer(code.lower(), bobur, at=AT)
    actions.count_purchases(at=AT)
    assert granted(bobur) == []
    buys(bobur, 40, at=AT)
    actions.count_purchases(at=AT)
    assert granted(bobur) == []
    buys(bobur, 60, at=AT)
    actions.count_purchases(at=AT)
    actions.count_purchases(at=AT)
    assert (granted(aziza), granted(bobur)) == (["thanks"], ["hello"])


def refusal(code: str, friend: Any) -> str:
    with pytest.raises(ReferRefused) as refused:
        referring.refer(code, friend, at=AT)
    return refused.value.reason


def test_nobody_brings_themselves(person: Person, buys: Buys, offers: None) -> None:
    aziza = person(first_name="Aziza", phone="+998901112233")
    assert refusal(referring.code_of(aziza, at=AT), person()) == "no_programme"
    referral()
    code = referring.code_of(aziza, at=AT)
    again = person(first_name="Aziza")
    merging.merge(aziza, again, by=None, reason="same", at=AT)
    regular, shared = person(first_name="Rustam"), person(first_name="Aziza")
    from mijoz.customers.models import Trait
    from mijoz.events.actions import add_source

    identity = shared.ownerships.get().identity
    Trait.objects.create(
        identity=identity, source=add_source("till"), name="phone", value="+998901112233", original="", told_at=AT
    )
    buys(regular, 10)
    assert refusal(code, aziza) == "same_person"
    assert refusal(code, again) == "same_person"
    assert refusal(code, regular) == "not_new"
    assert refusal(code, shared) == "shared_contact"
    assert refusal("7KM4X-2RT9W", person()) == "code_unknown"
    assert not Referral.objects.exists()
    bobur = person(first_name="Bobur")
    referring.refer(code, bobur, at=AT)
    assert refusal(code, bobur) == "referred_before"


def test_who_turns_out_to_be_one_person_or_brings_too_many_gets_nothing(
    person: Person, buys: Buys, offers: None
) -> None:
    friends = referral(a_month=1)
    aziza = person(first_name="Aziza")
    code = referring.code_of(aziza, at=AT)
    people = [person(first_name=f"Friend {place}") for place in range(3)]
    for place, one in enumerate(people):
        referring.refer(code, one, at=AT)
        buys(one, 10, at=AT + timedelta(minutes=place))
    merging.merge(aziza, people[0], by=None, reason="same", at=AT)
    assert referring.settle(friends, at=AT) == referring.Settled(rewarded=1, refused=2)
    refusals = Referral.objects.order_by("pk").values_list("refusal", flat=True)
    assert list(refusals) == ["same_person", "", "limit"]
    assert (granted(aziza), granted(people[1]), granted(people[2])) == (["thanks"], ["hello"], [])


def test_staff_and_customer_read_why_somebody_has_an_offer() -> None:
    segment = Segment.objects.create(key="vip", names={"en": "Our best"}, order=90)
    given = ["segment:vip/2026-03-31", "scenario:welcome/gift/2026-03-31", "codes:Flyer 1", "tier:club/gold/2026-03-31"]
    with translation.override("en"):
        told = origins.names_of(given)
        assert told["segment:vip/2026-03-31"] == f"Given to the segment “{segment.name}”"
        assert told["scenario:welcome/gift/2026-03-31"] == "By the scenario “welcome”"  # nobody knows it any more
        assert told["codes:Flyer 1"] == "Flyer 1"
        assert told["tier:club/gold/2026-03-31"] == "On reaching a tier of “club”"
        said = {
            origin: origins.for_customer(Grant(origin=origin))
            for origin in [*told, "stamps:card/1", "referral:friends/friend", "referral:friends/7"]
        }
    assert said["codes:Flyer 1"] == ""
    others = [sentence for origin, sentence in said.items() if not origin.startswith("codes")]
    assert len(set(others)) == len(others) == 6
    assert not any("vip" in sentence or "gold" in sentence for sentence in others)
