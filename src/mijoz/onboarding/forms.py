"""What the doors of the first start ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mijoz.analysis.simulator.sectors import SECTORS, SectorKey
from mijoz.analysis.simulator.sectors import Sector as Simulated
from mijoz.business.forms.company import CompanyForm
from mijoz.business.models import Sector

SEED = 1

SECTOR_ICONS = {
    "restaurant": "tools-kitchen-2",
    "clinic": "stethoscope",
    "hotel": "bed",
    "repair": "tool",
    "salon": "scissors",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How big a demo business is."""

    label: str | Promise
    note: str | Promise
    customers: int
    months: int


SIZES = {
    "small": Size(_("Small"), _("500 customers, half a year; ready in moments"), 500, 6),
    "middle": Size(_("Middle"), _("2,000 customers, a year; about half a minute"), 2_000, 12),
    "large": Size(_("Large"), _("20,000 customers, two years; a few minutes"), 20_000, 24),
}


class BeginForm(CompanyForm):
    """The business itself: what both an import and an empty start need to know."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["name"].error_messages["required"] = _("Give it a name: customers see it in messages.")


class DemoForm(forms.Form):
    """Which demo business: its sector, its size, and what it is called."""

    sector = forms.ChoiceField(
        label=_("Your sector"),
        choices=[choice for choice in Sector.choices if choice[0] in get_args(SectorKey)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a sector.")},
    )
    size = forms.ChoiceField(
        label=_("Size"),
        choices=[(key, size.label) for key, size in SIZES.items()],
        widget=forms.RadioSelect,
        initial="middle",
    )
    name = forms.CharField(
        label=_("Name of the business"),
        max_length=200,
        required=False,
        help_text=_("Left empty, it gets an invented one."),
    )

    def sector_tiles(self) -> list[tuple[Any, str, str]]:
        """Each sector's option with its icon and what its demo has."""
        return [(option, SECTOR_ICONS[key], _in_short(SECTORS[key])) for key, option in self._options("sector")]

    def size_tiles(self) -> list[tuple[Any, str | Promise]]:
        """Each size's option with its note."""
        return [(option, SIZES[key].note) for key, option in self._options("size")]

    def _options(self, name: str) -> list[tuple[str, Any]]:
        return [(option.data["value"], option) for option in self[name]]

    def wanted(self) -> dict[str, Any]:
        """The arguments of actions.ask_for_demo."""
        size = SIZES[self.cleaned_data["size"]]
        told = {name: self.cleaned_data[name] for name in ("sector", "name")}
        return told | {"customers": size.customers, "months": size.months, "seed": SEED}


def _in_short(sector: Simulated) -> str:
    """The invented business of a sector in a line: its name, and how much of it there is."""
    branches, services = len(sector.branches), len(sector.services)
    parts = [
        sector.business_name,
        ngettext("%(n)s branch", "%(n)s branches", branches) % {"n": branches},
        ngettext("%(n)s service", "%(n)s services", services) % {"n": services},
    ]
    return " · ".join(parts)
