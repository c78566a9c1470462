"""What the choice of channel and hours keeps of a person; who objects is not counted any more at once."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, on_service_stopped, register_personal
from mijoz.scenarios.choosing.models import OwnCount


def connect() -> None:
    on_service_stopped(forget)
    register_personal(
        PersonalTable(
            model="scenarios.OwnCount",
            title=_("Which of our messages you answered, by channel and hour"),
            customer=("customer",),
            hidden=frozenset({"sent", "answered"}),
            order=47,
        )
    )


def forget(customer_ids: list[int], at: datetime) -> None:
    OwnCount.objects.filter(customer__in=customer_ids).delete()
