"""Two clients that send until everything is taken, while web server and worker are killed (kill -9) at random moments.

python -m tests.ingest.killing [--events 100000] [--kills 10]
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from typing import Any

import psutil
import psycopg

CUSTOMERS = 500
BATCH = 50
GIVE_UP_SECONDS = 120
# `mijoz start` gives up on a child of its own that stops more than five times a minute, as it should; and granian stops
# when the process that it lets serve dies twice in a few seconds.
MOST_A_MINUTE = 3
RECOUNT = """
    WITH rows AS (
        SELECT o.customer_id, e.* FROM events_event e JOIN customers_ownership o USING (identity_id)
    ), counted AS (
        SELECT customer_id, count(*) FILTER (WHERE type = 'purchase_line') AS lines,
               count(DISTINCT reference) FILTER (WHERE type = 'purchase_line') AS purchases,
               coalesce(sum(amount) FILTER (WHERE type = 'purchase_line'), 0) AS revenue,
               min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM rows GROUP BY customer_id
    )
    SELECT count(*) AS customers,
           count(*) FILTER (
               WHERE (p.purchase_lines, p.purchases, p.revenue, p.first_seen_at, p.last_seen_at)
                     IS DISTINCT FROM (c.lines, c.purchases, c.revenue, c.first_at, c.last_at)
           ) AS wrong
    FROM counted c LEFT JOIN customers_profile p USING (customer_id)
"""


@dataclass
class Sent:
    """What a client knows of what it sent: the ids that were accepted, and how often a call was made anew."""

    accepted: set[str] = field(default_factory=set)
    again: int = 0


def messages(seed: int) -> Iterator[dict[str, Any]]:
    """Purchases, visits and views of some customers, without end."""
    chance = random.Random(seed)
    while True:
        message: dict[str, Any] = {
            "messageId": str(uuid.UUID(int=chance.getrandbits(128))),
            "type": "track",
            "event": "Looked around",
            "userId": f"k-{chance.randrange(CUSTOMERS)}",
        }
        kind = chance.random()
        if kind < 0.5:
            properties = {"reference": f"R{chance.randrange(10**7)}", "amount": chance.randrange(1, 900) * 1000}
            message |= {"event": "purchase_line", "properties": properties | {"currency": "UZS"}}
        elif kind < 0.7:
            message["event"] = "visit"
        yield message


def send(port: int, key: str, *, seed: int, at_least: int, until: Event) -> Sent:
    """Send batches, each again and again until it gets 200: `at_least` so many events, and on `until` told."""
    headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    sent, source = Sent(), messages(seed)
    connection: http.client.HTTPConnection | None = None
    while len(sent.accepted) < at_least or not until.is_set():
        batch = list(islice(source, BATCH))
        body = json.dumps({"batch": batch})
        give_up_at = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < give_up_at:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request("POST", "/v1/batch", body, headers)
                answer = connection.getresponse()
                told = json.loads(answer.read())
                if answer.status == 200:
                    break
            except (OSError, http.client.HTTPException, ValueError):
                if connection is not None:
                    connection.close()
                connection = None
            sent.again += 1
            time.sleep(0.05)
        else:
            raise AssertionError(f"Nobody took a batch for {GIVE_UP_SECONDS} seconds.")
        assert not told["refused"], told["refused"][:3]
        assert told["accepted"] == len(batch)
        sent.accepted |= {message["messageId"] for message in batch}
    return sent


def kill(started: int, *, kills: int, seed: int, over: Event) -> Counter[str]:
    """Kill web server and worker of the `mijoz start` with this number, so often; returns how often which."""
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    moments: dict[str, list[float]] = {"web server": [], "worker": [], "serving process": []}
    while killed.total() < kills and not over.wait(chance.uniform(0.2, 1.5)):
        which = chance.choice(list(moments))
        of_its_kind = ["worker"] if which == "worker" else ["web server", "serving process"]
        recent = [moment for kind in of_its_kind for moment in moments[kind] if moment > time.monotonic() - 60]
        if len(recent) >= MOST_A_MINUTE:
            continue
        with suppress(psutil.Error, StopIteration):
            next(_processes(started, which)).kill()
            killed[which] += 1
            moments[which].append(time.monotonic())
    return killed


def _processes(started: int, which: str) -> Iterator[psutil.Process]:
    """The processes of this kind: granian itself, the one that it lets serve, the worker."""
    for child in psutil.Process(started).children():
        line = child.cmdline()
        if "granian" in line:
            yield from child.children() if which == "serving process" else [child] if which == "web server" else []
        elif which == "worker" and "worker" in line:
            yield child


def send_and_be_killed(
    *, started: int, port: int, key: str, events: int, kills: int
) -> tuple[list[Sent], Counter[str]]:
    """What two clients sent, and how often what was killed meanwhile."""
    enough, over = Event(), Event()

    def kill_enough() -> Counter[str]:
        try:
            return kill(started, kills=kills, seed=3, over=over)
        finally:
            enough.set()

    with ThreadPoolExecutor(3) as pool:
        killing = pool.submit(kill_enough)
        sending = [pool.submit(send, port, key, seed=seed, at_least=events // 2, until=enough) for seed in (1, 2)]
        try:
            sent = [each.result(3000) for each in sending]
        finally:
            over.set()
        return sent, killing.result(60)


def lost_and_doubled(database: psycopg.Connection[Any], sent: list[Sent]) -> tuple[int, int]:
    """How many accepted events have no row, and how many rows there are too many."""
    rows = [row[0] for row in database.execute("SELECT message_id FROM events_event WHERE type <> 'profile_declared'")]
    accepted = set().union(*(each.accepted for each in sent))
    return len(accepted - set(rows)), len(rows) - len(accepted)


def wrong_profiles(database: psycopg.Connection[Any]) -> tuple[int, int]:
    """How many customers there are, and how many of them have a profile that a recount contradicts."""
    row = database.execute(RECOUNT).fetchone()
    assert row is not None
    return row[0], row[1]


def main() -> int:
    from tests.installation import database, own_folder, running, wait_until

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    chosen = parser.parse_args()
    with own_folder() as folder, running(folder) as mijoz, database(folder) as tables:
        key = json.loads(mijoz.command("source", "add", "shop", "--json").stdout)["write_key"]
        began = time.monotonic()
        sent, killed = send_and_be_killed(
            started=mijoz.process.pid,
            port=int(mijoz.address.rpartition(":")[2]),
            key=key,
            events=chosen.events,
            kills=chosen.kills,
        )
        took = time.monotonic() - began
        mijoz.wait_until_ready()
        wait_until(lambda: not tables.execute("SELECT count(*) FROM events_touched").fetchone()[0], seconds=120)  # type: ignore[index]
        lost, doubled = lost_and_doubled(tables, sent)
        customers, wrong = wrong_profiles(tables)
        accepted = sum(len(each.accepted) for each in sent)
    sys.stdout.write(
        f"{accepted:,} events from two clients in {took:.0f} s, {sum(each.again for each in sent)} calls made anew\n"
        f"killed: {', '.join(f'{which} {times}' for which, times in sorted(killed.items()))}\n"
        f"lost {lost}, too many {doubled}; of {customers} profiles {wrong} are wrong\n"
    )
    return int(bool(lost or doubled or wrong))


if __name__ == "__main__":
    sys.exit(main())
