"""The steps of a scenario, a form for each kind, and where what is wrong with them is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mijoz.business.models import Branch, Role
from mijoz.channels.models import Channel
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import KINDS, kind_label
from mijoz.scenarios.forms.fields import (
    DefinitionForm,
    Mistake,
    Posted,
    Typed,
    choice,
    key_of,
    line,
    number,
    percent,
    share,
    whole,
)
from mijoz.scenarios.forms.settings import SettingsForm


class StepForm(DefinitionForm):
    """One step. `kind` and `key` travel with it."""

    kind: ClassVar[str]

    def __init__(self, posted: Posted, *, place: int, key: str) -> None:
        super().__init__(posted, prefix=f"step-{place}")
        self.place, self.key = place, key

    @property
    def label(self) -> str:
        return kind_label(self.kind)

    @property
    def icon(self) -> str:
        return sentences.ICONS[self.kind]

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, "key": self.key, **self.particulars()}

    def particulars(self) -> dict[str, Any]:
        raise NotImplementedError

    @classmethod
    def typed(cls, step: dict[str, Any], place: int) -> dict[str, str]:
        """The fields that stand for this step, by their names in the page."""
        flat: dict[str, str] = {"kind": step["kind"], "key": step["key"]}
        for name, value in step.items():
            if name in cls.language_fields:
                flat |= {f"{name}_{code}": text for code, text in value.items()}
            elif name == "discount":
                flat[name] = percent(value)
            elif value is not None:
                flat[name] = str(value)
        return {f"step-{place}-{name}": text for name, text in flat.items()}


class WaitForm(StepForm):
    kind = "wait"
    days = number(gettext_lazy("Days"), 0, 365)
    hours = number(gettext_lazy("Hours"), 0, 23)

    def particulars(self) -> dict[str, Any]:
        return {name: whole(self.text(name) or "0") for name in ("days", "hours")}


class MessageForm(StepForm):
    kind = "message"
    language_fields = {"subjects": (gettext_lazy("Subject"), 1), "texts": (gettext_lazy("Text"), 9)}
    channel = choice(gettext_lazy("Channel"), Channel.choices)

    def particulars(self) -> dict[str, Any]:
        channel = self.text("channel") or Channel.EMAIL.value
        return {"channel": channel, "subjects": self.texts("subjects"), "texts": self.texts("texts")}


class OfferForm(StepForm):
    kind = "offer"
    language_fields = {
        "names": (gettext_lazy("Name of the offer"), 1),
        "gifts": (gettext_lazy("Gift, if it is one"), 1),
    }
    discount = number(
        gettext_lazy("Discount, per cent"),
        1,
        100,
        required=False,
        help_text=gettext_lazy("Leave it empty when the offer is a gift."),
    )
    valid_days = number(gettext_lazy("Valid for so many days"), 1, 365)
    offer = Typed(required=False, widget=forms.HiddenInput)

    def particulars(self) -> dict[str, Any]:
        names = self.texts("names")
        return {
            "offer": self.text("offer") or key_of(names.get("en") or next(iter(names.values()), "offer")),
            "names": names,
            "gifts": self.texts("gifts"),
            "discount": share(self.text("discount")),
            "valid_days": whole(self.text("valid_days")),
        }


class ProtocolForm(StepForm):
    kind = "protocol"
    language_fields = {"scripts": (gettext_lazy("Script for staff"), 4)}
    priority = choice(
        gettext_lazy("Priority in the queue"),
        [("", gettext_lazy("as it is")), ("0", gettext_lazy("0, like everybody"))]
        + [(str(place), str(place)) for place in range(1, 10)],
        help_text=gettext_lazy("Higher is served first."),
    )
    package = choice(
        gettext_lazy("Package"),
        [
            ("", gettext_lazy("as it is")),
            ("minimal", gettext_lazy("minimal")),
            ("value_adding", gettext_lazy("value-adding")),
        ],
    )
    preferred_channel = choice(gettext_lazy("Preferred channel"), [("", gettext_lazy("as it is")), *Channel.choices])
    preferred_hours = line(gettext_lazy("Preferred hours"), required=False, maxlength=40)

    def particulars(self) -> dict[str, Any]:
        named = ("package", "preferred_channel", "preferred_hours")
        return {
            "priority": whole(self.text("priority")),
            "scripts": self.texts("scripts"),
            **{name: self.text(name) for name in named},
        }


class TaskForm(StepForm):
    kind = "task"
    language_fields = {"texts": (gettext_lazy("What to do, and how"), 4)}
    role = choice(gettext_lazy("For"), Role.choices)
    branch = choice(gettext_lazy("Branch"), [])
    due_days = number(pgettext_lazy("task", "Due within so many days"), 0, 60)

    def __init__(self, posted: Posted, *, place: int, key: str) -> None:
        super().__init__(posted, place=place, key=key)
        named = [(branch.code, branch.name) for branch in Branch.objects.all()]
        self.fields["branch"].widget = forms.Select(choices=[("", _("all branches")), *named])

    def particulars(self) -> dict[str, Any]:
        return {
            "texts": self.texts("texts"),
            "role": self.text("role"),
            "branch": self.text("branch"),
            "due_days": whole(self.text("due_days")),
        }


STEP_FORMS: dict[str, type[StepForm]] = {
    form.kind: form for form in (WaitForm, MessageForm, OfferForm, ProtocolForm, TaskForm)
}
assert set(STEP_FORMS) <= set(KINDS)


def show_faults(
    faults: Iterable[tuple[str, str]], *, form: SettingsForm, steps: list[StepForm], language: str
) -> list[Mistake]:
    """Put each sentence to its field; returns all of them for the head of the page."""
    mistakes = []
    for place, sentence in faults:
        head, *tail = place.split(".")
        if head == "steps" and tail and tail[0].isdigit() and int(tail[0]) < len(steps):
            step = steps[int(tail[0])]
            label = step.show(".".join(tail[1:]), sentence, language=language)
            where = _("Step %(n)s, %(kind)s") % {"n": step.place + 1, "kind": step.label}
            mistakes.append(Mistake(f"step-{step.key}", f"{where}, {label}" if label else where, sentence))
        elif head in {"steps", ""}:
            mistakes.append(Mistake("steps-title", "", sentence))
        elif head == "eligibility":
            mistakes.append(Mistake("who-title", _("For whom"), sentence))
        else:
            label = form.show(place, sentence, language=language)
            anchor = "who-title" if head == "trigger" else "measure-title"
            mistakes.append(Mistake(anchor, label or _("Comparison and goal"), sentence))
    return mistakes
