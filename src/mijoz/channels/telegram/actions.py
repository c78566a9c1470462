"""Setting up the bot, taking what is written to it once, and giving its answers."""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.db import DataError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from mijoz.channels import actions as accounts
from mijoz.channels import public, queries
from mijoz.channels.models import BotUpdate, Channel, ChannelAccount, Message
from mijoz.channels.sealing import SealBroken, seal, unseal
from mijoz.channels.telegram import conversation, saying, trouble, updates
from mijoz.channels.telegram.bot_api import BotApi, NotAnswered, NotAsked, Refused, TokenMalformed
from mijoz.channels.telegram.settings import Receiving, TelegramSettings
from mijoz.channels.telegram.transport import TelegramSession
from mijoz.channels.telegram.trouble import Trouble
from mijoz.channels.transport import AccountUnusable
from mijoz.events.listening import call as wake

WAKES = "mijoz_telegram"  # the channel of the database by which whoever answers is called
KEPT_FOR = timedelta(days=2)  # Telegram itself keeps an update for one
ANSWERED_WITHIN = timedelta(hours=1)  # a later answer would only puzzle
POLL_SECONDS = 8
AT_ONCE = 50
SECRET_BYTES = 32
NOTE_UPDATE = """
    INSERT INTO channels_botupdate (bot, update_id, taken_at, answers) VALUES (%s, %s, %s, '[]')
    ON CONFLICT DO NOTHING
"""

log = logging.getLogger(__name__)


