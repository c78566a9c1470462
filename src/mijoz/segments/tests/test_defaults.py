"""The default rules find again what the simulator planted, and leave no segment with nearly everybody."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from mijoz.analysis.simulator import simulate
from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.customers.models import Ownership
from mijoz.events.actions import record
from mijoz.segments import actions, queries
from mijoz.segments.tests.conftest import AT

Truth = list[tuple[str, str]]


@pytest.fixture(params=["restaurant", "hotel"])
def truth(request: pytest.FixtureRequest, business: Business) -> Truth:
    """(kind, segment) of each customer of a simulated business, as of its last day."""
    drawn = simulate(sector=request.param, customers=800, months=12, seed=5, until=AT.date())
    record(drawn.events, source="demo")
    customers.project_all()
    actions.refresh(as_of=drawn.last_day, at=datetime.combine(drawn.last_day, time(23, 30), tzinfo=business.zone))
    kinds = dict(drawn.customers.select("customer_number", "kind").iter_rows())
    owners = Ownership.objects.filter(identity__value__in=kinds).values_list("customer_id", "identity__value")
    number_of = dict(owners)
    return [(kinds[number_of[customer]], segment) for customer, segment in queries.segment_frame().iter_rows()]


def test_each_segment_mostly_holds_those_it_is_named_after(truth: Truth) -> None:
    assert len(truth) > 700
    for segment, precision, recall in (
        ("at_risk", 0.45, 0.6),
        ("high_value", 0.45, 0.55),
        ("new", 0.95, 0.3),  # who stays is soon something else
        ("price_sensitive", 0.45, 0.55),
    ):
        inside = [kind for kind, found in truth if found == segment]
        meant = [found for kind, found in truth if kind == segment]
        assert inside.count(segment) / len(inside) > precision, segment
        assert meant.count(segment) / len(meant) > recall, segment


def test_no_segment_takes_nearly_everybody_and_none_nearly_nobody(truth: Truth) -> None:
    for segment in ("new", "at_risk", "high_value", "price_sensitive", "regular"):
        share = sum(found == segment for _kind, found in truth) / len(truth)
        assert 0.04 < share < 0.42, segment
