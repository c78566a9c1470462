"""The editor's state: a scenario as typed, before anybody checks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mijoz.business.queries import business
from mijoz.channels.queries import open_channels
from mijoz.scenarios import arranging, checking
from mijoz.scenarios.actions import check
from mijoz.scenarios.definition import Definition
from mijoz.scenarios.forms.fields import Mistake
from mijoz.scenarios.forms.settings import NamesForm, SettingsForm
from mijoz.scenarios.forms.steps import STEP_FORMS, ForkForm, StepForm, show_faults
from mijoz.scenarios.models import Scenario
from mijoz.segments import drafts
from mijoz.segments.drafts import Draft
from mijoz.segments.forms import RuleForm

EMPTY: dict[str, Any] = {
    "trigger": {"kind": "segment_entered", "segment": "", "include_present": True},
    "eligibility": None,
    "holdout_share": 0.2,
    "holdout_of": "everything",
    "care": "",
    "again_after_days": None,
    "purpose": "marketing",
    "priority": 5,
    "package_cost": None,
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
        return {**self.settings.document(), "eligibility": eligibility, "steps": self._laid("", "steps", {})}

    def top(self) -> list[StepForm]:
        """The steps that stand in no other one; those inside are in their `inside`."""
        return [step for step in self.steps if not step.parent]

    def ways(self) -> list[tuple[str, str]]:
        """Every way into which a step can be moved, with what it is called."""
        return [("", _("the main way"))] + [
            (parent, _("step %(n)s, %(way)s") % {"n": step.place + 1, "way": label})
            for step in self.steps
            for parent, label, _steps in step.ways_in_words()
        ]

    def _laid(self, parent: str, place: str, places: dict[str, StepForm]) -> list[dict[str, Any]]:
        """The steps of a way as JSON; `places` learns where each stands in the definition."""
        laid = []
        for index, step in enumerate(step for step in self.steps if step.parent == parent):
            here = f"{place}.{index}"
            places[here] = step
            document = step.document()
            if step.kind == "branch":
                document |= {way: self._laid(f"{step.key}.{way}", f"{here}.{way}", places) for way in step.ways}
            for number, arm in enumerate(document.get("arms", ())):
                arm["steps"] = self._laid(f"{step.key}.{arm['key']}", f"{here}.arms.{number}.steps", places)
            laid.append(document)
        return laid

    def places(self) -> dict[str, StepForm]:
        """Each step by where it stands in the definition, such as steps.2.then.0."""
        found: dict[str, StepForm] = {}
        self._laid("", "steps", found)
        return found

    def checked(self) -> Definition | None:
        """The definition; None when something is wrong, which the fields and `mistakes` then say."""
        self.mistakes = self.names.mistakes()
        try:
            definition = check(self.document())
        except checking.DefinitionRefused as refusal:
            self.mistakes += show_faults(
                refusal.problems, form=self.settings, places=self.places(), language=business().language
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


def empty(segment: str = "") -> Editor:
    """The editor of a new scenario: one message, for this segment or one still to be chosen."""
    trigger = {**EMPTY["trigger"], "segment": segment}
    message = {"kind": "message", "key": "message", "subjects": {}, "texts": {}, "channel": open_channels()[0]}
    return _editor({**EMPTY, "trigger": trigger, "steps": [message]}, {}, RuleForm(Draft()))


def posted_editor(posted: QueryDict, *, checked: bool = False, taken: Collection[str] = (), kept: Any = None) -> Editor:
    """The editor as a page sent it, after the button it may have been sent by; `taken` are keys of earlier steps."""
    sent = {name: "\n".join(map(str, texts)) if name.endswith("-value") else str(texts[-1])
            for name, texts in posted.lists() if texts}  # fmt: skip
    pressed = sent.get("change", "")
    typed = arranging.posted_steps(sent, STEP_FORMS)
    changed = arranging.changed(typed, pressed, taken, into=sent.get(f"into-{pressed.removeprefix('move-')}", ""))
    flat = {name: text for name, text in sent.items() if not name.startswith("step-")}
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
    offers = [step for step in _passed(editor, message) if step.kind == "offer"]
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
    return {step["key"] for found in definitions for step, _parent in arranging.from_document(found["steps"])}


def _passed(editor: Editor, step: StepForm) -> list[StepForm]:
    """The steps that everybody has passed who comes to this one."""
    ways = {step.parent}
    holder = _holder(editor, step)
    while holder is not None:
        ways.add(holder.parent)
        holder = _holder(editor, holder)
    return [one for one in editor.steps[: step.place] if one.parent in ways]


def _holder(editor: Editor, step: StepForm) -> StepForm | None:
    key = step.parent.rpartition(".")[0]
    return next((one for one in editor.steps if one.key == key), None) if key else None


def _editor(document: Mapping[str, Any], typed: Mapping[str, str], rule: RuleForm, *, can_show: bool = True) -> Editor:
    flat = {**typed, **SettingsForm.typed(dict(document), can_show=can_show)}
    for place, (step, parent) in enumerate(arranging.from_document(document["steps"])):
        flat |= STEP_FORMS[step["kind"]].typed(step, place) | {f"step-{place}-parent": parent}
    steps = _step_forms(arranging.posted_steps(flat, STEP_FORMS), flat)
    return Editor(NamesForm(flat), SettingsForm(flat, can_keep=not can_show), steps, rule)


def _step_forms(steps: Sequence[Mapping[str, str]], flat: Mapping[str, str]) -> list[StepForm]:
    forms = [
        STEP_FORMS[step["kind"]](flat, place=place, key=step.get("key", ""), parent=step.get("parent", ""))
        for place, step in enumerate(steps)
    ]
    for place, form in enumerate(forms):
        for way in form.ways:
            form.inside[f"{form.key}.{way}"] = [one for one in forms if one.parent == f"{form.key}.{way}"]
        if isinstance(form, ForkForm):
            form.connect(forms[:place])
    return forms
