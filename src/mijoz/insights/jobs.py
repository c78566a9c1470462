from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.insights import actions
from mijoz.insights.aims import jobs as aims_jobs  # noqa: F401 - so that the worker knows its task
from mijoz.insights.models import Computation
from mijoz.insights.results import jobs as results_jobs  # noqa: F401


@app.task(name="insights.carry_out", lock="insights")
def carry_out(computation: int) -> None:
    """Compute what somebody asked for; a computation that was forgotten meanwhile is none."""
    asked = Computation.objects.filter(pk=computation).first()
    if asked is not None and asked.is_open:
        actions.carry_out(asked, at=timezone.now())


@app.periodic(cron="20 2 * * *")
@app.task(name="insights.refresh_nightly", queueing_lock="insights.refresh_nightly", lock="insights")
def refresh_nightly(timestamp: int) -> None:
    """Days pass for everybody: profiles, segments and KPIs follow, whether or not anything happened."""
    actions.refresh(as_of=None, at=timezone.now())


def ask_for_refresh() -> None:
    """After an import: ask a worker to bring everything up to date."""
    actions.ask(as_of=None, by=None, at=timezone.now())
