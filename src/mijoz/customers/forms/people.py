"""What staff write down of a customer: who it is, how they are served, what they agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers import contacts, wording
from mijoz.customers.models import LANGUAGES, Customer, Protocol
from mijoz.customers.names import is_phone
from mijoz.ui.forms import DayInput

OLDEST_BIRTH = date(1900, 1, 1)
FAMILY_NAME = re.compile(r"(ov|ev|ova|eva|ов|ев|ова|ева|ёв|ёва|in|ina|ин|ина|skiy|skaya|ский|ская)$", re.IGNORECASE)
NO_NAME = {
    "max_length": gettext_lazy("A name has at most 200 characters."),
    "null_characters_not_allowed": gettext_lazy("This has characters that no name has."),
}
UNKNOWN = ("", gettext_lazy("Not known"))


class Name(forms.CharField):
    """A part of a name as text, whatever it looks like; runs of space become one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, required=False, error_messages=NO_NAME, **options)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


class CustomerForm(forms.Form):
    """Who a customer is; `told()` gives what `actions.describe` and `actions.add_customer` take."""

    last_name = Name(label=gettext_lazy("Last name"))
    first_name = Name(label=gettext_lazy("First name"))
    patronymic = Name(label=gettext_lazy("Patronymic"))
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "placeholder": "+998 90 123 45 67"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("This is no e-mail address such as aziza@example.uz.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[UNKNOWN, *LANGUAGES],
        help_text=gettext_lazy("Messages go out in it."),
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), required=False, choices=[UNKNOWN, *Customer.Gender.choices]
    )
    birth_on = forms.DateField(
        label=gettext_lazy("Birth date"),
        required=False,
        widget=DayInput,
        error_messages={"invalid": gettext_lazy("This is no date.")},
    )

    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=400, required=False)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return contacts.normal_phone(typed)
        except contacts.NotAPhone as refusal:
            raise forms.ValidationError(
                _("This is no phone. Write it with its code, such as +998 90 123 45 67.")
            ) from refusal

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_birth_on(self) -> date | None:
        day: date | None = self.cleaned_data["birth_on"]
        if day is not None and not OLDEST_BIRTH <= day <= timezone.localdate():
            raise forms.ValidationError(_("A birth date lies between 1900 and today."))
        return day

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        known = ("last_name", "first_name", "patronymic", "phone", "email")
        if not self.errors and not any(told.get(name) for name in known):
            raise forms.ValidationError(_("Give at least a name, a phone or an e-mail."))
        return told

    def told(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @classmethod
    def values_of(cls, customer: Customer) -> dict[str, Any]:
        """What the form shows of a customer before somebody changes it."""
        values = {name: getattr(customer, name) for name in cls.base_fields}
        return values | {"phone": contacts.spaced(customer.phone)}


def values_from(query: str) -> dict[str, str]:
    """What somebody who was searched for in vain is probably called, or called by.

    >>> values_from("Aziza Karimova")
    {'first_name': 'Aziza', 'last_name': 'Karimova'}
    """
    words = query.split()
    if is_phone(query):
        return {"phone": query.strip()}
    if "@" in query:
        return {"email": query.strip()}
    if not words:
        return {}
    if len(words) == 1:
        return {"last_name" if FAMILY_NAME.search(words[0]) else "first_name": words[0]}
    if len(words) == 2 and FAMILY_NAME.search(words[1]) and not FAMILY_NAME.search(words[0]):
        words.reverse()
    values = {"first_name": words[1], "last_name": words[0]}
    return values | ({"patronymic": " ".join(words[2:])} if len(words) > 2 else {})


class ProtocolForm(forms.Form):
    """How a customer is served."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        coerce=int,
        help_text=gettext_lazy("Who has a higher one is served first."),
    )
    script = forms.CharField(
        label=gettext_lazy("Script for staff"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What to say and to do when this customer comes or calls."),
    )
    package = forms.ChoiceField(
        label=gettext_lazy("Package"),
        required=False,
        help_text=gettext_lazy("Minimal is what everybody in the segment gets; value-adding adds to it."),
    )
    preferred_channel = forms.ChoiceField(label=gettext_lazy("Preferred channel"), required=False)
    preferred_hours = forms.CharField(
        label=gettext_lazy("Preferred hours"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Such as 18:00–21:00."),
    )

    def __init__(self, given: Any = None, *, protocol: Protocol | None) -> None:
        """What stands in the protocol can always be kept, also what this form would not offer."""
        values = {name: getattr(protocol, name) for name in self.base_fields} if protocol else {"priority": 0}
        super().__init__(given, initial=values)
        channels = {key: wording.channel(key) for key in wording.WRITTEN_CHANNELS}
        self._offer("priority", {key: str(name) for key, name in wording.PRIORITIES.items()}, values)
        self._offer("package", {"": _("None"), **wording.PACKAGES}, values)
        self._offer("preferred_channel", {"": _("No preference"), **channels}, values)

    def _offer(self, name: str, choices: Mapping[Any, Any], values: Mapping[str, Any]) -> None:
        standing = values.get(name, "")
        offered = {**choices} if standing in choices or standing == "" else {**choices, standing: str(standing)}
        self.fields[name].choices = list(offered.items())  # type: ignore[attr-defined]


class ConsentForm(forms.Form):
    """An answer of the customer about one purpose, with how it was given."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    proof = forms.CharField(
        label=gettext_lazy("How the customer said so"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as: signed the form on 12 March; said so by phone, the call is recorded."),
        error_messages={"required": gettext_lazy("Without it nobody can prove the answer later.")},
    )

    def __init__(self, given: Any = None, *, channel: str = "") -> None:
        super().__init__(given, initial={"channel": channel})
        channels = [(key, wording.channel(key)) for key in wording.WRITTEN_CHANNELS]
        self.fields["channel"].choices = [("", _("Every channel")), *channels]  # type: ignore[attr-defined]
