"""The editor of a scenario as forms: each takes what was typed, gives the part of the definition that it stands for,
and shows at its fields what the definition's check says of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from mijoz.business.models import Branch, Role
from mijoz.channels.models import Channel
from mijoz.customers.models import Purpose
from mijoz.customers.names import fold
from mijoz.scenarios import sentences
from mijoz.scenarios.definition import KINDS, kind_label
from mijoz.segments.queries import segments

LANGUAGES: list[tuple[str, str]] = list(settings.LANGUAGES)
RESERVED_KEYS = frozenset({"add", "draft", "preview", "pilots", "try"})  # they are addresses of pages
RESTRICTED = [("", gettext_lazy("everybody")), ("yes", gettext_lazy("only who also fits these conditions"))]
LONGEST_NAME = 80
APOSTROPHES = re.compile(r"['’‘ʻʼ`]")
Posted = Mapping[str, str]


class Typed(forms.CharField):
    """Takes whatever was typed, so that it comes back to be put right; `required` is how the page marks the field."""

    def clean(self, value: Any) -> str:
        return value or ""


def _line(label: Any, *, required: bool = True, **attrs: Any) -> Typed:
    return Typed(label=label, required=required, widget=forms.TextInput(attrs))


def _area(label: Any, *, rows: int, **attrs: Any) -> Typed:
    return Typed(label=label, widget=forms.Textarea({"rows": rows, **attrs}))


def _number(label: Any, low: int, high: int, *, required: bool = True, help_text: Any = "") -> Typed:
    widget = forms.NumberInput({"min": low, "max": high, "step": 1, "inputmode": "numeric"})
    return Typed(label=label, required=required, help_text=help_text, widget=widget)


def _choice(label: Any, choices: Any, *, help_text: Any = "") -> Typed:
    return Typed(label=label, help_text=help_text, widget=forms.Select(choices=choices))


def whole(text: str) -> int | str | None:
    """What was typed as a whole number; None for nothing, the text itself when it is none."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def share(text: str) -> float | str | None:
    """Per cent as typed (12,5 %) as a share; None for nothing, the text itself when it is none."""
    plain = "".join(text.split()).removesuffix("%").replace(",", ".")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text
    return float(number / 100) if number.is_finite() and abs(number) < 10**6 else text


def percent(value: Any) -> str:
    """A share as people type it."""
    return f"{(Decimal(str(value)) * 100).normalize():f}" if isinstance(value, int | float) else str(value or "")


