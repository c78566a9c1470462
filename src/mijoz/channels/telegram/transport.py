"""Messages by a bot: at the pace that Telegram wants, every call with a timeout, every failure says what follows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.fields.json import KT

from mijoz.channels import hooks
from mijoz.channels.models import Channel, ChannelAccount, Message
from mijoz.channels.sealing import SealBroken, unseal
from mijoz.channels.telegram import clicks, trouble
from mijoz.channels.telegram.bot_api import BotApi, NotAnswered, NotAsked, Refused, TokenMalformed
from mijoz.channels.telegram.compose import compose, may_be_button
from mijoz.channels.telegram.trouble import Trouble
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed
from mijoz.customers.models import Ownership, Purpose

KIND = "telegram"  # of an identity
A_SECOND = 25  # messages; Telegram allows about 30
SECONDS_A_CHAT = 1.0
WAITED_FOR_SECONDS = 3  # a shorter wait that Telegram asks for is waited, a longer one lets the account rest
BLOCKED = 403
NO_SUCH_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty", "user is deactivated")
CHATS_REMEMBERED = 1_000

# Of the bot of now, or of the one that was switched off last: what another bot knew of a person is of no use to it.
HAS_ADDRESS = """
    EXISTS (
        SELECT FROM customers_ownership w JOIN events_identity n ON n.id = w.identity_id
        WHERE w.customer_id = c.id AND n.kind = 'telegram' AND w.retired_at IS NULL AND NOT w.is_shared
          AND n.account = (
              SELECT a.settings ->> 'bot_id' FROM channels_channelaccount a
              WHERE a.channel = 'telegram' ORDER BY a.is_active DESC, a.changed_at DESC LIMIT 1
          )
    )
"""


class Pace:
    """Holds back what would come too quickly: for all together, and for each chat."""

    def __init__(self) -> None:
        self._next = 0.0
        self._chats: dict[str, float] = {}

    def wait(self, chat: str) -> None:
        now = time.monotonic()
        begins = max(now, self._next, self._chats.get(chat, 0.0))
        if len(self._chats) >= CHATS_REMEMBERED:
            self._chats = {one: until for one, until in self._chats.items() if until > now}
        self._next = begins + 1 / A_SECOND
        self._chats[chat] = begins + SECONDS_A_CHAT
        time.sleep(begins - now)


class TelegramSession:
    def __init__(self, api: BotApi) -> None:
        self.api = api
        self._pace = Pace()

    def send(self, message: Message, *, address: str, at: datetime) -> str:
        page = ""
        if message.purpose == Purpose.MARKETING:
            page = hooks.own_page(message.customer_id, message.channel, address, at=at)
        page = page if may_be_button(page) else ""
        return self._send(compose(message, page=page, link=clicks.address_for(message)), address)

    def send_trial(self, message: Message, *, address: str, at: datetime) -> str:
        return self._send(compose(message), address)

    def say(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """An answer of the bot in a chat, at the same pace. Raises NotAsked, NotAnswered or Refused."""
        if "chat_id" in parameters:
            self._pace.wait(str(parameters["chat_id"]))
        return self.api.call(method, parameters)

    def _send(self, told: dict[str, Any], chat: str) -> str:
        call = {"chat_id": chat} | told
        try:
            try:
                sent = self.say("sendMessage", call)
            except Refused as refused:
                if refused.retry_after is None or refused.retry_after > WAITED_FOR_SECONDS:
                    raise
                time.sleep(refused.retry_after)
                sent = self.say("sendMessage", call)
        except NotAsked as error:
            raise AccountUnusable(Trouble.AWAY, str(error)) from error
        except NotAnswered as error:
            raise OutcomeUnknown(Trouble.AWAY, str(error)) from error
        except Refused as refused:
            raise _failure(refused) from refused
        return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""


class TelegramTransport:
    is_idempotent = False
    has_address = HAS_ADDRESS

    def addresses(self, customers: set[int]) -> dict[int, str]:
        accounts = ChannelAccount.objects.filter(channel=Channel.TELEGRAM).order_by("-is_active", "-changed_at")
        bot = accounts.annotate(bot=KT("settings__bot_id")).values("bot")[:1]
        known = chats_of(Subquery(bot)).filter(customer__in=customers)
        # Of several the one that was connected last.
        return dict(known.order_by("since", "identity_id").values_list("customer_id", "identity__value"))

    def outcomes(self, account: ChannelAccount) -> frozenset[str]:
        return clicks.outcomes()

    def hears(self, account: ChannelAccount) -> bool:
        return not account.reports_trouble.startswith(Trouble.READ_ELSEWHERE)

    @contextmanager
    def open(self, account: ChannelAccount) -> Iterator[TelegramSession]:
        api = bot_of(account)
        try:
            yield TelegramSession(api)
        finally:
            api.close()

    def explain(self, kind: str, detail: str, settings: Mapping[str, Any]) -> str:
        return trouble.explain(kind, detail, settings)


def chats_of(bot: str | Subquery) -> QuerySet[Ownership]:
    """The chats with this bot that lead to one customer each; what several people use leads to nobody."""
    return Ownership.objects.filter(identity__kind=KIND, identity__account=bot, retired_at=None, is_shared=False)


def bot_of(account: ChannelAccount) -> BotApi:
    """Raises AccountUnusable."""
    try:
        return BotApi(unseal(account.sealed_secret))
    except SealBroken as error:
        raise AccountUnusable(Trouble.SECRET_UNREADABLE) from error
    except TokenMalformed as error:
        raise AccountUnusable(Trouble.TOKEN_REFUSED) from error


def _failure(refused: Refused) -> SendFailed | AccountUnusable:
    """What a refusal of one message says: of the message alone, or of the account."""
    if refused.code == BLOCKED or any(words in refused.said.lower() for words in NO_SUCH_CHAT):
        return SendFailed(str(refused), permanent=True, is_gone=True)
    kind, said = trouble.diagnose(refused)
    if kind != Trouble.REFUSED:
        rest = None if refused.retry_after is None else timedelta(seconds=refused.retry_after)
        return AccountUnusable(kind, said, rest=rest)
    return SendFailed(said, permanent=True)
