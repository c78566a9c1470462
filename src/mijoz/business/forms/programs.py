"""A new key of the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.business import programs


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Which program is it for?"), max_length=60, help_text=_("Such as: till in the Chilonzor branch.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Without any scope the key opens nothing.")},
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, f"{label} ({scope})") for scope, label in programs.scopes().items()
        ]
