"""The ingest API straight at the server: its calls need no session, no language and no page, and there are many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.utils import timezone

from mijoz.events.ingest.calls import BODY_BYTES, PATHS, Answer, Call, CallRefused, answer_refusing, too_large
from mijoz.events.ingest.together import writers

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

# Web pages anywhere may call with a key; no cookie is looked at, so there is nothing to forge.
FROM_ANYWHERE = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = FROM_ANYWHERE | {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
    "Access-Control-Max-Age": "86400",
}


class Gone(Exception):
    """Who called went away before the body was here."""


def ingesting(application: Application) -> Application:
    """The same application, with the calls of the ingest API answered before it."""

    async def ingesting_application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        name = PATHS.get(scope.get("path", "")) if scope["type"] == "http" else None
        if name is None:
            return await application(scope, receive, send)
        try:
            answer = await _answer(name, scope, receive)
        except Gone:
            return None
        await _send(answer, send)

    return ingesting_application


async def _answer(name: str, scope: dict[str, Any], receive: Receive) -> Answer:
    if scope["method"] != "POST":
        return answer_to_method(scope["method"])
    received_at = timezone.now()
    headers = dict(scope["headers"])
    try:
        body = await _body(headers, receive)
    except CallRefused as refused:
        return answer_refusing(refused)
    authorization, encoding, origin = (
        headers.get(header, b"").decode("latin-1") for header in (b"authorization", b"content-encoding", b"origin")
    )
    return await writers().answer(Call(name, authorization, encoding, origin, body, received_at))


def answer_to_method(method: str) -> Answer:
    """The answer to anything but POST."""
    if method == "OPTIONS":
        return Answer(204, b"", dict(PREFLIGHT))
    refused = CallRefused(405, "The calls of the ingest API are made by POST.", headers={"Allow": "POST, OPTIONS"})
    return answer_refusing(refused)


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    told = headers.get(b"content-length", b"")
    if told.isdigit() and int(told) > BODY_BYTES:
        raise too_large()
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > BODY_BYTES:
            raise too_large()
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _send(answer: Answer, send: Send) -> None:
    headers = {"Content-Type": "application/json"} | FROM_ANYWHERE | answer.headers
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
