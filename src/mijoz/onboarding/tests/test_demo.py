"""A demo business: loaded once, found again, in nobody's way, and removed without a trace."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Branch, Business, Role, StaffMember
from mijoz.config.testing import database_url
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.onboarding import actions, queries

SMALL: dict[str, Any] = {"sector": "salon", "customers": 60, "months": 6, "seed": 3, "effect": 1.0}


def load(**changes: Any) -> actions.DemoResult:
    return actions.load_demo(**SMALL | changes, at=timezone.now())


def digest(*tables: str) -> str:
    """Of everything in these tables, whatever its order."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            digest.update(str(cursor.fetchone()[0]).encode())
    return digest.hexdigest()


@pytest.mark.django_db
def test_a_second_load_changes_nothing() -> None:
    first = load()
    assert first.customers == 60
    assert not first.unchanged
    before = digest(*queries.tables_of_the_demo(), "business_branch", "business_staffmember")
    second = load()
    assert second.unchanged
    assert actions.demo_figures(second) | {"unchanged": False} == actions.demo_figures(first)
    assert digest(*queries.tables_of_the_demo(), "business_branch", "business_staffmember") == before


@pytest.mark.django_db
def test_the_result_agrees_with_the_log_and_with_the_truth_beside_it() -> None:
    result = load()
    assert Customer.objects.count() >= result.customers
    assert Event.objects.filter(source__name="demo").count() == result.events
    lines = Event.objects.filter(type="purchase_line")
    assert lines.count() == result.purchase_lines
    assert lines.values("reference").distinct().count() == result.purchases
    assert float(sum(lines.values_list("amount", flat=True))) == pytest.approx(result.revenue)
    truth = json.loads(Path(result.truth_file).read_text())
    assert truth["parameters"]["seed"] == SMALL["seed"]
    assert Path(result.truth_file).parent == Path(settings.DATA_DIR) / "demo"
    assert len(result.scenarios) == 5
    assert sum(result.segments.values()) > 0


@pytest.mark.django_db(transaction=True)
def test_one_whose_process_was_just_killed_is_taken_up_at_once() -> None:
    """What a killed process locked is let go of a moment later, when PostgreSQL notices that it is gone."""
    with psycopg.connect(database_url(), autocommit=True) as killed:
        killed.execute("SELECT pg_advisory_lock(%s)", [actions.LOADING_LOCK])
        noticing = threading.Timer(1, killed.close)
        noticing.start()
        assert load().customers == 60
        noticing.join()


@pytest.mark.django_db
def test_two_do_not_load_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "KILLED_LETS_GO_WITHIN", timedelta(0))
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [actions.LOADING_LOCK])
        with pytest.raises(actions.DemoRefused, match="at this moment"):
            load()
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_its_history_ends_yesterday() -> None:
    at = timezone.now()  # once: midnight may pass while it is loaded
    last_day = actions.load_demo(**SMALL, at=at).last_day
    assert last_day == at.astimezone(Business.objects.get().zone).date() - timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"seed": 4}, {"sector": "clinic"}, {"until": date(2026, 1, 31)}])
def test_another_demo_is_refused_and_the_sentence_names_the_one_that_is_here(other: dict[str, Any]) -> None:
    load()
    before = digest("events_event", "onboarding_demoload")
    with pytest.raises(actions.DemoRefused, match="--sector salon --customers 60 --months 6 --seed 3"):
        load(**other)
    assert digest("events_event", "onboarding_demoload") == before


@pytest.mark.django_db
def test_it_is_refused_where_other_data_is() -> None:
    write_foreign_row()
    with pytest.raises(actions.DemoRefused, match="empty installation"):
        load()
    assert queries.demo() is None
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_it_is_refused_where_a_business_was_begun() -> None:
    actions.begin(door="empty", at=timezone.now(), name="Choyxona")
    with pytest.raises(actions.DemoRefused, match="empty installation"):
        load()


@pytest.mark.django_db
def test_an_unknown_sector_is_refused_with_those_there_are() -> None:
    with pytest.raises(actions.DemoRefused, match="restaurant, clinic, hotel, repair, salon"):
        load(sector="bank")


@pytest.mark.django_db
def test_one_that_failed_before_anything_was_written_is_in_nobodys_way() -> None:
    with pytest.raises(ValueError, match="customers"):
        load(customers=1)
    assert load().customers == 60


@pytest.mark.django_db(transaction=True)
def test_removing_it_leaves_the_accounts_of_people_and_nothing_else() -> None:
    StaffMember.objects.create_user(email="owner@example.uz", password="long enough 1", role=Role.OWNER)
    result = load()
    assert Branch.objects.exists()
    actions.remove_demo()
    assert queries.is_empty()
    assert not queries.is_started()
    assert not Branch.objects.exists()
    assert list(StaffMember.objects.values_list("email", flat=True)) == ["owner@example.uz"]
    assert not Path(result.truth_file).exists()
    assert not (Path(settings.DATA_DIR) / "lake" / "events").exists()
    with connection.cursor() as cursor:
        for table in queries.tables_of_the_demo():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table
    assert load(sector="repair").customers == 60


@pytest.mark.django_db
def test_removing_it_never_takes_other_data_along() -> None:
    load()
    write_foreign_row()
    with pytest.raises(actions.DemoRefused, match="till-export"):
        actions.remove_demo()
    assert Event.objects.filter(source__name="demo").exists()


@pytest.mark.django_db(transaction=True)
def test_the_owner_removes_it_in_the_page(owner: Client) -> None:
    load()
    assert "cannot be undone" in owner.get("/start/demo/remove").content.decode()
    assert owner.post("/start/demo/remove")["Location"] == "/"
    assert "/start/import" in owner.get("/").content.decode()


def test_a_refused_removal_is_said_in_the_page(owner: Client) -> None:
    load()
    write_foreign_row()
    response = owner.post("/start/demo/remove")
    assert response.status_code == 409
    assert "till-export" in response.content.decode()


def write_foreign_row() -> None:
    event = NewEvent(type="note", occurred_at=timezone.now(), identity=("phone", "", "+998901234567"), message_id="1")
    record([event], source="till-export")
