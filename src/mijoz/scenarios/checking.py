"""Whether a document is a definition: every fault with its place and a sentence, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from mijoz.channels.models import Channel
from mijoz.channels.queries import account
from mijoz.loyalty.models import Offer as LoyaltyOffer
from mijoz.loyalty.models.offers import State
from mijoz.scenarios import hooks, wording
from mijoz.scenarios.definition import (
    BEST,
    KINDS,
    MOST_LEVELS,
    MOST_STEPS,
    TRIGGER_KINDS,
    Definition,
    Fork,
    GiveTask,
    Message,
    Offer,
    Placed,
    Split,
    Step,
    Survey,
    Wait,
    Webhook,
    kind_label,
    lay,
    offer_before,
    outcomes_of,
    trigger_label,
)
from mijoz.scenarios.fitting import Texts, in_language
from mijoz.scenarios.models import Endpoint
from mijoz.scenarios.sentences import channel_label
from mijoz.scenarios.step_kinds import has_subject
from mijoz.segments import rules

Fault = tuple[str, str]  # place such as `steps.2.texts.uz`, sentence
STEP: TypeAdapter[Step] = TypeAdapter(Step)
# What this installation can carry out; a definition may hold more, but is not started then.
RUN_TRIGGERS = frozenset(TRIGGER_KINDS)
RUN_STEPS = frozenset(KINDS) - {"survey"}


class DefinitionRefused(ValueError):
    """The definition cannot be used; `problems` lists every fault."""

    def __init__(self, problems: list[Fault]) -> None:
        super().__init__(" ".join(sentence for _place, sentence in problems))
        self.problems = problems


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
    if not isinstance(document, dict) or not all(isinstance(name, str) for name in document):
        raise DefinitionRefused([("", _("A scenario is an object with trigger, steps and goal."))])
    if _levels(document.get("steps")) > MOST_LEVELS:
        raise DefinitionRefused([("steps", _("Steps are nested more than %(n)s levels deep.") % {"n": MOST_LEVELS})])
    given = _with_keys(document.get("steps"))
    steps, faults = _steps(given) if isinstance(given, list) else ({}, [])
    whole = document | {"eligibility": None, "steps": given if not isinstance(given, list) else tuple(steps.values())}
    rule, refused = _rule(document.get("eligibility"))
    faults += refused
    try:
        definition = Definition(**whole)
    except ValidationError as refusal:
        faults = [_fault((), error) for error in refusal.errors()] + faults
    else:
        if len(steps) == len(definition.steps) and not faults:
            faults += _faults_together(definition)
        if segments is not None and (named := definition.trigger.segment) and named not in segments:
            faults.append(("trigger.segment", _("There is no segment “%(key)s” in use.") % {"key": named}))
        if segments is not None and (named := definition.goal.segment) and named not in segments:
            faults.append(("goal.segment", _("There is no segment “%(key)s” in use.") % {"key": named}))
    right = _placed(steps)
    faults += _text_faults(right, language)
    if branches is not None:
        faults += _branch_faults(right, branches)
    if faults:
        raise DefinitionRefused(faults)
    return definition.model_copy(update={"eligibility": rule})


def refuse_what_cannot_run(definition: Definition) -> None:
    """Raise DefinitionRefused when the definition asks for something that this installation cannot carry out."""
    faults = []
    if definition.trigger.kind not in RUN_TRIGGERS:
        faults.append(
            (
                "trigger.kind",
                _("“%(label)s” cannot begin a scenario here yet: choose something else to begin with.")
                % {"label": trigger_label(definition.trigger.kind)},
            )
        )
    for placed in definition.placed:
        if not _can_run(placed.step):
            sentence = _("The step “%(label)s” cannot be carried out here yet: remove it before you start.")
            told = {"label": kind_label(placed.step.kind)}
            if isinstance(placed.step, Message | Survey) and _lacks_channel(placed.step):
                told = {"channel": channel_label(placed.step.channel)}
                sentence = _(
                    "“%(channel)s” is not set up: set it up under Set-up, Channels, or choose another channel."
                )
            elif isinstance(placed.step, Survey):
                told = {"name": hooks.survey_name(placed.step.survey) or placed.step.survey}
                sentence = _("The survey “%(name)s” takes no answers yet: open it under Surveys before you start.")
            faults.append((placed.place, sentence % told))
    if faults:
        raise DefinitionRefused(faults)


def _can_run(step: Step) -> bool:
    if isinstance(step, Message | Survey) and _lacks_channel(step):
        return False
    if isinstance(step, Offer) and step.source == "loyalty":
        return LoyaltyOffer.objects.filter(key=step.offer, state=State.LIVE).exists()
    if isinstance(step, Webhook):
        return Endpoint.objects.filter(key=step.endpoint, is_active=True).exists()
    return step.kind in RUN_STEPS or (isinstance(step, Survey) and hooks.asks(step.survey))


def _lacks_channel(step: Message | Survey) -> bool:
    """Whether it goes by a channel that is not set up; by e-mail messages wait until it is."""
    return step.channel not in {Channel.EMAIL.value, BEST} and account(step.channel) is None


def _rule(given: Any) -> tuple[rules.Rule | None, list[Fault]]:
    if given is None:
        return None, []
    try:
        return rules.parse(given), []
    except rules.RuleRefused as refusal:
        return None, [(_place("eligibility", *filter(None, [place])), said) for place, said in refusal.problems]


def _steps(given: list[Any]) -> tuple[dict[int, Step], list[Fault]]:
    """The steps that are right, by their place, and what is wrong with the others."""
    right: dict[int, Step] = {}
    faults: list[Fault] = []
    for place, step in enumerate(given):
        try:
            right[place] = STEP.validate_python(step)
        except ValidationError as refusal:
            faults += [_fault(("steps", place), error) for error in refusal.errors()]
    return right, faults


def _placed(steps: Mapping[int, Step]) -> tuple[Placed, ...]:
    """The steps that are right and those inside of them, where they stand in what was given."""
    laid, given = lay(tuple(steps.values())), list(steps)
    return tuple(replace(placed, place=_given_place(placed.place, given)) for placed in laid)


def _given_place(place: str, given: list[int]) -> str:
    head, index, *rest = place.split(".")
    return ".".join([head, str(given[int(index)]), *rest])


def inner_lists(step: Any) -> list[Any]:
    """The lists of steps that a step written as JSON holds, whatever else is wrong with it."""
    if not isinstance(step, dict):
        return []
    arms = step.get("arms") if step.get("kind") == "split" else None
    inside = [arm.get("steps") for arm in arms if isinstance(arm, dict)] if isinstance(arms, list | tuple) else []
    if step.get("kind") == "branch":
        inside += [step.get("then"), step.get("otherwise")]
    return [found for found in inside if isinstance(found, list | tuple)]


def _levels(steps: Any, depth: int = 0) -> int:
    if not isinstance(steps, list | tuple) or depth > MOST_LEVELS:
        return 0
    return max((1 + _levels(inner, depth + 1) for step in steps for inner in inner_lists(step)), default=0)


def _keys(steps: Any) -> Iterator[str]:
    for step in steps:
        if isinstance(step, dict) and isinstance(step.get("key"), str):
            yield step["key"]
        for inner in inner_lists(step):
            yield from _keys(inner)


def _with_keys(steps: Any, taken: set[str] | None = None) -> Any:
    """The steps, each one without a key given one: message, message_2."""
    if not isinstance(steps, list | tuple):
        return steps
    taken = set(_keys(steps)) if taken is None else taken
    named = []
    for step in steps:
        if isinstance(step, dict) and step.get("kind") in KINDS:
            if not step.get("key"):
                step = {**step, "key": free_key(step["kind"], taken)}
                taken.add(step["key"])
            if inner_lists(step):
                step = _named_inside(step, taken)
        named.append(step)
    return named


def _named_inside(step: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    if step["kind"] == "branch":
        return step | {way: _with_keys(step[way], taken) for way in ("then", "otherwise") if way in step}
    arms = [
        arm | {"steps": _with_keys(arm["steps"], taken)} if isinstance(arm, dict) and "steps" in arm else arm
        for arm in step["arms"]
    ]
    return step | {"arms": arms}


def free_key(kind: str, taken: Collection[str]) -> str:
    """A key for a step of this kind that no other one has."""
    names = (kind if place == 1 else f"{kind}_{place}" for place in count(1))
    return next(name for name in names if name not in taken)


def _faults_together(definition: Definition) -> Iterator[Fault]:
    """What is wrong with the steps together."""
    everything = definition.placed
    if len(everything) > MOST_STEPS:
        yield "steps", _("A scenario has at most %(n)s steps.") % {"n": MOST_STEPS}
    if all(placed.step.kind in ("wait", "branch", "split", "end") for placed in everything):
        yield "steps", _("A scenario needs at least one step that does something: a message, an offer, a task.")
    else:
        for placed in everything:
            if isinstance(placed.step, Wait) and placed.after == len(everything):
                yield placed.place, _("Nothing follows this wait: remove it or add a step after it.")
    seen: set[str] = set()
    for placed in everything:
        if placed.step.key in seen:
            yield f"{placed.place}.key", _("Two steps have the key “%(key)s”.") % {"key": placed.step.key}
        seen.add(placed.step.key)
        if isinstance(placed.step, Fork) and placed.step.step:
            yield from _outcome_faults(placed, placed.step, definition)
    if definition.duration >= definition.window:
        yield (
            "goal.window_days",
            _("The steps take %(steps)s days, so the goal must be watched for longer than %(window)s days.")
            % {"steps": definition.duration.days, "window": definition.goal.window_days},
        )
    yield from _goal_faults(definition)


def _goal_faults(definition: Definition) -> Iterator[Fault]:
    """A goal that says nothing: one that both arms cannot reach, or that is reached by what begins the scenario."""
    goal, begins = definition.goal, definition.trigger
    if goal.needs_our_message and definition.holdout_share and definition.holdout_of != "service":
        yield (
            "goal.kind",
            _(
                "Whoever is kept for comparison gets no message, so they cannot open a link in it: choose a goal that "
                "both can reach, or keep nobody for comparison."
            ),
        )
    asked = (placed.step for placed in definition.placed if isinstance(placed.step, Survey))
    if goal.kind == "survey" and definition.holdout_share and any(map(definition.is_withheld, asked)):
        yield (
            "goal.kind",
            _(
                "Whoever is kept for comparison is not asked by this survey, so they cannot answer it: choose a goal "
                "that both can reach, or keep nobody for comparison."
            ),
        )
    if goal.segment and goal.kind == begins.kind and goal.segment == begins.segment:
        yield "goal.segment", _("That is what begins the scenario: choose another goal.")


def _outcome_faults(placed: Placed, branch: Fork, definition: Definition) -> Iterator[Fault]:
    """A branch asks for an outcome of a step that everybody who comes to it has passed."""
    before = {definition.placed[position].step.key: definition.placed[position].step for position in placed.before}
    asked = before.get(branch.step)
    if asked is None:
        yield f"{placed.place}.step", _("There is no step “%(key)s” before this branch.") % {"key": branch.step}
        return
    known = outcomes_of(asked)
    if strange := [outcome for outcome in branch.outcomes if outcome not in known]:
        yield (
            f"{placed.place}.outcomes",
            _("“%(outcome)s” is no outcome of that step; choose one of: %(allowed)s.")
            % {"outcome": strange[0], "allowed": ", ".join(known)},
        )


def _branch_faults(laid: tuple[Placed, ...], branches: Collection[str]) -> Iterator[Fault]:
    for placed in laid:
        step = placed.step
        if isinstance(step, GiveTask) and step.branch and step.branch not in branches:
            yield f"{placed.place}.branch", _("There is no branch “%(code)s”.") % {"code": step.branch}


def _text_faults(laid: tuple[Placed, ...], language: str) -> Iterator[Fault]:
    """What is wrong with the templates, and which languages are missing."""
    for placed in laid:
        step = placed.step
        if isinstance(step, Message):
            yield from _message_faults(placed.place, step, offer_before(laid, placed.position), language)
        for name in ("subjects", "texts", "names", "gifts", "scripts"):
            yield from _language_faults(f"{placed.place}.{name}", getattr(step, name, {}), language)
        if isinstance(step, GiveTask):
            for number, asked in enumerate(step.confirm):
                yield from _language_faults(f"{placed.place}.confirm.{number}.texts", asked.texts, language)
        if isinstance(step, Split):
            for number, arm in enumerate(step.arms):
                yield from _language_faults(f"{placed.place}.arms.{number}.names", arm.names, language)


def _language_faults(place: str, texts: Texts, language: str) -> Iterator[Fault]:
    if language and texts and language not in texts:
        yield (
            f"{place}.{language}",
            _("Write it %(in_language)s too: where a language is missing, the one of your business is used.")
            % {"in_language": in_language(language)},
        )


def _message_faults(place: str, step: Message, offer: Offer | None, language: str) -> Iterator[Fault]:
    # What an offer of the offers page gives is known when it is made.
    words = None
    if offer:
        words = offer.words("") if offer.source == "own" else wording.ANY_OFFER
    for name, texts in (("subjects", step.subjects), ("texts", step.texts), ("short_texts", step.short_texts)):
        for code, text in texts.items():
            for sentence in wording.problems(text, offer=words):
                yield f"{place}.{name}.{code}", sentence
    for code in sorted(step.subjects.keys() ^ step.texts.keys()) if has_subject(step.channel) else ():
        lacking = "texts" if code in step.subjects else "subjects"
        if code != language:
            yield (
                f"{place}.{lacking}.{code}",
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


def _fault(where: tuple[object, ...], error: Mapping[str, Any]) -> Fault:
    """A fault with its place, without the kinds that pydantic puts between."""
    parts = (*where, *error["loc"])
    if parts == ("trigger",) and error["type"].startswith("union_tag"):
        return "trigger.kind", _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(TRIGGER_KINDS)}
    told = [
        part
        for place, part in enumerate(parts)
        if not (part in KINDS and place and isinstance(parts[place - 1], int))
        and not (part in TRIGGER_KINDS and place and parts[place - 1] == "trigger")
    ]
    return _place(*told), _sentence(error)


def _sentence(error: Any) -> str:
    if error["type"] == "definition":
        return str(error["msg"])
    say = SENTENCES.get(error["type"], lambda _error: _("This is not what is needed here."))
    return say(error)


def _place(*parts: object) -> str:
    return ".".join(str(part) for part in parts)
