"""What segments add to the customers' list and page, seen there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.customers.actions import add_customer
from mijoz.customers.models import Customer
from mijoz.segments import actions, on_customers, queries
from mijoz.segments.models import Membership, Segment
from mijoz.segments.tests.conftest import AT, Buy, SignedIn

Town = dict[str, Customer]


@pytest.fixture
def refreshed(town: Town) -> Town:
    actions.refresh(at=AT)
    return town


def members(key: str) -> list[int]:
    return sorted(queries.members(key).values_list("pk", flat=True))


def test_the_filter_narrows_the_list_to_a_segment(refreshed: Town, signed_in: SignedIn) -> None:
    for key, size in queries.counts().items():
        shown = signed_in().get(f"/customers/?segment={key}").content.decode()
        assert sum(f'href="/customers/{customer.pk}/"' in shown for customer in refreshed.values()) == size
        assert sorted(on_customers.in_segment(Customer.objects.all(), key).values_list("pk", flat=True)) == members(key)


def test_the_list_and_its_export_name_the_segments(refreshed: Town, signed_in: SignedIn) -> None:
    rule = {"field": "purchases", "op": ">=", "value": 1}
    actions.add_segment(key="buyers", names={"en": "All <buyers>"}, rule=rule, by=None, at=AT)
    actions.refresh(at=AT + timedelta(hours=1))
    shown = signed_in().get("/customers/?segment=new").content.decode()
    assert "All &lt;buyers&gt;" in shown
    pills = on_customers.pills(members("new"))
    assert all("New" in pill and "All &lt;buyers&gt;" in pill for pill in pills.values())
    names = on_customers.names([customer.pk for customer in refreshed.values()])
    assert {names[pk] for pk in members("at_risk")} == {"At risk, All <buyers>"}
    exported = b"".join(signed_in().get("/customers/export.csv?segment=at_risk")).decode("utf-8-sig")
    assert exported.count('"At risk, All <buyers>"') == len(members("at_risk"))
    assert exported.count("\n") == len(members("at_risk")) + 1


def test_pills_are_asked_for_a_whole_page_at_once(refreshed: Town) -> None:
    everybody = [customer.pk for customer in refreshed.values()]
    for asked in (everybody[:1], everybody):
        with CaptureQueriesContext(connection) as captured:
            assert set(on_customers.pills(asked)) == set(asked)
        assert len(captured) == 1


def test_the_panel_says_why_a_customer_is_where_they_are(refreshed: Town, signed_in: SignedIn) -> None:
    customer = Customer.objects.get(pk=members("new")[0])
    bought = customer.profile.purchases
    shown = signed_in().get(f"/customers/{customer.pk}/").content.decode()
    assert "Time since the first purchase is at most 60 days and number of purchases is at most 2." in shown
    assert f"Number of purchases: {bought}" in shown
    rfm = customer.rfm
    assert f"recency {rfm.r_score}, frequency {rfm.f_score}, monetary {rfm.m_score} of 5" in shown


def test_the_panel_keeps_the_rule_of_its_time_and_tells_who_took_them_next(
    refreshed: Town, buy: Buy, signed_in: SignedIn
) -> None:
    gone = Membership.objects.filter(segment__key="at_risk", left_at=None)[0].customer
    actions.write_rule(
        Segment.objects.get(key="at_risk"), {"field": "purchases", "op": ">=", "value": 900}, by=None, at=AT
    )
    buy(gone.number, days_ago=[0.5, 0.25, 0.1], check=9000)
    actions.refresh(at=AT + timedelta(days=1))
    now, before = on_customers.stays(gone)
    assert now.left_at is None
    assert before.membership.segment.key == "at_risk"
    assert before.moved_to == now.membership.segment
    assert before.sentence.startswith("Time away in usual pauses is at least 3")
    shown = signed_in().get(f"/customers/{gone.pk}/").content.decode()
    assert f"{now.membership.segment.name}</li>" in shown.split('class="sg-past"')[1]


def test_who_has_not_bought_is_in_no_segment(refreshed: Town, signed_in: SignedIn) -> None:
    customer = add_customer(by=None, at=AT, first_name="Lola")
    shown = signed_in().get(f"/customers/{customer.pk}/").content.decode()
    assert "In no segment" in shown
    assert "RFM scores" not in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uz", "Birinchi xariddan beri oʻtgan vaqt koʻpi bilan 60"),
        ("ru", "Время с первой покупки не больше 60"),
    ],
)
def test_the_panel_speaks_the_reader_s_language(
    language: str, words: str, refreshed: Town, signed_in: SignedIn
) -> None:
    customer = members("new")[0]
    shown = signed_in(language=language).get(f"/customers/{customer}/").content.decode()
    assert words in shown.replace("\u00a0", " ")


def test_a_customer_page_asks_as_much_for_a_long_history_as_for_a_short_one(refreshed: Town) -> None:
    customer = refreshed["c0"]
    segment = Segment.objects.get(key="new")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            on_customers.stays(customer)
        return len(captured)

    few = asked()
    for place in range(12):
        Membership.objects.create(
            segment=segment,
            customer=customer,
            entered_at=AT - timedelta(days=900 - place),
            left_at=AT - timedelta(days=900 - place),
            left_reason={"moved_to": "regular"},
        )
    assert asked() == few
    assert len(on_customers.stays(customer)) == on_customers.STAYS_SHOWN
