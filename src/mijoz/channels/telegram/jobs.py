from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.channels.telegram import actions


@app.periodic(cron="17 * * * *")
@app.task(name="channels.forget_bot_updates", queueing_lock="channels.forget_bot_updates")
def forget_updates(timestamp: int) -> None:
    """Once an hour, also while no bot is switched on."""
    actions.forget_updates(at=timezone.now())
