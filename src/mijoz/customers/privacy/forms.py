"""Forms of the pages about privacy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.customers.models import ChecklistAnswer, PrivacySettings, Purpose
from mijoz.customers.privacy import retention

COUNTRIES = [
    ("", "–"),
    ("uz", _("Uzbekistan")),
    ("kz", _("Kazakhstan")),
    ("eu", _("European Union")),
    ("xx", pgettext_lazy("country", "Another")),
]


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    confirmed_purposes = forms.MultipleChoiceField(
        label=_("A yes counts only after a press in the mailbox, for"),
        choices=[(Purpose.MARKETING, Purpose.MARKETING.label), (Purpose.PROFILING, Purpose.PROFILING.label)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hosting_country = forms.ChoiceField(label=_("Country where the data is kept"), choices=COUNTRIES, required=False)

    class Meta:
        model = PrivacySettings
        fields = [
            "confirmed_purposes",
            "keeps_network",
            "operator",
            "tax_number",
            "responsible",
            "contact",
            "breach_contact",
            "hosting_country",
            "processors",
            "cross_border",
            "backups_kept_days",
        ]
        widgets = {"processors": forms.Textarea(attrs={"rows": 3}), "cross_border": forms.Textarea(attrs={"rows": 3})}


class TextForm(forms.Form):
    """The words to agree to in one language; {business} and {channel} are filled in when they are shown."""

    text = forms.CharField(label=_("Words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), strip=True)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if "{" in text.replace("{business}", "").replace("{channel}", ""):
            raise forms.ValidationError(_("Only {business} and {channel} can stand in braces."))
        return text


class RetentionForm(forms.Form):
    """Months for each kind; empty keeps it for ever."""

    def __init__(self, posted: QueryDict | None = None, *, months: dict[str, int]) -> None:
        super().__init__(posted)
        self.kinds = retention.kinds()
        for kind in self.kinds:
            field = forms.IntegerField(
                label=str(kind.label), required=False, min_value=1, max_value=1200, initial=months.get(kind.key)
            )
            field.widget.attrs |= {"class": "form-control pr-months", "inputmode": "numeric", "placeholder": "∞"}
            self.fields[kind.key] = field

    def months(self) -> dict[str, int | None]:
        return {kind.key: self.cleaned_data.get(kind.key) for kind in self.kinds}


class DutyForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=ChecklistAnswer.State.choices)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)

    def told(self) -> dict[str, Any]:
        return {"state": self.cleaned_data["state"], "note": self.cleaned_data["note"]}


class RefusalForm(forms.Form):
    answer = forms.CharField(
        label=_("Why it is refused; the customer reads this"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
