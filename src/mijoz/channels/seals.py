"""What only we and those who carry a message can know of it."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from mijoz.channels.models import Message


def seal_of(message: Message) -> str:
    """By this, reports prove of which message they speak."""
    return salted_hmac("mijoz.channels.message", message.dedupe_key, algorithm="sha256").hexdigest()[:32]
