from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.customers import actions


@app.task(name="customers.project", queueing_lock="customers.project")
def project() -> None:
    """Bring profiles up to date with the log."""
    actions.project()


@app.periodic(cron="* * * * *")
@app.task(name="customers.project_leftovers", queueing_lock="customers.project_leftovers")
def project_leftovers(timestamp: int) -> None:
    """Once a minute, in case a process died between writing rows and asking for their projection."""
    actions.project()


def ask_for_projection(rows: int) -> None:
    """Ask a worker to project, once the rows are there for it to see."""
    transaction.on_commit(_defer_projection)


def _defer_projection() -> None:
    try:
        with transaction.atomic():
            project.defer()
    except AlreadyEnqueued:
        pass  # the waiting job will see these rows too
