"""A mail of ours to a member of staff, such as a report: at once, past outbox and gate, which are for customers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from mijoz.channels import actions, queries
from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.email.transport import SmtpTransport
from mijoz.channels.models import Channel
from mijoz.channels.transport import AccountUnusable, OutcomeUnknown, SendFailed

Attachment = tuple[str, bytes, str]  # file name, content, type


class NotSent(Exception):
    """The mail did not go out; the text says why, in the reader's language."""


def send(
    *, to: str, subject: str, text: str, language: str, attachments: Sequence[Attachment] = (), at: datetime
) -> None:
    """Give one mail to the mail server of the business. Raises NotSent.

    Whether the account works is noted on it, as after any sending.
    """
    account = queries.account(Channel.EMAIL)
    if account is None:
        raise NotSent(_("No mail server is set up: see Set-up, Channels."))
    settings = EmailSettings.model_validate(account.settings)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=settings.sender,
        to=[to],
        headers={
            "Message-ID": f"<staff-{uuid.uuid4()}@{settings.from_address.rpartition('@')[2]}>",
            "Date": format_datetime(at.astimezone(UTC)),
            "Content-Language": language,
            "Auto-Submitted": "auto-generated",
        },
    )
    for attachment in attachments:
        mail.attach(*attachment)
    try:
        with SmtpTransport().open(account) as session:
            session.send_mail(mail)
    except (AccountUnusable, OutcomeUnknown) as failure:
        actions.note_trouble(account, AccountUnusable(failure.kind, failure.detail), at=at)
        raise NotSent(queries.trouble_in_words(account)) from failure
    except SendFailed as failure:
        actions.clear_trouble(account)
        raise NotSent(_("The server refused the message: %(answer)s") % {"answer": str(failure)}) from failure
    actions.clear_trouble(account)
