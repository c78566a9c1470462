"""Where the pages of insights stand in the navigation, and how what staff change there is called in the history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.business.history import Thing, register_thing
from mijoz.business.models import Role
from mijoz.insights import register as kpis
from mijoz.insights.results.catalogue import BY_KEY
from mijoz.ui.navigation import NavItem, register

READERS = frozenset({"owner", "manager", "marketer", "analyst"})


def connect() -> None:
    register_thing(
        Thing("insights.ReportAim", _("Aim of the results report"), url=_report_aims, title=_report_figure),
        Thing("insights.ReportReader", _("Reader of the results report"), url=_report_readers),
        Thing("insights.KpiAim", _("Target of a KPI"), title=lambda row: str(kpis.definition(row["name"]).label)),
        Thing("insights.PooledFigure", _("Figure of other businesses"), title=lambda row: row["period"]),
        Thing("insights.GapAim", _("What a scenario should move")),
        Thing("insights.PilotPlan", _("Plan of a pilot"), url=_plan),
        Thing("insights.Improvement", _("Improvement"), url=_improvement, title=lambda row: str(row["title"])),
        Thing("insights.RoadStep", _("Step of the road map"), url=lambda row: reverse("insights:road_map")),
        Thing("insights.Certificate", _("Certificate"), title=lambda row: row["name"]),
        Thing("insights.ThemeFigure", _("Figure beside a theme"), title=lambda row: row["figure"]),
    )
    board = NavItem(
        key="insights",
        label=_("KPI board"),
        url_name="insights:board",
        icon="chart-bar",
        roles=READERS,
        order=10,
        section="work",
    )
    training = NavItem(
        key="training",
        label=_("Training"),
        url_name="insights:training",
        icon="school",
        roles=frozenset(Role.values),
        order=96,
        section="settings",
    )
    for item in (
        board,
        _page("improvements", _("Improvements"), "improvements", icon="clipboard-list", order=10),
        _page("proof", _("Proof"), "proof", icon="target-arrow", order=20),
        _page("kpi_register", _("KPIs and targets"), "register", icon="target", order=15),
        _page("results", _("Results"), "results", icon="report-analytics", order=20),
        _page("pain", _("Pain points"), "pain", icon="zoom-exclamation", order=10),
        _page("gaps", _("Gaps by scenario"), "gaps", icon="arrows-diff", order=12),
        _page("road_map", _("Road map"), "road_map", icon="map-2", order=5),
        _page("triangulation", _("Three views"), "triangulation", icon="triangle", order=24),
        training,
    ):
        register(item)


def _page(key: str, label: Any, name: str, *, icon: str, order: int) -> NavItem:
    """A page of the section of insights."""
    return NavItem(
        key=key, label=label, url_name=f"insights:{name}", icon=icon, roles=READERS, order=order, section="insights"
    )


def _report_aims(_row: dict[str, Any]) -> str:
    return reverse("insights:results_aims")


def _report_figure(row: dict[str, Any]) -> str:
    return str(BY_KEY[row["figure"]].label) if row["figure"] in BY_KEY else str(row["figure"])


def _report_readers(_row: dict[str, Any]) -> str:
    return reverse("insights:results_readers")


def _plan(row: dict[str, Any]) -> str:
    return reverse("insights:proof_pilot", args=[row["id"]])


def _improvement(row: dict[str, Any]) -> str:
    return reverse("insights:improvement", args=[row["id"]])
