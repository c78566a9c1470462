"""The road map, the three views and the training in the navigation and in the change history."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.business.history import Thing, register_thing
from mijoz.business.models import Role
from mijoz.ui.navigation import NavItem, register

READERS = frozenset({"owner", "manager", "marketer", "analyst"})


def connect() -> None:
    register_thing(
        Thing("insights.RoadStep", _("Step of the road map"), url=lambda row: reverse("insights:road_map")),
        Thing("insights.Certificate", _("Certificate"), title=lambda row: row["name"]),
        Thing("insights.ThemeFigure", _("Figure beside a theme"), title=lambda row: row["figure"]),
    )
    register(
        NavItem(
            key="road_map",
            label=_("Road map"),
            url_name="insights:road_map",
            icon="map-2",
            roles=READERS,
            order=5,
            section="insights",
        )
    )
    register(
        NavItem(
            key="triangulation",
            label=_("Three views"),
            url_name="insights:triangulation",
            icon="triangle",
            roles=READERS,
            order=24,
            section="insights",
        )
    )
    register(
        NavItem(
            key="training",
            label=_("Training"),
            url_name="insights:training",
            icon="school",
            roles=frozenset(Role.values),
            order=96,
            section="settings",
        )
    )
