"""Reading and answering all the time: a thread beside the jobs, since a question to Telegram takes its while.

Of all such threads, on however many machines, one at a time works: it holds a session lock. Where Telegram calls us it
only gives the answers; where it does not, it also asks.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from mijoz.business.locks import held
from mijoz.channels import actions as accounts
from mijoz.channels import queries
from mijoz.channels.models import Channel, ChannelAccount
from mijoz.channels.telegram import actions
from mijoz.channels.telegram.transport import TelegramSession, bot_of
from mijoz.channels.telegram.trouble import Trouble
from mijoz.channels.transport import AccountUnusable
from mijoz.events.listening import Listening

LOCK = 71_003
REST_SECONDS = 0.05
FOR_BOTH = frozenset({Trouble.TOKEN_REFUSED, Trouble.SECRET_UNREADABLE, Trouble.TOO_MANY})  # sending and reading

log = logging.getLogger(__name__)


class Answering(Listening):
    """The thread."""

    def __init__(self) -> None:
        super().__init__(
            self._round,
            name="answering",
            channel=actions.WAKES,
            rest_after=lambda _seconds: REST_SECONDS,
            failed=_warn,
            forgiven=Exception,
        )
        self._session: TelegramSession | None = None
        self._of: tuple[int, str] | None = None

    def stop(self) -> None:
        """As Listening.stop, without waiting until Telegram has something to tell."""
        self.stopping.set()
        if self._session is not None:
            self._session.api.interrupt()
        super().stop()

    def _round(self) -> bool:
        """One round; True when the next is to come at once."""
        account, at = queries.account(Channel.TELEGRAM), timezone.now()
        if account is None or _rests(account, at):
            self._hang_up()
            return False
        with held(LOCK) as is_alone:
            return is_alone and self._serve(account, at=at)

    def _serve(self, account: ChannelAccount, *, at: datetime) -> bool:
        try:
            session = self._session_of(account)
            actions.answer_due(account, session, at=at)
            actions.keep_being_heard(account, session.api)
            if account.settings.get("called_at"):
                return False
            actions.poll(account, session.api, at=at)
            actions.answer_due(account, session, at=timezone.now())
        except AccountUnusable as failure:
            self._hang_up()
            if self.stopping.is_set():
                return False
            _note(account, failure, at=at)
            return False
        actions.clear_silence(account)
        if account.trouble == Trouble.AWAY:  # it is there again: what waits need not rest any longer
            accounts.clear_trouble(account)
        return True

    def _session_of(self, account: ChannelAccount) -> TelegramSession:
        """The open connection, made anew for another token. Raises AccountUnusable."""
        of = (account.pk, account.sealed_secret)
        if self._session is None or self._of != of:
            self._hang_up()
            self._session, self._of = TelegramSession(bot_of(account)), of
        return self._session

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.api.close()
            self._session = None


def _rests(account: ChannelAccount, at: datetime) -> bool:
    """Whether reading would be of no use either; that Telegram was away a moment ago says nothing about now."""
    return account.trouble in FOR_BOTH and account.rests_until is not None and account.rests_until > at


def _note(account: ChannelAccount, failure: AccountUnusable, *, at: datetime) -> None:
    """What concerns sending as well lets the whole account rest."""
    if failure.kind in FOR_BOTH:
        accounts.note_trouble(account, failure, at=at)
    else:
        actions.note_silence(account, failure)


def _warn(error: Exception) -> None:
    log.warning("The bot stumbled (%s); it tries again.", type(error).__name__)
