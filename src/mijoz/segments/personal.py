"""What segments keep of a person: memberships and scores. Who objects leaves at once, and comes back by a refresh."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, on_service_stopped, register_personal
from mijoz.segments.models import Membership, Score


def connect() -> None:
    on_service_stopped(leave)
    register_personal(
        PersonalTable(
            model="segments.Membership",
            title=_("Segments you were in, and why"),
            customer=("customer",),
            erase=_forget_reasons,
            order=40,
        ),
        PersonalTable(model="segments.Touched", title=_("To be looked at again"), customer=("customer_id",), order=42),
        PersonalTable(model="segments.Score", title=_("Scores of your purchases"), customer=("customer",), order=41),
    )


def leave(customer_ids: list[int], at: datetime) -> None:
    """Close the open memberships of customers who may not be profiled any more."""
    open_ones = Membership.objects.filter(customer__in=customer_ids, left_at=None)
    open_ones.update(left_at=Greatest("entered_at", at), left_reason={"withdrawn": True})
    Score.objects.filter(customer__in=customer_ids).delete()


def _forget_reasons(rows: QuerySet[Any], at: datetime) -> int:
    """How many were in a segment and when is kept for its history; why this one was is not."""
    return rows.update(reason={}, left_reason={"withdrawn": True})
