"""A tea house with a letter to those who are away: as many treated and held out as a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.tests.conftest import AT, SignIn, bought, business, enrolled, own_folder, sign_in
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios.models import Scenario
from mijoz.segments import actions as segments

__all__ = ["business", "own_folder", "sign_in"]
KEY = "missed_you"
Away = Callable[..., None]


@pytest.fixture
def owner(sign_in: SignIn) -> Client:
    client = sign_in("owner")
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def pilots(business: Business) -> Business:
    """The five pilot scenarios as drafts, and a guest who came today, so that the log ends today."""
    segments.install_defaults(at=AT - timedelta(days=200))
    scenarios.install_pilots(at=AT - timedelta(days=200))
    record(bought("regular", [0, 7, 14]), source="till")
    customers.project()
    return business


@pytest.fixture
def away(pilots: Business) -> Away:
    """away(treated=280, held_out=120, back=(0.5, 0.2)) records so many with these shares who come back."""

    def write(
        *,
        treated: int,
        held_out: int,
        back: tuple[float, float],
        days_ago: float = 60,
        name: str = "away",
        version: int = 1,
    ) -> None:
        events: list[NewEvent] = []
        for arm, n, share in (("treated", treated, back[0]), ("hold-out", held_out, back[1])):
            for place in range(n):
                who = f"{name}-{arm}-{place}"
                came_back = (place * 7919) % 1000 < share * 1000
                before = [days_ago + 20 + place % 90, days_ago + 120]
                events += bought(
                    who, [*before, *([days_ago - 10] if came_back else [])], check=50_000 + 500 * (place % 60)
                )
                one = enrolled(who, days_ago - (place % 20) / 10, arm)
                events.append(replace(one, payload={**one.payload, "version": version}))
        record(events, source="till")
        customers.project()

    return write


@pytest.fixture
def scenario(pilots: Business) -> Scenario:
    return Scenario.objects.get(key=KEY)
