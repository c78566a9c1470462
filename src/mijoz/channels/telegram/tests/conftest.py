"""A bot with a stub of Telegram behind it, and customers who can write to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from mijoz.channels.models import ChannelAccount
from mijoz.channels.telegram import actions, transport
from mijoz.channels.telegram.tests.stub import TOKEN, Stub, stub_server
from mijoz.channels.tests.conftest import AT, agreed, business, unsubscribing

__all__ = ["agreed", "business", "unsubscribing"]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def telegram() -> Iterator[Stub]:
    with stub_server() as stub:
        yield stub


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pace, where it is not what is looked at."""
    monkeypatch.setattr(transport, "SECONDS_A_CHAT", 0.0)
    monkeypatch.setattr(transport, "A_SECOND", 10_000)


@pytest.fixture
def bot(business: Any, telegram: Stub, quick: None) -> ChannelAccount:
    """The account of the bot."""
    account = actions.set_up(TOKEN, phone="+998 71 200 00 00", receives_by="polling", at=AT)
    telegram.calls.clear()
    return account
