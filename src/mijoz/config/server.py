"""`mijoz start`: one process tree of web server, worker and embedded database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

GRACE_SECONDS = 15.0
RESTARTS_A_MINUTE = 5


class Child:
    """A process that is started again when it dies, unless it dies all the time."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.started: list[float] = []
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.started.append(time.monotonic())
        # Its own session: Ctrl-C reaches only us, and we stop our children in order.
        self.process = subprocess.Popen(self.command, env=self.environment, start_new_session=True)  # noqa: S603

    def restart_if_dead(self) -> bool:
        """Returns False when the process dies too often to go on."""
        if self.process is None or self.process.poll() is None:
            return True
        recent = [moment for moment in self.started if moment > time.monotonic() - 60]
        if len(recent) >= RESTARTS_A_MINUTE:
            return False
        sys.stderr.write(f"mijoz: the {self.name} stopped with code {self.process.returncode}; starting it again.\n")
        self.start()
        return True

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run(*, host: str, port: int, web_workers: int = 1) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mijoz.config.settings"}
    # fmt: off
    web = Child(
        "web server",
        [
            sys.executable, "-m", "granian", "--interface", "asgi", "--host", host, "--port", str(port),
            "--workers", str(web_workers), "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "10",
            "--log-level", "warning", "mijoz.config.asgi:application",
        ],
        environment | {"MIJOZ_WEB_PROCESS": "yes"},
    )
    # fmt: on
    worker = Child("worker", [sys.executable, "-m", "mijoz.cli", "worker"], environment)
    children = [web, worker]
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    code = 0
    try:
        for child in children:
            child.start()
        while not stopping.wait(0.5):
            tired = [child for child in children if not child.restart_if_dead()]
            if tired:
                sys.stderr.write(f"mijoz: the {tired[0].name} keeps stopping; see the messages above.\n")
                code = 1
                break
    finally:
        for child in children:
            child.stop()
    return code
