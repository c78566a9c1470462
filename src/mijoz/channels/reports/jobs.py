from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.channels import queries
from mijoz.channels.models import Channel
from mijoz.channels.reports import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="channels.look_into_mailbox", queueing_lock="channels.look_into_mailbox")
def look_into_mailbox(timestamp: int) -> None:
    """Read what came back to the sender's mailbox, where one is set up."""
    account = queries.account(Channel.EMAIL)
    if account is not None:
        actions.look_into_mailbox(account, at=timezone.now())
