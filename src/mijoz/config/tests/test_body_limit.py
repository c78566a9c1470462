"""A request with too large a body is refused before any of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from mijoz.config.body_limit import LARGEST_FORM, limited

MEGABYTE = 1024**2


def answers(path: str, parts: Iterable[int], *, told: int | None = None) -> list[Mapping[str, Any]]:
    """What is sent back for a body of parts of so many bytes."""
    sent: list[Mapping[str, Any]] = []
    bodies = iter([{"type": "http.request", "body": b"x" * size, "more_body": True} for size in parts])

    async def receive() -> Mapping[str, Any]:
        return next(bodies, {"type": "http.request", "body": b"", "more_body": False})

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    async def application(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                await send({"type": "http.response.start", "status": 200})
                return

    headers = [(b"content-length", str(told).encode())] if told is not None else []
    asyncio.run(limited(application)({"type": "http", "path": path, "headers": headers}, receive, send))
    return sent


@pytest.fixture(autouse=True)
def small_uploads(settings: Any) -> None:
    settings.LARGEST_UPLOAD = 20 * MEGABYTE


def test_what_fits_is_let_through() -> None:
    assert answers("/customers/", [MEGABYTE] * 3)[0]["status"] == 200
    assert answers("/imports/new", [MEGABYTE] * 15, told=15 * MEGABYTE)[0]["status"] == 200


def test_a_length_that_is_too_large_is_refused_at_once() -> None:
    refused = answers("/customers/", [], told=LARGEST_FORM + 1)
    assert refused[0]["status"] == 413
    assert b"more than 10 MB" in refused[1]["body"]
    assert answers("/imports/new", [], told=31 * MEGABYTE)[0]["status"] == 413


def test_a_body_without_a_length_is_cut_off() -> None:
    assert answers("/customers/", [MEGABYTE] * 11) == []
    assert answers("/imports/new", [MEGABYTE] * 31) == []


def test_the_server_may_start_and_stop() -> None:
    sent: list[str] = []

    async def receive() -> Mapping[str, Any]:
        return {"type": "lifespan"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message["type"])

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("Django knows no lifespan")

    asyncio.run(limited(application)({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
