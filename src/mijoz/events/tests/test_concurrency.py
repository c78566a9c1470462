"""Several writers at once: each row once, each identity once, and the lake passes over nobody's rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
import pytest
from django.db import connection, transaction

from mijoz.customers.models import Customer, Ownership
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.events.models import Event, Identity, Touched
from mijoz.events.tests.test_log import frame
from mijoz.events.types import NewEvent

Result = TypeVar("Result")

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE_SECONDS = 300
# Writers of their own see committed rows only, and their rows are not undone by a rollback of ours.
pytestmark = pytest.mark.django_db(transaction=True)


def bought(number: int, *, customer: int) -> NewEvent:
    return NewEvent(
        message_id=f"{number:05}",
        type="purchase_line",
        identity=("customer_number", "till", str(customer)),
        occurred_at=AT,
        reference=f"A{number}",
        amount=Decimal(1),
    )


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """Each act in a thread with a connection of its own, all let go at the same moment."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE_SECONDS)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(PATIENCE_SECONDS) for future in [pool.submit(run, act) for act in acts]]


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], psycopg.Connection[Any]]]:
    """elsewhere("postgres") opens a session in another database, elsewhere("") in ours."""
    given = connection.get_connection_params()
    opened: list[psycopg.Connection[Any]] = []

    def session(database: str) -> psycopg.Connection[Any]:
        names = {"host", "port", "user", "password"} & given.keys()
        parameters = {name: given[name] for name in names} | {"dbname": database or given["dbname"]}
        opened.append(psycopg.connect(**parameters))
        return opened[-1]

    yield session
    for each in opened:
        each.close()


@pytest.mark.parametrize("as_frame", [False, True], ids=["list", "frame"])
def test_writers_of_the_same_rows_in_any_order_write_each_once(as_frame: bool) -> None:
    rounds, size, customers = 8, 2000, 40  # after the first round the customers are known: nobody waits for them
    for place in range(rounds):
        events = [bought(place * size + number, customer=number % customers) for number in range(size)]
        orders = (events, events[::-1], events[size // 2 :] + events[: size // 2])
        given = [frame(rows) if as_frame else rows for rows in orders]
        written = at_once(*(lambda rows=rows: record(rows, source="till") for rows in given))
        assert sum(recording.written for recording in written) == size
        assert all(recording.written + recording.known == size for recording in written)
    assert Event.objects.count() == rounds * size
    assert Identity.objects.count() == Ownership.objects.count() == Customer.objects.count() == customers
    assert not Event.objects.filter(identity=None).exists()


def test_a_new_customer_whom_two_writers_meet_is_one_customer() -> None:
    for place in range(20):
        at_once(
            lambda place=place: record([bought(place * 2, customer=place)], source="till"),
            lambda place=place: record([bought(place * 2 + 1, customer=place)], source="till"),
        )
    assert (Event.objects.count(), Customer.objects.count()) == (40, 20)
    spans = Touched.objects.values_list("first_event", "last_event")
    noted = set().union(*(Event.objects.filter(pk__range=span).values_list("pk", flat=True) for span in spans))
    assert noted == set(Event.objects.values_list("pk", flat=True))


def test_what_a_writer_takes_back_another_one_writes() -> None:
    def take_back() -> None:
        with transaction.atomic():
            record([bought(1, customer=1)], source="till")
            transaction.set_rollback(True)

    for _round in range(10):
        at_once(take_back, lambda: record([bought(1, customer=1)], source="till"))
        assert Event.objects.count() == Ownership.objects.count() == 1


def test_the_lake_gets_every_row_of_every_writer_once() -> None:
    lake.forget()
    writers, rounds = 4, 30
    over = threading.Event()

    def write(writer: int) -> int:
        for number in range(rounds):
            with transaction.atomic():
                record([bought(writer * rounds + number, customer=writer)], source="till")
                if number % 5 == 4:
                    transaction.set_rollback(True)
        return 0

    def export() -> int:
        rows = 0
        while not over.is_set():
            rows += lake.export(at=AT)
        return rows

    record([bought(99_999, customer=1)], source="till")
    with ThreadPoolExecutor(1) as pool:
        exporting = pool.submit(lambda: at_once(export)[0])
        try:
            at_once(*(lambda writer=writer: write(writer) for writer in range(writers)))
        finally:
            over.set()
        exporting.result(PATIENCE_SECONDS)
    lake.export(at=AT)
    exported = lake.scan().select("id").collect()["id"]
    assert sorted(exported) == sorted(Event.objects.values_list("pk", flat=True))
    assert len(exported) == writers * rounds * 4 // 5 + 1


def test_open_transactions_of_other_databases_hold_nothing_back(elsewhere: Any) -> None:
    lake.forget()
    record([bought(0, customer=1)], source="till")
    with elsewhere("postgres") as foreign:
        foreign.execute("SELECT pg_current_xact_id()")
        record([bought(1, customer=1)], source="till")
        assert lake.export(at=AT) == 2
    with elsewhere("") as ours:
        ours.execute("SELECT pg_current_xact_id()")
        record([bought(2, customer=1)], source="till")
        assert lake.export(at=AT) == 0
    assert lake.export(at=AT) == 1


def test_transactions_of_other_databases_that_come_and_go_hold_nothing_back(elsewhere: Any) -> None:
    lake.forget()
    over = threading.Event()
    short = "PERFORM pg_current_xact_id(); PERFORM pg_sleep(0.003); COMMIT;"

    def come_and_go(session: psycopg.Connection[Any]) -> None:
        session.autocommit = True
        while not over.is_set():
            session.execute(f"DO $$BEGIN FOR i IN 1..50 LOOP {short} END LOOP; END$$")

    sessions = [elsewhere("postgres") for _place in range(8)]
    with ThreadPoolExecutor(len(sessions)) as pool:
        running = [pool.submit(come_and_go, session) for session in sessions]
        try:
            for number in range(100):
                record([bought(number, customer=1)], source="till")
                assert lake.export(at=AT) == 1
        finally:
            over.set()
        for future in running:
            future.result(PATIENCE_SECONDS)
