"""Backup and restore of everything a business has: its database, its files, its secret key, as one archive."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from mijoz.config import running, tables
from mijoz.config.embedded import find_binaries

DUMP = "database.dump"
NOTE = "mijoz.json"
KEPT = ("secret_key", "files", "imports", "demo")  # beside the tables; the lake follows from the log
VERSION = version("mijoz")
NOT_AN_ARCHIVE = (tarfile.TarError, EOFError, zlib.error, UnicodeDecodeError)


class BackupFailed(RuntimeError):
    """The archive could not be written or read back; the message says why, and nothing was changed."""


def write(archive: Path, *, at: datetime) -> dict[str, Any]:
    """Write everything to `archive` (.tar.gz); it appears under its name only when it is whole.

    Mijoz may run meanwhile: the database is written as of one moment. Raises BackupFailed.
    """
    if not archive.parent.is_dir():
        raise BackupFailed(f"There is no folder {archive.parent}.")
    unfinished = archive.with_name(archive.name + ".unfinished")
    note = {"mijoz": VERSION, "made_at": at.isoformat(), "migrations": tables.applied()}
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".mijoz-") as folder:
            dump = Path(folder) / DUMP
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            (Path(folder) / NOTE).write_text(json.dumps(note))
            unfinished.touch(mode=0o600)
            with tarfile.open(unfinished, "w:gz", compresslevel=1) as tar:
                for name in (NOTE, DUMP):
                    tar.add(Path(folder) / name, arcname=name)
                for name in KEPT:
                    if (path := Path(settings.DATA_DIR) / name).exists():
                        tar.add(path, arcname=f"data/{name}")
        unfinished.replace(archive)
    except OSError as error:
        raise BackupFailed(f"{archive} could not be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return {"archive": str(archive), "bytes": archive.stat().st_size}


def read(archive: Path, *, replace: bool) -> dict[str, Any]:
    """Bring back what `write` kept, and bring its tables up to this version.

    Refuses while Mijoz runs here, and to overwrite what is here unless `replace` is given. Raises BackupFailed.
    """
    if here := running.find(settings.DATA_DIR):
        raise BackupFailed(f"Mijoz runs at {here.address} (process {here.pid}). Stop it first.")
    if not replace and not _is_untouched():
        raise BackupFailed("There is a business here already. Give --replace to overwrite it with the archive.")
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (*NOT_AN_ARCHIVE, OSError) as error:
            raise BackupFailed(f"{archive} is not a whole backup: {error}") from error
        note = _note_in(Path(folder), archive)
        connection.close()
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            folder + "/" + DUMP,
        )
        for name in KEPT:
            _put_back(Path(folder) / "data" / name, Path(settings.DATA_DIR) / name)
    tables.bring_up_to_date()
    _start_log_anew()
    return {"archive": str(archive), "made_at": note["made_at"], "restored": True}


def _is_untouched() -> bool:
    from mijoz.business.queries import has_owner
    from mijoz.onboarding.queries import demo, is_started

    return not has_owner() and not is_started() and demo() is None


def _note_in(folder: Path, archive: Path) -> dict[str, Any]:
    """What the archive says of itself. Raises BackupFailed when it is none of ours, or of a newer Mijoz."""
    try:
        note: dict[str, Any] = json.loads((folder / NOTE).read_text())
        theirs, made_by = set(note["migrations"]), note["mijoz"]
        if not (folder / DUMP).is_file():
            raise FileNotFoundError(DUMP)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupFailed(f"{archive} is no backup of Mijoz.") from error
    if strange := sorted(theirs - set(tables.on_disk())):
        raise BackupFailed(
            f"{archive} was made by Mijoz {made_by}, which is newer than this one ({VERSION}): "
            f"it has {', '.join(strange[:3])}. Update Mijoz first."
        )
    return note


def _put_back(kept: Path, target: Path) -> None:
    """Put one file or folder in the place of what is there; what the archive does not have goes."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if kept.exists():
        shutil.move(kept, target)


def _run(program: str, *arguments: str) -> None:
    connect, environment = _database_arguments()
    done = subprocess.run(  # noqa: S603
        [str(find_binaries() / program), *connect, *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackupFailed(f"{program} failed, and nothing was changed: {said[0] if said else 'it did not say why'}")


def _database_arguments() -> tuple[list[str], dict[str, str]]:
    described = settings.DATABASES["default"]
    named = {"HOST": "--host", "PORT": "--port", "USER": "--username"}
    arguments = [f"{flag}={described[key]}" for key, flag in named.items() if described.get(key)]
    environment = os.environ | {"PGPASSWORD": described.get("PASSWORD") or ""}
    if "sslmode" in described["OPTIONS"]:
        environment["PGSSLMODE"] = described["OPTIONS"]["sslmode"]
    return [*arguments, f"--dbname={described['NAME']}", "--no-password"], environment


def _start_log_anew() -> None:
    """Numbers of transactions mean nothing in another server: reset them, and let the lake be written again."""
    from mijoz.events import lake

    lake.forget()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET written_by = 0 WHERE written_by <> 0")
        cursor.execute("DELETE FROM events_lakestep")
