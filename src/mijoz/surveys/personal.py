"""What surveys keep of a person: what they were asked and answered, and what was done about a bad answer.

Anonymous answers are not among it: they lead to nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mijoz.customers.hooks import PersonalTable, register_personal
from mijoz.surveys.definition import Text, parse
from mijoz.surveys.listening.queries import copies


def connect() -> None:
    register_personal(
        PersonalTable(
            model="surveys.FollowUp",
            title=_("What we did about your answers"),
            customer=("customer",),
            order=49,
        ),
        PersonalTable(
            model="surveys.Response",
            title=_("Your answers to our surveys"),
            customer=("customer",),
            erase=_forget,
            order=48,
        ),
        PersonalTable(
            model="surveys.Interview",
            title=_("What you told us in an interview"),
            customer=("customer",),
            export=copies,
            order=46,
        ),
        PersonalTable(model="surveys.Invitation", title=_("What we asked you about"), customer=("customer",), order=47),
    )


def _forget(rows: QuerySet[Any], at: datetime) -> int:
    """The numbers stay, so that what was reported stays true; own words go with what was
    coded in them, and so does the way to the person."""
    forgotten = 0
    for response in rows.select_related("version"):
        written = {
            question.key for question in parse(response.version.definition).questions if isinstance(question, Text)
        }
        response.answers = {key: value for key, value in response.answers.items() if key not in written}
        response.customer, response.invitation = None, None
        response.save(update_fields=["answers", "customer", "invitation"])
        response.passages.all().delete()
        forgotten += 1
    return forgotten
