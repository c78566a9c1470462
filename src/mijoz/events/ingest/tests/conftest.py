"""A source with its key, and a program that sends to it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from mijoz.events.ingest import actions, keys
from mijoz.events.models import Source


@dataclass
class Program:
    """Sends to the ingest API as a program would."""

    source: Source
    key: str
    client: Client

    def post(self, call: str, body: Any, *, key: str | None = None, packed: bool = False, **headers: str) -> Any:
        """The answer to a call; its JSON stands in `told`."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if packed:
            raw, headers = gzip.compress(raw), headers | {"content_encoding": "gzip"}
        headers = {"authorization": basic(self.key if key is None else key)} | headers
        response = self.client.post(
            f"/v1/{call}",
            raw,
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items() if value},
        )
        response.told = json.loads(response.content) if response.content else None  # type: ignore[attr-defined]
        return response

    def batch(self, *messages: dict[str, Any], **more: Any) -> Any:
        return self.post("batch", {"batch": list(messages)} | more)


def basic(key: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    keys.forget()


@pytest.fixture
def program(db: None) -> Program:
    source, key = actions.add_source_with_key("shop")
    return Program(source, key, Client())


Post = Callable[..., Any]
