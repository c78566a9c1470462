from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.scenarios import actions, calls
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


@app.task(name="scenarios.call", queueing_lock="scenarios.call")
def call() -> None:
    """Make the calls to other systems that are due."""
    while calls.send_due(at=timezone.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="scenarios.call_leftovers", queueing_lock="scenarios.call_leftovers")
def call_leftovers(timestamp: int) -> None:
    """Once a minute, for what is tried again and for what a process that died has left."""
    while calls.send_due(at=timezone.now()):
        pass


def ask_to_call() -> None:
    """Ask a worker to make calls, once it can see them."""
    transaction.on_commit(_defer_call)


def _defer_call() -> None:
    try:
        with transaction.atomic():
            call.defer()
    except AlreadyEnqueued:
        return  # the waiting job will see them too
