"""The log takes each row once, tells who was touched, and refuses what does not fit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.customers.models import Customer, Ownership
from mijoz.events import lake
from mijoz.events.actions import MANY, record
from mijoz.events.models import Event, Identity, Touched
from mijoz.events.types import EventRefused, NewEvent

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def line(number: int, *, customer: str = "7", reference: str = "A1", **fields: object) -> NewEvent:
    given_fields = {
        "message_id": f"{reference}/{number}",
        "type": "purchase_line",
        "identity": ("customer_number", "till", customer) if customer else None,
        "occurred_at": NOON,
        "reference": reference,
        "item": "Osh",
        "quantity": 1.0,
        "amount": Decimal("30000"),
        "currency": "UZS",
    } | fields
    return NewEvent(**given_fields)  # type: ignore[arg-type]


def frame(events: list[NewEvent]) -> pl.DataFrame:
    money = pl.Decimal(18, 4)
    return pl.DataFrame(
        {
            "message_id": [event.message_id for event in events],
            "type": [event.type for event in events],
            "identity_kind": [event.identity[0] if event.identity else "" for event in events],
            "identity_account": [event.identity[1] if event.identity else "" for event in events],
            "identity_value": [event.identity[2] if event.identity else "" for event in events],
            "occurred_at": pl.Series([event.occurred_at for event in events], dtype=pl.Datetime("us", "UTC")),
            "reference": [event.reference for event in events],
            "item": [event.item for event in events],
            "quantity": pl.Series([event.quantity for event in events], dtype=pl.Float64),
            "amount": pl.Series([event.amount for event in events], dtype=money),
            "discount": pl.Series([event.discount for event in events], dtype=money),
            "currency": [event.currency for event in events],
            "branch": [event.branch for event in events],
            "channel": [event.channel for event in events],
            "payload": ["{}" for _event in events],
        }
    )


@pytest.mark.django_db
class TestRecord:
    def test_equal_lines_of_one_purchase_are_two_rows(self) -> None:
        assert record([line(1), line(2)], source="till").written == 2
        assert Event.objects.filter(reference="A1").count() == 2

    def test_a_second_time_changes_nothing(self) -> None:
        record([line(1), line(2)], source="till")
        again = record([line(1), line(2)], source="till")
        assert (again.written, again.known) == (0, 2)
        assert Event.objects.count() == 2

    def test_the_same_number_of_another_source_is_another_row(self) -> None:
        record([line(1)], source="till")
        assert record([line(1)], source="web").written == 1

    def test_nobody_known_stays_anonymous(self) -> None:
        record([line(1, customer="")], source="till")
        assert Event.objects.get().identity is None
        assert not Identity.objects.exists()

    def test_a_new_identity_gets_a_customer_at_once(self) -> None:
        record([line(1, customer="7"), line(2, customer="8")], source="till")
        assert Customer.objects.count() == 2
        assert Ownership.objects.get(identity__value="7").customer.number == "7"

    @pytest.mark.parametrize("number", [2, MANY + 1])
    def test_what_is_new_for_profiles_is_noted_once_for_all_rows(self, number: int) -> None:
        for begin in (0, number):
            record([line(begin + place) for place in range(number)], source="till")
        noted = Touched.objects.values_list("identity_id", "first_event", "last_event").order_by("first_event")
        (_none, first, last), (_nobody, next_first, next_last) = noted
        assert first <= last < next_last
        assert first < next_first
        assert Event.objects.filter(pk__range=(first, last)).count() >= number
        assert Event.objects.filter(Q(pk__range=(first, last)) | Q(pk__range=(next_first, next_last))).count() == (
            2 * number
        )

    @pytest.mark.parametrize("number", [2, MANY + 1])
    def test_what_the_log_knew_is_not_new_for_profiles(self, number: int) -> None:
        rows = [line(place) for place in range(number)]
        record(rows, source="till")
        Touched.objects.all().delete()
        record(rows, source="till")
        assert not Touched.objects.exists()

    def test_bad_payload_is_refused_and_nothing_is_written(self) -> None:
        bad = line(2, type="survey_answered", payload={"kind": "csat", "score": "very"})
        with pytest.raises(EventRefused, match="score") as refusal:
            record([line(1), bad], source="till")
        assert refusal.value.field == "payload.score"
        assert Event.objects.count() == 0

    def test_a_moment_without_zone_is_refused(self) -> None:
        with pytest.raises(EventRefused, match="time zone"):
            record([line(1, occurred_at=datetime(2026, 1, 1))], source="till")

    def test_unknown_types_are_kept(self) -> None:
        record([line(1, type="tour_guided", payload={"guide": "Aziz"})], source="till")
        assert Event.objects.get().payload == {"guide": "Aziz"}

    def test_a_frame_and_a_list_write_the_same_rows(self) -> None:
        events = [
            line(1),
            line(2, customer=""),
            line(3, amount=None, quantity=None, item='say "osh"\nplease, \\N'),
        ]
        record(events, source="as-list")
        record(frame(events), source="as-frame")
        columns = [
            "message_id",
            "type",
            "identity",
            "occurred_at",
            "reference",
            "item",
            "quantity",
            "amount",
            "payload",
        ]
        rows = {
            name: list(Event.objects.filter(source__name=name).order_by("message_id").values_list(*columns))
            for name in ("as-list", "as-frame")
        }
        assert rows["as-list"] == rows["as-frame"]
        assert len(rows["as-list"]) == 3

    def test_the_database_itself_refuses_a_second_row(self) -> None:
        record([line(1)], source="till")
        event = Event.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.create(source=event.source, message_id="A1/1", type="visit", occurred_at=NOON)

    @settings(max_examples=20)
    @given(st.lists(st.lists(st.integers(1, 9), max_size=6), max_size=5))
    def test_any_way_to_cut_a_file_ends_in_the_same_log(self, pieces: list[list[int]]) -> None:
        with transaction.atomic():
            for piece in pieces:
                record([line(number) for number in piece], source="till")
            assert Event.objects.count() == len({number for piece in pieces for number in piece})
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestLake:
    @pytest.fixture(autouse=True)
    def _fresh_lake(self) -> None:
        lake.forget()

    def test_what_was_written_is_in_the_lake_once(self) -> None:
        record([line(1), line(2, customer="")], source="till")
        assert lake.export(at=NOON) == 2
        record([line(3, occurred_at=NOON + timedelta(days=60))], source="till")
        assert lake.export(at=NOON) == 1
        assert lake.export(at=NOON) == 0
        rows = lake.scan().sort("id").collect()
        assert rows["reference"].to_list() == ["A1"] * 3
        assert rows["identity_id"].null_count() == 1
        assert rows["amount"].sum() == Decimal("90000")
        assert {path.parent.name for path in lake.folder().glob("*/*.parquet")} == {
            "month=2026-03",
            "month=2026-04",
        }

    def test_a_row_of_a_transaction_still_open_is_not_passed_over(self) -> None:
        import psycopg
        from django.db import connection

        record([line(1)], source="till")
        lake.export(at=NOON)
        parameters = {
            key: value for key, value in connection.get_connection_params().items() if key in {"host", "user", "dbname"}
        }
        with psycopg.connect(**parameters) as slow:
            slow.execute(
                "INSERT INTO events_event (source_id, message_id, type, occurred_at)"
                " SELECT id, 'slow', 'visit', now() FROM events_source"
            )
            record([line(2)], source="till")  # a later transaction, over sooner
            lake.export(at=NOON)
            slow.commit()
        lake.export(at=NOON)
        assert lake.scan().select(pl.len()).collect().item() == 3

    def test_files_of_a_step_that_was_not_noted_are_replaced(self) -> None:
        record([line(1)], source="till")
        with transaction.atomic():
            lake.export(at=NOON)
            transaction.set_rollback(True)  # the process died before the step was noted
        lake.export(at=NOON)
        assert lake.scan().select(pl.len()).collect().item() == 1

    def test_a_lake_that_was_lost_is_written_anew(self) -> None:
        record([line(1)], source="till")
        lake.export(at=NOON)
        lake.forget()
        lake.export(at=NOON)
        assert lake.scan().select(pl.len()).collect().item() == 1
