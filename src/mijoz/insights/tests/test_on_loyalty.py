"""An offer's page says what the scenario that gave it changed against its hold-out, and nothing where none was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers.actions import add_customer
from mijoz.events.queries import default_as_of
from mijoz.insights.models import KpiValue
from mijoz.loyalty import actions, effects
from mijoz.loyalty.models import Offer
from mijoz.loyalty.tests.conftest import make_offer

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_only_a_scenario_with_a_hold_out_tells_an_effect(client: Client) -> None:
    Business.objects.create(pk=1, name="Choyxona", currency="UZS")
    given, bare = make_offer("given", who="granted"), make_offer("bare", who="granted")
    aziza = add_customer(by=None, at=AT)
    actions.grant("given", [aziza.pk], origin="scenario:missed_you/3", at=AT)
    actions.grant("bare", [aziza.pk], origin="segment:regular/2026-03-31", at=AT)
    fields: dict[str, Any] = {
        "as_of": default_as_of(timezone.now()),
        "name": "scenario_effect",
        "scenario": "missed_you",
        "value": 0.04,
        "low": 0.01,
        "high": 0.07,
        "computed_at": AT,
        "detail": {"treated": 900, "held_out": 100, "held_out_rate": 0.2, "treated_rate": 0.24},
    }
    known = {field.name for field in KpiValue._meta.fields}
    KpiValue.objects.create(**{name: value for name, value in fields.items() if name in known})
    told = effects.of_offer(Offer.objects.get(pk=given.pk))
    assert [(one.scenario, one.treated, one.held_out, one.difference) for one in told] == [
        ("missed_you", 900, 100, 0.04)
    ]
    assert effects.of_offer(bare) == []
    client.force_login(StaffMember.objects.create_user(email="o@example.uz", name="Nodira", role=Role.OWNER))
    client.cookies["django_language"] = "en"
    page = client.get("/offers/given/").content.decode()
    assert "reached the goal: +4.0 pp against the hold-out" in page
