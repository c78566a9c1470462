"""What a customer fills in on their own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mijoz.customers import wording
from mijoz.customers.models import Customer, Preferences
from mijoz.portal import queries
from mijoz.ui.forms import DayInput

HOURS = [
    ("", _("Any time by day")),
    ("09:00-12:00", _("In the morning, 9–12")),
    ("12:00-17:00", _("In the afternoon, 12–17")),
    ("17:00-21:00", _("In the evening, 17–21")),
]
MOST = [
    ("", _("As many as the rules of the house allow")),
    ("1", _("One")),
    ("2", _("Two")),
    ("4", _("Four")),
    ("0", _("None at all")),
]


class PreferencesForm(forms.Form):
    """How the customer wants to be reached."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    channel = forms.ChoiceField(label=_("Best way to reach me"), required=False)
    hours = forms.ChoiceField(label=_("Best time"), choices=HOURS, required=False)
    messages_a_month = forms.ChoiceField(label=_("Offers and news a month at most"), choices=MOST, required=False)

    def __init__(self, posted: QueryDict | None = None, *, customer: Customer) -> None:
        super().__init__(posted, initial=self.values_of(customer))
        ways = [(channel, wording.channel(channel)) for channel in queries.reachable_by(customer)]
        self.fields["channel"].choices = [("", _("Whatever suits you")), *ways]  # type: ignore[attr-defined]
        for name in ("channel", "hours", "messages_a_month"):
            self.fields[name].empty_says_something = True  # type: ignore[attr-defined]

    @staticmethod
    def values_of(customer: Customer) -> dict[str, Any]:
        chosen = Preferences.objects.filter(customer=customer).first() or Preferences()
        most = chosen.messages_a_month
        return {
            "language": chosen.language or customer.language or settings.LANGUAGE_CODE,
            "channel": chosen.channel,
            "hours": chosen.hours,
            "messages_a_month": "" if most is None else str(most),
        }

    def told(self) -> dict[str, Any]:
        most = self.cleaned_data["messages_a_month"]
        return self.cleaned_data | {"messages_a_month": int(most) if most else None}


class DetailsForm(forms.Form):
    """What a customer may correct by the link alone; phone and e-mail are ways in, so they are told in person."""

    last_name = forms.CharField(label=_("Last name"), max_length=200, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=200, required=False)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=200, required=False)
    birth_on = forms.DateField(label=_("Birth date"), required=False, widget=DayInput())
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    address = forms.CharField(label=_("Address"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for name, value in told.items():
            if isinstance(value, str) and "\0" in value:
                self.add_error(name, _("This holds a sign that cannot be kept."))
        return told

    @classmethod
    def values_of(cls, customer: Customer) -> dict[str, Any]:
        return {name: getattr(customer, name) for name in cls.base_fields}
