from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.segments.clusters import finding

USUAL = ("purchases", "average_check", "days_since_last_purchase")


class TraitsForm(forms.Form):
    """By which traits groups are looked for, and how many."""

    traits = forms.MultipleChoiceField(label=_("Traits"), widget=forms.CheckboxSelectMultiple)
    wanted = forms.TypedChoiceField(
        label=_("Number of groups"), required=False, coerce=int, empty_value=None,
        choices=[("", _("As many as there are")), *((k, str(k)) for k in range(2, 9))],
    )  # fmt: skip

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["traits"].choices = [(one.key, one.title) for one in finding.traits()]  # type: ignore[attr-defined]
        self.fields["wanted"].empty_says_something = True  # type: ignore[attr-defined]

    def clean_traits(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["traits"]
        if not 2 <= len(chosen) <= finding.MOST_TRAITS:
            raise forms.ValidationError(_("Choose two to eight traits."))
        return chosen
