"""Which transport carries which channel."""

from __future__ import annotations

from mijoz.channels.email.transport import SmtpTransport
from mijoz.channels.models import Channel
from mijoz.channels.sms.transport import EskizTransport
from mijoz.channels.telegram.transport import TelegramTransport
from mijoz.channels.transport import Transport

_transports: dict[str, Transport] = {
    Channel.EMAIL: SmtpTransport(),
    Channel.SMS: EskizTransport(),
    Channel.TELEGRAM: TelegramTransport(),
}


def register(channel: str, transport: Transport) -> Transport | None:
    """Let `transport` carry `channel`; returns the one that did so before."""
    before, _transports[channel] = _transports.get(channel), transport
    return before


def transport(channel: str) -> Transport:
    return _transports[channel]


def channels() -> list[str]:
    """The channels that could be set up, in their order."""
    return [channel.value for channel in Channel if channel in _transports]


def addresses(channel: str, customers: set[int]) -> dict[int, str]:
    """Where each of these customers is reached by the channel; nobody by one that nothing carries."""
    return _transports[channel].addresses(customers) if channel in _transports else {}


def has_address(channel: str) -> str:
    """SQL of whether the customer `c` has an address of the channel."""
    return _transports[channel].has_address if channel in _transports else "false"
