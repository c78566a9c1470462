"""Points and tiers in the rules of segments and above the customers' list."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from mijoz.customers.identity.merging import merge
from mijoz.loyalty.actions.points import adjust
from mijoz.loyalty.forms.programmes import PointsForm
from mijoz.loyalty.models import Account, Programme, TierStanding
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.tests.conftest import AT, Person, SignedIn
from mijoz.segments import rules
from mijoz.segments.membership import source

POINTS: dict[str, Any] = {"kind": "points", "per_sum": "1000", "points": 1, "minimum_redeem": 50}
TIERS: dict[str, Any] = {
    "kind": "tiers",
    "tiers": [
        {"key": "silver", "names": {"en": "Silver", "uz": "Kumush", "ru": "Серебро"}, "threshold": "1"},
        {"key": "gold", "names": {"en": "Gold", "uz": "Oltin", "ru": "Золото"}, "threshold": "1000"},
    ],
}


def programme(key: str, terms: dict[str, Any], state: str = State.LIVE) -> Programme:
    return Programme.objects.create(
        key=key, kind=terms["kind"], names={"en": key}, terms=terms, state=state, starts_at=AT
    )


def found(rule: dict[str, Any]) -> set[int]:
    """The customers whom the rule finds, as a segment would."""
    condition = rules.compile_rule(rules.parse(rule), prefix="t")
    everybody = "(SELECT id AS customer_id FROM customers_customer WHERE merged_into_id IS NULL) everybody"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM {source(of=everybody)} WHERE {condition.sql}",
            condition.parameters | {"as_of": AT.date(), "zone": "Asia/Tashkent"},
        )
        return {row[0] for row in cursor.fetchall()}


def test_rules_ask_for_the_points_of_the_whole_person(person: Person) -> None:
    aziza, same, bobur = person(first_name="Aziza"), person(first_name="Aziza"), person(first_name="Bobur")
    assert found({"field": "points", "op": ">=", "value": 0}) == set()  # no programme runs: nothing is known
    running = programme("points", POINTS)
    adjust(running, aziza, 30, reason="gift", by=None, at=AT)
    adjust(running, same, 40, reason="gift", by=None, at=AT)
    assert found({"field": "points", "op": ">=", "value": 50}) == set()
    merge(aziza, same, by=None, at=AT, reason="same")
    assert found({"field": "points", "op": ">=", "value": 50}) == {aziza.pk}
    assert found({"field": "points", "op": "=", "value": 0}) == {bobur.pk}
    Account.objects.filter(customer=aziza).update(owed=60)
    assert found({"field": "points", "op": "=", "value": 10}) == {aziza.pk}


def test_rules_ask_for_the_tier(person: Person) -> None:
    aziza, bobur = person(first_name="Aziza"), person(first_name="Bobur")
    running = programme("levels", TIERS)
    TierStanding.objects.create(programme=running, customer=aziza, tier="gold", rank=2, since=AT)
    assert found({"field": "tier", "op": "in", "value": ["gold"]}) == {aziza.pk}
    assert found({"field": "tier", "op": "not_in", "value": ["gold", "silver"]}) == {bobur.pk}
    assert found({"field": "tier", "op": "in", "value": ["-"]}) == {bobur.pk}
    with pytest.raises(rules.RuleRefused):
        rules.parse({"field": "tier", "op": "in", "value": ["lead"]})


def test_the_list_is_narrowed_by_tier_and_points(person: Person, signed_in: SignedIn) -> None:
    aziza, bobur, sevara = (person(first_name=name) for name in ("Aziza", "Bobur", "Sevara"))
    browser = signed_in()
    assert "tier" not in browser.get("/customers/").context["filters"].fields  # no programme: no filter
    levels, points = programme("levels", TIERS), programme("points", POINTS)
    TierStanding.objects.create(programme=levels, customer=aziza, tier="gold", rank=2, since=AT)
    adjust(points, aziza, 60, reason="gift", by=None, at=AT)
    adjust(points, bobur, 10, reason="gift", by=None, at=AT)
    for query, people in (
        ("tier=gold", {aziza}),
        ("tier=-", {bobur, sevara}),
        ("points=some", {aziza, bobur}),
        ("points=enough", {aziza}),
        ("points=-", {sevara}),
    ):
        shown = browser.get(f"/customers/?{query}").context["page"]
        assert {one.pk for one in shown} == {one.pk for one in people}, query


def test_factors_of_tiers_are_written_in_the_form(business: Any) -> None:
    programme("levels", TIERS)
    told = {f"names_{code}": "Points" for code in ("uz", "ru", "en")}
    told |= {"per_sum": "1000", "points": "1", "value": "1", "minimum_redeem": "1", "most_percent": "100"}
    told |= {"staff_limit": "10", "tierfactor_gold": "2"}
    form = PointsForm(told)
    assert form.is_valid(), form.errors
    assert form.terms().tier_factors == {"gold": 2}
    kept = programme("points", {**POINTS, "most_share": "1", "tier_factors": {"gold": "2", "retired": "3"}})
    assert PointsForm(programme=kept)["tierfactor_gold"].value() == "2"
    form = PointsForm(told | {"tierfactor_gold": "", "tierfactor_silver": "1.5"}, programme=kept)
    assert form.is_valid(), form.errors
    assert {key: float(factor) for key, factor in form.terms().tier_factors.items()} == {"silver": 1.5, "retired": 3.0}
