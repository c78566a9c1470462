"""Backup and restore of everything a business has: its database, its files, its secret key, as one archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from mijoz.config.embedded import find_binaries

DUMP = "database.dump"
KEPT = ("secret_key", "files", "imports", "demo")  # beside the tables; the lake follows from the log


class BackupFailed(RuntimeError):
    """The archive could not be written or read back; the message says why, and nothing was changed."""


def _database_arguments() -> tuple[list[str], dict[str, str]]:
    described = settings.DATABASES["default"]
    named = {"HOST": "--host", "PORT": "--port", "USER": "--username"}
    arguments = [f"{flag}={described[key]}" for key, flag in named.items() if described.get(key)]
    environment = os.environ | {"PGPASSWORD": described.get("PASSWORD") or ""}
    return [*arguments, f"--dbname={described['NAME']}"], environment


def _run(program: str, *arguments: str) -> None:
    connect, environment = _database_arguments()
    done = subprocess.run(  # noqa: S603
        [str(find_binaries() / program), *connect, *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise BackupFailed(f"{program}: {done.stderr.strip()}")


def write(archive: Path) -> dict[str, Any]:
    """Write everything to `archive` (.tar.gz); it appears under its name only when it is whole."""
    unfinished = archive.with_name(archive.name + ".unfinished")
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
        with tarfile.open(unfinished, "w:gz", compresslevel=1) as tar:
            os.chmod(unfinished, 0o600)
            tar.add(dump, arcname=DUMP)
            for name in KEPT:
                if (path := Path(settings.DATA_DIR) / name).exists():
                    tar.add(path, arcname=f"data/{name}")
    unfinished.replace(archive)
    return {"archive": str(archive), "bytes": archive.stat().st_size}


def read(archive: Path, *, replace: bool) -> dict[str, Any]:
    """Bring back what `write` kept. Refuses to overwrite a business unless `replace` is given.

    Raises BackupFailed.
    """
    from mijoz.business.queries import has_owner

    if has_owner() and not replace:
        raise BackupFailed("There is a business here already. Give --replace to overwrite it with the archive.")
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise BackupFailed(f"{archive} is not a whole backup: {error}") from error
        dump = Path(folder) / DUMP
        if not dump.exists():
            raise BackupFailed(f"{archive} holds no {DUMP}; it is not a backup of Mijoz.")
        connection.close()
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))
        for path in (Path(folder) / "data").glob("*"):
            target = Path(settings.DATA_DIR) / path.name
            if target.is_dir():
                shutil.rmtree(target)
            shutil.move(path, target)
    _start_log_anew()
    return {"archive": str(archive), "restored": True}


def _start_log_anew() -> None:
    """Numbers of transactions mean nothing in another server: reset them, and let the lake be written again."""
    from mijoz.events import lake

    lake.forget()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET written_by = 0 WHERE written_by <> 0")
        cursor.execute("DELETE FROM events_lakestep")