class DefinitionForm(forms.Form):
    """What all parts of the editor share."""

    language_fields: ClassVar[dict[str, tuple[Any, int]]] = {}  # texts by language: label, rows (1 is a line)
    use_required_attribute = False

    def __init__(self, posted: Posted, **kwargs: Any) -> None:
        super().__init__(posted, **kwargs)
        for name, (label, rows) in self.language_fields.items():
            for code, _language in LANGUAGES:
                field = _line(label, lang=code) if rows == 1 else _area(label, rows=rows, lang=code)
                self.fields[f"{name}_{code}"] = field
        self.full_clean()

    def text(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    def texts(self, name: str) -> dict[str, str]:
        """The texts of a name by language, empty ones left out."""
        written = {code: self.text(f"{name}_{code}").strip() for code, _language in LANGUAGES}
        return {code: text for code, text in written.items() if text}

    def languages(self) -> list[dict[str, Any]]:
        """Each language with its fields; `shown` first is one with a mistake, else the one of the page."""
        tabs = []
        for code, language in LANGUAGES:
            bound = [self[f"{name}_{code}"] for name in self.language_fields]
            wrong = any(field.errors for field in bound)
            empty = not any(str(field.value() or "").strip() for field in bound)
            tabs.append({"code": code, "name": language, "fields": bound, "wrong": wrong, "empty": empty})
        first = next((tab["code"] for tab in tabs if tab["wrong"]), (get_language() or "uz").split("-")[0])
        return [{**tab, "shown": tab["code"] == first} for tab in tabs]

    def plain_fields(self) -> Iterator[forms.BoundField]:
        """The fields without a language."""
        codes = {f"{name}_{code}" for name in self.language_fields for code, _language in LANGUAGES}
        return (self[name] for name in self.fields if name not in codes)

    def show(self, where: str, sentence: str, *, language: str) -> None:
        """Put a sentence to the field that stands for this place of the definition, else to the whole form."""
        name, _dot, code = where.partition(".")
        for field in (f"{name}_{code}", f"{name}_{language}", name):
            if field in self.fields:
                self.add_error(field, sentence)
                return
        self.add_error(None, sentence)


class NamesForm(DefinitionForm):
    """Name and description of the scenario."""

    language_fields = {"names": (gettext_lazy("Name"), 1), "descriptions": (gettext_lazy("In one sentence"), 2)}

    def mistakes(self) -> list[Mistake]:
        """What is wrong with the names, which the fields then say too."""
        names = self.texts("names")
        if not names:
            self.add_error(f"names_{LANGUAGES[0][0]}", _("Write the name in one language at least."))
        for code in (code for code, text in names.items() if len(text) > LONGEST_NAME):
            self.add_error(f"names_{code}", _("A name has at most %(n)s characters.") % {"n": LONGEST_NAME})
        return [Mistake("names-title", _("Name"), said) for errors in self.errors.values() for said in map(str, errors)]

    @staticmethod
    def typed(names: Mapping[str, str], descriptions: Mapping[str, str]) -> dict[str, str]:
        """The fields that stand for these texts."""
        told = {"names": names, "descriptions": descriptions}
        return {f"{name}_{code}": text for name, texts in told.items() for code, text in texts.items()}

    def key(self) -> str:
        """A key for a new scenario, from its name."""
        names = self.texts("names")
        return key_of(names.get("en") or next(iter(names.values()), ""), avoid=RESERVED_KEYS)


class SettingsForm(DefinitionForm):
    """For whom the scenario is, the hold-out and the goal."""

    trigger = _choice(
        gettext_lazy("Who is enrolled"),
        [
            ("present", gettext_lazy("whoever is in the segment, now or later")),
            ("entered", gettext_lazy("whoever enters the segment after the start")),
            ("left", gettext_lazy("whoever leaves the segment after the start")),
        ],
    )
    segment = _choice(gettext_lazy("Segment"), [])
    narrowed = _choice(gettext_lazy("Of them"), RESTRICTED)
    holdout = _number(
        gettext_lazy("Kept for comparison, per cent"),
        0,
        90,
        help_text=gettext_lazy("They get nothing from this scenario. Without them nobody can say what it changed."),
    )
    again_after_days = _number(
        gettext_lazy("The same customer again after so many days"),
        1,
        3650,
        required=False,
        help_text=gettext_lazy("Empty: each customer once."),
    )
    purpose = _choice(
        gettext_lazy("Purpose of the messages"),
        [(Purpose.MARKETING.value, Purpose.MARKETING.label), (Purpose.SERVICE.value, Purpose.SERVICE.label)],
        help_text=gettext_lazy(
            "Marketing needs consent and keeps quiet hours and limits; service is what the customer must know."
        ),
    )
    window_days = _number(gettext_lazy("Goal: a purchase within so many days"), 1, 365)
    ends_at_goal = forms.BooleanField(
        label=gettext_lazy("Who has bought gets none of the steps that are left"), required=False
    )

    def __init__(self, posted: Posted, *, can_keep: bool = False) -> None:
        super().__init__(posted)
        if can_keep:
            kept = ("keep", _("only who also fits the conditions in force, which are nested too deep to be shown here"))
            self.fields["narrowed"].widget = forms.Select(choices=[*RESTRICTED, kept])
        named = [("", _("choose"))] + [(segment.key, segment.name) for segment in segments()]
        self.fields["segment"].widget = forms.Select(choices=named)

    @property
    def restricted(self) -> str:
        """Whether further conditions narrow the segment: "" for no, `yes`, or `keep` for those in force."""
        return self.text("narrowed")

    def document(self) -> dict[str, Any]:
        left = self.text("trigger") == "left"
        return {
            "trigger": {
                "kind": "segment_left" if left else "segment_entered",
                "segment": self.text("segment"),
                "include_present": self.text("trigger") == "present",
            },
            "holdout_share": share(self.text("holdout")),
            "again_after_days": whole(self.text("again_after_days")),
            "purpose": self.text("purpose"),
            "goal": {"kind": "purchase", "window_days": whole(self.text("window_days"))},
            "ends_at_goal": bool(self.cleaned_data.get("ends_at_goal")),
        }

    @staticmethod
    def typed(document: dict[str, Any], *, can_show: bool = True) -> dict[str, str]:
        """The fields that stand for this definition."""
        trigger = document["trigger"]
        entered = "present" if trigger["include_present"] else "entered"
        return {
            "trigger": "left" if trigger["kind"] == "segment_left" else entered,
            "segment": trigger["segment"],
            "narrowed": ("yes" if can_show else "keep") if document["eligibility"] else "",
            "holdout": percent(document["holdout_share"]),
            "again_after_days": str(document["again_after_days"] or ""),
            "purpose": document["purpose"],
            "window_days": str(document["goal"]["window_days"]),
            "ends_at_goal": "on" if document["ends_at_goal"] else "",
        }

    def show(self, where: str, sentence: str, *, language: str) -> None:
        names = {"holdout_share": "holdout", "goal.window_days": "window_days", "trigger": "segment"}
        known = names.get(where) or ("segment" if where.startswith("trigger.") else where)
        super().show(known, sentence, language=language)


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
    days = _number(gettext_lazy("Days"), 0, 365)
    hours = _number(gettext_lazy("Hours"), 0, 23)

    def particulars(self) -> dict[str, Any]:
        return {name: whole(self.text(name) or "0") for name in ("days", "hours")}


class MessageForm(StepForm):
    kind = "message"
    language_fields = {"subjects": (gettext_lazy("Subject"), 1), "texts": (gettext_lazy("Text"), 9)}
    channel = _choice(gettext_lazy("Channel"), Channel.choices)

    def particulars(self) -> dict[str, Any]:
        channel = self.text("channel") or Channel.EMAIL.value
        return {"channel": channel, "subjects": self.texts("subjects"), "texts": self.texts("texts")}


class OfferForm(StepForm):
    kind = "offer"
    language_fields = {
        "names": (gettext_lazy("Name of the offer"), 1),
        "gifts": (gettext_lazy("Gift, if it is one"), 1),
    }
    discount = _number(
        gettext_lazy("Discount, per cent"),
        1,
        100,
        required=False,
        help_text=gettext_lazy("Leave it empty when the offer is a gift."),
    )
    valid_days = _number(gettext_lazy("Valid for so many days"), 1, 365)
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
    priority = _choice(
        gettext_lazy("Priority in the queue"),
        [("", gettext_lazy("as it is")), ("0", gettext_lazy("0, like everybody"))]
        + [(str(place), str(place)) for place in range(1, 10)],
        help_text=gettext_lazy("Higher is served first."),
    )
    package = _choice(
        gettext_lazy("Package"),
        [
            ("", gettext_lazy("as it is")),
            ("minimal", gettext_lazy("minimal")),
            ("value_adding", gettext_lazy("value-adding")),
        ],
    )
    preferred_channel = _choice(gettext_lazy("Preferred channel"), [("", gettext_lazy("as it is")), *Channel.choices])
    preferred_hours = _line(gettext_lazy("Preferred hours"), required=False, maxlength=40)

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
    role = _choice(gettext_lazy("For"), Role.choices)
    branch = _choice(gettext_lazy("Branch"), [])
    due_days = _number(pgettext_lazy("task", "Due within so many days"), 0, 60)

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
assert tuple(STEP_FORMS) == KINDS


def key_of(name: str, *, avoid: Collection[str] = ()) -> str:
    """A key from a name: small Latin letters, digits and _, beginning with a letter."""
    plain = _latin(APOSTROPHES.sub("", name.lower())) or _latin(fold(name))
    key = plain[:36].strip("_")
    return f"s_{key}".rstrip("_") if not key[:1].isalpha() or key in avoid else key


def _latin(text: str) -> str:
    """The words of small Latin letters and digits in a text, joined by _."""
    return "_".join(re.findall(r"[a-z0-9]+", text))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and the id of the place in the page where it is put right; `where` is its name, "" for none."""

    anchor: str
    where: str
    sentence: str


def show_faults(
    faults: Iterable[tuple[str, str]], *, form: SettingsForm, steps: list[StepForm], language: str
) -> list[Mistake]:
    """Put each sentence to its field; returns all of them for the head of the page."""
    mistakes = []
    for place, sentence in faults:
        head, *tail = place.split(".")
        if head == "steps" and tail and tail[0].isdigit() and int(tail[0]) < len(steps):
            step = steps[int(tail[0])]
            step.show(".".join(tail[1:]), sentence, language=language)
            where = _("Step %(n)s, %(kind)s") % {"n": step.place + 1, "kind": step.label}
            mistakes.append(Mistake(f"step-{step.key}", where, sentence))
        elif head in {"steps", ""}:
            mistakes.append(Mistake("steps-title", "", sentence))
        elif head == "eligibility":
            mistakes.append(Mistake("who-title", _("For whom"), sentence))
        else:
            form.show(place, sentence, language=language)
            anchor, where = ("who-title", _("For whom")) if head == "trigger" else ("measure-title", "")
            mistakes.append(Mistake(anchor, where or _("Comparison and goal"), sentence))
    return mistakes
