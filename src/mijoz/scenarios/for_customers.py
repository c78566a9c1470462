"""Why a customer gets something, in plain words for themselves: no scores, no names of segments, nothing creepy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mijoz.channels.models import Message
from mijoz.customers.models import Customer, Purpose
from mijoz.customers.queries import whole
from mijoz.scenarios import checking, variables, wording
from mijoz.scenarios import definition as definitions
from mijoz.scenarios.definition import (
    DateTrigger,
    Definition,
    EventTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    SetProtocol,
    SilenceTrigger,
)
from mijoz.scenarios.models import Enrolment
from mijoz.segments import fields, rules, sentences

SHOWN = 20
RECENT = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something the customer got: a message, or how they are served; `because` and `used` say why, in plain words."""

    title: str
    at: datetime
    because: str
    used: list[str]
    seen: list[tuple[str, str]] = field(default_factory=list)  # what was known then, of what was asked
    channel: str = ""
    is_marketing: bool = False
    is_service: bool = False  # how they are served, not a message


def told(customer: Customer, *, at: datetime) -> list[Told]:
    """What the customer got of our scenarios in the last half a year, latest first; a constant number of statements."""
    own = whole(customer)
    sent = list(
        Message.objects.filter(
            customer__in=own, status=Message.Status.SENT, enrolment__isnull=False, created_at__gte=at - RECENT
        )
        .defer("html", "text")
        .order_by("-settled_at")[:SHOWN]
    )
    treated = Enrolment.objects.filter(customer__in=own, arm=Enrolment.Arm.TREATED, version__isnull=False)
    served = list(treated.filter(enrolled_at__gte=at - RECENT).order_by("-enrolled_at")[:SHOWN])
    wanted = {message.enrolment for message in sent if message.enrolment} | {one.pk for one in served}
    enrolments = {one.pk: one for one in treated.filter(pk__in=wanted).select_related("version")}
    parsed = {one.version_id: checking.parse(one.version.definition) for one in enrolments.values() if one.version}
    found = [
        _of_message(message, parsed[enrolments[message.enrolment].version_id], enrolments[message.enrolment])
        for message in sent
        if message.enrolment in enrolments
    ]
    for one in served:
        course = parsed[one.version_id]
        if _serves(course, one):
            found.append(_of_service(one, course))
    return sorted(found, key=lambda got: got.at, reverse=True)[:SHOWN]


def because(found: Definition) -> str:
    """Why the customer was chosen, as one would say it to their face."""
    begins = found.trigger
    match begins:
        case EventTrigger():
            return _after(begins.event)
        case DateTrigger():
            return _near(begins.date)
        case ScheduleTrigger():
            return _("we write to our customers at this time")
        case SilenceTrigger():
            return _("you have not been with us for a while")
        case SegmentTrigger():
            return _since(begins)


def used(found: Definition, texts: Iterable[str] = ()) -> list[str]:
    """Which kinds of what we know about the customer were used, each once."""
    said = [_kind_of_field(key) for key in rules.field_keys(found.eligibility)] if found.eligibility else []
    if found.trigger.segment or isinstance(found.trigger, SilenceTrigger):
        said.insert(0, _("your visits and purchases"))
    if isinstance(found.trigger, DateTrigger):
        said.insert(0, {"birthday": _("your birthday"), "booking": _("your booking")}.get(found.trigger.date, ""))
    said += [_kind_of_fact(fact) for fact in variables.FACTS if fact in wording.revealed(*texts)]
    return list(dict.fromkeys(filter(None, said)))


def seen(found: Definition, enrolment: Enrolment) -> list[tuple[str, str]]:
    """What the conditions asked of the customer and what was known then: no scores, no segments, no consent."""
    if found.eligibility is None or not enrolment.facts:
        return []
    told = [
        key
        for key in rules.field_keys(found.eligibility)
        if (known := fields.known(key)) is not None
        and str(known.group) not in {str(fields.RFM), str(fields.SEGMENTS), str(fields.CONSENT)}
    ]
    return sentences.facts(told, enrolment.facts)


def _of_message(message: Message, found: Definition, enrolment: Enrolment) -> Told:
    step = next((placed.step for placed in found.placed if placed.step.key == message.step), None)
    texts: tuple[str, ...] = ()
    if isinstance(step, definitions.Message):
        step = step.by(message.channel)
        texts = (step.subjects.get(message.language, ""), step.texts.get(message.language, ""))
    return Told(
        title=message.subject or message.get_channel_display(),
        at=message.settled_at or message.created_at,
        because=because(found),
        used=used(found, texts),
        seen=seen(found, enrolment),
        channel=message.get_channel_display(),
        is_marketing=message.purpose == Purpose.MARKETING,
    )


def _serves(found: Definition, enrolment: Enrolment) -> bool:
    """Whether a step that changed how the customer is served has been taken."""
    return any(isinstance(one.step, SetProtocol) and one.position < enrolment.next_step for one in found.placed)


def _of_service(enrolment: Enrolment, found: Definition) -> Told:
    return Told(
        title=_("How we serve you"),
        at=enrolment.enrolled_at,
        because=because(found),
        used=used(found),
        seen=seen(found, enrolment),
        is_service=True,
    )


def _since(begins: SegmentTrigger) -> str:
    if begins.kind == "segment_left":
        return _("something in how you come to us has changed")
    known = {
        "new": _("you came to us for the first time not long ago"),
        "regular": _("you come to us often"),
        "high_value": _("you have been with us for long and we value it"),
        "price_sensitive": _("you have used our discounts before"),
        "at_risk": _("you have not been with us for a while"),
    }
    return known.get(begins.segment, _("of your visits and purchases so far"))


def _after(event: str) -> str:
    known = {
        "visit": _("you visited us"),
        "purchase_line": _("you bought something from us"),
        "booking_made": _("you booked a visit"),
        "booking_missed": _("you had booked and could not come"),
        "booking_cancelled": _("you cancelled a booking"),
        "complaint": _("you told us that something was not right"),
        "case_opened": _("you asked us for something"),
        "case_resolved": _("we settled what you had asked us for"),
        "case_reopened": _("what you had asked us for was not settled"),
        "survey_answered": _("you told us how it was"),
        "refund_line": _("you got money back"),
    }
    return known.get(event, _("of something you did with us"))


def _near(date: str) -> str:
    return {
        "birthday": _("your birthday is near"),
        "booking": _("you have booked a visit"),
        "anniversary": _("it is about a year since you first came"),
        "event": _("a date of yours with us is near, such as the end of a warranty"),
    }[date]


def _kind_of_field(key: str) -> str:
    known = fields.known(key)
    if known is None or key.startswith("has_"):
        return ""
    if "consent" in key:
        return _("what you agreed to")
    if key in {"points", "tier"}:
        return _("your points")
    group = str(known.group)
    if group in {str(fields.PURCHASES), str(fields.RFM)}:
        return _("your visits and purchases")
    if group == str(fields.SERVICE):
        return _("how your visits went")
    return _("what you told us about yourself")


def _kind_of_fact(fact: str) -> str:
    return {
        "name": _("your name"),
        "booking": _("your booking"),
        "birthday": _("your birthday"),
        "points": _("your points"),
        "tier": _("your points"),
    }.get(fact, _("your visits and purchases"))
