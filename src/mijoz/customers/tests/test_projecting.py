"""The thread that projects all the time: it hears of rows at once, and comes back when the database went away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection

from mijoz.customers.models import Profile
from mijoz.customers.projecting import Projecting, rest_after
from mijoz.events.actions import record
from mijoz.events.models import Touched
from mijoz.events.types import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("took", "rest"),
    [(0.0, 0.05), (0.02, 0.16), (0.1, 0.6), (0.15, 0.5), (0.2, 0.6), (0.32, 0.96), (9.0, 1.0)],
)
def test_a_row_is_seen_within_a_second_as_long_as_rounds_are_short(took: float, rest: float) -> None:
    assert rest_after(took) == pytest.approx(rest)
    assert took > 0.2 or took + rest + took <= 1
    assert rest == 1 or rest > 2.99 * took


@pytest.fixture
def projecting() -> Iterator[Projecting]:
    thread = Projecting()
    thread.start()
    yield thread
    thread.stop()
    assert not thread._thread.is_alive()


def buy(number: int) -> None:
    event = NewEvent(
        message_id=str(number),
        type="purchase_line",
        identity=("user_id", "shop", str(number % 3)),
        occurred_at=AT,
        amount=Decimal(5),
    )
    record([event], source="shop")


def soon(condition: Callable[[], bool], *, seconds: float = 60) -> bool:
    """Whether it becomes true at all: how soon that is, benchmarks tell."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
    return True


def revenue() -> Decimal:
    return sum(Profile.objects.values_list("revenue", flat=True), Decimal(0))


def test_a_profile_shows_a_row_soon_after_it_was_written(projecting: Projecting) -> None:
    for number in range(1, 11):
        buy(number)
        assert soon(lambda number=number: revenue() == 5 * number), number
    assert not Touched.objects.exists()


def test_it_goes_on_after_its_connection_was_cut(projecting: Projecting) -> None:
    buy(1)
    assert soon(lambda: revenue() == 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    buy(2)
    assert soon(lambda: revenue() == 10)
