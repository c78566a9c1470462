"""What can be wrong with a bot: found from what Telegram answers, told in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from mijoz.channels.telegram.bot_api import NotAnswered, NotAsked, Refused

UNAUTHORIZED, NOT_FOUND, CONFLICT, TOO_MANY, FIRST_OF_THEIRS = 401, 404, 409, 429, 500


class Trouble(StrEnum):
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - no password
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105
    AWAY = "away"
    TOO_MANY = "too_many"
    READ_ELSEWHERE = "read_elsewhere"
    REFUSED = "refused"


def diagnose(error: NotAsked | NotAnswered | Refused) -> tuple[Trouble, str]:
    """Which trouble of the whole account it is, and what Telegram or the system said."""
    if not isinstance(error, Refused):
        return Trouble.AWAY, str(error)
    if error.code in {UNAUTHORIZED, NOT_FOUND}:  # the path is the token: what is not found is the bot
        return Trouble.TOKEN_REFUSED, str(error)
    if error.code == TOO_MANY:
        return Trouble.TOO_MANY, str(error)
    if error.code == CONFLICT:
        return Trouble.READ_ELSEWHERE, str(error)
    return (Trouble.AWAY if error.code >= FIRST_OF_THEIRS else Trouble.REFUSED), str(error)


def explain(kind: str, detail: str, settings: Mapping[str, Any]) -> str:
    """What is wrong and what to do about it, in the reader's language."""
    told = {"bot": f"@{settings.get('username', '')}", "answer": detail}
    return _sentence(kind) % told


def _sentence(kind: str) -> str:
    match kind:
        case Trouble.TOKEN_REFUSED:
            return _(
                "Telegram does not know this token: it was taken back, or typed wrongly. Open @BotFather, choose the "
                "bot, “API Token”, and paste it here."
            )
        case Trouble.SECRET_UNREADABLE:
            return _("The secret key of this installation has changed: paste the token of the bot again.")
        case Trouble.AWAY:
            return _("Telegram cannot be reached from this machine at the moment: %(answer)s")
        case Trouble.TOO_MANY:
            return _("Telegram takes no more from %(bot)s for a moment: too much was sent at once. The messages wait.")
        case Trouble.READ_ELSEWHERE:
            return _(
                "Another program reads what people write to %(bot)s, so we do not see it, and offers wait. Stop it "
                "there, or make a new token in @BotFather and paste it here."
            )
        case _:
            return _("Telegram answered: %(answer)s")
