"""The kinds of steps, as data. Each step has a key of its own and ends in one of the outcomes of its kind.

Steps form a tree: a branch and a split hold further steps, and what follows them is common to all again.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, field_validator, model_validator

from mijoz.business.models import Role
from mijoz.channels.models import WITH_SUBJECT, Channel
from mijoz.scenarios import fitting
from mijoz.scenarios.fitting import Texts, text_in
from mijoz.scenarios.triggers import Conditions, EventNameOrNone, Part
from mijoz.scenarios.wording import OfferWords
from mijoz.segments import rules

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NAME = 200, 5_000, 100
LONGEST_SHORT = 900  # six parts of an SMS
SHORT = frozenset({Channel.SMS.value})  # where each letter costs
BEST = "best"  # the channel or the offer that suits this customer best
# The outcomes of each kind that a later branch can ask for; those of a split are its arms.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "wait": ("done", "happened", "timed_out"),
    "branch": ("then", "otherwise"),
    "split": (),
    "message": (
        "sent", "delivered", "opened", "clicked", "bounced", "complained", "failed", "stopped", "nothing_to_say",
        "not_chosen",
    ),
    "offer": ("made", "not_chosen"),
    "protocol": ("set", "kept"),
    "queue": ("set", "kept"),
    "task": ("done", "timed_out"),
    "survey": ("sent", "answered", "timed_out", "stopped", "failed", "not_chosen"),
    "webhook": ("delivered", "failed"),
    "end": ("ended", "went_on"),
}  # fmt: skip
# What is told of a message after it was sent, where somebody tells it; the later one of these replaces the earlier.
TOLD_LATER = ("delivered", "opened", "clicked", "bounced", "complained")
# What each outcome says besides itself: whoever opened a message has got it, and it was sent.
MEANS: dict[str, frozenset[str]] = {
    "delivered": frozenset({"sent"}),
    "opened": frozenset({"sent", "delivered"}),
    "clicked": frozenset({"sent", "delivered", "opened"}),
    "complained": frozenset({"sent", "delivered"}),
}
HELD_OUT = "held_out"  # of any step that a customer kept for comparison does not get
KINDS = tuple(OUTCOMES)
StepKey = Annotated[str, fitting.key(20)]
Length = Annotated[int, fitting.whole(0, 365)]


def _rule(given: Any) -> rules.Rule | None:
    if given is None or isinstance(given, rules.Rule):
        return given
    try:
        return rules.parse(given)
    except rules.RuleRefused as refusal:
        raise fitting.problem(" ".join(sentence for _place, sentence in refusal.problems)) from refusal


RuleOrNone = Annotated[
    rules.Rule | None,
    BeforeValidator(_rule),
    PlainSerializer(lambda rule: rule.document() if rule else None),
]


class Wait(Part):
    """Time that passes before the next step, from the moment of the step before.

    Without `until` it takes days and hours. `event`: until such an event happens to the customer, days and hours at
    the longest (`happened` or `timed_out`). `good_hours`: until the hours in which the customer answers, days and hours
    at the longest.
    """

    kind: Literal["wait"]
    key: StepKey
    days: Length = 0
    hours: Annotated[int, fitting.whole(0, 23)] = 0
    until: Annotated[str, fitting.one_of(["", "event", "good_hours"])] = ""
    event: EventNameOrNone = ""
    where: Conditions = ()

    @model_validator(mode="after")
    def _has_a_length(self) -> Wait:
        if not self.days and not self.hours:
            raise fitting.problem(_("A wait needs at least one hour."))
        if self.until == "event" and not self.event:
            raise fitting.problem(_("Choose the event for which the customer waits."))
        return self

    @property
    def duration(self) -> timedelta:
        """How long it takes, or takes at the longest."""
        return timedelta(days=self.days, hours=self.hours)


class Fork(Part):
    """Two ways: by a rule about the customer, or by the outcome that an earlier step came to."""

    kind: Literal["branch"]
    key: StepKey
    rule: RuleOrNone = None
    step: Annotated[str, fitting.plain(20)] = ""
    outcomes: tuple[str, ...] = ()
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Fork:
        if (self.rule is None) == (not self.step):
            raise fitting.problem(_("A branch asks either a rule or the outcome of an earlier step."))
        if self.step and not self.outcomes:
            raise fitting.problem(_("Choose the outcomes that lead to the first way."))
        if not self.then and not self.otherwise:
            raise fitting.problem(_("Put a step into one of the two ways."))
        return self


class Arm(Part):
    key: StepKey
    share: Annotated[int, fitting.whole(1, 99)]  # per cent
    names: Annotated[Texts, fitting.texts(LONGEST_NAME, required=False)] = Field(default_factory=dict)
    steps: tuple[Step, ...] = ()


class Split(Part):
    """Ways drawn by chance, each customer's by a hash of scenario, step and customer: the same at any time."""

    kind: Literal["split"]
    key: StepKey
    arms: tuple[Arm, ...]

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Split:
        if not 2 <= len(self.arms) <= 5:
            raise fitting.problem(_("A split has two to five arms."))
        if len({arm.key for arm in self.arms}) < len(self.arms):
            raise fitting.problem(_("Two arms have the same key."))
        if sum(arm.share for arm in self.arms) != 100:
            raise fitting.problem(_("The shares of the arms must make 100 per cent together."))
        return self


