from __future__ import annotations

from procrastinate.contrib.django import app

from mijoz.events.sources import actions


@app.periodic(cron="7 * * * *")
@app.task(name="events.add_up_arrivals", queueing_lock="events.add_up_arrivals")
def add_up_arrivals(timestamp: int) -> None:
    """Once an hour, so that the pages of sources count few rows."""
    actions.add_up_arrivals()
