"""Why a customer got what they got: the rule and its version, the facts of that time, each step, the alternatives.

All of it is read from what was written at the time: the reason of the membership, the enrolment, the outcomes of its
steps and the gate's verdicts. What was not kept is not made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from mijoz.analysis.arms import POSITIONS
from mijoz.channels.models import Message, Reason
from mijoz.channels.wording import MEANINGS
from mijoz.scenarios import checking, sentences, variables, wording
from mijoz.scenarios import definition as definitions
from mijoz.scenarios.choosing.choice import Why as ChoiceWhy
from mijoz.scenarios.definition import Definition, Placed, outcome_label
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, StepOutcome, Task
from mijoz.scenarios.sentences import StepInWords
from mijoz.scenarios.step_kinds import TOLD_LATER
from mijoz.segments import rules
from mijoz.segments import sentences as rule_sentences
from mijoz.segments.models import Membership, Segment, SegmentVersion
from mijoz.ui import formats

AROUND = timedelta(days=3)  # messages of other scenarios so near are alternatives
MOST_OTHERS = 20
Facts = list[tuple[str, str]]
GOOD = {"sent", "delivered", "done", "made", "set", "answered", "happened", "opened", "clicked"}
BAD = {"failed", "bounced", "complained", "stopped", "timed_out", "nothing_to_say", "not_chosen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The membership of a segment that began it: the rule of then with its version, and the facts that it asked for."""

    segment: Segment
    sentence: str
    version: int | None
    facts: Facts
    as_of: str
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A step as it went for this customer; `outcome` is "" for one to which they did not come (yet)."""

    key: str
    words: StepInWords
    outcome: str = ""
    tone: str = "neutral"
    at: datetime | None = None
    reason: str = ""
    meaning: str = ""
    revealed: tuple[str, ...] = ()
    choice: str = ""  # why this channel
    message: Message | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """An alternative, and what spoke against it."""

    title: str
    verdict: str
    tone: str = "neutral"
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """`draw` and `bar` are the number that was drawn for the customer and that below which they would be held out."""

    enrolment: Enrolment
    number: int | None
    trigger: str
    eligibility: str = ""
    facts: Facts = field(default_factory=list)
    stay: Stay | None = None
    occasion: Facts = field(default_factory=list)
    draw: float | None = None
    bar: float | None = None
    withheld: str = ""
    goal: str = ""
    steps: list[Happened] = field(default_factory=list)
    scenarios: list[Way] = field(default_factory=list)
    messages: list[Way] = field(default_factory=list)
    is_kept: bool = True  # False when somebody else's engine enrolled and nothing more is known


def why(enrolment: Enrolment) -> Why:
    """All of it for one enrolment, which has its scenario, version and customer."""
    if enrolment.version is None:
        said = _("This enrolment came with the log from another system: why it was made is not known here.")
        return Why(enrolment=enrolment, number=None, trigger=said, is_kept=False)
    found = checking.parse(enrolment.version.definition)
    stay = _stay(enrolment)
    held = found.holdout_share > 0
    named = stay.segment if stay else Segment.objects.filter(key=found.trigger.segment).first()
    return Why(
        enrolment=enrolment,
        number=enrolment.version.number,
        trigger=sentences.trigger(found, named.name if named else found.trigger.segment),
        eligibility=sentences.eligibility(found),
        facts=seen(enrolment, found),
        stay=stay,
        draw=drawn(enrolment) if held else None,
        bar=found.holdout_share if held else None,
        withheld=sentences.held_from(found) if enrolment.arm == Enrolment.Arm.HOLD_OUT else "",
        goal=sentences.goal(found.goal),
        steps=_steps(enrolment, found),
        scenarios=_other_scenarios(enrolment),
        messages=_other_messages(enrolment),
    )


def seen(enrolment: Enrolment, found: Definition) -> Facts:
    """What the conditions asked of the customer, as it was when they were enrolled; empty when it was not kept."""
    if found.eligibility is None or not enrolment.facts:
        return []
    return rule_sentences.facts(rules.field_keys(found.eligibility), enrolment.facts)


def drawn(enrolment: Enrolment) -> float:
    """The number between 0 and 1 by which the arm of this customer was drawn; see analysis.arms."""
    digest = md5(f"{enrolment.scenario.key}:{enrolment.customer_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) / POSITIONS


def _stay(enrolment: Enrolment) -> Stay | None:
    """The membership in the segment of the enrolment as it was then; None when there was none."""
    found = (
        Membership.objects.filter(
            segment__key=enrolment.segment, customer=enrolment.customer_id, entered_at__lte=enrolment.enrolled_at
        )
        .select_related("segment")
        .order_by("-entered_at")
        .first()
    )
    if found is None:
        return None
    number, facts = found.reason.get("version"), found.reason.get("facts", {})
    written = SegmentVersion.objects.filter(segment=found.segment_id, number=number or 0).first()
    try:
        rule = rules.parse(written.rule) if written else None
    except rules.RuleRefused:
        rule = None
    keys: Iterable[str] = rules.field_keys(rule) if rule else facts
    return Stay(
        segment=found.segment,
        sentence=rule_sentences.of_rule(rule) if rule else "",
        version=number,
        facts=rule_sentences.facts(keys, facts),
        as_of=found.reason.get("as_of", ""),
        entered_at=found.entered_at,
    )


def _steps(enrolment: Enrolment, found: Definition) -> list[Happened]:
    """Every step of the version with what came of it."""
    outcomes = {one.step: one for one in StepOutcome.objects.filter(enrolment=enrolment.pk)}
    messages = {one.step: one for one in Message.objects.filter(enrolment=enrolment.pk).defer("html")}
    tasks = {one.step: one for one in Task.objects.filter(enrolment=enrolment.pk).select_related("done_by")}
    words = sentences.steps(found, sentences.names_of_branches())
    return [
        _happened(placed, words[placed.position], outcomes.get(placed.step.key), messages.get(placed.step.key),
                  tasks.get(placed.step.key), _choice(enrolment, placed.step.key))
        for placed in found.placed
    ]  # fmt: skip


def _happened(
    placed: Placed, words: StepInWords, outcome: StepOutcome | None, message: Message | None, task: Task | None,
    choice: str,
) -> Happened:  # fmt: skip
    told, tone, at, reason = "", "neutral", None, ""
    if outcome is not None:
        told, at, reason = outcome_label(outcome.outcome), outcome.at, outcome.detail
        tone = "good" if outcome.outcome in GOOD else "bad" if outcome.outcome in BAD else "neutral"
    if message is not None and (outcome is None or outcome.outcome not in TOLD_LATER):
        told, at, reason = message.get_status_display(), message.settled_at or message.created_at, message.reason
        tone = {"sent": "good", "stopped": "bad", "failed": "bad"}.get(message.status, "neutral")
    if task is not None:
        told, at = (_("done"), task.done_at) if task.done_at else (_("given to staff"), task.created_at)
        tone = "good" if task.done_at else "neutral"
    return Happened(
        key=placed.step.key,
        words=words,
        outcome=told,
        tone=tone,
        at=at,
        reason=reason_label(reason),
        meaning=str(MEANINGS[Reason(reason)]) if reason in MEANINGS else "",
        revealed=_revealed(placed, message),
        choice=choice,
        message=message,
        task=task,
    )


def _choice(enrolment: Enrolment, step: str) -> str:
    """Why the channel of the step was chosen, in the words of today and by the counts of then."""
    kept = (enrolment.ways or {}).get(step)
    return ChoiceWhy.of(kept).sentence() if kept else ""


def reason_label(reason: str) -> str:
    """A reason of the outbox in words; any other one as it is."""
    return str(Reason(reason).label) if reason in Reason.values else reason


def _revealed(placed: Placed, message: Message | None) -> tuple[str, ...]:
    """What the text that was written shows of the customer."""
    step = placed.step
    if message is None or not isinstance(step, definitions.Message):
        return ()
    step = step.by(message.channel)
    texts = (step.subjects.get(message.language, ""), step.texts.get(message.language, ""))
    return tuple(str(variables.FACTS[fact]) for fact in variables.FACTS if fact in wording.revealed(*texts))


def _other_scenarios(enrolment: Enrolment) -> list[Way]:
    """Each other scenario that was live then, and why the customer was or was not in it."""
    at, customer = enrolment.enrolled_at, enrolment.customer_id
    live = Scenario.objects.exclude(pk=enrolment.scenario_id).filter(
        Q(state=Scenario.State.LIVE) | Q(state_at__gt=at), started_at__lte=at
    )
    others = list(live[:MOST_OTHERS])
    newest = (
        ScenarioVersion.objects.filter(scenario__in=others, written_at__lte=at)
        .values("scenario")
        .annotate(newest=Max("number"))
        .values_list("scenario", "newest")
    )
    numbers = dict(newest)
    versions = {
        version.scenario_id: checking.parse(version.definition)
        for version in ScenarioVersion.objects.filter(scenario__in=others)
        if version.number == numbers.get(version.scenario_id)
    }
    stays = _segments_at(customer, at)
    known: dict[int, list[Enrolment]] = {}
    for one in Enrolment.objects.filter(scenario__in=others, customer=customer, enrolled_at__lte=at):
        known.setdefault(one.scenario_id, []).append(one)
    named = {segment.key: segment.name for segment in Segment.objects.all()}
    return [
        _other(other, versions[other.pk], known.get(other.pk, []), stays, named, at)
        for other in others
        if other.pk in versions
    ]


def _segments_at(customer: int, at: datetime) -> set[str]:
    open_then = Q(left_at=None) | Q(left_at__gt=at)
    found = Membership.objects.filter(open_then, customer=customer, entered_at__lte=at)
    return set(found.values_list("segment__key", flat=True))


def _other(
    other: Scenario, found: Definition, known: Sequence[Enrolment], stays: set[str], named: dict[str, str], at: datetime
) -> Way:
    running = [one for one in known if one.ended_at is None or one.ended_at > at]
    if running:
        held = running[-1].arm == Enrolment.Arm.HOLD_OUT
        said = _("kept there for comparison since %(day)s") if held else _("in it too, since %(day)s")
        return Way(other.name, said % {"day": formats.day(running[-1].enrolled_at)}, "good")
    segment = found.trigger.segment
    if segment and segment not in stays:
        return Way(
            other.name, _("was not in the segment “%(segment)s” then") % {"segment": named.get(segment, segment)}
        )
    if known and not definitions.has_occasions(found.trigger):
        day = formats.day(max(one.enrolled_at for one in known))
        if found.again_after is None:
            return Way(other.name, _("had been in it on %(day)s, and it takes everybody once") % {"day": day})
        if max(one.enrolled_at for one in known) + found.again_after > at:
            return Way(other.name, _("had been in it on %(day)s, too short a time before") % {"day": day})
    if not isinstance(found.trigger, definitions.SegmentTrigger):
        return Way(other.name, _("what begins it had not happened"))
    if found.eligibility is not None:
        rule = sentences.eligibility(found)
        return Way(other.name, _("did not fit its conditions then: %(rule)s") % {"rule": rule})
    return Way(other.name, _("had not come to it yet"))


def _other_messages(enrolment: Enrolment) -> list[Way]:
    """What other scenarios wrote to the customer at about that time, and what the gate said to it."""
    begin = enrolment.enrolled_at - AROUND
    end = (enrolment.ended_at or enrolment.window_closes_at) + AROUND
    found = (
        Message.objects.filter(customer=enrolment.customer_id, created_at__gte=begin, created_at__lte=end)
        .exclude(enrolment=enrolment.pk)
        .exclude(scenario="")
        .defer("text", "html")
        .order_by("created_at")[:MOST_OTHERS]
    )
    return [_way_of(message) for message in found]


def _way_of(message: Message) -> Way:
    verdict = message.get_status_display()
    if message.reason:
        verdict = f"{verdict}: {reason_label(message.reason)}"
    tone = {"sent": "good", "stopped": "bad", "failed": "bad"}.get(message.status, "neutral")
    return Way(message.subject or message.get_channel_display(), verdict, tone, message)
