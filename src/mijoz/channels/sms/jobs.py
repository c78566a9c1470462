from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.channels.models import Channel, Message
from mijoz.channels.sms import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="channels.ask_about_sms", queueing_lock="channels.ask_about_sms")
def ask_about_open(timestamp: int) -> None:
    """Ask what became of SMS of which Eskiz has not told."""
    actions.ask_about_open(at=timezone.now())


@app.task(name="channels.ask_about_one_sms")
def ask_about_one(message: int) -> None:
    """Ask what became of one SMS: somebody says that its status has changed."""
    found = Message.objects.filter(pk=message, channel=Channel.SMS).exclude(provider_id="")
    actions.ask_about(list(found.defer("text", "html")), at=timezone.now())


def ask_soon(message: int) -> None:
    """Ask about the message as soon as a worker is free; once, however often it is told."""
    try:
        with transaction.atomic():
            ask_about_one.configure(queueing_lock=f"channels.sms/{message}").defer(message=message)
    except AlreadyEnqueued:
        return
