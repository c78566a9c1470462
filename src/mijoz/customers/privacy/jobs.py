"""Erasing in the background, and what is removed night by night."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer, SubjectRequest
from mijoz.customers.privacy import erasing, retention


@app.task(
    name="customers.erase",
    lock="customers.erase",
    retry=RetryStrategy(max_attempts=20, wait=60, retry_exceptions={erasing.EraseRefused}),
)
def erase(request_id: str, staff_id: int | None) -> None:
    """Erase the person of one request; tried again while a message to them is on its way."""
    request = SubjectRequest.objects.get(pk=uuid.UUID(request_id))
    if request.done_at:
        return
    try:
        erasing.erase(
            Customer.objects.get(pk=request.customer_number),
            by=StaffMember.objects.filter(pk=staff_id or 0).first(),
            through=request.asked_through,
            at=timezone.now(),
            request=request,
        )
    except erasing.ErasedAlready:
        SubjectRequest.objects.filter(pk=request.pk, done_at=None).update(done_at=timezone.now())


def ask_to_erase(request: SubjectRequest, *, by: StaffMember) -> None:
    """Have it done by a worker, once the request is there for it to see."""
    SubjectRequest.objects.filter(pk=request.pk).update(taken_by=by)
    transaction.on_commit(lambda: erase.defer(request_id=str(request.pk), staff_id=by.pk))


@app.periodic(cron="15 2 * * *")
@app.task(name="customers.keep_no_longer", queueing_lock="customers.keep_no_longer")
def keep_no_longer(timestamp: int) -> None:
    """Remove what is older than the rules of keeping allow."""
    retention.run(at=timezone.now())
