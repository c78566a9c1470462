"""Where proofs and improvements stand in the frame: navigation and change history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.business.history import Thing, register_thing
from mijoz.ui.navigation import NavItem, register

READERS = frozenset({"owner", "manager", "marketer", "analyst"})


def connect() -> None:
    register_thing(
        Thing("insights.PilotPlan", _("Plan of a pilot"), url=_plan),
        Thing("insights.Improvement", _("Improvement"), url=_improvement, title=lambda row: str(row["title"])),
    )
    register(
        NavItem(
            key="improvements",
            label=_("Improvements"),
            url_name="insights:improvements",
            icon="clipboard-list",
            roles=READERS,
            order=10,
            section="insights",
        )
    )
    register(
        NavItem(
            key="proof",
            label=_("Proof"),
            url_name="insights:proof",
            icon="target-arrow",
            roles=READERS,
            order=20,
            section="insights",
        )
    )


def _plan(row: dict[str, Any]) -> str:
    return reverse("insights:proof_pilot", args=[row["id"]])


def _improvement(row: dict[str, Any]) -> str:
    return reverse("insights:improvement", args=[row["id"]])
