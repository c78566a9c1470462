"""What a scenario does, as data: trigger, eligibility, hold-out, steps, goal. JSON such as

    {"trigger": {"kind": "segment_entered", "segment": "new", "include_present": true},
     "eligibility": {"field": "consents_to_marketing", "op": "is", "value": true},
     "holdout_share": 0.3, "again_after_days": null, "purpose": "marketing",
     "goal": {"kind": "purchase", "window_days": 30},
     "steps": [{"key": "wait", "kind": "wait", "days": 1}, {"key": "thanks", "kind": "message", ...}]}

`parse` checks all of it and says in sentences what is wrong and where. Texts are objects by language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from itertools import count
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mijoz.business.models import Role
from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose
from mijoz.scenarios import fitting, wording
from mijoz.scenarios.fitting import Texts, in_language, text_in
from mijoz.scenarios.wording import OfferWords
from mijoz.segments import rules

MOST_STEPS = 30
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NAME = 200, 5_000, 100
LARGEST_HOLDOUT = 0.9
LONGEST_WINDOW_DAYS = 365
KINDS = ("wait", "message", "offer", "protocol", "task")
StepKey = Annotated[str, fitting.key(20)]


class DefinitionRefused(ValueError):
    """The definition cannot be used; `problems` lists (place such as `steps.2.texts.uz`, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _place, sentence in problems))
        self.problems = problems


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


def parse(
    document: Any,
    *,
    language: str = "",
    segments: Collection[str] | None = None,
    branches: Collection[str] | None = None,
) -> Definition:
    """The definition that `document` (JSON) holds. Raises DefinitionRefused with a sentence for each fault.

    What only the installation knows is checked when it is given: the `language` in which every text must be there,
    keys of the `segments` in use, codes of the `branches`.
    """
    if not isinstance(document, dict):
        raise DefinitionRefused([("", _("A scenario is an object with trigger, steps and goal."))])
    faults: list[tuple[str, str]] = []
    given = dict(document)
    rule = _rule(given.pop("eligibility", None), faults)
    given["steps"] = _with_keys(given.get("steps"))
    try:
        definition = Definition(**given, eligibility=rule)
    except ValidationError as refusal:
        faults = [_place_and_sentence(error) for error in refusal.errors()] + faults
        raise DefinitionRefused(faults) from refusal
    except TypeError as refusal:  # a key that is no word
        raise DefinitionRefused([("", _("A scenario is an object with trigger, steps and goal."))]) from refusal
    faults += _whole_faults(definition)
    faults += _text_faults(definition, language)
    if segments is not None and definition.trigger.segment not in segments:
        unknown = {"key": definition.trigger.segment}
        faults.append(("trigger.segment", _("There is no segment “%(key)s” in use.") % unknown))
    for place, step in enumerate(definition.steps):
        if isinstance(step, GiveTask) and step.branch and branches is not None and step.branch not in branches:
            faults.append((f"steps.{place}.branch", _("There is no branch “%(code)s”.") % {"code": step.branch}))
    if faults:
        raise DefinitionRefused(faults)
    return definition


def kind_label(kind: str) -> str:
    return {
        "wait": pgettext("step", "Wait"),
        "message": pgettext("step", "Message"),
        "offer": pgettext("step", "Offer"),
        "protocol": pgettext("step", "Service protocol"),
        "task": pgettext("step", "Task for staff"),
    }[kind]


def in_words(place: str) -> str:
    """Where a problem is, for a person: Step 2."""
    parts = place.split(".")
    if parts[0] == "steps" and len(parts) > 1 and parts[1].isdigit():
        return _("Step %(n)s") % {"n": int(parts[1]) + 1}
    return ""


def _rule(given: Any, faults: list[tuple[str, str]]) -> rules.Rule | None:
    if given is None:
        return None
    try:
        return rules.parse(given)
    except rules.RuleRefused as refusal:
        faults += [(f"eligibility.{place}".rstrip("."), sentence) for place, sentence in refusal.problems]
        return None


