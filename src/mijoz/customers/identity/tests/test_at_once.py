"""Merges at one moment with other merges, new events and answers: what would go wrong, and that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from mijoz.customers.actions import answer_consent, project_all
from mijoz.customers.identity import merging, statements
from mijoz.customers.models import Consent, Customer, Merge, Ownership
from mijoz.customers.queries import root_of
from mijoz.events.actions import record
from mijoz.events.tests.test_concurrency import at_once, elsewhere  # noqa: F401 - a fixture
from mijoz.events.types import IdentityKey, NewEvent

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
Sessions = Callable[[str], psycopg.Connection[Any]]


def user(place: int) -> IdentityKey:
    return ("user_id", "shop", str(place))


def meet(number: str, *who: IdentityKey) -> None:
    event = NewEvent(message_id=number, type="met", identity=who[0], also=tuple(who[1:]), occurred_at=AT)
    record([event], source="shop")


@pytest.fixture
def people() -> list[Customer]:
    for place in range(4):
        meet(f"first {place}", user(place))
    return list(Customer.objects.order_by("pk"))


def merge(kept: Customer, absorbed: Customer) -> bool:
    try:
        merging.merge(kept, absorbed, by=None, reason="same", at=AT)
    except merging.MergeRefused:
        return False
    return True


def nothing_is_astray() -> None:
    """Every identity leads to whom its home was merged into, and the ledger says the same as the customers."""
    homes = root_of(set(Ownership.objects.values_list("home", flat=True)))
    for owner, home in Ownership.objects.values_list("customer", "home"):
        assert owner == homes[home]
    holding = dict(Merge.objects.filter(undone_at=None).values_list("absorbed", "kept"))
    assert holding == dict(Customer.objects.exclude(merged_into=None).values_list("pk", "merged_into"))


@contextmanager
def half_way(session: psycopg.Connection[Any], kept: Customer, absorbed: Customer, *, holding: bool) -> Iterator[None]:
    """Another session in the middle of this merge, with the locks that it takes or, as if there were none, without."""
    if holding:
        session.execute("SELECT pg_advisory_xact_lock(%s)", [statements.MERGE_LOCK])
        session.execute(statements.HOLD, [[kept.pk, absorbed.pk]])
    both = {"kept": [kept.pk], "absorbed": [absorbed.pk]}
    session.execute(statements.BRING, both)
    yield
    session.execute(statements.LEAD_TO, both)
    session.execute(
        "INSERT INTO customers_merge (id, kept_id, absorbed_id, merged_at, reason, evidence, snapshot)"
        " VALUES (gen_random_uuid(), %s, %s, now(), 'same', '{}', '{}')",
        [kept.pk, absorbed.pk],
    )
    session.commit()


def add_phone(owner: Customer) -> None:
    """What linking does, without holding the customer."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_identity (kind, account, value) VALUES ('phone', '', '+9981') RETURNING id")
        cursor.execute(
            "INSERT INTO customers_ownership (identity_id, customer_id, home_id) VALUES (%s, %s, %s)",
            [cursor.fetchone()[0], owner.pk, owner.pk],
        )


def test_without_holding_the_customer_a_new_identity_would_go_astray(
    people: list[Customer],
    elsewhere: Sessions,  # noqa: F811
) -> None:
    with half_way(elsewhere(""), people[0], people[1], holding=False), transaction.atomic():
        add_phone(people[1])
    with pytest.raises(AssertionError):
        nothing_is_astray()


def test_a_new_identity_waits_for_the_merge_and_goes_where_it_led(
    people: list[Customer],
    elsewhere: Sessions,  # noqa: F811
) -> None:
    session = elsewhere("")
    merged = half_way(session, people[0], people[1], holding=True)
    merged.__enter__()
    watcher = elsewhere("")

    def finish() -> None:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        while not watcher.execute(waits).fetchone()[0]:  # type: ignore[index]
            watcher.rollback()
        merged.__exit__(None, None, None)

    at_once(lambda: meet("second", user(1), ("phone", "", "+998901112233")), finish)
    assert Ownership.objects.get(identity__kind="phone").customer == people[0]
    assert Ownership.objects.get(identity__kind="phone").home == people[1]
    nothing_is_astray()


def test_merges_of_the_same_customers_at_once_make_one_tree() -> None:
    for turn in range(6):
        for place in range(4):
            meet(f"{turn}/{place}", user(turn * 10 + place))
        four = list(Customer.objects.order_by("-pk")[:4])
        won = at_once(
            lambda four=four: merge(four[0], four[1]),
            lambda four=four: merge(four[1], four[0]),
            lambda four=four: merge(four[1], four[2]),
            lambda four=four: merge(four[3], four[1]),
        )
        assert sum(won) == 3
        assert len(set(root_of([one.pk for one in four]).values())) == 1
        nothing_is_astray()


def test_events_that_add_to_one_customer_at_once_never_wait_for_each_other_in_a_ring(people: list[Customer]) -> None:
    for turn in range(12):
        at_once(
            lambda turn=turn: meet(f"phone {turn}", user(1), ("phone", "", f"+9989011122{turn:02}")),
            lambda turn=turn: meet(f"email {turn}", user(1), ("email", "", f"anvar{turn}@mail.uz")),
        )
    assert Ownership.objects.filter(customer=people[1]).count() == 25
    nothing_is_astray()


def test_merges_undoings_events_and_answers_at_once_leave_nothing_astray(people: list[Customer]) -> None:
    made = merging.merge(people[0], people[1], by=None, reason="same", at=AT)

    def undo() -> None:
        merging.undo(made, by=None, at=AT)

    def refuse(place: int) -> None:
        answer_consent(
            people[place], purpose="marketing", granted=False, proof="x", through="staff", at=datetime.now(UTC)
        )

    at_once(
        undo,
        lambda: merge(people[1], people[2]),
        lambda: meet("a", user(1), ("phone", "", "+998901112233")),
        lambda: meet("b", user(2), ("email", "", "anvar@example.uz")),
        lambda: refuse(2),
        lambda: refuse(1),
    )
    nothing_is_astray()
    for customer in people[1:3]:
        root = root_of([customer.pk])[customer.pk]
        assert not Consent.objects.get(customer=root, purpose="marketing").granted
    project_all()