class TokenRefused(Exception):
    """The token cannot be used; the text says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Bot:
    """What Telegram says of the bot that a token is for."""

    id: int
    username: str
    title: str


def meet(api: BotApi) -> Bot:
    """Whose token it is. Raises TokenRefused."""
    try:
        told = api.call("getMe")
        return Bot(int(told["id"]), str(told["username"])[:64], str(told.get("first_name", ""))[:200])
    except (NotAsked, NotAnswered, Refused) as error:
        raise TokenRefused(trouble.explain(*trouble.diagnose(error), {})) from error
    except (KeyError, TypeError, ValueError) as error:
        raise TokenRefused(trouble.explain(Trouble.REFUSED, "", {})) from error


def bot_behind(token: str) -> BotApi:
    """Raises TokenRefused for what is no token."""
    try:
        return BotApi(token)
    except TokenMalformed as error:
        raise TokenRefused(trouble.explain(Trouble.TOKEN_REFUSED, "", {})) from error


def can_be_called() -> bool:
    """Whether Telegram can call us: it wants a public name and TLS."""
    parts = urlsplit(django_settings.PUBLIC_URL)
    return parts.scheme == "https" and public.links_reach_customers()


def set_up(token: str | None, *, phone: str, receives_by: Receiving, at: datetime) -> ChannelAccount:
    """Use the bot of this token from now on; None keeps the token we have.

    Raises TokenRefused; then nothing has changed.
    """
    before = queries.account_to_set_up(Channel.TELEGRAM)
    if token is None:
        token = _token_of(before)
    api = bot_behind(token)
    try:
        bot = meet(api)
        address = _address_to_call(receives_by)
        secret = _begin_receiving(api, address)
        _name_commands(api)
    except (NotAsked, NotAnswered, Refused) as error:
        raise TokenRefused(trouble.explain(*trouble.diagnose(error), {})) from error
    finally:
        api.close()
    chosen = TelegramSettings(
        bot_id=bot.id,
        username=bot.username,
        title=bot.title,
        receives_by=receives_by,
        called_at=address,
        phone=phone,
    )
    with transaction.atomic():
        if before is not None and before.settings.get("bot_id") != bot.id:
            _forget_bounces(at)
        account = accounts.set_up_account(
            Channel.TELEGRAM, name=chosen.shown[:100], settings=chosen.model_dump(), secret=token, at=at
        )
        account.sealed_reports_secret, account.reports_trouble = seal(secret), ""
        account.save(update_fields=["sealed_reports_secret", "reports_trouble"])
        BotUpdate.objects.exclude(bot=bot.id).exclude(answers=[]).update(answers=[])  # another bot cannot give them
        wake(WAKES)
    return account


def switch_off(account: ChannelAccount, *, at: datetime) -> None:
    """Send nothing by the bot any more and read nothing; Telegram is told so where it calls us."""
    if account.settings.get("called_at"):
        with suppress(NotAsked, NotAnswered, Refused, TokenRefused):
            api = bot_behind(_token_of(account))
            try:
                api.call("deleteWebhook")
            finally:
                api.close()
    accounts.switch_off(account, at=at)
    BotUpdate.objects.exclude(answers=[]).update(answers=[])


def keep_being_heard(account: ChannelAccount, api: BotApi) -> None:
    """Tell Telegram anew where to call, when the public address of this installation has changed since.

    Raises AccountUnusable.
    """
    address = _address_to_call(account.settings.get("receives_by", "polling"))
    if account.settings.get("called_at", "") == address:
        return
    try:
        secret = _begin_receiving(api, address)
    except (NotAsked, NotAnswered, Refused) as error:
        raise _unusable(error) from error
    account.settings = account.settings | {"called_at": address}
    account.sealed_reports_secret, account.reports_trouble = seal(secret), ""
    account.save(update_fields=["settings", "sealed_reports_secret", "reports_trouble"])


def is_from_telegram(account: ChannelAccount, secret: str) -> bool:
    """Whether a call carries the secret that only Telegram was told."""
    try:
        known = unseal(account.sealed_reports_secret)
    except SealBroken:
        return False
    return bool(known) and hmac.compare_digest(known.encode(), secret.encode("utf-8", "surrogateescape"))


def take(account: ChannelAccount, told: Sequence[Any], *, at: datetime) -> int:
    """Take each of these updates once, whoever brings it how often; returns how many were new.

    What an update does and what is to be said to it stand in the transaction that notes its number.
    """
    bot, new = int(account.settings["bot_id"]), 0
    for one in told:
        try:
            update = updates.read(one)
        except updates.UpdateUnreadable:
            log.warning("Telegram sent an update without a number; it was passed over.")
            continue
        with transaction.atomic():
            if not _is_new(bot, update.update_id, at=at):
                continue
            said = _answers(update, account, at=at)
            if said:
                BotUpdate.objects.filter(bot=bot, update_id=update.update_id).update(answers=said)
                wake(WAKES)
        new += 1
    if new:
        ChannelAccount.objects.filter(pk=account.pk).update(reported_at=at, reports_trouble="")
    return new


def answer_due(account: ChannelAccount, session: TelegramSession, *, at: datetime) -> int:
    """Say what is still to be said, oldest first; returns how many updates that answered.

    An answer that was given and not noted, because the process died between, is given again: to be asked twice
    does no harm, and whoever gets no answer believes the bot broken. Raises AccountUnusable.
    """
    bot = int(account.settings["bot_id"])
    due = BotUpdate.objects.filter(bot=bot).exclude(answers=[]).order_by("pk")
    due.filter(taken_at__lt=at - ANSWERED_WITHIN).update(answers=[])
    answered = 0
    for update in due[:AT_ONCE]:
        for method, parameters in update.answers:
            _say(session, method, parameters)
        BotUpdate.objects.filter(pk=update.pk).update(answers=[])
        answered += 1
    return answered


def forget_updates(*, at: datetime) -> int:
    """Drop numbers of updates, of whichever bot, that Telegram does not bring any more, and answers that nobody gave in
    time; returns how many numbers those were.
    """
    BotUpdate.objects.filter(taken_at__lt=at - ANSWERED_WITHIN).exclude(answers=[]).update(answers=[])
    return BotUpdate.objects.filter(taken_at__lt=at - KEPT_FOR).delete()[0]


def poll(account: ChannelAccount, api: BotApi, *, at: datetime, wait_seconds: int = POLL_SECONDS) -> int:
    """Ask once what was written to the bot, and take it; returns how many updates were new.

    What was taken is told to Telegram by the number after the last one of this very answer. No number is kept beyond
    it: after a quiet week Telegram begins anew at any number, perhaps a smaller one. Raises AccountUnusable.
    """
    asked = {"timeout": wait_seconds, "limit": AT_ONCE, "allowed_updates": updates.WANTED}
    began = time.monotonic()
    try:
        told = api.call("getUpdates", asked, wait_seconds=wait_seconds)
        if not isinstance(told, list) or not told:
            return 0
        new = take(account, told, at=at + timedelta(seconds=time.monotonic() - began))
        numbers = [one["update_id"] for one in told if isinstance(one, dict) and isinstance(one.get("update_id"), int)]
        if numbers:
            api.call("getUpdates", asked | {"timeout": 0, "limit": 1, "offset": numbers[-1] + 1})
    except (NotAsked, NotAnswered, Refused) as error:
        raise _unusable(error) from error
    return new


def note_silence(account: ChannelAccount, failure: AccountUnusable) -> None:
    """Keep on the account why nothing could be read; written once, however often it is tried."""
    kept = f"{failure.kind}: {failure.detail}"[:500]
    if account.reports_trouble != kept:
        ChannelAccount.objects.filter(pk=account.pk).update(reports_trouble=kept)
        account.reports_trouble = kept


def clear_silence(account: ChannelAccount) -> None:
    if account.reports_trouble:
        ChannelAccount.objects.filter(pk=account.pk).update(reports_trouble="")
        account.reports_trouble = ""


def silence_in_words(account: ChannelAccount) -> str:
    """Why nothing that people write to the bot can be read, in the reader's language; "" when it can."""
    kind, _colon, detail = account.reports_trouble.partition(": ")
    return trouble.explain(kind, detail, account.settings) if kind else ""


