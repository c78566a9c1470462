"""The editor's state: a scenario as typed, before anybody checks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from mijoz.business.queries import business
from mijoz.scenarios import checking, definition
from mijoz.scenarios.actions import check
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.forms.fields import Mistake
from mijoz.scenarios.forms.settings import NamesForm, SettingsForm
from mijoz.scenarios.forms.steps import STEP_FORMS, StepForm, show_faults
from mijoz.scenarios.models import Scenario
from mijoz.segments import drafts
from mijoz.segments.drafts import Draft
from mijoz.segments.forms import RuleForm

# What a new step begins with.
FRESH: dict[str, dict[str, str]] = {
    "wait": {"days": "1", "hours": "0"},
    "message": {"channel": "email"},
    "offer": {"valid_days": "14"},
    "protocol": {"priority": "1"},
    "task": {"role": "front_office", "due_days": "1"},
}
EMPTY: dict[str, Any] = {
    "trigger": {"kind": "segment_entered", "segment": "", "include_present": True},
    "eligibility": None,
    "holdout_share": 0.2,
    "again_after_days": None,
    "purpose": "marketing",
    "goal": {"kind": "purchase", "window_days": 30},
    "ends_at_goal": True,
    "steps": [],
}


@dataclass(slots=True)
class Editor:
    """All forms of the page. `mistakes` are what the head of the page says; each stands at its field too.

    `kept_rule` are conditions in force that are nested too deep to be shown; they can be kept as they are.
    """

    names: NamesForm
    settings: SettingsForm
    steps: list[StepForm]
    rule: RuleForm
    kept_rule: Any = None
    mistakes: list[Mistake] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The definition as JSON, not checked yet."""
        eligibility = {"yes": self.rule.draft.document(), "keep": self.kept_rule}.get(self.settings.restricted)
        return {
            **self.settings.document(),
            "eligibility": eligibility,
            "steps": [step.document() for step in self.steps],
        }

    def checked(self) -> Definition | None:
        """The definition; None when something is wrong, which the fields and `mistakes` then say."""
        self.mistakes = self.names.mistakes()
        try:
            definition = check(self.document())
        except checking.DefinitionRefused as refusal:
            self.mistakes += show_faults(
                refusal.problems, form=self.settings, steps=self.steps, language=business().language
            )
            return None
        return None if self.mistakes else definition


def of_scenario(scenario: Scenario, found: Definition) -> Editor:
    """The editor of a scenario as it is in force."""
    typed = NamesForm.typed(scenario.names, scenario.descriptions)
    draft = drafts.from_rule(found.eligibility) if found.eligibility else Draft()
    editor = _editor(found.document(), typed, RuleForm(draft or Draft()), can_show=draft is not None)
    editor.kept_rule = kept_rule(found)
    return editor


def empty() -> Editor:
    """The editor of a new scenario: one message, for a segment still to be chosen."""
    message = {"kind": "message", "key": "message", "subjects": {}, "texts": {}, **FRESH["message"]}
    return _editor({**EMPTY, "steps": [message]}, {}, RuleForm(Draft()))


def posted_editor(posted: QueryDict, *, checked: bool = False, taken: Collection[str] = (), kept: Any = None) -> Editor:
    """The editor as a page sent it, after the button it may have been sent by; `taken` are keys of earlier steps."""
    changed = _changed(_steps(posted), posted.get("change", ""), taken)
    flat: dict[str, str] = {name: str(text) for name, text in posted.items() if not name.startswith("step-")}
    for place, step in enumerate(changed):
        flat |= {f"step-{place}-{name}": text for name, text in step.items()}
    settings = SettingsForm(flat, can_keep=kept is not None)
    rule = RuleForm(drafts.from_form(dict(posted.lists())), checked=checked and settings.restricted == "yes")
    return Editor(NamesForm(flat), settings, _step_forms(changed, flat), rule, kept)


