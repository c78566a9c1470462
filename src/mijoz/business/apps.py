from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, SettingsPage, register, register_settings


class BusinessConfig(AppConfig):
    name = "mijoz.business"
    label = "business"

    def ready(self) -> None:
        register(
            NavItem(
                key="staff",
                label=_("Staff and roles"),
                url_name="business:staff",
                icon="users-group",
                roles=frozenset({"owner", "manager"}),
                order=80,
                section="settings",
            )
        )
        register(
            NavItem(
                key="settings",
                label=_("Settings"),
                url_name="business:settings",
                icon="settings",
                roles=frozenset({"owner", "manager"}),
                order=90,
                section="settings",
            )
        )
        register_settings(SettingsPage(key="business", label=_("Business"), url_name="business:settings", order=10))
        register_settings(SettingsPage(key="branches", label=_("Branches"), url_name="business:branches", order=20))
