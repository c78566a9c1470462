"""Sending a message to a member of staff, to see it as it arrives."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from mijoz.channels import queries
from mijoz.channels.actions import TrialFailed, send_trial
from mijoz.channels.models import Channel
from mijoz.channels.outbox import NewMessage
from mijoz.scenarios.rehearsal import MessagePreview

__all__ = ["TrialFailed", "send"]


def send(letter: MessagePreview, *, to: str) -> None:
    """Send the letter to this address, outside of the outbox and of the log. Raises TrialFailed."""
    account = queries.account(Channel.EMAIL)
    if account is None:
        raise TrialFailed(_("There is no mail server yet: set one up in the settings of channels."))
    at = timezone.now()
    message = NewMessage(
        customer_id=0,
        channel=Channel.EMAIL,
        purpose=letter.purpose,
        dedupe_key=f"trial/{uuid.uuid4()}",
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        send_after=at,
    )
    send_trial(message, account, to=to, at=at)
