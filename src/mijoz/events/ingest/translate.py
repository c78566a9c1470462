"""From a message of the Segment specification to rows of the log. Pure: asks nobody and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from mijoz.events import hooks
from mijoz.events.ingest import orders
from mijoz.events.ingest.messages import AnyMessage
from mijoz.events.ingest.senders import Sender
from mijoz.events.types import ONLY_OURS, SCHEMAS, TRADE, EventRefused, IdentityKey, NewEvent

# What of the context is kept. Addresses of machines and names of programs say nothing of a person that we need.
KEPT_CONTEXT = frozenset({"app", "campaign", "device", "locale", "os", "page", "referrer", "screen", "timezone"})
TRAITS = {
    "firstName": "first_name",
    "firstname": "first_name",
    "lastName": "last_name",
    "lastname": "last_name",
    "middleName": "patronymic",
    "locale": "language",
    "birthDate": "birthday",
    "birth_date": "birthday",
}
ADDRESS = ("street", "city", "state", "postalCode", "country")
OWN_TYPES = frozenset(SCHEMAS) - ONLY_OURS
Things = dict[str, Any] | None
CONSENT = frozenset({"consent_given", "consent_withdrawn"})


@dataclass(frozen=True, slots=True)
class Translated:
    """The rows of one message, and the traits that it tells of the person they belong to."""

    events: list[NewEvent]
    traits: dict[str, str] = field(default_factory=dict)


def translate(message: AnyMessage, *, sender: Sender, message_id: str, occurred_at: datetime) -> Translated:
    """The rows that this message is in the log. Raises EventRefused with what is wrong and in which field."""
    identity, also = _whose(message, sender)
    if identity is None and not (sender.may_be_nobodys and message.type == "track" and _is_trade(message.event)):
        raise EventRefused("A message says whose it is, by userId or anonymousId.", field="userId")
    common: dict[str, Any] = {"occurred_at": occurred_at, "identity": identity}
    told = _dictionary(message.context, "traits") if message.context else {}
    if message.type == "identify" and message.traits:
        told = told | message.traits
    if told:
        also += _contacts(told)
    if also:
        common["also"] = tuple(dict.fromkeys(other for other in also if other != identity))
    # By the type: asking a pydantic model for its class costs as much as all the rest.
    if message.type == "track":
        given = (message.event, message.properties, kept_of(message.context))
        rows = tracked(*given, common, message_id=message_id, sender=sender)
    elif message.type == "page" or message.type == "screen":
        shown = (message.type, message.name, message.category, message.properties, kept_of(message.context))
        rows = [seen(*shown, common, message_id=message_id)]
    elif message.type == "identify":
        rows = [NewEvent(message_id, "profile_declared", payload={"traits": _named(message.traits or {})}, **common)]
    elif message.type == "group":
        payload = {"group_id": message.groupId, "traits": message.traits or {}}
        rows = [NewEvent(message_id, "group", reference=message.groupId, payload=payload, **common)]
    else:
        rows = [NewEvent(message_id, "alias", payload={"previous_id": message.previousId}, **common)]
    for row in rows:
        check(row)
    return Translated(rows, _texts(told) if told else {})


def _whose(message: AnyMessage, sender: Sender) -> tuple[IdentityKey | None, list[IdentityKey]]:
    """The identity that the rows belong to, and further ones that are the same person's."""
    ways: list[IdentityKey] = []
    if message.userId:
        ways.append(("user_id", sender.name, message.userId))
    if message.anonymousId:
        ways.append(("anonymous_id", sender.name, message.anonymousId))
    if message.type == "alias" and ways:
        # The specification does not say which of the two an earlier id was.
        ways += [(kind, sender.name, message.previousId) for kind in ("anonymous_id", "user_id")]
    return (ways[0], ways[1:]) if ways else (None, [])


def _contacts(told: dict[str, Any]) -> list[IdentityKey]:
    ways = []
    for kind in ("phone", "email"):
        given = told.get(kind)
        if (isinstance(given, str) and given) or type(given) is int:
            value = hooks.cleaned(kind, str(given))
            if value and len(value) <= 400:
                ways.append((kind, "", value))
    return ways


def tracked(
    name: str, properties: Things, kept: Things, common: dict[str, Any], *, message_id: str, sender: Sender
) -> list[NewEvent]:
    """The rows of an event that a program tracked; `kept` is of its context. Raises EventRefused."""
    properties = properties or {}
    if read := _ORDERS.get(name.casefold()):
        return read(properties, common, message_id=message_id, currency=sender.currency)
    if name in ONLY_OURS:
        raise EventRefused(f"Mijoz itself writes {name}; choose another name.", field="event")
    if name in CONSENT and not sender.may_answer_consent:
        raise EventRefused("A public web page may not answer for a person's consent.", field="event")
    payload = _payload(properties, kept)
    if name not in OWN_TYPES:
        return [NewEvent(message_id, name, payload=payload, **common)]
    columns = orders.columns_of(name, payload, currency=sender.currency)
    return [NewEvent(message_id, name, payload=payload, **columns, **common)]


def seen(
    type_: str,
    name: str | None,
    category: str | None,
    properties: Things,
    kept: Things,
    common: dict[str, Any],
    *,
    message_id: str,
) -> NewEvent:
    """The row of a page or screen that somebody looked at."""
    name = name or str((properties or {}).get("title") or "")
    payload = _payload(properties, kept)
    if category:
        payload["category"] = category
    return NewEvent(message_id, type_, item=name[:400], payload=payload, **common)


def check(row: NewEvent) -> None:
    """As NewEvent.check, with the place as the message has it."""
    try:
        row.check()
    except EventRefused as refused:
        raise EventRefused(str(refused), field=refused.field.replace("payload.", "properties.", 1)) from refused


_ORDERS: dict[str, Callable[..., list[NewEvent]]] = {
    "order completed": orders.completed,
    "order refunded": orders.refunded,
}


def _is_trade(name: str) -> bool:
    return name in TRADE or name.casefold() in _ORDERS


def _dictionary(things: dict[str, Any] | None, name: str) -> dict[str, Any]:
    found = things.get(name) if things else None
    return found if isinstance(found, dict) else {}


def _payload(properties: Things, kept: Things) -> dict[str, Any]:
    payload = dict(properties) if properties else {}
    if kept:
        payload.setdefault("context", kept)
    return payload


def kept_of(context: Things) -> Things:
    """What of the context is kept."""
    return {name: value for name, value in context.items() if name in KEPT_CONTEXT and value} if context else None


def _named(traits: dict[str, Any]) -> dict[str, Any]:
    return {TRAITS.get(name, name): value for name, value in traits.items()}


def _texts(told: dict[str, Any]) -> dict[str, str]:
    """Traits by our names, as texts; of the nested ones only the address is one."""
    texts: dict[str, str] = {}
    for name, value in _named(told).items():
        if name == "address" and isinstance(value, dict):
            parts = {part: str(value[part]).strip() for part in ADDRESS if value.get(part)}
            texts["address"] = ", ".join(parts.values())
            if "city" in parts:
                texts["city"] = parts["city"]
        elif isinstance(value, str):
            texts[name] = value.strip()
        elif isinstance(value, bool | int | float):
            texts[name] = to_json(value).decode()
    return {name[:60]: text for name, text in texts.items() if text}
