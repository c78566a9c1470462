from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem
from mijoz.ui.navigation import register as add_to_navigation


class InsightsConfig(AppConfig):
    name = "mijoz.insights"
    label = "insights"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.customers import hooks
        from mijoz.insights import jobs, on_loyalty, on_scenarios, register, roll_out
        from mijoz.insights.proof import frame as proof
        from mijoz.insights.results.catalogue import BY_KEY

        for definition in register.OWN:
            register.register(definition)
        hooks.on_import_finished(jobs.ask_for_refresh)
        register_thing(
            Thing(
                "insights.ReportAim",
                _("Aim of the results report"),
                url=lambda _row: reverse("insights:results_aims"),
                title=lambda row: str(BY_KEY[row["figure"]].label) if row["figure"] in BY_KEY else row["figure"],
            ),
            Thing(
                "insights.ReportReader",
                _("Reader of the results report"),
                url=lambda _row: reverse("insights:results_readers"),
            ),
            Thing(
                "insights.KpiAim", _("Target of a KPI"), title=lambda row: str(register.definition(row["name"]).label)
            ),
            Thing("insights.PooledFigure", _("Figure of other businesses"), title=lambda row: row["period"]),
            Thing("insights.GapAim", _("What a scenario should move")),
        )
        on_loyalty.connect()
        on_scenarios.connect()
        proof.connect()
        roll_out.connect()
        add_to_navigation(
            NavItem(
                key="insights",
                label=_("KPI board"),
                url_name="insights:board",
                icon="chart-bar",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=10,
                section="work",
            )
        )
        add_to_navigation(
            NavItem(
                key="kpi_register",
                label=_("KPIs and targets"),
                url_name="insights:register",
                icon="target",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=15,
                section="insights",
            )
        )
        add_to_navigation(
            NavItem(
                key="results",
                label=_("Results"),
                url_name="insights:results",
                icon="report-analytics",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=20,
                section="insights",
            )
        )
        add_to_navigation(
            NavItem(
                key="pain",
                label=_("Pain points"),
                url_name="insights:pain",
                icon="zoom-exclamation",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=10,
                section="insights",
            )
        )
        add_to_navigation(
            NavItem(
                key="gaps",
                label=_("Gaps by scenario"),
                url_name="insights:gaps",
                icon="arrows-diff",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=12,
                section="insights",
            )
        )
