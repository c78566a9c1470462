"""What scenarios keep of a person: enrolments, which experiments count, and tasks with their words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, register_personal
from mijoz.scenarios.models import Enrolment


def connect() -> None:
    register_personal(
        PersonalTable(
            model="scenarios.Enrolment",
            title=_("Scenarios you take part in"),
            customer=("customer",),
            erase=_end,
            order=45,
        ),
        PersonalTable(
            model="scenarios.Task", title=_("What our staff were asked to do for you"), customer=("customer",), order=46
        ),
    )


def _end(rows: QuerySet[Any], at: datetime) -> int:
    """Nothing more is done; that there was an enrolment stays, so that the effect of the scenario stays true. What was
    known of the customer goes."""
    rows.update(facts=None, ways=None)
    return rows.filter(state__in=Enrolment.OPEN).update(
        state=Enrolment.State.ENDED,
        ended_at=at,
        ending=Enrolment.Ending.PERSON_ERASED,
        due_at=None,
        waits_since=None,
        waits_for="",
    )