def kept_rule(found: Definition) -> Any:
    """The conditions in force when the page cannot show them, else None."""
    if found.eligibility is None or drafts.from_rule(found.eligibility) is not None:
        return None
    return found.eligibility.document()


def message_alone(editor: Editor, place: int) -> tuple[Definition, int]:
    """The message at this place with the offer before it, whatever else is wrong; its position there.

    Raises checking.DefinitionRefused, with nothing to say when nothing is written yet, or LookupError when there is no
    message at this place.
    """
    if not 0 <= place < len(editor.steps) or editor.steps[place].kind != "message":
        raise LookupError(place)
    message = editor.steps[place]
    if not message.texts("subjects") and not message.texts("texts"):
        raise checking.DefinitionRefused([])
    offers = [step for step in editor.steps[:place] if step.kind == "offer"]
    steps = [step.document() for step in (*offers[-1:], message)]
    trigger = {**EMPTY["trigger"], "segment": "any"}
    purpose = editor.settings.document()["purpose"]
    document = {**EMPTY, "trigger": trigger, "purpose": purpose, "steps": steps}
    try:
        found = checking.parse(document)
    except checking.DefinitionRefused as refusal:
        own = [problem for problem in refusal.problems if problem[0].startswith(f"steps.{len(steps) - 1}")]
        raise checking.DefinitionRefused(own or refusal.problems) from refusal
    return found, len(steps) - 1


def keys_of_steps(scenario: Scenario | None) -> set[str]:
    """The keys of all steps that the scenario ever had, so that figures of two different steps never mix."""
    if scenario is None:
        return set()
    definitions = scenario.versions.values_list("definition", flat=True)
    return {step["key"] for found in definitions for step in found["steps"]}


def _editor(document: Mapping[str, Any], typed: Mapping[str, str], rule: RuleForm, *, can_show: bool = True) -> Editor:
    flat = {**typed, **SettingsForm.typed(dict(document), can_show=can_show)}
    for place, step in enumerate(document["steps"]):
        flat |= STEP_FORMS[step["kind"]].typed(step, place)
    return Editor(NamesForm(flat), SettingsForm(flat, can_keep=not can_show), _step_forms(_steps(flat), flat), rule)


def _steps(posted: Mapping[str, Any]) -> list[dict[str, str]]:
    """The steps as typed: fields by name, in the order of their places."""
    found: dict[int, dict[str, str]] = {}
    for name, text in posted.items():
        head, _dash, rest = name.partition("-")
        place, _dash, part = rest.partition("-")
        if head == "step" and place.isascii() and place.isdigit() and part:
            found.setdefault(int(place), {})[part] = str(text)
    steps = [found[place] for place in sorted(found)]
    return [step for step in steps if step.get("kind") in STEP_FORMS]


def _changed(steps: list[dict[str, str]], change: str, taken: Collection[str]) -> list[dict[str, str]]:
    """The steps after a press of a button: add-message, remove-KEY, up-KEY, down-KEY."""
    verb, _dash, what = change.partition("-")
    if verb == "add" and what in STEP_FORMS and len(steps) < definition.MOST_STEPS:
        used = {*taken, *(step.get("key", "") for step in steps)}
        return [*steps, {**FRESH[what], "kind": what, "key": checking.free_key(what, used)}]
    place = next((place for place, step in enumerate(steps) if step.get("key") == what), None)
    if place is None:
        return steps
    if verb == "remove":
        return [step for step in steps if step is not steps[place]]
    other = place + {"up": -1, "down": 1}.get(verb, 0)
    if 0 <= other < len(steps):
        steps[place], steps[other] = steps[other], steps[place]
    return steps


def _step_forms(steps: Sequence[Mapping[str, str]], flat: Mapping[str, str]) -> list[StepForm]:
    return [STEP_FORMS[step["kind"]](flat, place=place, key=step.get("key", "")) for place, step in enumerate(steps)]
