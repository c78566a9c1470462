"""How the pages show each channel and how they try it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.business.requests import StaffRequest
from mijoz.channels import actions
from mijoz.channels.models import Channel, Message
from mijoz.channels.sms.compose import preview
from mijoz.channels.sms.trial import number_of
from mijoz.channels.telegram import actions as bot
from mijoz.channels.telegram.compose import preview as telegram_preview
from mijoz.channels.telegram.trials import chat_of_staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A channel on the pages of settings.

    `page` is the name of its page, `about` what it is good for, `needs` what one must have for it. `card` is the
    template of what only this channel has to say of its account, `more` that of further buttons. A trial goes to what
    `trial_to` finds in a request, which may raise actions.TrialFailed; `arrives` says when and where to look for it.
    `trial` is the template of the fields that are asked for it, "" for none. `preview` gives the plain text of a
    message as the customer gets it. `off` switches an account off, at a moment.
    """

    channel: str
    icon: str
    page: str
    about: str | Promise
    needs: str | Promise
    arrives: str | Promise
    trial_subject: str | Promise = ""
    trial_text: str | Promise
    trial_to: Callable[[StaffRequest], str]
    trial: str = ""
    card: str = ""
    more: str = ""
    preview: Callable[[Message], str] = attrgetter("text")
    off: Callable[..., None] = actions.switch_off

    @property
    def name(self) -> str:
        return str(Channel(self.channel).label)


EMAIL = Way(
    channel=Channel.EMAIL.value,
    icon="mail",
    page="channels:email",
    about=_("Long texts, pictures of offers, letters to keep. It costs next to nothing and is read within a day."),
    needs=_("A mailbox and its password, or the mail server of your domain."),
    arrives=_("It should be there within a minute; look into the spam folder too."),
    trial_subject=_("A test message from Mijoz"),
    trial_text=_("If you read this, your customers can get e-mail from you: everything is set up."),
    trial_to=lambda request: request.staff.email,
    card="channels/email/_card.html",
    more="channels/email/_actions.html",
)
SMS = Way(
    channel=Channel.SMS.value,
    icon="message-2",
    page="channels:sms",
    about=_("Short texts that reach every phone and are read at once. Each part costs."),
    needs=_("An account at Eskiz.uz with a balance, and texts that it has approved."),
    arrives=_("It should be there within a minute."),
    # The one text that Eskiz carries for everybody, whatever was approved.
    trial_text=_("This is test from Eskiz"),
    trial_to=number_of,
    trial="channels/sms/_trial.html",
    card="channels/sms/_card.html",
    preview=preview,
)
TELEGRAM = Way(
    channel=Channel.TELEGRAM.value,
    icon="brand-telegram",
    page="channels:telegram",
    about=_(
        "Short texts with a button, read within minutes, free of charge. Customers can answer a question by one press."
    ),
    needs=_("A bot of your own: @BotFather in Telegram makes one in a minute."),
    arrives=_("It is in that chat now."),
    trial_text=_("If you read this, your customers can get messages from you by Telegram: everything is set up."),
    trial_to=chat_of_staff,
    trial="channels/telegram/_trial.html",
    preview=telegram_preview,
    off=bot.switch_off,
)
WAYS: dict[str, Way] = {way.channel: way for way in (EMAIL, SMS, TELEGRAM)}
