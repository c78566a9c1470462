"""Reads of consent with its proof, of looks, requests and links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from mijoz.business.models import StaffMember
from mijoz.customers import wording
from mijoz.customers.models import Customer, Look, PortalLink, Purpose, SubjectRequest
from mijoz.customers.queries import whole
from mijoz.events.models import Event

ANSWERS = ("consent_given", "consent_withdrawn")
ANSWER_WITHIN = timedelta(days=30)  # a month, as both laws want it
PLACES = 200


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """One answer of the log with everything that proves it."""

    at: datetime
    granted: bool
    purpose: str
    channel: str
    words: str
    version: str
    through: str
    who: str
    place: str
    network: str
    confirmed_at: str


def answers_given(customer: Customer) -> list[AnswerGiven]:
    """Every answer of the customer and of whom was merged with them, the latest first."""
    rows = Event.objects.filter(identity__ownership__customer__in=whole(customer), type__in=ANSWERS)
    found = list(rows.select_related("source").order_by("-occurred_at", "-id")[:PLACES])
    addresses = {(event.payload or {}).get("by", "") for event in found} - {""}
    names = {member.email: str(member) for member in StaffMember.objects.filter(email__in=addresses)}
    return [_answer(event, names) for event in found]


def _answer(event: Event, names: dict[str, str]) -> AnswerGiven:
    told: dict[str, Any] = event.payload or {}
    purpose, by = str(told.get("purpose", "")), str(told.get("by", ""))
    through = str(told.get("through", ""))
    return AnswerGiven(
        at=event.occurred_at,
        granted=event.type == "consent_given",
        purpose=str(dict(Purpose.choices).get(purpose, purpose)),
        channel=wording.channel(str(told.get("channel", ""))) or wording.every_channel(),
        words=str(told.get("proof", "")),
        version=str(told.get("text_version", "")),
        through=str(wording.GIVEN_THROUGH.get(through, through) or event.source.name),
        who=names.get(by, by),
        place=str(told.get("place", "")),
        network=str(told.get("network", "")),
        confirmed_at=str(told.get("confirmed_at", "")),
    )


def requests_of(customer: Customer) -> list[SubjectRequest]:
    return list(SubjectRequest.objects.filter(customer_number__in=whole(customer)).select_related("taken_by")[:20])


def links_of(customer: Customer, *, at: datetime) -> list[PortalLink]:
    """The links that still work."""
    working = PortalLink.objects.filter(customer__in=whole(customer), revoked_at=None, expires_at__gt=at)
    return list(working.select_related("made_by")[:20])


def looks_at(customer: Customer, *, most: int = 15) -> list[Look]:
    return list(Look.objects.filter(customer__in=whole(customer)).select_related("member").order_by("-at")[:most])


def looks(*, member: str = "", what: str = "", number: str = "") -> QuerySet[Look]:
    """Who looked at whom, the latest first, narrowed by member of staff, by what was opened, by customer number."""
    found = Look.objects.select_related("member", "customer").order_by("-at", "-pk")
    if member.isdigit():
        found = found.filter(member=int(member))
    if what:
        found = found.filter(what=what)
    if number.isdigit() and len(number) < 18:
        found = found.filter(customer=int(number))
    return found


def requests(*, state: str = "") -> QuerySet[SubjectRequest]:
    """What people asked of us, the latest first."""
    found = SubjectRequest.objects.select_related("taken_by").order_by("-asked_at")
    match state:
        case "waiting":
            return found.filter(done_at=None, refused_at=None).order_by("asked_at")
        case "done":
            return found.exclude(done_at=None)
        case "refused":
            return found.exclude(refused_at=None)
    return found
