"""`mijoz doctor` on installations that are broken for real: each fault in words, with its fix."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mijoz.config.embedded import socket_dir
from tests.installation import command, database, own_folder, prepared_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with prepared_folder() as folder, database(folder):
        yield folder


def wrong(folder: Path, **settings: str) -> dict[str, str]:
    """What the doctor finds wrong: subject to found and fix."""
    done = command(folder, "doctor", "--json", **settings)
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if told["fine"] else 1), done.stderr
    return {
        finding["subject"]: f"{finding['found']} {finding['fix']}"
        for finding in told["findings"]
        if finding["blocks"] and not finding["fine"]
    }


def test_a_whole_installation_is_fine(folder: Path) -> None:
    assert wrong(folder) == {}


def test_for_people_it_prints_a_line_each_and_the_fix_below(folder: Path) -> None:
    done = command(folder, "doctor")
    assert done.returncode == 0
    assert "note   Owner: nobody can sign in yet\n       Run mijoz owner-link." in done.stdout


@pytest.mark.parametrize(
    ("settings", "subject", "words"),
    [
        ({"DATABASE_URL": "postgres//nonsense"}, "Settings", "postgresql://user:password@host:5432/name"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}, "Database", "No PostgreSQL answers at 127.0.0.1:1"),
        ({"DATABASE_URL": "postgresql://postgres@/nope?host={socket}"}, "Database", "has no database “nope”"),
        ({"DATABASE_URL": "postgresql://nobody@/mijoz?host={socket}"}, "Database", "knows no user “nobody”"),
        ({"MIJOZ_URL": "crm.example.uz"}, "Settings", "https://crm.example.uz"),
        ({"MIJOZ_SECRET_KEY": "short"}, "Secret key", "at least 32 random characters"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
def test_a_wrong_setting(folder: Path, settings: dict[str, str], subject: str, words: str) -> None:
    filled = {name: value.format(socket=socket_dir(folder / "postgres")) for name, value in settings.items()}
    found = wrong(folder, **filled)
    assert list(found) == [subject]
    assert words in found[subject]


def open_the_key(folder: Path) -> None:
    (folder / "secret_key").chmod(0o644)


def empty_the_key(folder: Path) -> None:
    (folder / "secret_key").write_text("")


def put_a_folder_in_the_place_of_the_key(folder: Path) -> None:
    (folder / "secret_key").unlink()
    (folder / "secret_key").mkdir()


@pytest.mark.parametrize(
    ("spoil", "subject", "words"),
    [
        (open_the_key, "Secret key", "chmod 600"),
        (empty_the_key, "Settings", "is empty. Bring it back from a backup"),
        (put_a_folder_in_the_place_of_the_key, "Settings", "MIJOZ_DATA_DIR"),
    ],
)
def test_a_spoilt_key(folder: Path, spoil: Callable[[Path], None], subject: str, words: str) -> None:
    key = folder / "secret_key"
    kept = key.read_text()
    spoil(folder)
    try:
        found = wrong(folder)
    finally:
        shutil.rmtree(key) if key.is_dir() else key.unlink()
        key.touch(mode=0o600)
        key.write_text(kept)
    assert list(found) == [subject]
    assert words in found[subject]


def test_tables_that_are_not_made_yet() -> None:
    with own_folder() as empty:
        assert "Run mijoz start" in wrong(empty)["Tables"]


def test_a_killed_database_is_started_and_fine(folder: Path) -> None:
    os.kill(int((folder / "postgres/tables/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert wrong(folder) == {}


def test_tables_of_another_postgresql_are_said() -> None:
    with own_folder() as folder:
        tables = folder / "postgres" / "tables"
        tables.mkdir(parents=True)
        tables.chmod(0o700)
        (tables / "PG_VERSION").write_text("9.6\n")
        (tables / "postgresql.conf").write_text("")
        found = wrong(folder)
        assert "was made by another PostgreSQL" in found["Database"]
