"""A Bot API on this machine that keeps what it is asked and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mijoz.channels.telegram import bot_api
from mijoz.config.testing import free_port

TOKEN = "7000000001:AAH-only_for_tests-0123456789abcdefgh"
OTHER_TOKEN = "7000000002:AAH-only_for_tests-0123456789abcdefgh"


@dataclass
class Stub:
    """`answers` has by method what is answered instead, first to first: (status, body), or "hang up" with no answer.

    `updates` wait until they are confirmed by an offset, as Telegram keeps them; with `holds` a question for them waits
    as long as it says.
    """

    port: int
    token: str = TOKEN
    username: str = "choyxona_bot"
    answers: dict[str, list[Any]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    connections: int = 0
    holds: bool = False

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [told for method, told in self.calls if method == "sendMessage"]

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [told for name, told in self.calls if name == method]

    def refuse(self, method: str, code: int, said: str, **parameters: Any) -> None:
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": said}
        if parameters:
            body["parameters"] = parameters
        self.answers.setdefault(method, []).append((code, body))

    def hang_up(self, method: str) -> None:
        self.answers.setdefault(method, []).append("hang up")

    def answer(self, method: str, told: dict[str, Any]) -> Any:
        if method == "getMe":
            return {"id": int(self.token.partition(":")[0]), "is_bot": True, "first_name": "Choyxona",
                    "username": self.username}  # fmt: skip
        if method == "getUpdates":
            if told.get("offset"):
                self.updates = [one for one in self.updates if one["update_id"] >= told["offset"]]
            until = time.monotonic() + told.get("timeout", 0) * self.holds
            while not self.updates and time.monotonic() < until:
                time.sleep(0.02)
            return self.updates[: told.get("limit", 100)]
        if method == "sendMessage":
            return {"message_id": len(self.sent), "chat": {"id": told["chat_id"]}}
        return True


@contextmanager
def stub_server() -> Iterator[Stub]:
    stub = Stub(free_port())

    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            stub.connections += 1

        def do_POST(self) -> None:
            _nothing, bot, method = self.path.split("/")
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.calls.append((method, told))
            stub.moments.append(time.monotonic())
            wanted = stub.answers.get(method) or []
            answer = wanted.pop(0) if wanted else None
            if answer == "hang up":
                self.close_connection = True
                return
            if answer is None and bot != f"bot{stub.token}":
                answer = (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
            status, body = answer or (200, {"ok": True, "result": stub.answer(method, told)})
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", stub.port), Asked)
    server.daemon_threads = True
    before, bot_api.ADDRESS = bot_api.ADDRESS, f"http://127.0.0.1:{stub.port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stub
    finally:
        bot_api.ADDRESS = before
        server.shutdown()
        server.server_close()


def said(number: int, text: str, *, user: int = 501, **more: Any) -> dict[str, Any]:
    """An update: somebody wrote to the bot."""
    sender = {"id": user, "is_bot": False, "first_name": "Vali", "language_code": "uz"} | more.pop("sender", {})
    message = {"message_id": number, "from": sender, "chat": {"id": user, "type": "private"}, "date": 1_774_940_400}
    return {"update_id": number, "message": message | ({"text": text} if text else {}) | more}


def shared(number: int, phone: str, *, user: int = 501, of: int | None = None, **more: Any) -> dict[str, Any]:
    """An update: somebody shared a contact."""
    contact = {"phone_number": phone, "first_name": "Vali", "user_id": of if of is not None else user}
    return said(number, "", user=user, contact=contact | more.pop("contact", {}), **more)


def pressed(number: int, data: str, *, user: int = 501, **sender: Any) -> dict[str, Any]:
    """An update: somebody pressed a button under a message of the bot."""
    who = {"id": user, "is_bot": False, "first_name": "Vali", "language_code": "uz"} | sender
    message = {"message_id": 1, "chat": {"id": user, "type": "private"}, "from": {"id": 7000000001, "is_bot": True}}
    return {"update_id": number, "callback_query": {"id": f"q{number}", "from": who, "data": data, "message": message}}
