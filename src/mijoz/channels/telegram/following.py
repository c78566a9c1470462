"""Following the link of a message: where it leads, and that it was opened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mijoz.channels import hooks
from mijoz.channels.actions import event_of
from mijoz.channels.models import Message
from mijoz.channels.reports.report import CLICKED
from mijoz.channels.telegram.clicks import NowhereToGo, number_in
from mijoz.channels.telegram.compose import link_of
from mijoz.events.actions import record


def follow(token: str, *, at: datetime) -> str:
    """Where the link of the message leads; that it was opened is kept, the first time. Raises NowhereToGo."""
    number = number_in(token)
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=number).first()
        target = link_of(message) if message else ""
        if message is None or not target:
            raise NowhereToGo
        if message.status == Message.Status.SENT and message.clicked_at is None:
            _note(message, at=max(at, message.settled_at or at))
    return target


def target_of(token: str) -> str:
    """As `follow`, for whoever only looks. Raises NowhereToGo."""
    message = Message.objects.filter(pk=number_in(token)).first()
    if message is None or not (target := link_of(message)):
        raise NowhereToGo
    return target


def _note(message: Message, *, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(clicked_at=at)
    record([event_of(message, CLICKED, key=f"message_{CLICKED}/{message.dedupe_key}", at=at)])
    if message.enrolment is not None:
        hooks.settled([hooks.Settled(message.enrolment, message.step, CLICKED, "", at)])
