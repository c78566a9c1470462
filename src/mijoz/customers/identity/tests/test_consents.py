"""What counts after merges, as a table: answers and merges of a, b and c at their minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mijoz.business.models import Business
from mijoz.customers.actions import add_customer, answer_consent
from mijoz.customers.identity import merging
from mijoz.customers.identity.consents import Answer, Joined, effective, standing, stricter
from mijoz.customers.models import Consent
from mijoz.events.models import Event

START = datetime(2026, 3, 1, tzinfo=UTC)
A, B, C = 1, 2, 3


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def said(minute: int, granted: bool, channel: str = "") -> Answer:
    return Answer("marketing", channel, granted, at(minute), place=minute)


YES, NO = True, False


@pytest.mark.parametrize(
    ("answers", "merges", "expected"),
    [
        ({A: [said(1, YES)], B: [said(2, NO)]}, {A: [(B, 5)]}, {"sms": NO, "email": NO}),
        ({A: [said(2, NO)], B: [said(3, YES)]}, {A: [(B, 5)]}, {"sms": NO, "email": NO}),
        ({A: [said(1, YES)], B: []}, {A: [(B, 5)]}, {"sms": YES, "email": YES}),
        ({A: [], B: []}, {A: [(B, 5)]}, {"sms": None, "email": None}),
        ({A: [said(1, YES)], B: [said(2, NO, "sms")]}, {A: [(B, 5)]}, {"sms": NO, "email": YES}),
        ({A: [said(3, YES)], B: [said(2, NO, "sms")]}, {A: [(B, 5)]}, {"sms": NO, "email": YES}),
        ({A: [said(1, NO)], B: [said(2, YES, "sms")]}, {A: [(B, 5)]}, {"sms": NO, "email": NO}),
        ({A: [said(1, NO), said(2, YES, "sms")], B: [said(3, YES)]}, {A: [(B, 5)]}, {"sms": YES, "email": NO}),
        # a later answer counts, whoever of the two it was written down for
        ({A: [said(1, YES)], B: [said(2, NO), said(7, YES)]}, {A: [(B, 5)]}, {"sms": YES, "email": YES}),
        ({A: [said(1, YES), said(7, NO, "sms")], B: [said(2, YES)]}, {A: [(B, 5)]}, {"sms": NO, "email": YES}),
        # what was said before the merge and arrived after it is weighed as said before it
        ({A: [said(1, YES)], B: [said(4, NO)]}, {A: [(B, 5)]}, {"sms": NO, "email": NO}),
        # a yes after the first merge is not taken back by a second one with somebody who never answered
        ({A: [said(1, YES), said(7, YES)], B: [said(2, NO)], C: []}, {A: [(B, 5), (C, 8)]}, {"sms": YES, "email": YES}),
        ({A: [said(1, YES)], B: [said(2, YES)], C: [said(3, NO)]}, {B: [(C, 4)], A: [(B, 5)]}, {"sms": NO}),
    ],
)
def test_what_counts(
    answers: dict[int, list[Answer]], merges: dict[int, list[tuple[int, int]]], expected: dict[str, bool | None]
) -> None:
    ledger = {kept: [Joined(absorbed, at(minute)) for absorbed, minute in joined] for kept, joined in merges.items()}
    state = standing(A, answers, ledger)
    for channel, allowed in expected.items():
        found = effective(state, "marketing", channel)
        assert (found and found.granted) is allowed, channel


def test_stricter_takes_neither_side_first() -> None:
    one = {("marketing", ""): said(3, YES), ("marketing", "email"): said(4, NO, "email")}
    other = {("marketing", "sms"): said(1, NO, "sms")}
    assert stricter(one, other) == stricter(other, one)
    assert stricter(one, {}) == one
    assert stricter(one, one) == one


@pytest.mark.django_db
def test_a_refusal_outlives_the_rows_of_the_log_that_told_it() -> None:
    Business.objects.create(pk=1, name="Salon")
    one, other, third = (add_customer(by=None, at=START, first_name=name) for name in ("A", "B", "C"))
    answer_consent(one, purpose="marketing", granted=True, proof="", through="staff", at=at(1))
    answer_consent(other, purpose="marketing", granted=False, proof="said no", through="staff", at=at(2))
    Event.objects.filter(type__startswith="consent").delete()
    merge = merging.merge(one, other, by=None, reason="same", at=at(3))
    merging.merge(third, one, by=None, reason="same", at=at(4))
    kept = Consent.objects.get(customer=third)
    assert (kept.granted, kept.proof) == (False, "said no")
    merging.undo(merge, by=None, at=at(5))
    assert Consent.objects.get(customer=third).granted
    assert not Consent.objects.get(customer=other).granted
