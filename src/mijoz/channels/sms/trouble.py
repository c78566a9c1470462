"""What can be wrong with an account at Eskiz: found from its answers, told in the language of whoever reads it."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

TIMEOUT_SECONDS = 15
LONGEST_DETAIL = 300

# Eskiz says what is wrong in words, in Russian, English or Uzbek; these are about the account, not about one message.
NO_MONEY = re.compile(r"balan[cs]|баланс|недостаточно|insufficient|mablag|payment required", re.IGNORECASE)
NO_SENDER = re.compile(r"\bnick|\bfrom\b|sender|никнейм|отправител|альфа", re.IGNORECASE)
# This is about the number alone.
NO_NUMBER = re.compile(r"mobile_phone|phone|номер|телефон|raqam|blacklist|ч[её]рн\w+ спис", re.IGNORECASE)


class Trouble(StrEnum):
    LOGIN_REFUSED = "login_refused"
    NO_MONEY = "no_money"
    SENDER_REFUSED = "sender_refused"
    BLOCKED = "blocked"
    LIMIT_REACHED = "limit_reached"
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    UNSAFE = "unsafe"
    CLOSED = "closed"
    AWAY = "away"
    STRANGE = "strange"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - no password
    NO_UNSUBSCRIBING = "no_unsubscribing"


def diagnose(error: Exception) -> tuple[Trouble, str]:
    """Which trouble an error of the connection is, and what the system said."""
    said = str(error) or type(error).__name__
    match error:
        case socket.gaierror():
            return Trouble.NOT_FOUND, said
        case ssl.SSLError():
            return Trouble.UNSAFE, said
        case TimeoutError():
            return Trouble.NO_ANSWER, said
        case _:
            return Trouble.CLOSED, said


def trouble_for_all(status: int, said: str) -> Trouble | None:
    """What a refusal says of the whole account; None when it is about one message."""
    if status == 402 or NO_MONEY.search(said):
        return Trouble.NO_MONEY
    if status == 429:
        return Trouble.LIMIT_REACHED
    if status == 503:
        return Trouble.AWAY
    if NO_NUMBER.search(said):
        return None
    if NO_SENDER.search(said):
        return Trouble.SENDER_REFUSED
    if status == 403:
        return Trouble.BLOCKED
    return None if status in {400, 404, 409, 413, 422} else Trouble.STRANGE


def explain(kind: str, detail: str, settings: Mapping[str, Any]) -> str:
    """What is wrong and what to do about it, in the reader's language."""
    told = {
        "user": settings.get("user", ""),
        "sender": settings.get("sender", ""),
        "seconds": TIMEOUT_SECONDS,
        "answer": detail,
    }
    return _sentence(kind) % told


def _sentence(kind: str) -> str:
    match kind:
        case Trouble.LOGIN_REFUSED:
            return _(
                "Eskiz refused the e-mail %(user)s or the secret code. The code is not the password of the website: it "
                "stands in your cabinet at my.eskiz.uz, under SMS gateway. It answered: %(answer)s"
            )
        case Trouble.NO_MONEY:
            return _("The balance at Eskiz is used up: pay some in, the messages wait. It answered: %(answer)s")
        case Trouble.SENDER_REFUSED:
            return _(
                "Eskiz does not let you send as “%(sender)s”. Use a name that it has approved for you, or 4546. "
                "It answered: %(answer)s"
            )
        case Trouble.BLOCKED:
            return _("Eskiz has closed this account for now: ask its support. It answered: %(answer)s")
        case Trouble.LIMIT_REACHED:
            return _("Eskiz takes no more messages for the moment. They wait. It answered: %(answer)s")
        case Trouble.NOT_FOUND:
            return _("Eskiz was not found on the network. Check whether this machine reaches the internet.")
        case Trouble.NO_ANSWER:
            return _("Eskiz did not answer within %(seconds)s seconds. We try again by ourselves.")
        case Trouble.UNSAFE:
            return _("The connection to Eskiz is not safe, so nothing was sent: %(answer)s.")
        case Trouble.SECRET_UNREADABLE:
            return _("The secret key of this installation has changed: type the secret code again.")
        case Trouble.NO_UNSUBSCRIBING:
            return _("No page takes unsubscriptions, so no marketing message may go out.")
        case Trouble.AWAY:
            return _("Eskiz is out of service for the moment. We try again by ourselves. It answered: %(answer)s")
        case Trouble.STRANGE:
            return _("Eskiz answered in a way that we do not know: %(answer)s")
        case _:
            return _("The connection to Eskiz broke. We try again by ourselves. %(answer)s")
