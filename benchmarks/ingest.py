"""How many events a second come in by HTTP, stored and projected, against a bare COPY of the same rows.

    python benchmarks/ingest.py [--events 200000] [--customers 5000] [--batch 250] [--clients 16] [--plain] [--times 3]

A real `mijoz start` (granian, worker, embedded PostgreSQL with the settings of a real one) takes batches from several
client processes. The clock runs from the first batch until the last one is answered and every profile shows its rows.
The rows are then copied out, the log is emptied, and one COPY brings them back into the same table with its indexes,
keys and checks. Then half that load is sent evenly, and for one batch in ten it is asked when a profile shows it.
Prints the ratio of both speeds and the delay; ends with 1 when the middle ratio is under LEAST or a delay over LONGEST.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import http.client
import importlib
import json
import multiprocessing
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg

LEAST = 0.40  # of the rows a second of the bare COPY
LONGEST = 1.0  # seconds from the answer to the profile, at half the load
TABLES = "events_event, events_touched, events_identity, events_quarantined, customers_customer"
COPIED = importlib.import_module("import").COLUMNS
ITEMS = [f"Service {number} of our house" for number in range(400)]


@dataclass(frozen=True)
class Server:
    process: int
    port: int
    key: str
    database: psycopg.Connection[Any]

    def processor_seconds(self) -> dict[str, float]:
        """What web server, worker and database have used of the processors so far."""
        spent = dict.fromkeys(("web", "worker", "database"), 0.0)
        row = self.database.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        trees = {int(row[0].split()[0]): "database"}
        for child in psutil.Process(self.process).children():
            line = child.cmdline()
            trees[child.pid] = "web" if "granian" in line else "worker" if "worker" in line else "database"
        for number, name in trees.items():
            root = psutil.Process(number)
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.Error):
                    times = process.cpu_times()
                    ended = times.children_user + times.children_system  # of those of its children that ended
                    spent[name] += times.user + times.system + ended
        return spent


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A `mijoz start` in `folder` with one source."""
    from mijoz.config.embedded import socket_dir

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MIJOZ_", "DJANGO_"))}
    environment |= {"MIJOZ_DATA_DIR": str(folder), "MIJOZ_LANGUAGE": "en"}
    mijoz = [sys.executable, "-m", "mijoz.cli"]
    port = random.Random(os.getpid()).randrange(20_000, 60_000)
    process = subprocess.Popen([*mijoz, "start", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 90
        while not _is_ready(port):
            assert time.monotonic() < deadline, "mijoz start did not come up"
            time.sleep(0.2)
        made = subprocess.run(
            [*mijoz, "source", "add", "shop", "--json"], env=environment, capture_output=True, check=True
        )
        key = json.loads(made.stdout)["write_key"]
        with psycopg.connect(
            host=str(socket_dir(folder / "postgres")), user="postgres", dbname="mijoz", autocommit=True
        ) as database:
            yield Server(process.pid, port, key, database)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def batches(*, events: int, customers: int, size: int, packed: bool, seed: int) -> list[bytes]:
    """Bodies as an SDK sends them: page views, own events, purchases and visits of people known and not yet known."""
    chance = random.Random(seed)
    bodies = []
    for begin in range(0, events, size):
        sent_at = datetime.now(UTC).isoformat()
        messages = [_message(chance, customers) for _number in range(min(size, events - begin))]
        body = json.dumps({"batch": messages, "sentAt": sent_at}).encode()
        bodies.append(gzip.compress(body, 6) if packed else body)
    return bodies


def _message(chance: random.Random, customers: int) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(seconds=chance.randrange(30 * 86_400))
    message: dict[str, Any] = {
        "messageId": str(uuid.UUID(int=chance.getrandbits(128))),
        "timestamp": moment.isoformat(),
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "integrations": {},
    }
    number = chance.randrange(customers)
    message["userId" if number % 4 else "anonymousId"] = f"user-{number}"
    item = chance.choice(ITEMS)
    kind = chance.random()
    if kind < 0.4:
        address = f"https://salon.example.uz/services/{chance.randrange(400)}"
        message |= {"type": "page", "name": item, "properties": {"url": address, "title": item, "referrer": ""}}
    elif kind < 0.6:
        properties: dict[str, Any] = {"product_id": f"S-{chance.randrange(400)}", "name": item, "price": 120000}
        message |= {"type": "track", "event": "Product Viewed", "properties": properties}
    elif kind < 0.9:
        properties = {"reference": f"R-{chance.randrange(10**9)}", "item": item, "quantity": 1, "unit_price": 120000}
        message |= {"type": "track", "event": "purchase_line", "properties": properties | {"currency": "UZS"}}
    else:
        message |= {"type": "track", "event": "visit", "properties": {"waited_minutes": 4, "branch": "centre"}}
    return message


def send(port: int, key: str, packed: bool, bodies: list[bytes], every_seconds: float, results: Any) -> None:
    """One client: sends its bodies one after the other, or one each `every_seconds`, each until it is taken."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    headers |= {"Content-Type": "application/json"} | ({"Content-Encoding": "gzip"} if packed else {})
    accepted, began = 0, time.perf_counter()
    for number, body in enumerate(bodies):
        if every_seconds:
            time.sleep(max(0.0, began + number * every_seconds - time.perf_counter()))
        while True:
            connection.request("POST", "/v1/batch", body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status == 200:
                break
            assert answer.status == 503, (answer.status, told)
            time.sleep(0.05)
        assert not told["refused"], told["refused"][:3]
        accepted += told["accepted"]
    results.put(accepted)


def send_all(server: Server, bodies: list[bytes], *, clients: int, packed: bool, seconds: float = 0.0) -> int:
    """Send the bodies from several processes, as fast as they are taken or evenly over `seconds`."""
    results: Any = multiprocessing.Queue()
    shares = [bodies[number::clients] for number in range(clients)]
    processes = [
        multiprocessing.Process(
            target=send,
            args=(server.port, server.key, packed, share, seconds / len(share) if seconds else 0.0, results),
        )
        for share in shares
    ]
    for process in processes:
        process.start()
    accepted = sum(results.get(timeout=600) for _process in processes)
    for process in processes:
        process.join()
    return int(accepted)


def wait_until_projected(server: Server) -> None:
    """Until no row waits for its projection, and none is being projected."""
    while True:
        row = server.database.execute(
            "SELECT EXISTS (SELECT FROM events_touched)"
            " OR EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid())"
        ).fetchone()
        if row is not None and not row[0]:
            return
        time.sleep(0.01)


def empty(server: Server) -> None:
    server.database.execute(f"TRUNCATE {TABLES} CASCADE")
    server.database.execute("CHECKPOINT")


def bare_copy(server: Server, folder: Path) -> tuple[float, float]:
    """Seconds of one COPY of the log's rows into the emptied log, and those that a processor of the database worked."""
    lines = folder / "rows.csv"
    with lines.open("wb") as file, server.database.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT {COPIED} FROM events_event ORDER BY id) TO STDOUT (FORMAT csv)") as copy:
            for block in copy:
                file.write(block)
        cursor.execute("TRUNCATE events_event")
        cursor.execute("CHECKPOINT")
    before = server.processor_seconds()["database"]
    started = time.perf_counter()
    command = f"COPY events_event ({COPIED}) FROM STDIN (FORMAT csv)"
    with lines.open("rb") as file, server.database.cursor() as cursor, cursor.copy(command) as copy:
        while block := file.read(1024 * 1024):
            copy.write(block)
    took = time.perf_counter() - started
    return took, server.processor_seconds()["database"] - before


def check(server: Server, events: int) -> None:
    """Every event is there once, and the profiles say what a recount says."""
    counted = server.database.execute(
        "SELECT count(*), count(DISTINCT message_id), (SELECT sum(purchase_lines) FROM customers_profile),"
        " count(*) FILTER (WHERE type = 'purchase_line'), (SELECT sum(revenue) FROM customers_profile),"
        " sum(amount) FILTER (WHERE type = 'purchase_line') FROM events_event"
    ).fetchone()
    assert counted is not None
    rows, distinct, profiled, bought, revenue, paid = counted
    assert rows == distinct == events, (rows, distinct, events)
    assert (profiled, revenue) == (bought, paid), counted


def delays(server: Server, bodies: list[bytes], *, clients: int, packed: bool, seconds: float) -> list[float]:
    """How long after its answer each of several purchases shows in its profile, while the bodies are sent evenly."""
    sender = multiprocessing.Process(
        target=_send_evenly, args=(server.port, server.key, bodies, clients, packed, seconds)
    )
    found: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": "Basic " + base64.b64encode(f"{server.key}:".encode()).decode()}
    sender.start()
    number = 0
    while sender.is_alive():
        number += 1
        properties = {"reference": f"probe-{number}", "item": "Probe", "amount": 1, "currency": "UZS"}
        probe = {"type": "track", "event": "purchase_line", "userId": "user-1", "properties": properties}
        before = _purchases(server)
        connection.request("POST", "/v1/batch", json.dumps({"batch": [probe]}), headers)
        answer = connection.getresponse()
        answer.read()
        answered = time.perf_counter()
        while _purchases(server) <= before and time.perf_counter() < answered + 30:
            time.sleep(0.005)
        found.append(time.perf_counter() - answered)
        time.sleep(0.1)
    sender.join()
    return found


def _send_evenly(port: int, key: str, bodies: list[bytes], clients: int, packed: bool, seconds: float) -> None:
    server: Any = argparse.Namespace(port=port, key=key)
    send_all(server, bodies, clients=clients, packed=packed, seconds=seconds)


def _purchases(server: Server) -> int:
    row = server.database.execute(
        "SELECT p.purchases FROM events_identity i JOIN customers_ownership o ON o.identity_id = i.id"
        " JOIN customers_profile p USING (customer_id) WHERE i.value = 'user-1' AND i.kind = 'user_id'"
    ).fetchone()
    return row[0] if row else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--plain", action="store_true", help="without gzip")
    chosen = parser.parse_args()
    how = {"customers": chosen.customers, "size": chosen.batch, "packed": not chosen.plain}
    ratios, speeds = [], []
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as name, running(Path(name)) as server:
        print(
            f"{'':4} {'answered s':>11} {'projected s':>12} {'events/s':>10} {'COPY rows/s':>12} {'ratio':>7}", end=""
        )
        print("   processor µs an event: web, worker, database, COPY")
        for number in range(1, chosen.times + 1):
            bodies = batches(events=chosen.events, seed=number, **how)
            empty(server)
            before = server.processor_seconds()
            started = time.perf_counter()
            accepted = send_all(server, bodies, clients=chosen.clients, packed=not chosen.plain)
            answered = time.perf_counter() - started
            wait_until_projected(server)
            projected = time.perf_counter() - started
            after = server.processor_seconds()
            check(server, accepted)
            copied, copying = bare_copy(server, Path(name))
            spent = [(after[part] - before[part]) * 1e6 / accepted for part in after] + [copying * 1e6 / accepted]
            ratios.append(copied / projected)
            speeds.append(accepted / projected)
            print(
                f"{number:<4} {answered:11.2f} {projected:12.2f} {speeds[-1]:10,.0f} {accepted / copied:12,.0f} "
                f"{ratios[-1]:7.2f}   {', '.join(f'{microseconds:.0f}' for microseconds in spent)}",
                flush=True,
            )
        ratio, speed = statistics.median(ratios), statistics.median(speeds)
        empty(server)
        seconds = 20.0
        bodies = batches(events=int(speed / 2 * seconds), seed=99, **how)
        found = sorted(delays(server, bodies, clients=chosen.clients, packed=not chosen.plain, seconds=seconds))
        wait_until_projected(server)
    middle, worst = statistics.median(found), found[-1]
    print(f"{ratio:.2f} of the rows a second of a bare COPY (at least {LEAST})")
    print(
        f"at {speed / 2:,.0f} events/s a profile shows a purchase {middle:.2f} s after its answer, "
        f"{worst:.2f} s at worst of {len(found)} (at most {LONGEST})"
    )
    return int(ratio < LEAST or worst > LONGEST)


if __name__ == "__main__":
    sys.exit(main())
