"""What the doctor reads from the database, and what a supervisor is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from mijoz.business.models import Role, StaffMember
from mijoz.business.queries import has_owner
from mijoz.config import doctor, faults, running, tables

pytestmark = pytest.mark.django_db


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_tables_of_a_newer_version_are_no_tables_of_ours() -> None:
    assert doctor._tables().fine
    run("INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '0099_wings', now())")
    found = doctor._tables()
    assert not found.fine
    assert found.blocks
    assert "customers.0099_wings" in found.found


def test_tables_that_lack_a_migration_wait_for_it() -> None:
    run("DELETE FROM django_migrations WHERE app = 'onboarding'")
    found = doctor._tables()
    assert not found.fine
    assert "onboarding.0001_initial" in found.found


def test_the_stamp_fits_only_what_this_version_migrated() -> None:
    with connection.cursor() as cursor:
        assert not tables.fit(cursor)
        assert tables.bring_up_to_date()
        assert tables.fit(cursor)
        assert not tables.bring_up_to_date()
        cursor.execute(f"COMMENT ON TABLE {tables.STAMPED} IS 'of another version'")
        assert not tables.fit(cursor)


def test_tables_of_another_build_of_the_same_version_are_refused_with_a_sentence() -> None:
    """All migrations ran, and yet a page would fail at the first column that is not there."""
    assert tables.lacking() == []
    run("ALTER TABLE customers_note RENAME COLUMN text TO words")
    assert tables.lacking() == ["customers_note.text"]
    with pytest.raises(tables.TablesDiffer, match=r"they lack customers_note\.text\. Start that build") as refusal:
        tables.bring_up_to_date()
    found = doctor._tables()
    assert (found.fine, found.blocks) == (False, True)
    assert faults.in_words(refusal.value) == (found.found, found.fix)
    with connection.cursor() as cursor:
        assert not tables.fit(cursor)


@pytest.mark.parametrize("role", [None, Role.MANAGER, Role.OWNER])
@pytest.mark.parametrize("is_active", [True, False])
def test_the_quick_question_for_an_owner_has_the_same_answer(role: str | None, is_active: bool) -> None:
    if role:
        StaffMember.objects.create_user(email="a@example.uz", password="long enough 1", role=role, is_active=is_active)
    with connection.cursor() as cursor:
        assert tables.has_owner(cursor) == has_owner()


def test_a_ledger_that_does_not_add_up_is_found() -> None:
    assert doctor._ledger().fine
    run(
        "INSERT INTO loyalty_programme (key, kind, names, terms, state, number, next_transaction, starts_at) "
        "VALUES ('p', 'points', '{}', '{}', 'live', 1, 0, now())"
    )
    run("INSERT INTO customers_customer (first_name) VALUES ('Aziza')")
    run(
        "INSERT INTO loyalty_account (programme_id, customer_id, kind, balance, owed) "
        "SELECT p.id, c.id, 'customer', 5, 0 FROM loyalty_programme p, customers_customer c"
    )
    found = doctor._ledger()
    assert not found.fine
    assert not found.blocks
    assert "balance" in found.found


def test_jobs_that_failed_are_named() -> None:
    assert doctor._failed_jobs().fine
    run("INSERT INTO procrastinate_jobs (task_name, queue_name, status) VALUES ('a.job', 'default', 'failed')")
    assert doctor._failed_jobs().found == "a.job (1)"


def test_a_running_installation_without_a_worker_is_wrong(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    assert not doctor._worker().blocks
    with running.alone(tmp_path, address="http://127.0.0.1:8123"):
        found = doctor._worker()
        assert not found.fine
        assert found.blocks
        assert "http://127.0.0.1:8123" in found.found
        run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        assert doctor._worker().fine


def test_missing_styles_are_said(settings: Any) -> None:
    settings.STATICFILES_FINDERS = []
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    assert doctor._assets().fix == "Run make setup."


@override_settings(METRICS_TOKEN="")
@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"}, 403),
    ],
)
def test_counts_are_for_this_machine_alone(client: Client, request_of: dict[str, str], status: int) -> None:
    assert client.get("/metrics", **request_of).status_code == status


@override_settings(METRICS_TOKEN="the token")
@pytest.mark.parametrize(("given", "status"), [("Bearer the token", 200), ("Bearer another", 403), ("", 403)])
def test_with_a_token_counts_are_for_who_has_it(client: Client, given: str, status: int) -> None:
    run("DELETE FROM procrastinate_jobs")  # tests that commit leave some behind
    response = client.get("/metrics", headers={"Authorization": given})
    assert response.status_code == status
    assert (b"mijoz_jobs_waiting 0" in response.content) == (status == 200)


def test_it_is_ready_only_with_a_worker(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": True, "migrations": True, "worker": False}
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").content == b"alive\n"
