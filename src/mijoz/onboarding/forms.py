"""What the doors of the first start ask."""

from __future__ import annotations

from typing import Any, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from mijoz.analysis.simulator.sectors import SectorKey
from mijoz.business.forms.company import CompanyForm
from mijoz.business.models import Sector

SIZES = {"small": (500, 6), "middle": (2_000, 12), "large": (20_000, 24)}  # customers, months
SEED = 1


class BeginForm(CompanyForm):
    """The business itself: what both an import and an empty start need to know."""


class DemoForm(forms.Form):
    """Which demo business: its sector, its size, and what it is called."""

    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[choice for choice in Sector.choices if choice[0] in get_args(SectorKey)],
        widget=forms.RadioSelect,
    )
    size = forms.ChoiceField(
        label=_("Size"),
        choices=[
            ("small", _("Small: 500 customers, half a year")),
            ("middle", _("Middle: 2,000 customers, a year")),
            ("large", _("Large: 20,000 customers, two years")),
        ],
        widget=forms.RadioSelect,
        initial="middle",
    )
    name = forms.CharField(
        label=_("Name of the business"),
        max_length=200,
        required=False,
        help_text=_("Empty: an invented one."),
    )

    def wanted(self) -> dict[str, Any]:
        """The arguments of actions.ask_for_demo."""
        customers, months = SIZES[self.cleaned_data["size"]]
        told = {name: self.cleaned_data[name] for name in ("sector", "name")}
        return told | {"customers": customers, "months": months, "seed": SEED}
