"""What every channel must be able to do to carry a message out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from mijoz.channels.models import ChannelAccount, Message


class SendFailed(Exception):
    """The message was certainly not sent; `permanent` says that another try would end the same way."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.permanent = permanent


class AccountUnusable(SendFailed):
    """The account itself does not work now (server away, login refused): no other message would go out either."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, permanent=False)


class OutcomeUnknown(Exception):
    """The provider had the message but its answer never came: it may or may not have been sent."""


class Session(Protocol):
    """An open connection of an account."""

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        """Give the message to the provider and return the provider's own number of it, or "".

        Raises SendFailed, AccountUnusable or OutcomeUnknown.
        """


class Transport(Protocol):
    """One way of a channel. `is_idempotent`: the provider drops a message that it is given twice by its key."""

    is_idempotent: bool

    def addresses(self, customers: set[int]) -> dict[int, str]:
        """Where each of these customers is reached, by customer id; one statement. Who is missing cannot be."""

    def open(self, account: ChannelAccount) -> AbstractContextManager[Session]:
        """Raises AccountUnusable."""
