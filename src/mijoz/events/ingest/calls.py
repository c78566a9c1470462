"""One call of the ingest API, whoever serves it: from the bytes of a request to the bytes of its answer."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from mijoz.events.ingest import keys
from mijoz.events.ingest.keys import Holder
from mijoz.events.ingest.taking import Judged, judge, moment
from mijoz.events.models import Source
from mijoz.events.sources import origins
from mijoz.events.types import EventRefused

BODY_BYTES = 500 * 1024
PATHS = {f"/v1/{call}": call for call in (*keys.CALLS, "batch")} | {"/v1/import": "batch"}


class CallRefused(Exception):
    """The whole call is refused: the status, and a sentence that says why."""

    def __init__(
        self, status: int, sentence: str, *, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.field = field
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Call:
    """A request: the call by its name in the address, three of its headers, and its body as it came."""

    name: str
    authorization: str
    encoding: str
    origin: str
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A call whose key was good: by whom, and its messages judged, to be written."""

    holder: Holder
    judged: Judged
    is_single: bool


def admit(call: Call) -> Admitted:
    """Unpack the call, look whose key it has, and judge its messages. Writes nothing; raises CallRefused."""
    key = _key_in_header(call.authorization)
    known = _holder(key, call.origin) if key else None  # before a byte of the body is looked at
    unpacked = _unpacked(call)
    body = _parse(unpacked)
    holder = known or _holder(_key_in_body(body), call.origin)
    if not isinstance(body, dict):
        raise CallRefused(400, "The body is a JSON object.")
    is_single = call.name != "batch"
    if is_single:
        if call.name not in holder.calls:
            raise CallRefused(403, f"This write key may not call {call.name}.")
        messages: list[Any] = [{key: value for key, value in body.items() if key != "writeKey"} | {"type": call.name}]
    else:
        found = body.get("batch")
        if not isinstance(found, list):
            raise CallRefused(400, "A batch has its messages in a list named batch.", field="batch")
        messages = found
    try:
        sent_at = None if is_single else moment(body.get("sentAt"))
    except EventRefused as refused:
        raise CallRefused(400, str(refused), field=refused.field) from refused
    judged = judge(
        holder.sender,
        messages,
        received_at=call.received_at,
        sent_at=sent_at,
        calls=holder.calls,
        is_clean=b"\\u0000" not in unpacked,
    )
    return Admitted(holder, judged, is_single)


def answer_to(admitted: Admitted) -> Answer:
    """The answer to a call that was written.

    A batch gets 200 even when some of it was refused: what was refused is kept in quarantine or will never be taken, so
    that sending it again would do no good, and an SDK would send all of it again. A single message that was refused
    gets 400, upon which no SDK sends it again either.
    """
    judged = admitted.judged
    refused = [
        {"index": each.index, "messageId": each.message_id or None, "field": each.field, "reason": each.reason}
        for each in judged.refused
    ]
    is_fine = not (admitted.is_single and refused)
    told = {"success": is_fine, "accepted": judged.accepted, "refused": refused}
    if not is_fine:
        told["error"] = refused[0]["reason"]
    return Answer(200 if is_fine else 400, to_json(told))


def answer_refusing(refused: CallRefused) -> Answer:
    told = {"success": False, "error": str(refused)} | ({"field": refused.field} if refused.field else {})
    return Answer(refused.status, to_json(told), refused.headers)


def _key_in_body(body: Any) -> str:
    if not isinstance(body, dict) or not isinstance(body.get("writeKey"), str):
        raise _no_key("Give the write key as the user of Basic authorisation, or as writeKey in the body.")
    return body["writeKey"]


def _key_in_header(authorization: str) -> str:
    """The user of Basic authorisation, also where it is not a proper one; a bearer token is a key too."""
    scheme, _blank, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise _no_key(
            "The Basic authorisation cannot be read: it is the Base64 of the write key and a colon."
        ) from None


def _holder(key: str, origin: str) -> Holder:
    holder = keys.holder_of(key)
    if holder is None:
        raise _no_key("This write key is unknown or was revoked.")
    if not holder.source.is_open:
        raise CallRefused(403, f"The source “{holder.source.name}” is closed: nothing is taken from it.")
    if origin:
        _check_origin(holder.source, origin[:200])
    return holder


def _check_origin(source: Source, origin: str) -> None:
    """A page sends by the key of a site, from an address of that site; the key of a program is no page's."""
    if source.kind != Source.Kind.SITE:
        raise CallRefused(403, f"The source “{source.name}” is no web site: a key that pages show is for one.")
    if not origins.allows(source.origins, origin):
        raise CallRefused(403, f"Pages of {origin} may not send for the source “{source.name}”.")


def _no_key(sentence: str) -> CallRefused:
    return CallRefused(401, sentence, headers={"WWW-Authenticate": 'Basic realm="write key"'})


def too_large() -> CallRefused:
    return CallRefused(413, f"A call has at most {BODY_BYTES // 1024} KB, unpacked; send smaller batches.")


def _unpacked(call: Call) -> bytes:
    encoding = call.encoding.strip().lower()
    if encoding in {"", "identity"}:
        if len(call.body) > BODY_BYTES:
            raise too_large()
        return call.body
    if encoding not in {"gzip", "x-gzip"}:
        raise CallRefused(415, "Content-Encoding may be gzip, or left away.", headers={"Accept-Encoding": "gzip"})
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacking.decompress(call.body, BODY_BYTES + 1)
    except zlib.error:
        raise CallRefused(400, "The body is not gzip, though Content-Encoding says so.") from None
    if len(body) > BODY_BYTES:
        raise too_large()
    if not unpacking.eof:
        raise CallRefused(400, "The gzip body ends too early.")
    return body


def _parse(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        where = re.search(r" at line \d+ column \d+$", str(error))
        raise CallRefused(400, f"The body is no JSON in UTF-8{where[0] if where else ''}.") from None
