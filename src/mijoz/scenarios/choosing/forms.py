from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.scenarios.choosing.models import ChoosingSettings


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the choice learns; the share is asked for in per cent."""

    exploring_percent = forms.IntegerField(
        label=_("Customers in a hundred who try something else"),
        min_value=0,
        max_value=50,
        help_text=_("So that better hours can be found at all. The others get what is known to work best."),
    )

    field_order = ("exploring_percent", "half_life_days", "answer_hours")

    class Meta:
        model = ChoosingSettings
        fields = ("half_life_days", "answer_hours")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial["exploring_percent"] = round(self.instance.exploring_share * 100)

    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "exploring_share": said["exploring_percent"] / 100,
            "half_life_days": said["half_life_days"],
            "answer_hours": said["answer_hours"],
        }
