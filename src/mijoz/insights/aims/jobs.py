from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.events.queries import default_as_of
from mijoz.insights import queries
from mijoz.insights.aims import actions


@app.periodic(cron="40 2 * * *")
@app.task(name="insights.look_at_targets", queueing_lock="insights.look_at_targets", lock="insights")
def look_at_targets(timestamp: int) -> None:
    """Every day, once the figures are fresh: compare the KPIs with their targets."""
    at = timezone.now()
    as_of = queries.shown_day(default_as_of(at))
    if as_of is not None:
        actions.look(as_of, at=at)
