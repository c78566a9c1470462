"""Following the link of a message: where it leads, and that it was opened."""

from __future__ import annotations

from datetime import datetime

from mijoz.channels.models import Channel, Message
from mijoz.channels.reports.actions import note
from mijoz.channels.reports.report import CLICKED, Report
from mijoz.channels.seals import seal_of
from mijoz.channels.telegram.clicks import NowhereToGo, number_in
from mijoz.channels.telegram.compose import link_of


def follow(token: str, *, at: datetime) -> str:
    """Where the link of the message leads; that it was opened is kept, the first time. Raises NowhereToGo."""
    message, target = _found(token)
    note([Report(CLICKED, seal_of(message), message.pk)], channel=Channel.TELEGRAM, at=at)
    return target


def target_of(token: str) -> str:
    """As `follow`, for whoever only looks. Raises NowhereToGo."""
    _message, target = _found(token)
    return target


def _found(token: str) -> tuple[Message, str]:
    message = Message.objects.filter(pk=number_in(token)).first()
    if message is None or not (target := link_of(message)):
        raise NowhereToGo
    return message, target
