"""A real installation in a folder of its own, started and stopped as a person would."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LINK = re.compile(r"http://\S+/welcome/\S+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    """This process's environment without any setting of Mijoz, for an installation in `folder`."""
    hidden = ("MIJOZ_", "DJANGO_", "DATABASE_URL")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    return kept | {"MIJOZ_DATA_DIR": str(folder), "MIJOZ_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"} | more


def command(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a `mijoz` command to its end; `more` are settings."""
    return subprocess.run(
        [sys.executable, "-m", "mijoz.cli", *arguments],
        env=environment_of(folder, **more), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def wait_until(condition: Callable[[], Any], *, seconds: float = 30) -> Any:
    """What `condition` returns once it is true; fails after `seconds`."""
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


@dataclass
class Installation:
    """A running `mijoz start`."""

    address: str
    folder: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for_line(self, pattern: re.Pattern[str], *, seconds: float = 60) -> str:
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

    def wait_until_ready(self, *, seconds: float = 90) -> None:
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
        process.wait(60)
        reader.join(10)
    assert process.returncode == 0, "".join(started.lines)
    assert not (folder / "postgres" / "tables" / "postmaster.pid").exists(), "".join(started.lines)
