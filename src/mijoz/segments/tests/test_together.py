"""Overlap and flow: every customer is counted where they are, and where they were."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from mijoz.business.models import Role
from mijoz.customers.models import Customer
from mijoz.segments import actions, queries, scoring, together
from mijoz.segments.models import Membership, RfmSettings, Score, Segment, SegmentDay
from mijoz.segments.tests.conftest import AT, SignedIn

Town = dict[str, Customer]
TODAY = AT.date()


def test_the_overlap_counts_who_is_in_both(town: Town) -> None:
    for key, least in (("often", 3), ("oftener", 6)):
        rule = {"field": "purchases", "op": ">=", "value": least}
        actions.add_segment(key=key, rule=rule, by=None, at=AT, names={"en": key})
    actions.refresh(at=AT)
    members = {
        segment.key: set(queries.members(segment.key).values_list("pk", flat=True)) for segment in queries.segments()
    }
    found = together.overlap()
    assert [segment.key for segment in found.segments] == list(members)
    for row in found.rows:
        expected = [len(members[row.segment.key] & members[other.key]) for other in found.segments]
        assert [cell.customers for cell in row.cells] == expected
    often = next(row for row in found.rows if row.segment.key == "oftener")
    assert [cell.share for cell, of in zip(often.cells, found.segments, strict=True) if of.key == "often"] == [1.0]


@pytest.mark.django_db(transaction=True)  # what was so on an earlier day is read from the lake
def test_the_flow_between_two_days_leads_everybody_from_where_they_were(town: Town, signed_in: SignedIn) -> None:
    first, last = TODAY - timedelta(days=60), TODAY
    actions.refresh(as_of=first, at=AT - timedelta(days=60))
    before = {
        stay.customer_id: stay.segment.key for stay in Membership.objects.filter(left_at=None).select_related("segment")
    }
    actions.refresh(as_of=last, at=AT)
    after = {
        stay.customer_id: stay.segment.key for stay in Membership.objects.filter(left_at=None).select_related("segment")
    }
    expected = Counter((before.get(customer), after.get(customer)) for customer in before.keys() | after.keys())
    found = {
        (flow.origin and flow.origin.key, flow.destination and flow.destination.key): flow.customers
        for flow in together.flow(first, last)
    }
    assert found == expected
    assert len(found) > 3
    segment = Segment.objects.get(key=next(iter(before.values())))
    among = together.flow(first, last, among=segment)
    assert sum(flow.customers for flow in among) == sum(key == segment.key for key in before.values())
    page = signed_in(Role.ANALYST).get(f"/segments/flows/?first={first}&last={last}")
    assert page.status_code == 200
    assert "Flow between two days" in page.content.decode()
    wrong = signed_in(Role.ANALYST).get(f"/segments/flows/?first={last}&last={first}").content.decode()
    assert "lies before the second one" in wrong


def test_periods_and_weights_are_written_in_versions_and_change_the_scores(town: Town, signed_in: SignedIn) -> None:
    actions.refresh(at=AT)
    all_time = dict(Score.objects.values_list("customer", "purchases"))
    browser = signed_in(Role.MARKETER)
    sent = {"months": "3", "r_weight": "0", "f_weight": "2", "m_weight": "1"}
    assert browser.post("/segments/rfm/settings/", sent).status_code == 302
    assert browser.post("/segments/rfm/settings/", sent).status_code == 302
    refused = browser.post("/segments/rfm/settings/", sent | {"f_weight": "0", "m_weight": "0"})
    assert refused.status_code == 422
    assert "has to weigh something" in refused.content.decode()
    assert RfmSettings.objects.count() == 1
    actions.refresh(at=AT)
    begins = scoring.months_before(TODAY, 3)
    for customer, score in Score.objects.in_bulk().items():
        assert score.rfm_score == pytest.approx((2 * score.f_score + score.m_score) / 3)
        assert score.purchases <= all_time[customer]
    assert any(score.purchases < all_time[pk] for pk, score in Score.objects.in_bulk().items())
    assert SegmentDay.objects.exists()
    assert begins.month == TODAY.month - 3 or begins.month == TODAY.month + 9
    shown = browser.get("/segments/rfm/").content.decode()
    assert "purchases of the last 3 months" in shown
    assert "recency 0, frequency 2, money 1" in shown
