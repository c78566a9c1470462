"""The ingest API in OpenAPI 3.1, put together from the models that read its messages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema
from pydantic_core import to_json

from mijoz.events.ingest.calls import BODY_BYTES, PATHS
from mijoz.events.ingest.messages import MESSAGE_BYTES, MODELS

DESCRIPTION = f"""
Takes what programs know of customers, as in the specification of Segment: its SDKs send here unchanged. A write key
says which source sends and which calls it may make; it is the user of Basic authorisation (the password stays empty),
or `writeKey` in the body. A message has at most {MESSAGE_BYTES // 1024} KB, a call {BODY_BYTES // 1024} KB, both
unpacked; `Content-Encoding: gzip` is understood. Of two messages with one `messageId` the first counts, so that
whatever failed may be sent again.
"""
SUMMARIES = {
    "identify": "Tell who somebody is",
    "track": "Tell what somebody did",
    "page": "Tell which page somebody saw",
    "screen": "Tell which screen of an app somebody saw",
    "group": "Tell which company or family somebody belongs to",
    "alias": "Tell that an earlier id is the same person's",
    "batch": "Send many messages at once",
    "import": "Send many messages at once, as batch",
}
REFUSALS = {
    "400": "The body cannot be read, or the message does not fit; then it is kept in quarantine.",
    "401": "There is no write key, or it is unknown or revoked.",
    "403": "The key may not make this call, or its source is closed.",
    "413": "More than a call may have; send smaller batches.",
    "415": "Packed in another way than by gzip.",
    "503": "Not now: send it again later.",
}
TAKEN = {
    "type": "object",
    "title": "Taken",
    "required": ["success", "accepted", "refused"],
    "properties": {
        "success": {"type": "boolean", "description": "Nothing of it should be sent again."},
        "accepted": {"type": "integer", "minimum": 0, "description": "How many messages were taken."},
        "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refused"}},
        "error": {"type": "string"},
    },
}
REFUSED = {
    "type": "object",
    "title": "Refused",
    "required": ["index", "messageId", "field", "reason"],
    "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Its place in the batch, from 0."},
        "messageId": {"type": ["string", "null"]},
        "field": {"type": "string", "description": "Where in the message, such as properties.products.0.price."},
        "reason": {"type": "string"},
    },
}
NOT_TAKEN = {
    "type": "object",
    "title": "NotTaken",
    "required": ["success", "error"],
    "properties": {"success": {"const": False}, "error": {"type": "string"}, "field": {"type": "string"}},
}
WHOSE = [
    {"required": [name], "properties": {name: {"type": ["string", "number"], "minLength": 1}}}
    for name in ("userId", "anonymousId")
]


@cache
def document() -> bytes:
    """The document as JSON."""
    return to_json(
        {
            "openapi": "3.1.0",
            "info": {"title": "Mijoz: ingest API", "version": version("mijoz"), "description": DESCRIPTION.strip()},
            "paths": {address: {"post": _call(address)} for address in PATHS},
            "components": {
                "schemas": _schemas(),
                "securitySchemes": {
                    "writeKey": {"type": "http", "scheme": "basic", "description": "The write key as the user."}
                },
            },
            "security": [{"writeKey": []}],
        }
    )


def _call(address: str) -> dict[str, Any]:
    name = address.rpartition("/")[2]
    model = MODELS[name].__name__ if name in MODELS else "Batch"
    return {
        "operationId": name,
        "summary": SUMMARIES[name],
        "requestBody": {"required": True, "content": _json(model)},
        "responses": {"200": {"description": "Taken.", "content": _json("Taken")}}
        | {
            status: {"description": why, "content": _either() if status == "400" else _json("NotTaken")}
            for status, why in REFUSALS.items()
        },
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _either() -> dict[str, Any]:
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in ("Taken", "NotTaken")]
    return {"application/json": {"schema": {"anyOf": schemas}}}


def _schemas() -> dict[str, Any]:
    _places, found = models_json_schema(
        [(model, "validation") for model in MODELS.values()], ref_template="#/components/schemas/{model}"
    )
    messages: dict[str, Any] = found["$defs"]
    for schema in messages.values():
        schema["anyOf"] = WHOSE
        schema["properties"]["writeKey"] = {"type": "string", "description": "Where there is no header."}
    tagged = [
        {"allOf": [{"$ref": f"#/components/schemas/{model.__name__}"}, {"required": ["type"]}]}
        for model in MODELS.values()
    ]
    other = {"description": "Whatever is none of these is refused by itself; the rest of the batch is taken."}
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {
            "batch": {"type": "array", "items": {"anyOf": [*tagged, other]}},
            "sentAt": {"type": "string", "format": "date-time"},
            "writeKey": {"type": "string", "description": "Where there is no header."},
        },
    }
    return messages | {"Batch": batch, "Taken": TAKEN, "Refused": REFUSED, "NotTaken": NOT_TAKEN}
