"""What is wanted of a KPI, typed in its own unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.insights.aims import queries
from mijoz.insights.models import KpiAim
from mijoz.insights.register import Definition

LARGEST = 1e12
PER_CENT = 100


class AimForm(forms.Form):
    """Target, owner, alert and tolerance. Shares are typed in per cent, and kept as parts of one."""

    target = forms.FloatField(required=False, label=gettext_lazy("Target"))
    owner: Any = forms.ModelChoiceField(
        queryset=None, required=False, label=gettext_lazy("Who answers for it"), empty_label="—"
    )
    is_watched = forms.BooleanField(required=False, label=gettext_lazy("Tell the owner when the target is missed"))
    tolerance = forms.FloatField(
        min_value=0,
        max_value=PER_CENT,
        label=gettext_lazy("Tolerance, % of the target"),
        help_text=gettext_lazy("As far from the target as this a value is amber, further away red."),
    )

    def __init__(self, *args: Any, known: Definition, aim: KpiAim, currency: str, **kwargs: Any) -> None:
        self.factor = PER_CENT if known.unit == "share" else 1
        self.known = known
        target = None if aim.target is None else round(aim.target * self.factor, 6)
        kwargs["initial"] = {
            "target": target,
            "owner": aim.owner_id,
            "is_watched": aim.is_watched,
            "tolerance": round(aim.tolerance * PER_CENT, 6),
        }
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = queries.possible_owners()  # type: ignore[attr-defined]
        self.fields["target"].label = _("Target (%(unit)s)") % {"unit": _unit(known, currency)}

    def clean_target(self) -> float | None:
        target: float | None = self.cleaned_data["target"]
        if target is None:
            return None
        if self.known.unit == "share" and not 0 <= target <= PER_CENT:
            raise forms.ValidationError(_("A share lies between 0 and 100 %."))
        if self.known.unit == "points" and not -PER_CENT <= target <= PER_CENT:
            raise forms.ValidationError(_("Points lie between −100 and 100."))
        if self.known.unit != "points" and not 0 <= target <= LARGEST:
            raise forms.ValidationError(_("Write a figure that is not below zero."))
        return target / self.factor

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("is_watched") and told.get("target") is None and "target" not in self.errors:
            self.add_error("target", _("Without a target nothing can be missed: write one, or take the alert off."))
        if told.get("is_watched") and self.known.higher_is_better is None:
            self.add_error("is_watched", _("Of this KPI neither more nor less is better, so it cannot be watched."))
        return told

    def wanted(self) -> dict[str, Any]:
        """As `actions.aim_at` takes it."""
        return self.cleaned_data | {"tolerance": self.cleaned_data["tolerance"] / PER_CENT}


def _unit(known: Definition, currency: str) -> str:
    return {
        "share": "%",
        "money": currency,
        "minutes": _("minutes"),
        "points": _("points"),
        "score": _("score"),
    }.get(known.unit, _("number"))
