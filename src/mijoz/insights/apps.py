from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem
from mijoz.ui.navigation import register as add_to_navigation


class InsightsConfig(AppConfig):
    name = "mijoz.insights"
    label = "insights"

    def ready(self) -> None:
        from mijoz.customers import hooks
        from mijoz.insights import jobs, on_loyalty, on_scenarios, register

        for definition in register.OWN:
            register.register(definition)
        hooks.on_import_finished(jobs.ask_for_refresh)
        on_loyalty.connect()
        on_scenarios.connect()
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
