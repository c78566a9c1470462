from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.segments import actions, queries
from mijoz.segments.clusters import jobs as clusters_jobs  # noqa: F401 - so that the worker knows its task


@app.task(name="segments.refresh", queueing_lock="segments.refresh", lock="segments")
def refresh() -> None:
    """Refresh segments for whoever asked; their page follows the run."""
    actions.refresh(at=timezone.now(), run=actions.waiting_run())


@app.periodic(cron="5,35 * * * *")
@app.task(name="segments.refresh_nightly", queueing_lock="segments.refresh_nightly", lock="segments")
def refresh_nightly(timestamp: int) -> None:
    """Days pass for everybody: once a day has begun where the business is, memberships follow, whatever happened."""
    at = timezone.now()
    if queries.day_has_begun(at):
        actions.refresh(at=at)


@app.periodic(cron="* * * * *")
@app.task(name="segments.follow_leftovers", queueing_lock="segments.follow_leftovers")
def follow_leftovers(timestamp: int) -> None:
    """Once a minute, should the thread that does it all the time (following.py) have ended."""
    while actions.follow(at=timezone.now()):
        pass


@app.task(name="segments.replay", queueing_lock="segments.replay", lock="segments")
def replay() -> None:
    """Give the segments of a young business the history that they would have had."""
    actions.replay(at=timezone.now())
