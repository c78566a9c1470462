"""A small Eskiz on this machine: it keeps what it is given and fails as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from mijoz.channels.sms import eskiz

Told = tuple[int, Any]


@dataclass
class StubEskiz:
    """`answers` has what it says to a message by its number: a status and a body, "hang up" (it has taken the message
    and says nothing), "drop" (it closes before it has read), or "redirect". `statuses` has the word for a message by
    its number here, "stumbles" for an error of its own, else "DELIVERED" for every one in `delivers_all`."""

    port: int = 0
    user: str = "choyxona@example.uz"
    code: str = "maxfiy-kod"
    answers: dict[str, Any] = field(default_factory=dict)
    login_answer: Told | None = None
    statuses: dict[str, str] = field(default_factory=dict)
    says_of_whom: bool = True
    taken: list[dict[str, str]] = field(default_factory=list)
    abroad: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    logins: int = 0
    connections: int = 0
    token: str = ""

    @property
    def numbers(self) -> list[str]:
        return [fields["mobile_phone"] for fields in self.taken]

    def forget_tokens(self) -> None:
        """As after thirty days."""
        self.token = ""

    def number_of(self, place: int = -1) -> str:
        """Its own number of a message that it took."""
        return f"req-{place % len(self.taken)}"


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked may be dead when the answer comes."""


def _handler(stub: StubEskiz) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out apart; none waits for the other to be acknowledged

        def setup(self) -> None:
            stub.connections += 1
            super().setup()

        def log_message(self, *_told: Any) -> None:
            return

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # whoever asked is gone
                self.close_connection = True
                return None
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
            if self.path == "/api/auth/login":
                return self._login(fields)
            if not self._is_known():
                return None
            wanted = stub.answers.get(fields.get("mobile_phone", ""), None)
            if wanted == "redirect":
                self.send_response(302)
                self.send_header("location", "http://127.0.0.1:1/")
                self.send_header("content-length", "0")
                return self.end_headers()
            if isinstance(wanted, tuple):
                return self._say(*wanted)
            stub.taken.append(fields)
            if self.path.endswith("send-global"):
                stub.abroad.append(fields)
            if wanted == "hang up":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return None
            number = f"req-{len(stub.taken) - 1}"
            return self._say(200, {"id": number, "message": "Waiting for SMS provider", "status": "waiting"})

        def do_GET(self) -> None:
            if not self._is_known():
                return
            number = self.path.rpartition("/")[2]
            stub.asked.append(number)
            place = int(number.removeprefix("req-")) if number.removeprefix("req-").isdigit() else -1
            if not 0 <= place < len(stub.taken):
                return self._say(404, {"message": "not found"})
            if stub.statuses.get(number) == "stumbles":
                return self._say(500, {"message": "Server Error"})
            told = {"id": 4_385_062, "request_id": number, "status": stub.statuses.get(number, "WAITING")}
            if stub.says_of_whom:
                told["to"] = stub.taken[place]["mobile_phone"]
            return self._say(200, {"status": "success", "data": told})

        def _login(self, fields: dict[str, str]) -> None:
            stub.logins += 1
            if stub.login_answer:
                return self._say(*stub.login_answer)
            if (fields.get("email"), fields.get("password")) != (stub.user, stub.code):
                return self._say(401, {"message": "Invalid credentials", "status": "error"})
            stub.token = f"token-{stub.logins}"
            return self._say(200, {"message": "token_generated", "data": {"token": stub.token}, "token_type": "bearer"})

        def _is_known(self) -> bool:
            if stub.token and self.headers.get("authorization") == f"Bearer {stub.token}":
                return True
            self._say(401, {"message": "Expired", "status": "token-expired"})
            return False

        def _say(self, status: int, body: Any) -> None:
            given = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(given)))
            self.end_headers()
            self.wfile.write(given)

    return Handler


@contextmanager
def stub_eskiz() -> Iterator[StubEskiz]:
    """An Eskiz that listens, and to which the gateway goes, until the block ends."""
    stub = StubEskiz()
    server = _Server(("127.0.0.1", 0), _handler(stub))
    server.daemon_threads = True
    stub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    before, eskiz.ADDRESS = eskiz.ADDRESS, f"http://127.0.0.1:{stub.port}/api"
    eskiz._tokens.clear()
    try:
        yield stub
    finally:
        eskiz.ADDRESS = before
        eskiz._tokens.clear()
        server.shutdown()
        server.server_close()
        thread.join()
