from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.scenarios import actions


@app.task(name="scenarios.enrol", queueing_lock="scenarios.enrol", lock="scenarios.enrol")
def enrol() -> None:
    """Enrol who fits now, and take the first steps at once."""
    actions.note_goals()
    actions.enrol(at=timezone.now())
    actions.advance(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="scenarios.advance", queueing_lock="scenarios.advance")
def advance(timestamp: int) -> None:
    """Take the steps that are due."""
    actions.advance(at=timezone.now())


def ask_to_enrol() -> None:
    """Ask a worker to enrol, once what changed can be seen."""
    transaction.on_commit(_defer)


def _defer() -> None:
    try:
        with transaction.atomic():
            enrol.defer()
    except AlreadyEnqueued:
        return  # the waiting job will see it too
