"""A tea house with a year of purchases, and a client for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mijoz.business.models import Business, StaffMember
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent
from_the_lake = pytest.mark.django_db(transaction=True)  # the lake takes what other transactions have written

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    """The lake of each test lies in a folder of its own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", currency="UZS", time_zone="Asia/Tashkent")


@pytest.fixture
def sign_in(business: Business) -> SignIn:
    """sign_in("owner") gives a client signed in as a new member of staff of this role."""

    def as_role(role: str) -> Client:
        member = StaffMember.objects.create_user(email=f"{role}@example.uz", password="long enough 1", role=role)
        client = Client()
        client.force_login(member)
        return client

    return as_role


def bought(customer: str, days_ago: Iterable[float], *, check: int = 100_000, at: datetime = AT) -> list[NewEvent]:
    """Purchases of a customer that long before `at`."""
    return [
        NewEvent(
            message_id=f"{customer}/{days}",
            type="purchase_line",
            identity=("customer_number", "till", customer),
            occurred_at=at - timedelta(days=days),
            reference=f"{customer}/{days}",
            item="Palov",
            quantity=1,
            amount=Decimal(check),
            currency="UZS",
        )
        for days in days_ago
    ]


def enrolled(customer: str, days_ago: float, arm: str, *, scenario: str = "missed_you", days: int = 30) -> NewEvent:
    return NewEvent(
        message_id=f"{customer}/{scenario}",
        type="scenario_enrolled",
        identity=("customer_number", "till", customer),
        occurred_at=AT - timedelta(days=days_ago),
        reference=scenario,
        payload={"version": 1, "arm": arm, "segment": "at_risk", "goal": "purchase", "window_days": days},
    )


@pytest.fixture
def tea_house(business: Business) -> Business:
    """Sixty guests over a year; forty treated and forty held out by a scenario that brings many of them back."""
    events: list[NewEvent] = []
    for place in range(60):
        last, pause, times = place % 50, 6 + place % 20, 2 + place % 12
        days_ago = [last + pause * visit for visit in range(times)]
        events += bought(f"guest{place}", days_ago, check=80_000 + 1_000 * place)
    for place in range(80):
        customer, arm = f"away{place}", "treated" if place < 40 else "hold-out"
        came_back = place % 2 == 0 if arm == "treated" else place % 20 == 0
        events += bought(customer, [200, 170, 140, *([30] if came_back else [])])
        events.append(enrolled(customer, 60, arm))
    record(events, source="till")
    customers.project()
    return business


def text(client: Client, address: str, *, status: int = 200) -> str:
    """The page at an address, its spaces made one."""
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return " ".join(answer.content.decode().split())