class Message(Part):
    """A message by a channel, in the customer's language; subjects and texts are templates, see wording.py.

    Subjects are of e-mail: a message that can only go by another channel needs none. `short_texts` stand in the place
    of the texts where each letter costs.
    """

    kind: Literal["message"]
    key: StepKey
    channel: Annotated[str, fitting.one_of([*Channel.values, BEST])] = Channel.EMAIL.value
    subjects: Annotated[Texts, fitting.texts(LONGEST_SUBJECT, required=False)] = Field(
        default_factory=dict, validate_default=True
    )
    texts: Annotated[Texts, fitting.texts(LONGEST_TEXT)]
    short_texts: Annotated[Texts, fitting.texts(LONGEST_SHORT, required=False)] = Field(default_factory=dict)

    def by(self, channel: str) -> Message:
        """The message as it goes by this channel."""
        subjects = self.subjects if channel in WITH_SUBJECT else {}
        texts = self.texts | self.short_texts if channel in SHORT else self.texts
        return self.model_copy(update={"subjects": subjects, "texts": texts, "short_texts": {}})

    @field_validator("short_texts", mode="after")
    @classmethod
    def _short_ones_are_for_a_choice(cls, texts: Texts, about: ValidationInfo) -> Texts:
        return texts if about.data.get("channel") == BEST else {}

    @field_validator("subjects", mode="after")
    @classmethod
    def _mail_has_a_subject(cls, subjects: Texts, about: ValidationInfo) -> Texts:
        if not has_subject(about.data.get("channel", BEST)):
            return {}
        if not subjects:
            raise fitting.problem(_("Write it in one language at least."))
        return subjects


def has_subject(channel: str) -> bool:
    """Whether a message by this channel, or by each customer's best, may need a subject."""
    return channel == BEST or channel in WITH_SUBJECT


class Offer(Part):
    """A discount or a gift that is valid for some days, the day of the step not counted.

    `source`: `own` is described here; `loyalty` is the offer `offer` of the offers page; `best` is the one of those
    that suits the customer best.
    """

    kind: Literal["offer"]
    key: StepKey
    source: Annotated[str, fitting.one_of(["own", "loyalty", BEST])] = "own"
    offer: Annotated[str, fitting.plain(40)] = ""
    names: Annotated[Texts, fitting.texts(LONGEST_NAME, required=False)] = Field(default_factory=dict)
    discount: Annotated[float, fitting.share(1.0, above_zero=True)] | None = None
    gifts: Annotated[Texts, fitting.texts(LONGEST_NAME, required=False)] = Field(default_factory=dict)
    valid_days: Annotated[int, fitting.whole(1, 365)]

    @field_validator("offer", mode="before")
    @classmethod
    def _is_a_key(cls, given: Any, about: ValidationInfo) -> Any:
        if about.data.get("source") == BEST:
            return ""
        return fitting.as_key(given, 40)

    @field_validator("names", mode="after")
    @classmethod
    def _own_has_a_name(cls, names: Texts, about: ValidationInfo) -> Texts:
        if about.data.get("source", "own") == "own" and not names:
            raise fitting.problem(_("Write it in one language at least."))
        return names

    @model_validator(mode="after")
    def _discount_or_gift(self) -> Offer:
        told = (self.discount is not None) + bool(self.gifts)
        if self.source == "own" and told != 1:
            raise fitting.problem(_("An offer is either a discount or a gift: fill in one of them."))
        if self.source != "own" and told:
            raise fitting.problem(_("What this offer gives is written on the page of offers."))
        if self.source == "loyalty" and not self.offer:
            raise fitting.problem(_("Choose the offer."))
        return self

    def words(self, *languages: str, until: date | None = None) -> OfferWords:
        """The offer as a text speaks of it, in the first of these languages that it has."""
        return OfferWords(
            name=text_in(self.names, *languages),
            discount=self.discount,
            gift=text_in(self.gifts, *languages),
            until=until or date.min,
        )


class SetProtocol(Part):
    """How the customer is served from now on; what is None or empty stays as it is."""

    kind: Literal["protocol"]
    key: StepKey
    priority: Annotated[int, fitting.whole(0, 9)] | None = None
    scripts: Annotated[Texts, fitting.texts(LONGEST_TEXT, required=False)] = Field(default_factory=dict)
    package: Annotated[str, fitting.one_of(["", "minimal", "value_adding"])] = ""
    preferred_channel: Annotated[str, fitting.one_of(["", *Channel.values])] = ""
    preferred_hours: Annotated[str, fitting.plain(40)] = ""
    response_minutes: Annotated[int, fitting.whole(1, 10_080)] | None = None  # how soon staff answer, at the latest

    @model_validator(mode="after")
    def _sets_something(self) -> SetProtocol:
        named = (self.scripts, self.package, self.preferred_channel, self.preferred_hours, self.response_minutes)
        if self.priority is None and not any(named):
            raise fitting.problem(_("The step sets nothing: fill in at least one field of the protocol."))
        return self


