"""An address of another system that steps may call."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.segments.models import KEY


class EndpointForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What the other system is: CRM, till, chat of staff.")
    )
    key = forms.CharField(
        label=_("Key"), max_length=40, validators=[KEY], help_text=_("By which steps name it: crm, staff_chat.")
    )
    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https", help_text=_("It begins with https:// and is public.")
    )
