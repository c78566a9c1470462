"""`mijoz start`: one process tree of web server, worker and embedded database."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mijoz.config.embedded import EmbeddedServer
from mijoz.config.faults import Fault

GRACE_SECONDS = 15.0
RESTARTS_A_MINUTE = 5
LOOK_EVERY_SECONDS = 0.25
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class AddressUnavailable(OSError):
    """Nobody can listen there; the fault says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def check_address(host: str, port: int) -> None:
    """Raises AddressUnavailable when the web server could not listen there."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressUnavailable(_why_not(error, host, port)) from error


def _why_not(error: OSError, host: str, port: int) -> Fault:
    if error.errno == errno.EADDRINUSE:
        return Fault(
            f"Port {port} is taken by another program.", f"Choose another one: mijoz start --port {port % 65535 + 1}"
        )
    if error.errno == errno.EACCES:
        return Fault(f"Port {port} may be opened by root only.", "Choose one above 1023, and put a proxy before it.")
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return Fault(f"“{host}” is no address of this machine.", "Leave --host away, or give 0.0.0.0 for all of them.")
    return Fault(f"Nobody can listen at {host}, port {port}: {error.strerror or error}.", "Choose others.")


def _die_with_parent() -> None:
    """In the child: when we are killed without a chance to stop it, the child gets SIGTERM (Linux)."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


@dataclass
class Child:
    """A process that is started again when it dies, unless it dies all the time."""

    name: str
    command: list[str]
    environment: dict[str, str]
    started: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.started.append(time.monotonic())
        # Its own session: Ctrl-C reaches only us, and we stop our children in order.
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    @property
    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def start_again(self) -> bool:
        """Start it anew after it died; False when it dies too often to go on."""
        if sum(moment > time.monotonic() - 60 for moment in self.started) >= RESTARTS_A_MINUTE:
            return False
        code = self.process.returncode if self.process else None
        sys.stderr.write(f"mijoz: the {self.name} stopped with code {code}; starting it again.\n")
        self._end_group()
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.is_dead:
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_SECONDS)
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        """Kill what is left of it: the web server's own children outlive a web server that was killed."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def children_of(host: str, port: int) -> list[Child]:
    """The web server and the worker, not started yet."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mijoz.config.settings"}
    # fmt: off
    web = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port), "--workers", "1",
        "--no-ws", "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "10",
        "--log-level", "warning", "mijoz.config.asgi:application",
    ]
    # fmt: on
    return [
        Child("web server", web, environment | {"MIJOZ_WEB_PROCESS": "yes"}),
        Child("worker", [sys.executable, "-m", "mijoz.cli", "worker"], environment),
    ]


@dataclass
class Tree:
    """Everything that runs: the children, and the embedded database when it is ours."""

    children: list[Child]
    database: EmbeddedServer | None
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, *, is_up: Callable[[], bool], when_up: Callable[[], None]) -> int:
        """Run until Ctrl-C or SIGTERM, and say `when_up` once; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        told = False
        try:
            for child in self.children:
                child.start()
            while not self.stopping.wait(LOOK_EVERY_SECONDS):
                if tired := self._mend():
                    sys.stderr.write(f"mijoz: the {tired} keeps stopping; see the messages above.\n")
                    return 1
                if not told and is_up():
                    when_up()
                    told = True
        finally:
            for child in self.children:
                child.ask_to_stop()
            for child in self.children:
                child.wait_until_stopped()
        return 0

    def _mend(self) -> str:
        """Start again what died; returns the name of what dies too often, else ""."""
        if self.database is not None and not self.database.is_alive():
            sys.stderr.write("mijoz: the database stopped; starting it again.\n")
            self.database.revive()
        return next((child.name for child in self.children if child.is_dead and not child.start_again()), "")


def address_of(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    near = {"0.0.0.0": "localhost", "::": "localhost", "": "localhost"}.get(host, host)  # noqa: S104
    return f"http://{f'[{near}]' if ':' in near else near}:{port}"


def leave_on_signals() -> None:
    """Let SIGTERM and a closed terminal end this process by an exception, so that the database is let go of."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))


def embedded_server(folder: Path) -> EmbeddedServer:
    """The embedded server with our database in it, kept running while this process lives."""
    from mijoz.config.embedded import create_database

    server = EmbeddedServer(folder)
    server.hold()
    create_database(folder, "mijoz")
    return server
