"""A roster is who is in the segment now, also after memberships changed."""

from __future__ import annotations

from datetime import timedelta

from mijoz.customers.models import Customer
from mijoz.segments import actions, rosters
from mijoz.segments.models import Membership
from mijoz.segments.tests.conftest import AT, Buy


def on_roster(key: str) -> set[int]:
    bits = int.from_bytes(rosters.roster(key), "little")
    return {place for place in range(bits.bit_length()) if bits >> place & 1}


def members(key: str) -> set[int]:
    found = Membership.objects.filter(segment__key=key, left_at=None)
    return set(found.values_list("customer_id", flat=True))


def test_a_roster_follows_the_memberships(town: dict[str, Customer], buy: Buy) -> None:
    assert on_roster("new") == set()
    actions.install_defaults(at=AT)
    actions.refresh(at=AT)
    keys = ("new", "regular", "high_value", "price_sensitive", "at_risk")
    before = {key: on_roster(key) for key in keys}
    assert before == {key: members(key) for key in keys}
    assert sum(len(found) for found in before.values()) == len(town)
    buy("c1", days_ago=[0, 0.1, 0.2], check=9000)
    actions.refresh(at=AT + timedelta(hours=1))
    assert {key: on_roster(key) for key in keys} == {key: members(key) for key in keys}
    assert on_roster("nobody") == set()
