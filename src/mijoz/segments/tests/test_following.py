"""Judging at once: whoever an event touched is where a refresh would put them, and nobody else is moved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Q
from django.utils import timezone

from mijoz.business.models import Business
from mijoz.customers import actions as customers
from mijoz.customers.identity.merging import merge
from mijoz.customers.models import Consent, Customer
from mijoz.customers.projecting import Projecting
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.segments import actions, queries
from mijoz.segments.following import Following, note
from mijoz.segments.models import Membership, RefreshRun, Segment, SegmentDay, Touched
from mijoz.segments.tests.conftest import AT, customer_of, purchases

Town = dict[str, Customer]
LATER = AT + timedelta(hours=2)
PATIENCE_SECONDS = 60  # how soon it is, benchmarks tell
LATELY = {"type": "purchase_line", "window": {"last_days": 30}}
RULES: dict[str, Any] = {
    "often": {"field": "events", "of": LATELY, "op": ">=", "value": 2},
    "spends": {"field": "events_sum", "of": LATELY, "op": ">", "value": 500},
    "ace": {
        "all": [
            {"field": "segment", "of": {"key": "often"}, "op": "is", "value": True},
            {"field": "r_score", "op": "=", "value": 5},
        ]
    },
    "away": {"field": "days_since_last_purchase", "op": ">=", "value": 20},
}  # fmt: skip


@pytest.fixture
def judged(town: Town) -> Town:
    for key, rule in RULES.items():
        actions.add_segment(key=key, rule=rule, by=None, at=AT, names={"en": key.title()})
    actions.refresh(at=AT)
    return town


def where(customer: Customer) -> set[str]:
    return set(Membership.objects.filter(customer=customer, left_at=None).values_list("segment__key", flat=True))


def stays() -> set[tuple[Any, ...]]:
    return set(Membership.objects.values_list("pk", "left_at"))


def come_back(number: str) -> Customer:
    record(purchases(number, days_ago=[0.01, 0.02, 3], check=900), source="till")
    customers.project()
    return customer_of(number)


def test_an_event_moves_its_customer_at_once_as_a_refresh_would(judged: Town) -> None:
    back = next(one for one in judged.values() if "away" in where(one) and "often" not in where(one))
    come_back(back.number)
    note([back.pk], LATER)
    assert actions.follow(at=LATER) == 1
    at_once = where(back)
    assert {"often", "spends", "ace"} <= at_once
    assert "away" not in at_once
    actions.refresh(at=LATER + timedelta(hours=1))
    assert where(back) == at_once
    stay = Membership.objects.get(customer=back, segment__key="often", left_at=None)
    assert stay.entered_at == LATER
    [(fact, number)] = stay.reason["facts"].items()
    assert fact == 'events:{"type":"purchase_line","window":{"last_days":30}}'
    assert number >= 3
    gone = Membership.objects.get(customer=back, segment__key="away")
    assert gone.left_reason["facts"] == {"days_since_last_purchase": 0}


def test_days_that_passed_move_nobody_but_whom_an_event_touched(judged: Town) -> None:
    touched = judged["c0"]
    come_back(touched.number)
    note([touched.pk], LATER)
    before = {row for row in stays() if not Membership.objects.filter(pk=row[0], customer=touched).exists()}
    much_later = AT + timedelta(days=40)
    actions.follow(at=much_later)
    assert before <= stays()
    actions.refresh(as_of=much_later.date(), at=much_later)
    assert not before <= stays()


def test_who_objected_is_moved_nowhere_by_an_event(judged: Town) -> None:
    back = next(one for one in judged.values() if "away" in where(one))
    kept = judged["c0"]
    merge(kept, back, by=None, at=AT, reason="the same person")
    Consent.objects.create(customer=back, purpose="profiling", granted=False, answered_at=AT)
    come_back(kept.number)
    note([kept.pk], LATER)
    assert actions.follow(at=LATER) == 1
    assert where(kept) == where(back) == set()


def test_what_a_day_counts_stays_true(judged: Town) -> None:
    for number in ("c1", "c2", "c3"):
        note([come_back(number).pk], LATER)
        actions.follow(at=LATER)
    for at in (LATER, LATER + timedelta(days=1)):
        note([come_back("c4").pk], at)
        actions.follow(at=at)
        day = SegmentDay.objects.latest("day").day
        now = Segment.objects.annotate(now=Count("memberships", filter=Q(memberships__left_at=None)))
        counted = dict(SegmentDay.objects.filter(day=day).values_list("segment", "customers"))
        assert counted == dict(now.values_list("pk", "now"))


def test_before_the_first_refresh_nobody_is_judged_and_of_very_many_the_refresh_judges(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    note([customer.pk for customer in town.values()], AT)
    assert actions.follow(at=AT) == 0
    assert not Membership.objects.exists()
    monkeypatch.setattr(actions, "MOST_FOLLOWED", 3)
    note([customer.pk for customer in town.values()], AT)
    assert RefreshRun.objects.filter(status="waiting").count() == 1
    assert not Touched.objects.exists()


def test_following_asks_a_constant_number_of_times(judged: Town, django_assert_max_num_queries: Any) -> None:
    note([customer.pk for customer in judged.values()], LATER)
    with django_assert_max_num_queries(45):
        assert actions.follow(at=LATER) == len(judged)


@pytest.fixture
def threads() -> Iterator[None]:
    running = [Projecting(), Following()]
    for thread in running:
        thread.start()
    yield
    for thread in running:
        thread.stop()
        assert not thread._thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_purchase_is_a_membership_soon_without_being_asked(business: Business, threads: None) -> None:
    now = timezone.now()
    actions.add_segment(key="often", rule=RULES["often"], by=None, at=now, names={"en": "Often"})
    bought = [
        NewEvent(
            message_id=f"m{number}",
            type="purchase_line",
            identity=("customer_number", "till", f"n{number % 5}"),
            occurred_at=now - timedelta(days=40),
            reference=f"r{number}",
            amount=Decimal(5),
        )
        for number in range(5)
    ]
    record(bought, source="till")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Customer.objects.filter(profile__purchases=1).count() < 5:
        assert time.monotonic() < deadline
    actions.refresh(at=now)
    for number in (1, 2):
        again = NewEvent(
            message_id=f"again{number}",
            type="purchase_line",
            identity=("customer_number", "till", "n3"),
            occurred_at=now,
            reference=f"again{number}",
            amount=Decimal(5),
        )
        record([again], source="till")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "often" not in where(customer_of("n3")):
        assert time.monotonic() < deadline
    assert queries.counts()["often"] == 1


@pytest.mark.parametrize(
    ("zone", "refreshed", "now", "begun"),
    [
        ("Asia/Tashkent", "2026-03-31T18:50Z", "2026-03-31T19:05Z", True),  # 00:05 there
        ("Asia/Tashkent", "2026-03-31T19:05Z", "2026-04-01T18:59Z", False),
        ("America/New_York", "2026-03-31T18:50Z", "2026-03-31T19:05Z", False),
        ("America/New_York", "2026-03-08T05:05Z", "2026-03-09T03:59Z", False),  # a day of 23 hours
        ("America/New_York", "2026-03-08T05:05Z", "2026-03-09T04:00Z", True),
        ("America/New_York", "", "2026-03-09T04:00Z", True),
    ],
)
def test_the_night_is_that_of_the_business(
    business: Business, zone: str, refreshed: str, now: str, begun: bool
) -> None:
    Business.objects.update(time_zone=zone)
    if refreshed:
        RefreshRun.objects.create(asked_at=datetime.fromisoformat(refreshed), status=RefreshRun.Status.DONE)
    assert queries.day_has_begun(datetime.fromisoformat(now)) is begun
