"""Sending a message to a member of staff, to see it as it arrives."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from mijoz.channels import actions, queries
from mijoz.channels.actions import TrialFailed
from mijoz.channels.models import Channel
from mijoz.channels.outbox import NewMessage
from mijoz.scenarios.rehearsal import MessagePreview


def send(letter: MessagePreview, *, to: str, at: datetime) -> None:
    """Send the letter to this address, outside of the outbox and of the log. Raises channels.actions.TrialFailed."""
    account = queries.account(letter.channel)
    if account is None and letter.channel == Channel.EMAIL:
        raise TrialFailed(_("There is no mail server yet: set one up in the settings of channels."))
    if account is None:
        raise TrialFailed(_("This channel is not set up: see the settings of channels."))
    message = NewMessage(
        customer_id=letter.customer.pk or 0,
        channel=letter.channel,
        purpose=letter.purpose,
        dedupe_key=f"trial/{uuid.uuid4()}",
        language=letter.language,
        subject=letter.subject,
        text=letter.sms if letter.channel == Channel.SMS else letter.text,
        send_after=at,
    )
    actions.send_trial(message, account, to=to, at=at)
