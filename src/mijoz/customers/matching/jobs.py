from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.analysis.matching import linking
from mijoz.business.models import StaffMember
from mijoz.customers.matching import finding
from mijoz.customers.models import Resolution

Status = Resolution.Status


@app.task(name="customers.resolve", lock="customers.resolve")
def resolve(search_id: str) -> None:
    """Do one search for likely duplicates that somebody asked for."""
    search = Resolution.objects.get(pk=uuid.UUID(search_id))
    if search.status == Status.WAITING:
        finding.resolve(search, at=timezone.now())


@app.periodic(cron="40 2 * * *")
@app.task(name="customers.resolve_nightly", lock="customers.resolve", queueing_lock="customers.resolve_nightly")
def resolve_nightly(timestamp: int) -> None:
    """Search every night, unless the business chose not to or the search is not installed."""
    if finding.rules().is_nightly and linking.is_installed():
        finding.resolve(Resolution.objects.create(), at=timezone.now())


def ask_for_search(*, by: StaffMember) -> Resolution:
    """Let a worker search; one that is waiting or running already is what was asked for."""
    with transaction.atomic():
        going = finding.going_on()
        if going is not None:
            return going
        search = Resolution.objects.create(asked_by=by)
        search_id = str(search.pk)
        transaction.on_commit(lambda: resolve.defer(search_id=search_id))
    return search
