"""What staff are asked when they merge customers or change an identifier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.customers.identity.merging import REASON_LENGTH
from mijoz.customers.identity.shown import SHARED_BECAUSE
from mijoz.customers.models import Customer


class MergeForm(forms.Form):
    """Who is kept, and why the two are one."""

    kept = forms.TypedChoiceField(label=_("Whose number is kept"), widget=forms.RadioSelect, coerce=int)
    reason = forms.CharField(
        label=_("How do you know that they are one person?"),
        max_length=REASON_LENGTH,
        help_text=_("It stands in the list of merges beside your name."),
    )

    def __init__(self, given: Any = None, *, one: Customer, other: Customer) -> None:
        super().__init__(given, initial={"kept": one.pk})
        choices = [(customer.pk, f"{customer.name} · № {customer.pk}") for customer in (one, other)]
        self.fields["kept"].choices = choices  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    """Who uses an identifier, when it is not one person."""

    because = forms.ChoiceField(
        label=_("Who uses it?"),
        widget=forms.RadioSelect,
        choices=[(key, SHARED_BECAUSE[key]) for key in ("family", "company", "device")],
        initial="family",
    )
