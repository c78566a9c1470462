from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, SettingsPage, register, register_settings


class ScenariosConfig(AppConfig):
    name = "mijoz.scenarios"
    label = "scenarios"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.channels import hooks as channel_hooks
        from mijoz.customers import hooks as customer_hooks
        from mijoz.scenarios import actions, hooks, jobs, on_customers, outcomes, personal, queries
        from mijoz.scenarios.choosing import personal as choosing_personal
        from mijoz.scenarios.next_offer import actions as next_offer
        from mijoz.scenarios.next_offer import on_customers as next_offer_on_customers
        from mijoz.scenarios.next_offer import personal as next_offer_personal
        from mijoz.segments import hooks as segment_hooks

        register_settings(
            SettingsPage(key="systems", label=_("Other systems"), url_name="scenarios:endpoints", order=65)
        )
        register_thing(
            Thing("scenarios.Endpoint", _("Other system"), url=lambda _row: reverse("scenarios:endpoints")),
            Thing("scenarios.Scenario", _("Scenario"), url=lambda row: reverse("scenarios:detail", args=[row["key"]])),
            Thing("scenarios.ChoosingSettings", _("Channel and hour"), url=lambda _row: reverse("choosing:page")),
            Thing("scenarios.OfferedService", _("Service to offer"), title=lambda row: row["name"]),
            Thing("scenarios.ScenarioVersion", _("Version of a scenario"), title=lambda row: f"№ {row['number']}"),
        )
        channel_hooks.connect_origin_states(queries.origin_states)
        channel_hooks.connect_origin_names(queries.names)
        hooks.on_calls_put(jobs.ask_to_call)
        channel_hooks.on_settled(outcomes.note_settled)
        channel_hooks.connect_reasons(lambda one, step: f"{reverse('scenarios:why', args=[one])}?step={step}")
        segment_hooks.on_refreshed(actions.ask_to_enrol)
        on_customers.connect()
        personal.connect()
        choosing_personal.connect()
        next_offer_personal.connect()
        next_offer_on_customers.connect()
        customer_hooks.on_import_finished(next_offer.ask)
        register(
            NavItem(
                key="tasks",
                label=_("Tasks"),
                url_name="scenarios:tasks",
                icon="checklist",
                roles=frozenset({"owner", "manager", "front_office", "operator", "service_master"}),
                order=22,
                section="work",
            )
        )
        register(
            NavItem(
                key="scenarios",
                label=_("Scenarios"),
                url_name="scenarios:list",
                icon="route",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=20,
                section="growth",
            )
        )
        readers = frozenset({"owner", "manager", "marketer", "analyst"})
        register(
            NavItem(
                key="next_offer", label=_("Next offer"), url_name="next_offer:page", icon="bulb", roles=readers,
                order=30, section="growth",
            )
        )  # fmt: skip
        register(
            NavItem(
                key="choosing", label=_("Channel and hours"), url_name="choosing:page", icon="clock-hour-4",
                roles=readers, order=32, section="growth",
            )
        )  # fmt: skip
