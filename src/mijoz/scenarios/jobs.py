from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.scenarios import actions
from mijoz.scenarios.choosing import jobs as choosing_jobs  # noqa: F401 - so that the worker knows their tasks
from mijoz.scenarios.next_offer import jobs as next_offer_jobs  # noqa: F401


@app.task(name="scenarios.enrol", queueing_lock="scenarios.enrol", lock="scenarios.enrol")
def enrol() -> None:
    """Enrol who fits now, and take the first steps at once."""
    actions.note_goals()
    actions.enrol(at=timezone.now())
    actions.advance(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="scenarios.advance", queueing_lock="scenarios.advance")
def advance(timestamp: int) -> None:
    """Enrol by what has happened and by the clock, and take the steps that are due."""
    actions.look_around(at=timezone.now())
    actions.advance(at=timezone.now())
