from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.insights import actions


@app.task(name="insights.refresh", queueing_lock="insights.refresh", lock="insights")
def refresh() -> None:
    """Bring profiles, segments and KPIs up to date."""
    actions.refresh(as_of=None, at=timezone.now())


@app.periodic(cron="20 2 * * *")
@app.task(name="insights.refresh_nightly", queueing_lock="insights.refresh_nightly", lock="insights")
def refresh_nightly(timestamp: int) -> None:
    actions.refresh(as_of=None, at=timezone.now())


@app.task(name="insights.compute", lock="insights")
def compute(as_of: str) -> None:
    """Compute the KPIs of a day that somebody asked to see."""
    actions.compute(as_of=date.fromisoformat(as_of), at=timezone.now())


def ask_to_compute(as_of: date) -> None:
    compute.defer(as_of=as_of.isoformat())


def ask_for_refresh() -> None:
    """Ask a worker to bring everything up to date, once what was written can be seen."""
    transaction.on_commit(_defer_refresh)


def _defer_refresh() -> None:
    try:
        with transaction.atomic():
            refresh.defer()
    except AlreadyEnqueued:
        return  # the waiting job will see it too
