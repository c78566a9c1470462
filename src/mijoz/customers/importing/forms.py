from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import currency_code, validate_time_zone
from mijoz.customers.importing.mapping import FIELDS, Mapping
from mijoz.customers.importing.presets import PRESETS
from mijoz.customers.importing.sniff import FileShape

LEFT_OUT = ("", _("– not in the file –"))


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, also packed with gzip, or XLSX; any encoding and delimiter."),
        allow_empty_file=True,
    )
    source = forms.SlugField(
        label=_("Where it is from"),
        required=False,
        max_length=60,
        help_text=_("A short name of the till or system, such as till-1. Files of one system share it."),
    )

    def uploaded(self) -> UploadedFile:
        return self.cleaned_data["file"]


class MappingForm(forms.Form):
    """Which column means what. The choices are the file's own headings."""

    day_first = forms.TypedChoiceField(
        label=_("A date such as 03/04/2026 is"),
        choices=[("yes", _("3 April: the day first")), ("no", _("4 March: the month first"))],
        coerce=lambda value: value == "yes",
        required=False,
    )
    decimal = forms.ChoiceField(
        label=_("Amounts are written"), choices=[(",", "1 234,50"), (".", "1,234.50")], required=False
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, validators=[currency_code])
    time_zone = forms.CharField(
        label=_("Time zone of the file"),
        required=False,
        validators=[validate_time_zone],
        help_text=_("Empty: that of the business."),
    )
    gifts = forms.BooleanField(label=_("A line with the price zero is a gift"), required=False)
    consent_proof = forms.CharField(
        label=_("The customers of this file agreed to marketing messages"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Say where and to which words. Empty: nobody in it agreed, and nobody gets marketing messages."),
    )

    def __init__(self, *arguments: Any, shape: FileShape, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.shape = shape
        headings = [LEFT_OUT, *((heading, heading) for heading in shape.columns)]
        for name, label in FIELDS.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(label=label, choices=headings, required=False)
        fitting = [preset for preset in PRESETS.values() if set(preset.mapping.columns.values()) <= set(shape.columns)]
        presets = [("", _("None: as chosen below")), *((each.key, each.label) for each in fitting)]
        self.fields["preset"] = forms.ChoiceField(label=_("Known layout"), choices=presets, required=False)

    @staticmethod
    def values_of(mapping: Mapping) -> dict[str, Any]:
        """The form's values for a mapping, to begin with."""
        columns = {f"column_{name}": heading for name, heading in mapping.columns.items()}
        return columns | {
            "day_first": "yes" if mapping.day_first else "no",
            "decimal": mapping.decimal,
            "currency": mapping.currency,
            "time_zone": mapping.time_zone,
            "gifts": mapping.tells_gifts,
        }

    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{name}"] for name in FIELDS]

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def mapping(self, before: Mapping) -> Mapping:
        """What was chosen; the date's format stays as found while its column stays."""
        chosen = self.cleaned_data
        if chosen.get("preset"):
            return PRESETS[chosen["preset"]].mapping
        columns = {name: chosen[f"column_{name}"] for name in FIELDS if chosen.get(f"column_{name}")}
        day_first = before.day_first if chosen["day_first"] == "" else chosen["day_first"]
        same_date = columns.get("date") == before.columns.get("date") and day_first == before.day_first
        return Mapping(
            columns=columns,
            payload=before.payload,
            date_format=before.date_format if same_date else "",
            day_first=day_first,
            decimal=chosen["decimal"] or before.decimal,
            currency=chosen["currency"],
            time_zone=chosen["time_zone"],
            gifts=chosen["gifts"],
        )
