from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mijoz.customers.audit import actions


@app.task(name="customers.audit", queueing_lock="customers.audit", lock="customers.audit")
def audit() -> None:
    """Look at everybody now, for whoever asked."""
    actions.run(at=timezone.now())


@app.periodic(cron="30 4 * * *")
@app.task(name="customers.audit_nightly", queueing_lock="customers.audit_nightly", lock="customers.audit")
def audit_nightly(timestamp: int) -> None:
    actions.run(at=timezone.now())


def ask_for_audit() -> None:
    transaction.on_commit(_defer)


def _defer() -> None:
    try:
        with transaction.atomic():
            audit.defer()
    except AlreadyEnqueued:
        pass  # the waiting job will see all of it too
