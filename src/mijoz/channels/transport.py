"""What every channel must be able to do to carry a message out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from mijoz.channels.models import ChannelAccount, Message


class SendFailed(Exception):
    """The message was certainly not sent; `permanent` says that another try would end the same way, `is_gone` that the
    address does not exist."""

    def __init__(self, detail: str, *, permanent: bool, is_gone: bool = False) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.is_gone = is_gone


class AccountUnusable(Exception):
    """The account itself does not work now (server away, login refused): the message was not sent, no other would be.

    `kind` is the channel's own name of the trouble, `detail` what the provider said; `Transport.explain` makes a
    sentence of both. `rest` is how long the provider asks to be left alone, where it says so.
    """

    def __init__(self, kind: str, detail: str = "", *, rest: timedelta | None = None) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail
        self.rest = rest


class OutcomeUnknown(Exception):
    """The provider had the message but its answer never came: it may or may not have been sent.

    `kind` and `detail` name the trouble of the account that it shows, as those of AccountUnusable.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind = kind
        self.detail = detail


class Session(Protocol):
    """An open connection of an account."""

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        """Give the message to the provider and return the provider's own number of it, or "".

        Raises SendFailed, AccountUnusable or OutcomeUnknown; after the last two the connection is of no use any more.
        """

    def send_trial(self, message: Message, *, address: str, at: datetime) -> str:
        """As `send`, to a member of staff: nothing in it changes anything for a customer."""


class Transport(Protocol):
    """One way of a channel. `is_idempotent`: the provider drops a message that it is given twice by its key.

    `has_address` is SQL of whether `addresses` finds one of the customer `c`, a row of customers_customer.
    """

    is_idempotent: bool
    has_address: str

    def addresses(self, customers: set[int]) -> dict[int, str]:
        """Where each of these customers is reached, by customer id; one statement. Who is missing cannot be."""

    def outcomes(self, account: ChannelAccount) -> frozenset[str]:
        """What can be known of a message beyond that it was sent, of reports.report.KINDS."""

    def hears(self, account: ChannelAccount) -> bool:
        """Whether a no that customers say by this channel reaches us at the moment."""

    def open(self, account: ChannelAccount) -> AbstractContextManager[Session]:
        """Raises AccountUnusable."""

    def explain(self, kind: str, detail: str, settings: Mapping[str, Any]) -> str:
        """What a trouble of the account is and what to do about it, in the reader's language."""
