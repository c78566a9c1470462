"""What the business aims at, and who gets the report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.insights.results import queries
from mijoz.insights.results.catalogue import ENTRIES


class AimsForm(forms.Form):
    """One field for each figure, in percent; empty means no aim."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, aim in queries.aims().items():
            self.initial[key] = None if aim is None else f"{Decimal(str(aim)) * 100:f}".rstrip("0").rstrip(".") or "0"
        for entry in ENTRIES:
            is_share = entry.unit == "share"
            field = forms.DecimalField(
                label=str(entry.label),
                required=False,
                min_value=0 if is_share else -100,
                max_value=100 if is_share else 1000,
                max_digits=6,
                decimal_places=2,
            )
            field.empty_says_something = True  # type: ignore[attr-defined]
            self.fields[entry.key] = field

    def aims(self) -> dict[str, float | None]:
        """As parts of one."""
        given = self.cleaned_data
        return {entry.key: None if given[entry.key] is None else float(given[entry.key] / 100) for entry in ENTRIES}


class ReadersForm(forms.Form):
    """Which members of staff get the report by e-mail."""

    members = forms.ModelMultipleChoiceField(
        queryset=StaffMember.objects.none(),
        label=_("Sent each month to"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = StaffMember.objects.filter(is_active=True)
        field.initial = [member.pk for member in queries.readers()]
        field.empty_says_something = True  # type: ignore[attr-defined]
