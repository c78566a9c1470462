from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.segments import actions


@app.task(name="segments.refresh", queueing_lock="segments.refresh", lock="segments")
def refresh() -> None:
    """Refresh segments for whoever asked; their page follows the run."""
    actions.refresh(at=timezone.now(), run=actions.waiting_run())


@app.periodic(cron="0 2 * * *")
@app.task(name="segments.refresh_nightly", queueing_lock="segments.refresh_nightly", lock="segments")
def refresh_nightly(timestamp: int) -> None:
    """Days pass for everybody: memberships follow, whether or not anything happened."""
    actions.refresh(at=timezone.now())


@app.task(name="segments.replay", queueing_lock="segments.replay", lock="segments")
def replay() -> None:
    """Give the segments of a young business the history that they would have had."""
    actions.replay(at=timezone.now())
