"""A run finds planted groups of customers, and one press makes a segment that finds them again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers.models import Consent, Customer, Profile, Purpose
from mijoz.segments.clusters import finding
from mijoz.segments.clusters.models import ClusterRun
from mijoz.segments.models import Segment
from mijoz.segments.tests.conftest import AT

TRAITS = ["purchases", "revenue"]


@pytest.fixture
def town(db: None) -> list[Customer]:
    """Eighty who come seldom and pay little, forty who come often, and one who objects to profiling."""
    Business.objects.create(pk=1, name="Lola", time_zone="Asia/Tashkent", currency="UZS")
    rng = np.random.default_rng(1)
    people = Customer.objects.bulk_create(Customer(number=str(number)) for number in range(121))
    Profile.objects.bulk_create(
        Profile(
            customer=one, purchases=int(rng.integers(1, 4) if place < 80 else rng.integers(18, 25)),
            revenue=float(rng.normal(100, 10) if place < 80 else rng.normal(1_000, 90)),
            first_purchase_at=AT - timedelta(days=200), last_purchase_at=AT - timedelta(days=1),
        )
        for place, one in enumerate(people)
    )  # fmt: skip
    Consent.objects.create(customer=people[-1], purpose=Purpose.PROFILING, granted=False, answered_at=AT)
    return people


def carried_out(traits: list[str], **how: Any) -> ClusterRun:
    run = finding.ask(traits, by=None, at=AT, **{"wanted": None} | how)
    finding.carry_out(run, at=AT)
    run.refresh_from_db()
    return run


def test_the_planted_groups_are_found_described_and_found_again_by_a_rule(town: list[Customer], client: Client) -> None:
    run = carried_out(TRAITS)
    assert (run.status, run.result["proposed"], run.customers) == ("done", 2, 120)
    seldom, often = run.result["clusters"]
    assert (seldom["customers"], often["customers"]) == (80, 40)
    assert often["revenue_share"] > 0.75
    assert (often["precision"], often["recall"]) == (1.0, 1.0)
    assert {mark["field"] for mark in often["marks"]} <= set(TRAITS)

    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Malika", role=Role.MARKETER))
    client.cookies["mijoz_language"] = "en"
    page = client.get(f"/segments/clusters/{run.pk}/").content.decode()
    assert "<strong>2 groups</strong>" in page
    assert page.count("<circle") == 120 + 2
    address = f"/segments/clusters/{run.pk}/2/segment/"
    draft = client.get(address)
    assert draft.status_code == 200
    assert not Segment.objects.filter(is_default=False).exists()
    condition = often["ways"][0][0]
    posted = {
        "names_en": "Often", "match": "all", "0-match": "all", "0-0-field": condition["field"],
        "0-0-operator": condition["op"], "0-0-value": str(condition["value"]),
    }  # fmt: skip
    assert client.post(address, posted).status_code == 302
    assert Segment.objects.get(is_default=False).name == "Often"


def test_a_wanted_number_is_cut_even_where_nothing_stands_apart(town: list[Customer]) -> None:
    Profile.objects.update(purchases=3)
    rng = np.random.default_rng(2)
    profiles = list(Profile.objects.all())
    for one in profiles:
        one.purchases, one.revenue = int(rng.poisson(50)), float(rng.normal(500, 50))
    Profile.objects.bulk_update(profiles, ["purchases", "revenue"])
    alone = carried_out(TRAITS)
    assert (alone.status, alone.result["proposed"], alone.result["clusters"]) == ("done", None, [])
    cut = carried_out(TRAITS, wanted=3)
    assert cut.result["proposed"] is None
    assert sum(one["customers"] for one in cut.result["clusters"]) == 120


def test_all_alike_fails_with_a_word_and_no_result(town: list[Customer], client: Client) -> None:
    run = carried_out(["purchases", "complaints"])
    assert (run.status, run.error, run.result) == ("failed", "too_few", None)
    client.force_login(StaffMember.objects.create_user(email="a@example.uz", name="Aziz", role=Role.ANALYST))
    client.cookies["mijoz_language"] = "en"
    assert "alike in one of the traits" in client.get(f"/segments/clusters/{run.pk}/").content.decode()
    assert client.get(f"/segments/clusters/{run.pk}/1/segment/").status_code == 403


@pytest.mark.parametrize("chosen", [["purchases"], ["purchases", "language"], ["purchases", "nonsense"]])
def test_traits_that_cannot_be_are_refused(town: list[Customer], chosen: list[str], client: Client) -> None:
    with pytest.raises(finding.TraitsRefused):
        finding.ask(chosen, wanted=None, by=None, at=AT)
    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Malika", role=Role.MARKETER))
    assert client.post("/segments/clusters/", {"traits": chosen}).status_code == 400
    assert not ClusterRun.objects.exists()
