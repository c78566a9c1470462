"""What the bot adds to the page of a customer and to their own page: whether a chat is connected, and a link for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest

from mijoz.business.requests import StaffRequest
from mijoz.channels import queries
from mijoz.channels.models import Channel
from mijoz.channels.telegram import links
from mijoz.channels.telegram.settings import TelegramSettings
from mijoz.channels.telegram.transport import chats_of
from mijoz.customers.models import Customer, Ownership, Purpose
from mijoz.customers.roles import DESCRIBERS


def bot_in_use() -> TelegramSettings | None:
    """The bot of now; None when none is switched on."""
    account = queries.account(Channel.TELEGRAM)
    return TelegramSettings.model_validate(account.settings) if account else None


def chat_of(customer: Customer, bot: TelegramSettings) -> Ownership | None:
    """The chat by which the customer is reached, the one that was connected last."""
    chats = chats_of(bot.account).select_related("identity").filter(customer=customer)
    return chats.order_by("since", "identity_id").last()


def connected(bot: TelegramSettings) -> int:
    """How many customers have connected a chat with the bot."""
    return chats_of(bot.account).values("customer").distinct().count()


def panel(customer: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """Whether the customer is reached by the bot, and for who may invite them the way to do so."""
    bot = bot_in_use()
    if bot is None:
        return None
    chat = chat_of(customer, bot)
    return {
        "bot": bot,
        "since": (chat.proved_at or chat.since) if chat else None,
        "offers": queries.latest_answers([customer.pk]).consent(customer.pk, Purpose.MARKETING, Channel.TELEGRAM)
        if chat
        else None,
        "is_blocked": bool(chat and queries.unusable([chat.identity.value], Channel.TELEGRAM)),
        "may_invite": cast(StaffRequest, request).staff.role in DESCRIBERS and customer.erased_at is None,
    }


def own_link(customer: Customer, *, at: datetime) -> str:
    """The link by which a customer connects their chat from their own page; "" when they have, or there is no bot."""
    bot = bot_in_use()
    if bot is None or chat_of(customer, bot) is not None:
        return ""
    return link_for(customer, bot, at=at)


def link_for(customer: Customer, bot: TelegramSettings, *, at: datetime) -> str:
    return f"{bot.address}?start={links.key_for(bot.account, customer.pk, at=at)}"
