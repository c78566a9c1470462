from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class EventsConfig(AppConfig):
    name = "mijoz.events"
    label = "events"

    def ready(self) -> None:
        from mijoz.events import arrivals, hooks
        from mijoz.events.sources.roles import READERS

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
