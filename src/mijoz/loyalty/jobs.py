from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.loyalty import actions


@app.periodic(cron="* * * * *")
@app.task(name="loyalty.count", queueing_lock="loyalty.count", lock="loyalty")
def count(timestamp: int) -> None:
    """Count what was bought."""
    actions.count_purchases(at=timezone.now())


@app.periodic(cron="30 1 * * *")
@app.task(name="loyalty.close_the_day", queueing_lock="loyalty.close_the_day", lock="loyalty")
def close_the_day(timestamp: int) -> None:
    """Let points expire, and tiers follow what was bought."""
    actions.close_the_day(at=timezone.now())
