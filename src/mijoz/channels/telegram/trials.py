"""Where a member of staff sees what they try out: the chat in which they opened the bot by a link of ours."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mijoz.business.requests import StaffRequest
from mijoz.channels import queries
from mijoz.channels.actions import TrialFailed
from mijoz.channels.models import Channel, StaffChat


def chat_of_staff(request: StaffRequest) -> str:
    """Raises TrialFailed while they have not opened the bot that is in use."""
    account = queries.account(Channel.TELEGRAM)
    bot = account.settings.get("bot_id") if account else None
    chat = StaffChat.objects.filter(member=request.staff, bot=bot or 0).first()
    if chat is None:
        raise TrialFailed(
            _("Press “Open the bot in Telegram” first, and START there: then the bot knows where to write to you.")
        )
    return str(chat.chat)
