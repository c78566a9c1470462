"""Requests whose body is too large are refused before they fill the disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

LARGEST_FORM = 10 * 1024 * 1024  # bytes
UPLOAD_PATHS = frozenset({"/imports/new"})


def limited(application: Application) -> Application:
    """The same application; a body over its limit gets 413, or is cut off where its length was not told."""

    async def limited_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await _live(receive, send)
        limit = settings.LARGEST_UPLOAD + LARGEST_FORM if scope["path"] in UPLOAD_PATHS else LARGEST_FORM
        if _told_length(scope) > limit:
            return await _refuse(send, limit)
        return await application(scope, _counting(receive, limit), send)

    return limited_application


async def _live(receive: Receive, send: Send) -> None:
    """Django has nothing to do when the server starts and stops, and says so by an error."""
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})


def _told_length(scope: dict[str, Any]) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


def _counting(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= limit else {"type": "http.disconnect"}

    return counted


async def _refuse(send: Send, limit: int) -> None:
    text = f"This is more than {limit // 1024**2} MB, the most that can be sent here.".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
