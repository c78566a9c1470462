"""Pytest plugin: tests keep their files and their server under var/test, apart from a business's own."""

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[3]
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
data_dir = ROOT / "var" / "test" / worker
data_dir.mkdir(parents=True, exist_ok=True)

os.environ["MIJOZ_DATA_DIR"] = str(data_dir)
os.environ["MIJOZ_SECRET_KEY"] = "only-for-tests"  # noqa: S105
os.environ["MIJOZ_LANGUAGE"] = "en"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"  # Playwright runs an event loop in the test's own thread


MOST_WORKERS = 16
PORTS = range(20_000, 32_000)  # below those that the system gives to calls of its own, which would be in the way


def _own_ports() -> Iterator[int]:
    """Ports in some order that no other worker of this run tries."""
    number = int(worker.removeprefix("gw")) if worker != "main" else MOST_WORKERS - 1
    while True:
        yield from random.SystemRandom().sample(PORTS[number % MOST_WORKERS :: MOST_WORKERS], 100)


_ports = _own_ports()


def free_port() -> int:
    """A port at which nobody listens, and nobody else of this run will before it is used."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("There is no end of ports.")


def database_url() -> str:
    """DATABASE_URL of the database of the tests, for a process that a test starts."""
    from django.db import connection

    described = connection.settings_dict
    host = quote(str(described["HOST"]), safe="")
    return f"postgresql:///{described['NAME']}?host={host}&user={described['USER']}"
