"""Forms of the pages: a segment's texts, and its rule as rows of field, operator and value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mijoz.analysis.folding import LETTERS, NO_APOSTROPHES
from mijoz.segments import asking_forms, drafts, fields, rules, sentences
from mijoz.segments.drafts import Condition, Draft
from mijoz.segments.fields import Kind
from mijoz.segments.models import Segment
from mijoz.ui import formats
from mijoz.ui.forms import DayInput

TEXTS = {
    "names": gettext_lazy("Name"),
    "descriptions": gettext_lazy("Who they are"),
    "minimal_packages": gettext_lazy("Minimal package: what everybody here gets"),
    "value_adding_packages": gettext_lazy("Value-adding package: what personalisation adds"),
}
RFM_MONTHS = (3, 6, 12, 24, 36)
RESERVED_KEYS = frozenset({"add", "clusters", "draft", "flows", "refresh", "rfm"})  # they are addresses of pages


class TextsForm(forms.Form):
    """Name, description and packages of a segment in every language; `asked` are some of TEXTS."""

    def __init__(
        self, *args: Any, segment: Segment | None = None, asked: Sequence[str] = tuple(TEXTS), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for name in asked:
            written = getattr(segment, name) if segment else {}
            for code, language in settings.LANGUAGES:
                short = name == "names"
                attrs = {"lang": code} if short else {"lang": code, "rows": 3}
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=language,
                    initial=written.get(code, ""),
                    required=False,
                    max_length=60 if short else 600,
                    widget=forms.TextInput(attrs) if short else forms.Textarea(attrs),
                )

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by what they tell, a field for each language."""
        return [
            (str(TEXTS[name]), [self[f"{name}_{code}"] for code, _language in settings.LANGUAGES])
            for name in self.asked
        ]

    def texts(self) -> dict[str, dict[str, str]]:
        """The texts by field of the model and language, empty ones left out."""
        return {
            name: {
                code: text
                for code, _language in settings.LANGUAGES
                if (text := self.cleaned_data.get(f"{name}_{code}"))
            }
            for name in self.asked
        }

    def clean(self) -> dict[str, Any]:
        if not self.texts().get("names", {"": True}):
            first = settings.LANGUAGES[0][0]
            self.add_error(f"names_{first}", _("Write the name in one language at least."))
        return self.cleaned_data

    def key(self) -> str:
        """A key for a new segment, from its name in Latin letters."""
        names = self.texts()["names"]
        name = (names.get("en") or next(iter(names.values()))).lower()
        key = slugify(name.translate(NO_APOSTROPHES).translate(LETTERS)).replace("-", "_").strip("_")[:36]
        return f"s_{key}" if not key[:1].isalpha() or key in RESERVED_KEYS else key

    def refuse_name(self, sentence: str) -> None:
        """Say below the name that was written what is wrong with it."""
        written = next((code for code, _language in settings.LANGUAGES if self.cleaned_data.get(f"names_{code}")), "en")
        self.add_error(f"names_{written}", sentence)


