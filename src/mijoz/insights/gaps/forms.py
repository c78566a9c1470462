from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.analysis.psychometrics.gaps import ITEMS_OF
from mijoz.surveys.wording import part as dimension


class AimForm(forms.Form):
    """Which gaps a scenario is meant to close."""

    dimensions = forms.MultipleChoiceField(
        label=_("Which gap should it close?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Choose before you look at the result. With none chosen it follows from the scenario's steps."),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["dimensions"].choices = [(key, dimension(key)) for key in ITEMS_OF]  # type: ignore[attr-defined]
