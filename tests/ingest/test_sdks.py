"""Public SDKs that nobody here wrote, unchanged, against a running Mijoz."""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client

from mijoz.ui.assets import PROJECT, npm_command
from tests.ingest.conftest import Running
from tests.installation import wait_until

pytestmark = pytest.mark.slow
SENDS = Path(__file__).with_name("sends.mjs")


@contextmanager
def failing_first(target: str, *, times: int) -> Iterator[tuple[str, list[int]]]:
    """An address before `target` that lets calls through, of which it loses the answers to the first ones.

    The caller sees a server that failed; what it sent has been written all the same.
    """
    statuses: list[int] = []

    class Between(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}
            }
            request = urllib.request.Request(target + self.path, body, headers, method="POST")
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, told = answer.status, answer.read()
            if len(statuses) < times:
                status, told = 500, b"{}"
            statuses.append(status)
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", statuses
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def node() -> str:
    """The Node of the development requirements, else the system's."""
    found = npm_command()[0]
    return found if Path(found).name == "node" else "node"


def types_of(shop: Running, like: str) -> Counter[str]:
    rows = shop.all(
        "SELECT e.type FROM events_event e JOIN events_identity i ON i.id = e.identity_id WHERE i.value LIKE %s", like
    )
    return Counter(row[0] for row in rows)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_segment_analytics_python(shop: Running, packed: bool) -> None:
    failures: list[Any] = []
    prefix = "gz" if packed else "py"
    with failing_first(shop.mijoz.address, times=2) as (address, statuses):
        client = Client(
            shop.key, host=address, gzip=packed, on_error=lambda error, items: failures.append(error), upload_size=50
        )
        at = datetime.now(UTC) - timedelta(days=2)
        client.identify(
            f"{prefix}-1", {"firstName": "Дилшод", "email": f"{prefix}@Example.uz"}, anonymous_id=f"{prefix}-a"
        )
        client.page(f"{prefix}-1", name="Prices", properties={"url": "https://salon.example.uz/prices"})
        client.screen(f"{prefix}-1", name="Start")
        client.group(f"{prefix}-1", f"{prefix}-firm", {"name": "Choyxona"})
        client.alias(f"{prefix}-a", f"{prefix}-1")
        products = [{"product_id": "1", "name": "Haircut", "price": 120000, "quantity": 1}] * 2
        order = {"order_id": f"{prefix}-100", "currency": "UZS", "products": products}
        client.track(f"{prefix}-1", "Order Completed", order, timestamp=at)
        for place in range(200):
            client.track(f"{prefix}-{place % 7}", "visit", {"waited_minutes": place % 10}, timestamp=at)
        client.flush()
        client.join()
    assert failures == []
    assert statuses.count(500) == 2
    assert types_of(shop, f"{prefix}-%") == {
        "profile_declared": 1, "page": 1, "screen": 1, "group": 1, "alias": 1, "purchase_line": 2, "visit": 200,
    }  # fmt: skip
    moments = shop.all("SELECT DISTINCT occurred_at FROM events_event WHERE reference = %s", f"{prefix}-100")
    assert all(abs(moment - at) < timedelta(minutes=10) for (moment,) in moments)
    shop.wait_until_projected()
    profile = shop.all(
        "SELECT p.purchases, p.revenue FROM customers_profile p JOIN customers_ownership o USING (customer_id)"
        " JOIN events_identity i ON i.id = o.identity_id WHERE i.value = %s",
        f"{prefix}-1",
    )
    assert profile == [(1, 240000)]


def test_segment_analytics_node(shop: Running) -> None:
    with failing_first(shop.mijoz.address, times=2) as (address, statuses):
        command = [node(), str(SENDS), address, shop.key, "200"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"failures": []}
    assert statuses.count(500) == 2
    assert types_of(shop, "n-%") == {
        "profile_declared": 1, "page": 1, "group": 1, "alias": 1, "purchase_line": 2, "visit": 200,
    }  # fmt: skip
    amounts = shop.all("SELECT item, quantity, amount FROM events_event WHERE reference = 'N-100' ORDER BY item")
    assert amounts == [("Haircut", 1, 120000), ("Shampoo", 2, 90000)]


def test_a_refused_event_is_neither_sent_again_nor_takes_others_with_it(shop: Running) -> None:
    failures: list[Any] = []
    with failing_first(shop.mijoz.address, times=0) as (address, statuses):
        client = Client(shop.key, host=address, on_error=lambda error, items: failures.append(error))
        for place in range(20):
            client.track(f"r-{place}", "visit", {"waited_minutes": -1 if place == 7 else 1})
        client.flush()
        client.join()
    assert failures == []
    assert set(statuses) == {200}
    assert types_of(shop, "r-%") == {"visit": 19}
    kept = shop.all("SELECT reason, field, message->>'userId' FROM events_quarantined WHERE state = 'waiting'")
    assert [row[1:] for row in kept] == [("properties.waited_minutes", "r-7")]


def test_a_wrong_key_is_told_to_the_program_which_gives_up(shop: Running) -> None:
    failures: list[Any] = []
    client = Client("mz_wrong", host=shop.mijoz.address, on_error=lambda error, items: failures.append(error))
    client.track("x-1", "visit")
    client.flush()
    client.join()
    assert len(failures) == 1
    assert "401" in str(failures[0])
    assert not types_of(shop, "x-%")


def test_a_revoked_key_is_refused_within_seconds_by_a_server_that_remembered_it(shop: Running) -> None:
    made = json.loads(shop.mijoz.command("source", "add", "till", "--json").stdout)

    def status() -> int:
        body = json.dumps({"userId": "1", "event": "visit", "writeKey": made["write_key"]}).encode()
        try:
            with urllib.request.urlopen(f"{shop.mijoz.address}/v1/track", body, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert status() == 200
    shop.database.execute(
        "UPDATE events_writekey SET revoked_at = now()"
        " WHERE source_id = (SELECT id FROM events_source WHERE name = 'till')"
    )
    wait_until(lambda: status() == 401)


def test_the_log_of_the_server_shows_no_payload_and_no_key(shop: Running) -> None:
    said = "".join(shop.mijoz.lines)
    assert shop.key not in said
    assert "waited_minutes" not in said
    assert "Aziza" not in said
