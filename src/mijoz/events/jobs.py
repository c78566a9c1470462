from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.events.sources import actions

CALLS_REMEMBERED = timedelta(days=3)  # senders give up before that; the log knows its events for ever


@app.periodic(cron="7 * * * *")
@app.task(name="events.add_up_arrivals", queueing_lock="events.add_up_arrivals")
def add_up_arrivals(timestamp: int) -> None:
    """Once an hour, so that the pages of sources count few rows, and remember no call that nobody repeats."""
    actions.add_up_arrivals()
    actions.forget_calls(before=timezone.now() - CALLS_REMEMBERED)
