"""What a scenario is for, as data: which happening within its window counts as reached.

    {"kind": "purchase", "window_days": 30}
    {"kind": "survey", "measure": "csat", "at_least": 4, "window_days": 14}
    {"kind": "event", "event": "appointment_kept", "where": [{"field": "amount", "op": ">=", "value": 100000.0}], …}
    {"kind": "segment_left", "segment": "at_risk", "window_days": 60}

Those kept for comparison are watched for the same happening, so a goal is something that they can reach as well.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BeforeValidator, model_serializer, model_validator
from pydantic.functional_serializers import SerializerFunctionWrapHandler

from mijoz.scenarios import fitting
from mijoz.scenarios.triggers import Conditions, EventNameOrNone, Part, SegmentKey, Where

PURCHASE = "purchase"
# The events that each kind watches for, beside its own conditions; purchases, segments and `event` say their own.
EVENTS_OF = {
    PURCHASE: ("purchase_line",),
    "visit": ("visit",),
    "booking": ("booking_made",),
    "survey": ("survey_answered",),
    "case_resolved": ("case_resolved",),
    "message_answered": ("message_received", "message_replied"),
    "message_clicked": ("message_clicked",),
    "points_redeemed": ("offer_redeemed",),
}
OF_SEGMENTS = ("segment_entered", "segment_left")
GOAL_KINDS = (*EVENTS_OF, "event", *OF_SEGMENTS)
MEASURES = ("csat", "nps", "ces", "servperf", "servqual")  # as answers are told to the log
LONGEST_WINDOW_DAYS = 365


def _score(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) < 1000:
        raise fitting.problem(_("A score such as 4 is needed here."))
    return float(given)


class Goal(Part):
    """`measure` and `at_least` narrow a survey: which figure, and from which score on. `event` and `where` are any
    happening of the log with conditions, `segment` the one that is entered or left."""

    kind: Annotated[str, fitting.one_of(GOAL_KINDS)] = PURCHASE
    window_days: Annotated[int, fitting.whole(1, LONGEST_WINDOW_DAYS)]
    measure: Annotated[str, fitting.one_of(["", *MEASURES])] = ""
    at_least: Annotated[float | None, BeforeValidator(_score)] = None
    event: EventNameOrNone = ""
    where: Conditions = ()
    segment: SegmentKey = ""

    @model_validator(mode="after")
    def _says_what(self) -> Goal:
        if self.kind == "event" and not self.event:
            raise fitting.problem(_("Choose the event, such as visit or booking_made."))
        if self.kind in OF_SEGMENTS and not self.segment:
            raise fitting.problem(_("Choose the segment of the goal."))
        if self.at_least is not None and not self.measure:
            raise fitting.problem(_("Say which score it is: a 4 of 5 is another thing than a 4 of 10."))
        return self

    @model_serializer(mode="wrap")
    def _only_what_is_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As it is kept: without what this kind does not ask."""
        told: dict[str, Any] = write(self)
        names = {"kind", "window_days", *_asked_of(self.kind)}
        return {name: value for name, value in told.items() if name in names}

    @property
    def token(self) -> str:
        """By what enrolments in the log name it: the same text for the same goal, whatever its window."""
        told = {name: value for name, value in self.model_dump(mode="json").items() if name != "window_days"}
        if set(told) == {"kind"}:
            return self.kind
        spelled = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return f"{self.kind}/{sha256(spelled.encode()).hexdigest()[:16]}"

    @property
    def happening(self) -> tuple[tuple[str, ...], tuple[Where, ...]] | None:
        """The events any of which reaches it, with the conditions on them; None for a segment."""
        if self.kind in OF_SEGMENTS:
            return None
        if self.kind == "event":
            return (self.event,), self.where
        return EVENTS_OF[self.kind], tuple(self._conditions())

    def _conditions(self) -> list[Where]:
        if self.kind == "points_redeemed":
            return [Where(field="payload.points", op=">", value=0.0)]
        asked = []
        if self.kind == "survey" and self.measure:
            asked.append(Where(field="payload.kind", op="=", value=self.measure))
        if self.kind == "survey" and self.at_least is not None:
            asked.append(Where(field="payload.score", op=">=", value=float(self.at_least)))
        return asked

    @property
    def needs_our_message(self) -> bool:
        """Whether only who was written to can reach it."""
        return self.kind == "message_clicked"


def _asked_of(kind: str) -> tuple[str, ...]:
    if kind in OF_SEGMENTS:
        return ("segment",)
    return {"survey": ("measure", "at_least"), "event": ("event", "where")}.get(kind, ())


def goal_label(kind: str) -> str:
    """What the goal is called in lists to choose from."""
    return {
        PURCHASE: pgettext("goal", "a purchase"),
        "visit": pgettext("goal", "a visit"),
        "booking": pgettext("goal", "a booking made"),
        "survey": pgettext("goal", "a survey answered"),
        "case_resolved": pgettext("goal", "a case resolved"),
        "message_answered": pgettext("goal", "a message from the customer"),
        "message_clicked": pgettext("goal", "a link in our message opened"),
        "points_redeemed": pgettext("goal", "points redeemed"),
        "event": pgettext("goal", "something else that happens"),
        "segment_entered": pgettext("goal", "a segment entered"),
        "segment_left": pgettext("goal", "a segment left"),
    }[kind]


def measure_label(measure: str) -> str:
    return {
        "": pgettext("survey", "any"),
        "csat": pgettext("survey", "satisfaction (CSAT)"),
        "nps": pgettext("survey", "recommendation (NPS)"),
        "ces": pgettext("survey", "ease (CES)"),
        "servperf": pgettext("survey", "service perceived (SERVPERF)"),
        "servqual": pgettext("survey", "service against expectation (SERVQUAL)"),
    }[measure]
