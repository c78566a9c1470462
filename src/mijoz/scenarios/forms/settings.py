"""The name of a scenario, for whom it is, its hold-out and its goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers.models import Purpose
from mijoz.scenarios.forms.fields import (
    LANGUAGES,
    DefinitionForm,
    Mistake,
    Posted,
    choice,
    key_of,
    number,
    percent,
    share,
    whole,
)
from mijoz.segments.queries import segments

RESTRICTED = [("", gettext_lazy("everybody")), ("yes", gettext_lazy("only who also fits these conditions"))]
RESERVED_KEYS = frozenset({"add", "draft", "preview", "pilots", "readers", "try"})  # they are addresses of pages
LONGEST_NAME = 80


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

    trigger = choice(
        gettext_lazy("Who is enrolled"),
        [
            ("present", gettext_lazy("whoever is in the segment, now or later")),
            ("entered", gettext_lazy("whoever enters the segment after the start")),
            ("left", gettext_lazy("whoever leaves the segment after the start")),
        ],
    )
    segment = choice(gettext_lazy("Segment"), [])
    narrowed = choice(gettext_lazy("Of them"), RESTRICTED)
    holdout = number(
        gettext_lazy("Kept for comparison, per cent"),
        0,
        90,
        help_text=gettext_lazy("They get nothing from this scenario. Without them nobody can say what it changed."),
    )
    again_after_days = number(
        gettext_lazy("The same customer again after so many days"),
        1,
        3650,
        required=False,
        help_text=gettext_lazy("Empty: each customer once."),
    )
    purpose = choice(
        gettext_lazy("Purpose of the messages"),
        [(Purpose.MARKETING.value, Purpose.MARKETING.label), (Purpose.SERVICE.value, Purpose.SERVICE.label)],
        help_text=gettext_lazy(
            "Marketing needs consent and keeps quiet hours and limits; service is what the customer must know."
        ),
    )
    window_days = number(gettext_lazy("Goal: a purchase within so many days"), 1, 365)
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

    def show(self, where: str, sentence: str, *, language: str) -> str:
        names = {"holdout_share": "holdout", "goal.window_days": "window_days", "trigger": "segment"}
        known = names.get(where) or ("segment" if where.startswith("trigger.") else where)
        return super().show(known, sentence, language=language)
