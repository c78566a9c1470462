"""Calls of other systems: read by the source's mapping, recorded, and what does not fit kept as it came."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from mijoz.business.queries import business
from mijoz.events import hooks
from mijoz.events.ingest.taking import Judged, write
from mijoz.events.models import Source, Webhook
from mijoz.events.sources import bodies, mapping
from mijoz.events.sources.mapping import Made, Mapping
from mijoz.events.types import ONLY_OURS, EventRefused, IdentityKey, NewEvent

NO_MAPPING = gettext_noop("There is no mapping yet that says what the call means.")
OURS_ALONE = gettext_noop("Events of this kind are written by Mijoz itself.")
KEPT_EVERY = timedelta(seconds=10)  # of a busy till the page shows a call of late, not each


@dataclass(frozen=True, slots=True)
class Received:
    """What a call became: new rows, rows known before, and why something of it did not fit."""

    written: int = 0
    known: int = 0
    repeated: bool = False
    reasons: list[str] = field(default_factory=list)


def receive(
    source: Source, webhook: Webhook, body: bytes, *, content_type: str, call_id: str, at: datetime
) -> Received:
    """Take one call in one transaction; a call of a number that was taken before does nothing.

    Nothing is lost: a call that cannot be read, has no mapping or does not fit lies in quarantine afterwards.
    """
    number = call_id or f"call-{hashlib.sha256(body).hexdigest()[:32]}"
    unreadable = ""
    try:
        told = bodies.read(body, content_type=content_type)
    except bodies.BodyUnreadable as error:
        told, unreadable = bodies.kept(body), str(error)
    with transaction.atomic():
        if call_id and not _is_first(source, call_id):
            return Received(repeated=True)
        _keep(webhook, told, at=at)
        judged = (
            judge_unreadable(told, number, unreadable, at)
            if unreadable
            else judge(source, webhook.mapping, told, call_id=number, at=at)
        )
        written, known = write(source, [judged])
    return Received(written, known, reasons=[row["reason"] for row in judged.to_quarantine])


def judge(source: Source, kept_mapping: Any, told: Any, *, call_id: str, at: datetime) -> Judged:
    """The rows that a call makes; what does not fit stands in `to_quarantine`, the whole call once. Writes nothing."""
    judged = Judged(at)
    if not kept_mapping:
        return judge_unreadable(told, call_id, NO_MAPPING, at)
    read = mapping.read(mapping.load(kept_mapping), told, circumstances(call_id, at))
    troubles = [(trouble.reason, trouble.path or trouble.target) for trouble in read.troubles]
    for made in read.made:
        event = event_of(made, source)
        try:
            check(event)
        except EventRefused as refused:
            troubles.append((str(refused), refused.field))
            continue
        judged.events.append(event)
        if event.identity and (traits := traits_of(made)):
            judged.told.append((event.identity, traits, made.occurred_at))
    judged.accepted = len(judged.events)
    if troubles:
        reason, where = troubles[0]
        judged.to_quarantine.append(_row(told, call_id, reason, where))
    return judged


def judge_unreadable(told: Any, call_id: str, reason: str, at: datetime) -> Judged:
    """The call goes to quarantine whole."""
    return Judged(at, to_quarantine=[_row(told, call_id, reason, "")])


def circumstances(call_id: str, at: datetime) -> mapping.Circumstances:
    ours = business()
    return mapping.Circumstances(call_id, at, ours.zone, ours.currency, hooks.cleaned)


def event_of(made: Made, source: Source) -> NewEvent:
    """The row of the log; it belongs to the strongest way by which the customer is named."""
    ways: list[IdentityKey] = []
    if made.number:
        ways.append(("customer_number", source.name, made.number))
    if made.phone:
        ways.append(("phone", "", hooks.cleaned("phone", made.phone)))
    if made.card:
        ways.append(("card", "", made.card))
    if made.email:
        ways.append(("email", "", hooks.cleaned("email", made.email)))
    payload: dict[str, Any] = {}
    if made.text:
        payload["text"] = made.text
    if made.score is not None:
        payload |= {"kind": "csat", "score": made.score}
    if made.starts_at:
        payload["starts_at"] = made.starts_at.isoformat()
    return NewEvent(
        message_id=made.message_id,
        type=made.type,
        occurred_at=made.occurred_at,
        identity=ways[0] if ways else None,
        also=tuple(ways[1:]),
        reference=made.reference,
        item=made.item,
        quantity=made.quantity,
        amount=made.amount,
        discount=made.discount,
        currency=made.currency,
        branch=made.branch,
        channel=made.channel,
        payload=payload,
    )


def traits_of(made: Made) -> dict[str, str]:
    """What the call tells of the customer, as given."""
    told = {"full_name": made.name, "phone": made.phone, "email": made.email}
    return {name: text for name, text in told.items() if text}


def first_of(kept_mapping: Any) -> Mapping:
    """The mapping that is kept; an empty one when it cannot be read any more."""
    try:
        return mapping.load(kept_mapping)
    except mapping.MappingWrong:
        return Mapping()


def check(event: NewEvent) -> None:
    """Raises EventRefused for an event that no other system may write, or that is not whole."""
    if event.type in ONLY_OURS:
        raise EventRefused(OURS_ALONE, field="type")
    event.check()


def _is_first(source: Source, call_id: str) -> bool:
    """Whether no call of this number was taken; one that is being taken right now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_webhookcall (source_id, call_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [source.pk, call_id],
        )
        return bool(cursor.rowcount)


def _keep(webhook: Webhook, told: Any, *, at: datetime) -> None:
    if webhook.called_at is None or at - webhook.called_at >= KEPT_EVERY:
        Webhook.objects.filter(pk=webhook.pk).update(called_at=at, last_call=told)


def _row(told: Any, call_id: str, reason: str, where: str) -> dict[str, Any]:
    return {"message_id": call_id, "message": told, "reason": reason[:400], "field": where[:200]}
