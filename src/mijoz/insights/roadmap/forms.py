"""The form by which a step is planned."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.insights.models import RoadStep
from mijoz.ui.forms import DayInput


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who does it and by when."""

    class Meta:
        model = RoadStep
        fields = ("who", "aimed_on")
        widgets = {"aimed_on": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.ModelChoiceField)
        who.queryset = StaffMember.objects.filter(is_active=True)
        who.empty_label = str(_("Nobody yet"))
