from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class EventsConfig(AppConfig):
    name = "mijoz.events"
    label = "events"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.events import arrivals, hooks
        from mijoz.events.sources.roles import READERS

        register_thing(
            Thing("events.Source", _("Source"), url=lambda row: reverse("sources:source", args=[row["pgh_obj_id"]])),
            Thing(
                "events.WriteKey",
                _("Write key"),
                url=lambda row: reverse("sources:source", args=[row["source_id"]]),
                title=lambda row: f"{row['begins_with']}…",
            ),
            Thing(
                "events.Webhook",
                _("Webhook"),
                url=lambda row: reverse("sources:source", args=[row["source_id"]]),
                title=lambda row: f"№ {row['source_id']}",
            ),
        )
        hooks.on_recorded(arrivals.tell)
        register(
            NavItem(
                key="sources",
                label=_("Sources"),
                url_name="sources:list",
                icon="plug-connected",
                roles=READERS,
                order=20,
                section="settings",
            )
        )
