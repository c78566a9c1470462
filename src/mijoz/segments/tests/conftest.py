"""Customers with purchases for the tests of segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.types import NewEvent

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)

Buy = Callable[..., Customer]


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent")


@pytest.fixture
def buy(business: Business) -> Buy:
    """buy("Ali", days_ago=[90, 3], check=100, discount=0) records purchases that long before AT."""

    def record_purchases(
        number: str, *, days_ago: Sequence[float], check: float = 100, discount: float | None = None
    ) -> Customer:
        record(
            [
                NewEvent(
                    message_id=f"{number}/{days}",
                    type="purchase_line",
                    identity=("customer_number", "till", number),
                    occurred_at=AT - timedelta(days=days),
                    reference=f"{number}/{days}",
                    item="Plov",
                    quantity=1,
                    amount=Decimal(str(check)),
                    discount=None if discount is None else Decimal(str(discount)),
                    currency="UZS",
                )
                for days in days_ago
            ],
            source="till",
        )
        customers.project()
        return Customer.objects.get(ownerships__identity__value=number)

    return record_purchases


@pytest.fixture
def town(buy: Buy) -> dict[str, Customer]:
    """Forty customers, so that scores have something to cut: from daily guests to people long gone."""
    found = {}
    for place in range(40):
        last, every, times = 1 + place * 7 % 200, 5 + place % 25, 1 + place * 3 % 12
        found[f"c{place}"] = buy(
            f"c{place}",
            days_ago=[last + every * visit for visit in range(times)],
            check=20 + place * 13 % 300,
            discount=1 if place % 5 == 0 else None,
        )
    return found
