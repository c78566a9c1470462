"""Forms of the survey pages: a new survey, where it is answered, a follow-up, and the questions."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import Branch
from mijoz.surveys.models import FollowUp, Place, Survey, Touchpoint
from mijoz.surveys.questionnaires import ready

RESERVED_KEYS = frozenset({"new", "follow-ups"})  # they are addresses of pages


class NewSurveyForm(forms.Form):
    """What kind of survey, about which touchpoint, and whether nobody may know who answered."""

    kind = forms.ChoiceField(label=_("What to ask"), choices=Survey.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name, as staff see it"), max_length=100, required=False)
    touchpoint = forms.ChoiceField(
        label=_("About which part of the service"), choices=Touchpoint.choices, initial=Touchpoint.FOLLOW_UP
    )
    is_anonymous = forms.BooleanField(
        label=_("Anonymous"),
        required=False,
        help_text=_(
            "Nobody can find out who answered, not even with the database: no follow-up of bad answers, and no figures "
            "by segment. It cannot be changed later."
        ),
    )

    def names(self) -> dict[str, str]:
        """The name in every language: what was typed, else that of the kind."""
        typed = self.cleaned_data["name"].strip()
        usual = ready.NAMES[self.cleaned_data["kind"]]
        return {code: typed or usual[code] for code, _language in settings.LANGUAGES}

    def key(self) -> str:
        """A key made of the name, else of the kind."""
        made = slugify(self.cleaned_data["name"]).replace("-", "_")[:36].strip("_")
        made = re.sub(r"^[^a-z]+", "", made)
        return made if made and made not in RESERVED_KEYS else str(self.cleaned_data["kind"])


class PlaceForm(forms.Form):
    """A QR code or a tablet."""

    kind = forms.ChoiceField(label=_("How people answer there"), choices=Place.Kind.choices)
    name = forms.CharField(
        label=_("Where it is"), max_length=100, help_text=_("Such as: receipts, table 4, at the door.")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), queryset=Branch.objects.all(), required=False, empty_label=_("All branches")
    )


class CloseForm(forms.Form):
    """What came of a follow-up."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=FollowUp.Outcome.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))


class SettingsForm(forms.Form):
    """The name of a survey and how long one person is left alone after any invitation."""

    rest_days = forms.IntegerField(
        label=_("Days of rest between two invitations of one customer"), min_value=0, max_value=365
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rest_days"].initial = survey.rest_days
        for code, language in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=language,
                max_length=100,
                initial=survey.names.get(code, ""),
                widget=forms.TextInput({"lang": code}),
            )

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{code}"] for code, _language in settings.LANGUAGES}
