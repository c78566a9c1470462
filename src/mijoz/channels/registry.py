"""Which transport carries which channel."""

from __future__ import annotations

from mijoz.channels.email.transport import SmtpTransport
from mijoz.channels.models import Channel
from mijoz.channels.transport import Transport

_transports: dict[str, Transport] = {Channel.EMAIL: SmtpTransport()}


def register(channel: str, transport: Transport) -> Transport:
    """Let `transport` carry `channel`; returns the one that did so before."""
    before, _transports[channel] = _transports[channel], transport
    return before


def transport(channel: str) -> Transport:
    return _transports[channel]


def channels() -> list[str]:
    return list(_transports)
