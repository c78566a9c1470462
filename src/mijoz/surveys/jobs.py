from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.surveys import actions


@app.periodic(cron="11 * * * *")
@app.task(name="surveys.settle", queueing_lock="surveys.settle")
def settle(timestamp: int) -> None:
    """Tell scenarios whom they asked in vain."""
    while actions.settle_unanswered(at=timezone.now()):
        pass