class QueueFirst(Part):
    """Serve the customer before others for some hours; then their priority is as before."""

    kind: Literal["queue"]
    key: StepKey
    priority: Annotated[int, fitting.whole(1, 9)] = 9
    hours: Annotated[int, fitting.whole(1, 720)] = 24


class Confirm(Part):
    """Something of the protocol that whoever does the task says to have done, or not."""

    key: StepKey
    texts: Annotated[Texts, fitting.texts(LONGEST_NAME)]


class GiveTask(Part):
    """A task for staff of a role, at one branch or at all of them, with what they confirm when it is done."""

    kind: Literal["task"]
    key: StepKey
    texts: Annotated[Texts, fitting.texts(LONGEST_TEXT)]
    role: Annotated[str, fitting.one_of(Role.values)]
    branch: Annotated[str, fitting.plain(40)] = ""  # its code; "" for all
    due_days: Annotated[int, fitting.whole(0, 60)] = 1
    confirm: tuple[Confirm, ...] = ()

    @model_validator(mode="after")
    def _few_to_confirm(self) -> GiveTask:
        if len(self.confirm) > 10:
            raise fitting.problem(_("At most %(n)s steps of a protocol can be confirmed.") % {"n": 10})
        if len({asked.key for asked in self.confirm}) < len(self.confirm):
            raise fitting.problem(_("Two steps to confirm have the same key."))
        return self


class Survey(Part):
    """An invitation to a survey, which the app of surveys sends."""

    kind: Literal["survey"]
    key: StepKey
    survey: Annotated[str, fitting.key(40)]
    channel: Annotated[str, fitting.one_of([*Channel.values, BEST])] = BEST
    valid_days: Annotated[int, fitting.whole(1, 60)] = 7


class Webhook(Part):
    """A signed call to one of the addresses of the page of webhooks."""

    kind: Literal["webhook"]
    key: StepKey
    endpoint: Annotated[str, fitting.key(40)]


class End(Part):
    """The customer's way ends here; with `at_goal` only when they have reached the goal."""

    kind: Literal["end"]
    key: StepKey
    at_goal: bool = True


Step = Annotated[
    Wait | Fork | Split | Message | Offer | SetProtocol | QueueFirst | GiveTask | Survey | Webhook | End,
    Field(discriminator="kind"),
]
for _model in (Fork, Arm, Split):
    _model.model_rebuild()


def arms_of(step: Step) -> list[tuple[str, tuple[Step, ...]]]:
    """The ways that lead on from a step, by the outcome that leads there: none but for a branch and a split."""
    match step:
        case Fork():
            return [("then", step.then), ("otherwise", step.otherwise)]
        case Split():
            return [(arm.key, arm.steps) for arm in step.arms]
    return []


def outcomes_of(step: Step) -> tuple[str, ...]:
    """The outcomes to which the step can come."""
    if isinstance(step, Split):
        return tuple(arm.key for arm in step.arms)
    if isinstance(step, Wait):
        return ("happened", "timed_out") if step.until == "event" else ("done",)
    return OUTCOMES[step.kind]


def kind_label(kind: str) -> str:
    return {
        "wait": pgettext("step", "Wait"),
        "branch": pgettext("step", "Branch"),
        "split": pgettext("step", "Split by chance"),
        "message": pgettext("step", "Message"),
        "offer": pgettext("step", "Offer"),
        "protocol": pgettext("step", "Service protocol"),
        "queue": pgettext("step", "First in the queue"),
        "task": pgettext("step", "Task for staff"),
        "survey": pgettext("step", "Survey"),
        "webhook": pgettext("step", "Call to another system"),
        "end": pgettext("step", "End"),
    }[kind]


def outcome_label(outcome: str) -> str:
    """An outcome in words; an arm of a split is called by its key."""
    named = {
        "done": pgettext("outcome", "done"),
        "happened": pgettext("outcome", "it happened"),
        "timed_out": pgettext("outcome", "time ran out"),
        "then": pgettext("outcome", "the first way"),
        "otherwise": pgettext("outcome", "the other way"),
        "sent": pgettext("outcome", "sent"),
        "delivered": pgettext("outcome", "delivered"),
        "opened": pgettext("outcome", "opened"),
        "clicked": pgettext("outcome", "a link was opened"),
        "bounced": pgettext("outcome", "came back"),
        "complained": pgettext("outcome", "called spam"),
        "failed": pgettext("outcome", "failed"),
        "stopped": pgettext("outcome", "stopped by the gate"),
        "nothing_to_say": pgettext("outcome", "nothing to say"),
        "not_chosen": pgettext("outcome", "nothing was chosen"),
        "made": pgettext("outcome", "made"),
        "set": pgettext("outcome", "set"),
        "kept": pgettext("outcome", "left as staff set it"),
        "answered": pgettext("outcome", "answered"),
        "ended": pgettext("outcome", "ended here"),
        "went_on": pgettext("outcome", "went on"),
        HELD_OUT: pgettext("outcome", "kept for comparison"),
    }
    return named.get(outcome, outcome)
