"""Whether a document is a definition: every fault with its place and a sentence, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count
from typing import Any

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from mijoz.scenarios import wording
from mijoz.scenarios.definition import KINDS, MOST_STEPS, Definition, GiveTask, Message, Offer, Step, Wait
from mijoz.scenarios.fitting import Texts, in_language
from mijoz.segments import rules

Fault = tuple[str, str]  # place such as `steps.2.texts.uz`, sentence
STEP: TypeAdapter[Step] = TypeAdapter(Step)


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
    given = _with_keys(document.get("steps"))
    steps, faults = _steps(given) if isinstance(given, list) else ({}, [])
    whole = document | {"eligibility": None, "steps": given if not isinstance(given, list) else tuple(steps.values())}
    rule, refused = _rule(document.get("eligibility"))
    faults += refused
    try:
        definition = Definition(**whole)
    except ValidationError as refusal:
        faults = [(_place(*error["loc"]), _sentence(error)) for error in refusal.errors()] + faults
    else:
        if len(steps) == len(definition.steps) and not faults:
            faults += _faults_together(definition)
        if segments is not None and definition.trigger.segment not in segments:
            unknown = {"key": definition.trigger.segment}
            faults.append(("trigger.segment", _("There is no segment “%(key)s” in use.") % unknown))
    faults += _text_faults(steps, language)
    if branches is not None:
        faults += _branch_faults(steps, branches)
    if faults:
        raise DefinitionRefused(faults)
    return definition.model_copy(update={"eligibility": rule})


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
            for error in refusal.errors():
                inside = error["loc"][1:] if error["loc"][:1] and error["loc"][0] in KINDS else error["loc"]
                faults.append((_place("steps", place, *inside), _sentence(error)))
    return right, faults


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


def _faults_together(definition: Definition) -> Iterator[Fault]:
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


def _branch_faults(steps: Mapping[int, Step], branches: Collection[str]) -> Iterator[Fault]:
    for place, step in steps.items():
        if isinstance(step, GiveTask) and step.branch and step.branch not in branches:
            yield f"steps.{place}.branch", _("There is no branch “%(code)s”.") % {"code": step.branch}


def _text_faults(steps: Mapping[int, Step], language: str) -> Iterator[Fault]:
    """What is wrong with the templates, and which languages are missing."""
    offer: Offer | None = None
    for place, step in steps.items():
        offer = step if isinstance(step, Offer) else offer
        for name in ("subjects", "texts", "names", "gifts", "scripts"):
            texts: Texts = getattr(step, name, {})
            if isinstance(step, Message):
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


def _sentence(error: Any) -> str:
    if error["type"] == "definition":
        return str(error["msg"])
    say = SENTENCES.get(error["type"], lambda _error: _("This is not what is needed here."))
    return say(error)


def _place(*parts: object) -> str:
    return ".".join(str(part) for part in parts)
