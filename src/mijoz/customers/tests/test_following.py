"""Profiles that follow the log are what a recount of all of it says, whatever came in which order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.customers import actions, projection
from mijoz.customers.identity import merging
from mijoz.customers.models import Customer, Merge, Ownership, Profile
from mijoz.customers.tests import recount
from mijoz.events.actions import record
from mijoz.events.models import Event, Touched
from mijoz.events.types import NewEvent

AT = datetime(2026, 6, 1, tzinfo=UTC)
FIGURES = [each.name for each in Profile._meta.fields if each.name not in {"refreshed_at"}]
PEOPLE = ("7", "8", "9")
MOVES = ("record", "record", "record", "again", "project", "merge", "undo", "take back")


def profiles() -> dict[int, dict[str, Any]]:
    return {row["customer"]: row for row in Profile.objects.values(*FIGURES)}


def changed(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (value, other[name]) for name, value in one.items() if value != other[name]}


def move(chance: random.Random, waiting: list[NewEvent], taken: list[NewEvent]) -> None:
    """Let something happen to the log or to who is who."""
    kind = chance.choice(MOVES)
    if kind == "record":
        size = min(len(waiting), chance.choice([1, 2, 3, 30]))
        piece = [waiting.pop() for _place in range(size)]
        record(piece, source="till")
        taken += piece
    elif kind == "again" and taken:
        record(chance.choices(taken, k=3), source="till")
    elif kind == "project":
        actions.project()
    elif kind == "merge":
        people = list(Ownership.objects.filter(identity__kind="customer_number").select_related("customer"))
        if len(people) > 1:
            one, other = chance.sample(people, 2)
            if one.customer != other.customer:
                merging.merge(one.customer, other.customer, by=None, reason="same", at=AT)
    elif kind == "undo":
        if merges := list(Merge.objects.filter(undone_at=None)):
            merging.undo(chance.choice(merges), by=None, at=AT)
    elif kind == "take back" and (rows := list(Event.objects.order_by("id"))):  # as undoing an import does
        row = chance.choice(rows)
        if row.identity_id:
            Touched.objects.create(identity_id=row.identity_id)
        row.delete()


@pytest.mark.django_db
@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(3, 60), st.booleans())
def test_profiles_that_followed_are_those_of_a_recount(chance: random.Random, rows: int, is_trickling: bool) -> None:
    waiting = recount.random_log(chance, rows=rows)
    if chance.random() < 0.5:
        waiting.sort(key=lambda row: row.occurred_at, reverse=True)  # as it mostly is: the latest comes last
    taken: list[NewEvent] = []
    with transaction.atomic():
        record(
            [
                replace(waiting[0], message_id=f"first-{number}", identity=("customer_number", "till", number))
                for number in PEOPLE
            ],
            source="till",
        )
        while waiting:
            move(chance, waiting, taken)
            if is_trickling:
                actions.project()
        actions.project()
        followed = profiles()
        actions.project_all()
        counted = profiles()
        assert {number: changed(counted[number], followed[number]) for number in followed} == {
            number: {} for number in counted
        }
        transaction.set_rollback(True)


@given(st.lists(st.tuples(st.integers(1, 30_000), st.integers(0, 2_000)), min_size=1))
def test_spans_that_are_joined_hold_the_same_events(given_spans: list[tuple[int, int]]) -> None:
    spans = [(first, first + length) for first, length in given_spans]
    found = projection.joined(spans)
    for first, last in spans:
        assert sum(one <= first and last <= other for one, other in found) == 1
    assert all(one[1] + projection.NEAR < other[0] for one, other in pairwise(found))


def seen(number: str, place: int, *, type_: str = "page", minutes: int | None = None, **fields: Any) -> NewEvent:
    return NewEvent(
        message_id=f"{number}/{type_}/{place}",
        type=type_,
        identity=("customer_number", "till", number),
        occurred_at=AT + timedelta(minutes=place if minutes is None else minutes),
        amount=Decimal(5) if type_ == "purchase_line" else None,
        **fields,
    )


def written(rows: list[NewEvent]) -> list[str]:
    """What projecting these rows asks the database to count anew."""
    record(rows, source="till")
    with CaptureQueriesContext(connection) as queries:
        assert actions.project() == 1
    return [query["sql"] for query in queries if "WITH who AS" in query["sql"]]


@pytest.mark.django_db
def test_what_moves_a_moment_forward_counts_nothing_anew() -> None:
    record([seen("7", 1, type_="purchase_line", channel="phone")], source="till")
    actions.project()
    assert written([seen("7", place) for place in range(2, 40)]) == []
    assert written([seen("7", 50, type_="visit", channel="telegram"), seen("7", 51, type_="purchase_line")]) == []
    profile = Profile.objects.get()
    assert (profile.first_seen_at, profile.last_seen_at) == (AT + timedelta(minutes=1), AT + timedelta(minutes=51))
    assert (profile.purchases, profile.acquisition_channel) == (2, "phone")
    assert written([seen("7", 60, type_="visit", minutes=0, channel="walk_in")])  # how they first came was another way
    assert Profile.objects.get().acquisition_channel == "walk_in"


@pytest.mark.django_db
def test_what_was_counted_already_may_be_told_again() -> None:
    rows = [seen("7", place, type_=type_) for place in range(5) for type_ in ("page", "purchase_line")]
    record(rows, source="till")
    actions.project()
    before = profiles()
    first, last = min(Event.objects.values_list("pk")), max(Event.objects.values_list("pk"))
    Touched.objects.create(first_event=first[0], last_event=last[0])
    actions.project()
    assert profiles() == before


@pytest.mark.django_db
def test_too_many_rows_to_follow_are_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_FOLLOWED", 10)
    assert written([seen("7", place) for place in range(30)])
    assert Profile.objects.get().last_seen_at == AT + timedelta(minutes=29)


@pytest.mark.django_db
def test_a_customer_without_a_profile_gets_one() -> None:
    record([seen("7", 1)], source="till")
    Profile.objects.all().delete()
    actions.project()
    assert Profile.objects.get().customer == Customer.objects.get()
