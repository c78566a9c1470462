"""What suggestions keep of a person; who objects to profiling has none at once."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, on_service_stopped, register_personal
from mijoz.scenarios.next_offer.models import Suggestion


def connect() -> None:
    on_service_stopped(forget)
    register_personal(
        PersonalTable(
            model="scenarios.Suggestion",
            title=_("What we would offer you next, and why"),
            customer=("customer",),
            hidden=frozenset({"scores"}),
            order=48,
        )
    )


def forget(customer_ids: list[int], at: datetime) -> None:
    Suggestion.objects.filter(customer__in=customer_ids).delete()
