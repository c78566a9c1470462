from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, SettingsPage, register, register_settings


class BusinessConfig(AppConfig):
    name = "mijoz.business"
    label = "business"

    def ready(self) -> None:
        from mijoz.business import history
        from mijoz.business.history import Thing

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
        register(
            NavItem(
                key="history",
                label=_("History"),
                url_name="business:history",
                icon="history",
                roles=frozenset({"owner", "manager"}),
                order=85,
                section="settings",
            )
        )
        register_settings(SettingsPage(key="api", label=_("API"), url_name="business:api_keys", order=60))
        history.register_thing(
            Thing("business.Business", _("Business"), url=lambda _row: reverse("business:settings")),
            Thing("business.Branch", _("Branch"), url=lambda row: reverse("business:branch", args=[row["code"]])),
            Thing("business.WorkingHours", _("Working hours"), title=lambda row: f"{row['opens']}–{row['closes']}"),
            Thing(
                "business.StaffMember",
                _("Member of staff"),
                url=lambda row: reverse("business:member", args=[row["pgh_obj_id"]]),
                title=lambda row: row["name"] or row["email"],
            ),
            Thing("business.ApiKey", _("Key of the API"), url=lambda _row: reverse("business:api_keys")),
        )
        register_settings(SettingsPage(key="business", label=_("Business"), url_name="business:settings", order=10))
        register_settings(SettingsPage(key="branches", label=_("Branches"), url_name="business:branches", order=20))
