"""Messages speak of points and tier, each in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mijoz.business.models import Business
from mijoz.customers.actions import add_customer
from mijoz.loyalty import actions
from mijoz.loyalty.models import TierStanding
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.scenarios.definition import Message
from mijoz.scenarios.letters import Writer, known_of

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_points_and_tier_are_told() -> None:
    business = Business.objects.create(pk=1, name="Choyxona", currency="UZS", language="en")
    gold = {"key": "gold", "names": {"en": "Gold", "ru": "Золото"}, "threshold": 1}
    for key, terms in (("p", {"kind": "points", "per_visit": 1}), ("t", {"kind": "tiers", "tiers": [gold]})):
        made = actions.write_programme(key, terms=programme_terms(terms), names={}, is_new=True, by=None, at=AT)
        actions.set_programme_state(made, State.LIVE, at=AT)
        if key == "p":
            points = made
    aziza = add_customer(by=None, at=AT, first_name="Азиза", language="ru")
    actions.adjust(points, aziza, 1250, reason="x", by=None, at=AT)
    TierStanding.objects.create(programme=made, customer=aziza, tier="gold", rank=1, since=AT)
    text = "{{ loyalty.points }} {{ loyalty.tier }}"
    step = Message(
        kind="message",
        key="m",
        channel="email",
        subjects={"ru": "x", "en": "x"},
        texts={"ru": text, "en": text},
    )
    writer = Writer(step, offer=None, business=business)
    known = known_of([aziza.pk], wanted=writer.variables, at=AT)[aziza.pk]
    assert writer.write(known, until=None) == ("ru", "x", "1\u00a0250 Золото")
