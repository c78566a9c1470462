"""What a scenario does, as data: trigger, eligibility, hold-out, steps, goal. JSON such as

    {"trigger": {"kind": "segment_entered", "segment": "new", "include_present": true},
     "eligibility": {"field": "consents_to_marketing", "op": "is", "value": true},
     "holdout_share": 0.3, "again_after_days": null, "purpose": "marketing",
     "goal": {"kind": "purchase", "window_days": 30},
     "steps": [{"key": "wait", "kind": "wait", "days": 1}, {"key": "thanks", "kind": "message", ...}]}

`checking.parse` makes one of it or says what is wrong. Texts are objects by language.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mijoz.business.models import Role
from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose
from mijoz.scenarios import fitting
from mijoz.scenarios.fitting import Texts, text_in
from mijoz.scenarios.wording import OfferWords
from mijoz.segments import rules

MOST_STEPS = 30
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NAME = 200, 5_000, 100
LARGEST_HOLDOUT = 0.9
LONGEST_WINDOW_DAYS = 365
KINDS = ("wait", "message", "offer", "protocol", "task")
StepKey = Annotated[str, fitting.key(20)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wait(_Part):
    """Time that passes before the next step, from the moment of the step before."""

    kind: Literal["wait"]
    key: StepKey
    days: Annotated[int, fitting.whole(0, 365)] = 0
    hours: Annotated[int, fitting.whole(0, 23)] = 0

    @model_validator(mode="after")
    def _has_a_length(self) -> Wait:
        if not self.days and not self.hours:
            raise fitting.problem(_("A wait needs at least one hour."))
        return self

    @property
    def duration(self) -> timedelta:
        return timedelta(days=self.days, hours=self.hours)


class Message(_Part):
    """A message by a channel, in the customer's language; subjects and texts are templates, see wording.py."""

    kind: Literal["message"]
    key: StepKey
    channel: Annotated[str, fitting.one_of(Channel.values)] = Channel.EMAIL.value
    subjects: Annotated[Texts, fitting.texts(LONGEST_SUBJECT)]
    texts: Annotated[Texts, fitting.texts(LONGEST_TEXT)]


class Offer(_Part):
    """A discount or a gift that is valid for some days, the day of the step not counted."""

    kind: Literal["offer"]
    key: StepKey
    offer: Annotated[str, fitting.key(40)]
    names: Annotated[Texts, fitting.texts(LONGEST_NAME)]
    discount: Annotated[float, fitting.share(1.0, above_zero=True)] | None = None
    gifts: Annotated[Texts, fitting.texts(LONGEST_NAME, required=False)] = Field(default_factory=dict)
    valid_days: Annotated[int, fitting.whole(1, 365)]

    @model_validator(mode="after")
    def _discount_or_gift(self) -> Offer:
        if (self.discount is None) == (not self.gifts):
            raise fitting.problem(_("An offer is either a discount or a gift: fill in one of them."))
        return self

    def words(self, *languages: str, until: date | None = None) -> OfferWords:
        """The offer as a text speaks of it, in the first of these languages that it has."""
        return OfferWords(
            name=text_in(self.names, *languages),
            discount=self.discount,
            gift=text_in(self.gifts, *languages),
            until=until or date.min,
        )


class SetProtocol(_Part):
    """How the customer is served from now on; what is None or empty stays as it is."""

    kind: Literal["protocol"]
    key: StepKey
    priority: Annotated[int, fitting.whole(0, 9)] | None = None
    scripts: Annotated[Texts, fitting.texts(LONGEST_TEXT, required=False)] = Field(default_factory=dict)
    package: Annotated[str, fitting.one_of(["", "minimal", "value_adding"])] = ""
    preferred_channel: Annotated[str, fitting.one_of(["", *Channel.values])] = ""
    preferred_hours: Annotated[str, fitting.plain(40)] = ""

    @model_validator(mode="after")
    def _sets_something(self) -> SetProtocol:
        named = (self.scripts, self.package, self.preferred_channel, self.preferred_hours)
        if self.priority is None and not any(named):
            raise fitting.problem(_("The step sets nothing: fill in at least one field of the protocol."))
        return self


class GiveTask(_Part):
    """A task for staff of a role, at one branch or at all of them."""

    kind: Literal["task"]
    key: StepKey
    texts: Annotated[Texts, fitting.texts(LONGEST_TEXT)]
    role: Annotated[str, fitting.one_of(Role.values)]
    branch: Annotated[str, fitting.plain(40)] = ""  # its code; "" for all
    due_days: Annotated[int, fitting.whole(0, 60)] = 1


Step = Annotated[Wait | Message | Offer | SetProtocol | GiveTask, Field(discriminator="kind")]


class Trigger(_Part):
    """`segment_entered` enrols who enters, with `include_present` also who is there; `segment_left` who leaves."""

    kind: Annotated[Literal["segment_entered", "segment_left"], fitting.one_of(["segment_entered", "segment_left"])]
    segment: Annotated[str, fitting.plain(40)]
    include_present: bool = True

    @model_validator(mode="after")
    def _names_a_segment(self) -> Trigger:
        if not self.segment:
            raise fitting.problem(_("Choose the segment for which the scenario is."))
        return self


class Goal(_Part):
    kind: Annotated[Literal["purchase"], fitting.one_of(["purchase"])] = "purchase"
    window_days: Annotated[int, fitting.whole(1, LONGEST_WINDOW_DAYS)]


class Definition(_Part):
    """A checked definition. `again_after_days` of None enrols a customer once and never again.

    `ends_at_goal` leaves out the steps that are still to come when the customer has reached the goal.
    """

    trigger: Trigger
    eligibility: rules.Rule | None = None
    holdout_share: Annotated[float, fitting.share(LARGEST_HOLDOUT, above_zero=False)]
    again_after_days: Annotated[int, fitting.whole(1, 3650)] | None = None
    purpose: Annotated[str, fitting.one_of([Purpose.SERVICE.value, Purpose.MARKETING.value])]
    goal: Goal
    ends_at_goal: bool = True
    steps: tuple[Step, ...]

    def document(self) -> dict[str, Any]:
        """The definition as JSON, as it is kept."""
        document = self.model_dump(mode="json", exclude={"eligibility"})
        return document | {"eligibility": self.eligibility.document() if self.eligibility else None}

    def offer_before(self, position: int) -> Offer | None:
        """The offer that the message at this position speaks of: the last one made before it."""
        return next((step for step in reversed(self.steps[:position]) if isinstance(step, Offer)), None)

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.goal.window_days)

    @property
    def again_after(self) -> timedelta | None:
        return None if self.again_after_days is None else timedelta(days=self.again_after_days)

    @property
    def duration(self) -> timedelta:
        """How long the steps take from enrolment to the last of them."""
        return sum((step.duration for step in self.steps if isinstance(step, Wait)), timedelta())


def kind_label(kind: str) -> str:
    return {
        "wait": pgettext("step", "Wait"),
        "message": pgettext("step", "Message"),
        "offer": pgettext("step", "Offer"),
        "protocol": pgettext("step", "Service protocol"),
        "task": pgettext("step", "Task for staff"),
    }[kind]
