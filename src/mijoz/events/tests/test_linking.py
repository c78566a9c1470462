"""What the log tells of identities that a source says are one person's, and how large lists are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from mijoz.customers.models import Ownership
from mijoz.events import hooks
from mijoz.events.actions import MANY, record
from mijoz.events.models import Event, Identity, Touched
from mijoz.events.types import NewEvent

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER, PHONE, COOKIE = ("user_id", "shop", "7"), ("phone", "", "+998901112233"), ("anonymous_id", "shop", "c1")


def visit(number: int, **more: object) -> NewEvent:
    told = {"identity": USER, "occurred_at": AT, "payload": {"waited_minutes": 3, "где": 'зал "1"\t\\N'}}
    return NewEvent(message_id=f"{number:04}", type="visit", **told | more)  # type: ignore[arg-type]


@pytest.fixture
def linked() -> Iterator[list[tuple[int, int]]]:
    """The pairs of identities that listeners were told of."""
    pairs: list[tuple[int, int]] = []
    hooks.on_identities_linked(pairs.extend)
    yield pairs
    hooks._on_identities_linked.remove(pairs.extend)


def test_listeners_hear_once_of_each_pair_and_every_identity_has_an_owner(linked: list[tuple[int, int]]) -> None:
    record([visit(1, also=(PHONE, COOKIE)), visit(2, also=(COOKIE, USER)), visit(3)], source="shop")
    numbers = {(row.kind, row.account, row.value): row.pk for row in Identity.objects.all()}
    assert numbers.keys() == {USER, PHONE, COOKIE}
    assert linked == sorted([(numbers[USER], numbers[PHONE]), (numbers[USER], numbers[COOKIE])])
    assert set(Ownership.objects.values_list("identity_id", flat=True)) == set(numbers.values())
    assert {event.identity_id for event in Event.objects.all()} == {numbers[USER]}


def test_a_long_list_is_written_as_a_short_one_would_be() -> None:
    """Rows with every column, with none, and one id twice: by COPY and by the statement they are the same."""
    full = {"reference": "A1", "item": "Soch\tolish\n“klassik”", "quantity": 1.5, "amount": Decimal("12.3456")}
    full |= {"discount": Decimal(1), "currency": "UZS", "branch": "b", "channel": "web"}
    few = [visit(1, **full), visit(2, identity=None, payload={}), replace(visit(3), type="purchase_line"), visit(1)]
    many = few + [visit(number) for number in range(4, MANY)]
    assert record(few, source="short").written == 3
    assert record(many, source="long").written == MANY - 1
    columns = [field.name for field in Event._meta.fields if field.name not in {"id", "source", "received_at"}]
    rows = {
        name: list(Event.objects.filter(source__name=name).order_by("message_id").values_list(*columns)[:3])
        for name in ("short", "long")
    }
    assert rows["short"] == rows["long"]
    spans = Touched.objects.values_list("first_event", "last_event")
    noted = set().union(*(Event.objects.filter(pk__range=span).values_list("pk", flat=True) for span in spans))
    assert noted == set(Event.objects.values_list("pk", flat=True))


def test_a_long_list_of_which_some_is_known_adds_the_rest() -> None:
    record([visit(3), visit(7)], source="shop")
    recording = record([visit(number) for number in range(MANY + 10)], source="shop")
    assert (recording.written, recording.known) == (MANY + 8, 2)
    assert Event.objects.count() == MANY + 10