def _with_keys(steps: Any) -> Any:
    """The steps, each one without a key given one: message, message_2."""
    if not isinstance(steps, list | tuple):
        return steps
    taken = {step["key"] for step in steps if isinstance(step, dict) and isinstance(step.get("key"), str)}
    named = []
    for step in steps:
        if isinstance(step, dict) and not step.get("key") and step.get("kind") in KINDS:
            step = {**step, "key": free_key(step["kind"], taken)}
            taken.add(step["key"])
        named.append(step)
    return named


def free_key(kind: str, taken: Collection[str]) -> str:
    """A key for a step of this kind that no other one has."""
    names = (kind if place == 1 else f"{kind}_{place}" for place in count(1))
    return next(name for name in names if name not in taken)


def _whole_faults(definition: Definition) -> Iterator[tuple[str, str]]:
    """What is wrong with the steps together."""
    steps = definition.steps
    if len(steps) > MOST_STEPS:
        yield "steps", _("A scenario has at most %(n)s steps.") % {"n": MOST_STEPS}
    if not any(not isinstance(step, Wait) for step in steps):
        yield "steps", _("A scenario needs at least one step that does something: a message, an offer, a task.")
    elif isinstance(steps[-1], Wait):
        yield f"steps.{len(steps) - 1}", _("Nothing follows this wait: remove it or add a step after it.")
    seen: set[str] = set()
    for place, step in enumerate(steps):
        if step.key in seen:
            yield f"steps.{place}.key", _("Two steps have the key “%(key)s”.") % {"key": step.key}
        seen.add(step.key)
    if definition.duration >= definition.window:
        yield (
            "goal.window_days",
            _("The steps take %(steps)s days, so the goal must be watched for longer than %(window)s days.")
            % {"steps": definition.duration.days, "window": definition.goal.window_days},
        )


def _text_faults(definition: Definition, language: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the templates, and which languages are missing."""
    for place, step in enumerate(definition.steps):
        for name in ("subjects", "texts", "names", "gifts", "scripts"):
            texts: Texts = getattr(step, name, {})
            if isinstance(step, Message):
                offer = definition.offer_before(place)
                words = offer.words("") if offer else None
                for code, text in texts.items():
                    for sentence in wording.problems(text, offer=words):
                        yield f"steps.{place}.{name}.{code}", sentence
            if language and texts and language not in texts:
                yield (
                    f"steps.{place}.{name}.{language}",
                    _("Write it %(in_language)s too: where a language is missing, the one of your business is used.")
                    % {"in_language": in_language(language)},
                )
        if isinstance(step, Message):
            for code in sorted(step.subjects.keys() ^ step.texts.keys()):
                lacking = "texts" if code in step.subjects else "subjects"
                if code != language:
                    yield (
                        f"steps.{place}.{lacking}.{code}",
                        _("Subject and text belong together: write both %(in_language)s, or none.")
                        % {"in_language": in_language(code)},
                    )


SENTENCES: dict[str, Callable[[Any], str]] = {
    "missing": lambda error: _("“%(key)s” is missing.") % {"key": error["loc"][-1]},
    "extra_forbidden": lambda error: _("“%(key)s” does not belong here.") % {"key": error["loc"][-1]},
    "union_tag_invalid": lambda error: _("A step is one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)},
    "union_tag_not_found": lambda error: _("A step is one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)},
    "bool_type": lambda error: _("Yes or no is needed here."),
    "bool_parsing": lambda error: _("Yes or no is needed here."),
}


def _place_and_sentence(error: Any) -> tuple[str, str]:
    """Where in the JSON, without the kind that the checking library puts behind a step's place."""
    kept = [
        str(part)
        for place, part in enumerate(error["loc"])
        if not (place == 2 and error["loc"][0] == "steps" and part in KINDS)
    ]
    if error["type"] == "definition":
        return ".".join(kept), error["msg"]
    say = SENTENCES.get(error["type"], lambda _error: _("This is not what is needed here."))
    return ".".join(kept), say(error)
