"""The thresholds, in percent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers.models import MatchingRules


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """From which likelihood on Mijoz merges by itself, and from which it asks."""

    class Meta:
        model = MatchingRules
        fields = ["merge_from", "review_from", "is_nightly"]
        help_texts = {
            "merge_from": gettext_lazy("Percent. Higher: fewer wrong merges, more pairs to look at."),
            "review_from": gettext_lazy("Percent. Lower: more duplicates found, more pairs to look at."),
        }
        widgets = {
            name: forms.NumberInput(attrs={"min": 1, "max": 99.99, "step": "any", "inputmode": "decimal"})
            for name in ("merge_from", "review_from")
        }

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        merge_from, review_from = told.get("merge_from"), told.get("review_from")
        if merge_from is not None and review_from is not None and review_from > merge_from:
            self.add_error("review_from", _("This must not be above what is merged by Mijoz."))
        return told
