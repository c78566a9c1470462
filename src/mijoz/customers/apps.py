from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class CustomersConfig(AppConfig):
    name = "mijoz.customers"
    label = "customers"

    def ready(self) -> None:
        from mijoz.customers import actions, jobs
        from mijoz.events import hooks

        hooks.on_identities_created(actions.adopt)
        hooks.on_recorded(jobs.ask_for_projection)
        register(
            NavItem(
                key="customers",
                label=_("Customers"),
                url_name="customers:list",
                icon="users",
                roles=frozenset(
                    {"owner", "manager", "front_office", "operator", "service_master", "marketer", "analyst"}
                ),
                order=20,
                section="work",
            )
        )
        register(
            NavItem(
                key="imports",
                label=_("Imports"),
                url_name="customers:imports",
                icon="file-import",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=25,
                section="work",
            )
        )
