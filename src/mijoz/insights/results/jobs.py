from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.insights.results import actions, queries


@app.task(name="results.make", lock="insights")
def make(month: str) -> None:
    """Make the report that somebody asked for."""
    actions.carry_out(month, at=timezone.now())


@app.task(name="results.send", queueing_lock="results.send")
def send(month: str) -> None:
    """Send a kept report to those who have not got it."""
    kept = queries.kept(month)
    if kept is not None:
        actions.send(kept[0], at=timezone.now())


@app.periodic(cron="0 4 1-3 * *")
@app.task(name="results.make_monthly", queueing_lock="results.make_monthly", lock="insights")
def make_monthly(timestamp: int) -> None:
    """On the first days of a month: keep the report of the month that is over, and send it."""
    now = timezone.now()
    month = queries.last_whole_month(now)
    if any(listed.month == month for listed in queries.months(now)):
        actions.send(actions.make(month, at=now), at=now)
