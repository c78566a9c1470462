"""Sending a message to a member of staff, to see it as it arrives."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _
from pydantic import ValidationError

from mijoz.business.queries import business
from mijoz.channels import queries
from mijoz.channels.email.compose import compose_trial
from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.email.transport import SmtpTransport
from mijoz.channels.models import Channel, Message
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed
from mijoz.scenarios.rehearsal import MessagePreview


class TrialFailed(Exception):
    """The trial could not be sent; the message says why and what to do."""


def send(letter: MessagePreview, *, to: str) -> None:
    """Send the letter to this address, outside of the outbox and of the log. Raises TrialFailed."""
    account = queries.account(Channel.EMAIL)
    if account is None:
        raise TrialFailed(_("There is no mail server yet: set one up in the settings of channels."))
    message = Message(
        channel=Channel.EMAIL,
        purpose=letter.purpose,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
    )
    try:
        settings = EmailSettings.model_validate(account.settings)
        mail = compose_trial(message, address=to, settings=settings, business=business(), key=uuid.uuid4().hex)
        with SmtpTransport().open(account) as session:
            session.send_mail(mail)
    except ValidationError as error:
        raise TrialFailed(_("The settings of the mail server are not complete.")) from error
    except (AccountUnusable, SendFailed, OutcomeUnknown) as failure:
        raise TrialFailed(str(failure)) from failure