def _answers(update: updates.Update, account: ChannelAccount, *, at: datetime) -> list[saying.Call]:
    """What is to be said; an update that we stumble over must not keep all later ones from being read."""
    try:
        with transaction.atomic():
            return conversation.respond(update, account, at=at)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError, IntegrityError) as error:
        log.error("The bot could not do what an update asked for: %s.", type(error).__name__)
        return []


def _is_new(bot: int, number: int, *, at: datetime) -> bool:
    """Note the number; False when it stands there already."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_UPDATE, [bot, number, at])
        return bool(cursor.rowcount)


def _say(session: TelegramSession, method: str, parameters: dict[str, Any]) -> None:
    """One answer; what Telegram refuses of it, such as to whoever blocked the bot meanwhile, is left."""
    try:
        session.say(method, parameters)
    except Refused as refused:
        failure = _unusable(refused)
        if failure.kind != Trouble.REFUSED:
            raise failure from refused
        log.info("Telegram refused an answer of the bot (%s).", refused.code)
    except (NotAsked, NotAnswered) as error:
        raise _unusable(error) from error


def _unusable(error: NotAsked | NotAnswered | Refused) -> AccountUnusable:
    retry_after = error.retry_after if isinstance(error, Refused) else None
    rest = None if retry_after is None else timedelta(seconds=retry_after)
    return AccountUnusable(*trouble.diagnose(error), rest=rest)


def _token_of(account: ChannelAccount | None) -> str:
    try:
        token = unseal(account.sealed_secret) if account else ""
    except SealBroken as error:
        raise TokenRefused(trouble.explain(Trouble.SECRET_UNREADABLE, "", {})) from error
    return token


def _address_to_call(receives_by: Receiving) -> str:
    """Where Telegram is to call; "" when we ask, because the business wants it so or nobody can call us."""
    if receives_by != "webhook" or not can_be_called():
        return ""
    return django_settings.PUBLIC_URL + reverse("channels:telegram_call")


def _begin_receiving(api: BotApi, address: str) -> str:
    """Tell Telegram how we want to hear of what people write; returns the secret of its calls, "" without calls.

    Raises NotAsked, NotAnswered or Refused.
    """
    if not address:
        api.call("deleteWebhook")
        return ""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    api.call("setWebhook", {"url": address, "secret_token": secret, "allowed_updates": updates.WANTED})
    return secret


def _name_commands(api: BotApi) -> None:
    """The menu of the bot, in each of our languages; without it the bot works as well."""
    with suppress(NotAsked, NotAnswered, Refused):
        for place, (language, _name) in enumerate(django_settings.LANGUAGES):
            with translation.override(language):
                named = {"commands": saying.commands()}
            api.call("setMyCommands", named | ({"language_code": language} if place else {}))


def _forget_bounces(at: datetime) -> None:
    """What was blocked by another bot is not by this one."""
    Message.objects.filter(queries.CAME_BACK, channel=Channel.TELEGRAM).update(bounce_forgiven_at=at)