class RfmForm(forms.Form):
    """Which purchases are scored, and how the three scores weigh in their mean."""

    months = forms.TypedChoiceField(
        label=gettext_lazy("Purchases that are scored"), coerce=lambda text: int(text) or None
    )
    r_weight = forms.IntegerField(label=gettext_lazy("Weight of recency"), min_value=0, max_value=10)
    f_weight = forms.IntegerField(label=gettext_lazy("Weight of frequency"), min_value=0, max_value=10)
    m_weight = forms.IntegerField(label=gettext_lazy("Weight of money"), min_value=0, max_value=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["months"]
        chosen.choices = [("0", _("of all time")), *((str(months), of_months(months)) for months in RFM_MONTHS)]

    def clean(self) -> dict[str, Any]:
        weights = [self.cleaned_data.get(name) for name in ("r_weight", "f_weight", "m_weight")]
        if weights == [0, 0, 0]:
            self.add_error("r_weight", _("At least one of the scores has to weigh something."))
        return self.cleaned_data


def of_months(months: int) -> str:
    """The period in words."""
    return ngettext("of the last %(n)s month", "of the last %(n)s months", months) % {"n": months}


class DaysForm(forms.Form):
    """Two days, and whom of those on the first one to follow."""

    first = forms.DateField(label=gettext_lazy("From the day"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("To the day"), widget=DayInput())
    among = forms.ChoiceField(label=gettext_lazy("Among"), required=False)

    def __init__(self, *args: Any, known: tuple[date, date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        own = [(segment.key, segment.name) for segment in Segment.objects.filter(is_active=True, is_default=False)]
        chosen: Any = self.fields["among"]
        chosen.choices = [("", _("all customers")), *own]

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not self.known[0] <= first < last:
            given = {"day": formats.day(self.known[0])}
            self.add_error("first", _("Choose a day from %(day)s on that lies before the second one.") % given)
        return self.cleaned_data


REDRAWING = frozenset({"window", "where", "where_op", "where_value.0"})  # what else the row asks follows from them


class ConditionForm(forms.Form):
    """One row of the rule editor; which operators and values it offers follows from its field.

    It is only drawn by Django: whether the row can be used is for the rule to say.
    """

    def __init__(self, condition: Condition, *, prefix: str, checked: bool) -> None:
        super().__init__(prefix=prefix)
        field = fields.known(condition.field) or fields.family(condition.field)
        self.condition, self.kind = condition, drafts.kind_of(condition.field)
        self.problems = _problems(condition)
        self.wrong = checked and bool(self.problems)
        self.fields["field"] = forms.ChoiceField(label=_("Fact"), choices=_field_choices(), initial=condition.field)
        self.fields["operator"] = forms.ChoiceField(
            label=_("Comparison"),
            choices=[(operator, _operator_label(operator)) for operator in drafts.operators(self.kind)],
            initial=condition.operator,
        )
        said = asking_forms.fields_of(condition)
        self.said = list(said)
        self.fields |= {f"of-{name}": further for name, further in said.items()}
        if condition.operator not in {"known", "unknown"} and self.kind not in {Kind.WORDS, Kind.TEXT}:
            self.fields["value"] = _value_field(field, condition)
            if self.wrong:
                described = {"aria-invalid": "true", "aria-describedby": f"{prefix}-problem"}
                self.fields["value"].widget.attrs.update(described)

    @property
    def unit(self) -> str:
        """What stands behind the value: days, %."""
        return {Kind.DAYS: _("days"), Kind.SHARE: "%", Kind.YEARS: _("years")}.get(self.kind, "")

    @property
    def said_fields(self) -> list[tuple[forms.BoundField, bool]]:
        """What the row says more, each with whether the row has to be drawn anew when it changes."""
        return [(self[f"of-{name}"], name in REDRAWING) for name in self.said]

    @property
    def value_field(self) -> forms.BoundField | None:
        """The field of the value; a fact that is asked to be known has none."""
        return self["value"] if "value" in self.fields else None

    @property
    def names(self) -> list[str] | None:
        """The texts of a field that has several, with room for one more; None for any other field."""
        if self.condition.operator in {"known", "unknown"}:
            return None
        return [*self.condition.values, ""] if self.kind in {Kind.WORDS, Kind.TEXT} else None

    @property
    def suggestions(self) -> list[str]:
        """What may be written there."""
        field = fields.known(self.condition.field) or fields.family(self.condition.field)
        return field.suggestions() if field is not None and field.suggestions is not None else []

    @property
    def has_operator(self) -> bool:
        """Whether there is a choice of operators: yes or no needs none."""
        return self.kind is not Kind.FLAG


@dataclass(frozen=True, slots=True)
class GroupForms:
    place: int
    match: str
    rows: list[ConditionForm]


class RuleForm:
    """The whole rule editor. `checked` shows what is wrong beside each field."""

    def __init__(self, draft: Draft, *, checked: bool = False) -> None:
        self.draft = draft
        self.groups = [
            GroupForms(
                place,
                group.match,
                [
                    ConditionForm(condition, prefix=f"{place}-{row}", checked=checked)
                    for row, condition in enumerate(group.conditions)
                ],
            )
            for place, group in enumerate(draft.groups)
        ]

    @classmethod
    def posted(cls, posted: Mapping[str, Any], *, checked: bool = False) -> RuleForm:
        """The editor as a page sent it, after the button it may have been sent by."""
        draft = drafts.from_form(posted)
        pressed = (posted.get("change") or [""])[0]
        return cls(draft.changed(pressed) if pressed else draft, checked=checked)

    def is_valid(self) -> bool:
        """Whether every row can be used."""
        return not any(row.problems for group in self.groups for row in group.rows)

    def rule(self) -> rules.Rule:
        """The rule. Raises rules.RuleRefused."""
        return rules.parse(self.draft.document())


def _problems(condition: Condition) -> list[str]:
    """What is wrong with the row, in words."""
    try:
        rules.parse(condition.document())
    except rules.RuleRefused as refusal:
        return [sentence for _place, sentence in refusal.problems]
    return []


def _field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    every: list[fields.Field | fields.Family] = [*fields.every(), *fields.families()]
    listed = sorted(every, key=lambda field: str(field.group))
    in_order = {field.key: place for place, field in enumerate(every)}
    groups = [
        (name, sorted(members, key=lambda field: in_order[field.key]))
        for name, members in groupby(listed, key=lambda field: str(field.group))
    ]
    groups.sort(key=lambda group: in_order[group[1][0].key])
    return [(name, [(field.key, field.title) for field in members]) for name, members in groups]


def _operator_label(operator: str) -> str:
    return _("is not known") if operator == "unknown" else sentences.operator_label(operator)


def _value_field(field: fields.Field | fields.Family | None, condition: Condition) -> forms.Field:
    label, written = _("Value"), " ".join(condition.values)
    kind = field.kind if field else Kind.COUNT
    if kind is Kind.CHOICE and field is not None and field.choices is not None:
        return forms.MultipleChoiceField(
            label=label,
            choices=[(value, str(text)) for value, text in field.choices()],
            widget=forms.CheckboxSelectMultiple,
            initial=list(condition.values),
        )
    if kind is Kind.FLAG:
        return forms.ChoiceField(label=label, choices=[("yes", _("yes")), ("no", _("no"))], initial=written)
    mode = "decimal" if kind in {Kind.SHARE, Kind.AMOUNT} else "numeric"
    number = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    return forms.CharField(label=label, widget=number, initial=written)
