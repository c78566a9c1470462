"""Imports that are killed, doubled, or run out of disk: in the end there is what would have been there anyhow."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from mijoz.config.testing import database_url
from mijoz.customers.importing import files, run
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.tests.conftest import state
from mijoz.customers.importing.tests.reading import AT, write
from mijoz.customers.importing.tests.shop import save_shop
from mijoz.customers.models import ImportRun
from mijoz.events.models import Event

pytestmark = [pytest.mark.django_db(transaction=True)]

LINES, FEW_LINES = 20_000, 4_000
KILLS = 6
Status = ImportRun.Status


def started(file: Path, data_dir: Path, *options: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": database_url(), "MIJOZ_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "mijoz.customers.importing.tests.bringing_in", str(file), *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def printed(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out


def forget_everything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_event, events_identity, customers_customer, customers_importrun CASCADE")


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return save_shop(tmp_path / "shop.csv", lines=getattr(request, "param", FEW_LINES))


@pytest.fixture
def undisturbed(file: Path) -> dict[str, Any]:
    """What the file comes to when nothing happens to its import."""
    run.import_file(file, at=AT)
    found = state()
    forget_everything()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("file", [LINES], indirect=True)
def test_an_import_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(
    file: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    killed = int(printed(started(file, tmp_path / "data", "--kills", str(KILLS), "--seed", "1")))
    assert killed == KILLS
    assert state() == undisturbed
    done = ImportRun.objects.get()  # whoever took it up went on with the same one
    assert (done.status, done.counts["lines"], "unchanged" in done.counts) == (Status.DONE, LINES, False)


def test_two_imports_of_one_file_at_the_same_moment_bring_it_in_once(
    file: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    both = [started(file, tmp_path / f"data-{number}") for number in (1, 2)]
    for each in both:
        printed(each)
    assert state() == undisturbed
    counted = list(ImportRun.objects.values_list("status", "counts__lines", "counts__unchanged"))
    assert [found[:2] for found in counted] == [(Status.DONE, FEW_LINES)] * 2
    assert sum(unchanged or 0 for _status, _lines, unchanged in counted) == FEW_LINES


def test_an_import_that_was_just_killed_is_taken_up_and_not_begun_a_second_time(
    file: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed process locked is let go of a moment later, when PostgreSQL notices that it is gone."""
    with monkeypatch.context() as patched:
        patched.setattr(run, "execute", lambda *_, **__: True)
        run.import_file(file, at=AT)
    begun = ImportRun.objects.get()
    with psycopg.connect(database_url(), autocommit=True) as killed:
        killed.execute("SELECT pg_advisory_lock(%s)", [run.lock_of(begun)])
        noticing = threading.Timer(1, killed.close)
        noticing.start()
        done = run.import_file(file, at=AT)
        noticing.join()
    assert done.pk == begun.pk
    assert ImportRun.objects.get().status == Status.DONE
    assert state() == undisturbed


def test_two_files_with_the_same_customers_at_the_same_moment_do_not_block_each_other(tmp_path: Path) -> None:
    one = save_shop(tmp_path / "one.csv", lines=2_000, seed=1)
    two = save_shop(tmp_path / "two.csv", lines=2_000, seed=2)
    both = [started(path, tmp_path / "data") for path in (one, two)]
    for each in both:
        printed(each)
    assert Event.objects.count() == 4_000
    assert set(ImportRun.objects.values_list("status", flat=True)) == {Status.DONE}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 256 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("A small disk can only be mounted by root.")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_an_upload_and_keeps_nothing_of_it(small_disk: Path, settings: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.DATA_DIR = small_disk
    with pytest.raises(ImportRefused, match="There is no room left on the server’s disk"):
        files.keep(SimpleUploadedFile("large.csv", b"x" * 500_000))
    assert list(files.folder().iterdir()) == []


def test_a_disk_that_fills_up_ends_the_run_cleanly_and_it_goes_on_later(
    small_disk: Path, settings: Any, tmp_path: Path
) -> None:
    """Every row is broken, so that the file of rejects is what does not fit."""
    path = write(tmp_path, "date,customer,amount\n" + "2026-03-01,7,many\n" * 20_000 + "2026-03-01,7,5\n")
    settings.DATA_DIR = small_disk
    with pytest.raises(ImportRefused, match="There is no room left on the server’s disk"):
        run.import_file(path, at=AT)
    failed = ImportRun.objects.get()
    assert (failed.status, failed.rejects_path) == (Status.FAILED, "")
    assert list(files.folder().iterdir()) == []
    settings.DATA_DIR = tmp_path / "roomy"
    done = run.import_file(path, at=AT)
    assert (done.counts["rejected"], done.counts["purchases"]) == (20_000, 1)
    assert Event.objects.count() == 1


def test_a_full_disk_of_the_database_ends_the_run_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server raises its own error of a full disk."""
    original = run.record

    def full(*arguments: Any, **named: Any) -> Any:
        original(*arguments, **named)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")

    path = write(tmp_path, "date,customer,amount\n2026-03-01,7,5\n")
    monkeypatch.setattr(run, "record", full)
    with pytest.raises(ImportRefused, match="There is no room left on the server’s disk"):
        run.import_file(path, at=AT)
    assert ImportRun.objects.get().status == Status.FAILED
    assert not Event.objects.exists()


def test_a_database_that_goes_away_leaves_the_run_to_be_taken_up_again(
    file: Path, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = run.record
    calls = 0

    def cut_off(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            with psycopg.connect(host=connection.settings_dict["HOST"], user=connection.settings_dict["USER"],
                                 dbname=connection.settings_dict["NAME"]) as other:  # fmt: skip
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
        return original(*arguments, **named)

    monkeypatch.setattr(run, "record", cut_off)
    monkeypatch.setattr(run, "execute", partial(run.execute, chunk_bytes=100_000))
    with pytest.raises(OperationalError):
        run.import_file(file, at=AT)
    connection.close()
    assert ImportRun.objects.get().status == Status.RUNNING
    (left,) = run.unfinished(at=AT)
    assert run.execute(left, at=AT)
    assert state() == undisturbed
