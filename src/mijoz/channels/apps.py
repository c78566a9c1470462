from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, SettingsPage, register, register_settings


class ChannelsConfig(AppConfig):
    name = "mijoz.channels"
    label = "channels"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.channels import hooks, jobs, on_customers, personal
        from mijoz.channels.queries import customers_with_bounced_address
        from mijoz.channels.telegram import on_customers as telegram
        from mijoz.customers.hooks import Panel, connect_names, connect_unreachable, register_panel

        register_thing(Thing("channels.ChannelAccount", _("Channel"), url=lambda _row: reverse("channels:settings")))
        hooks.on_put_in_outbox(jobs.ask_to_send)
        personal.connect()
        connect_unreachable(customers_with_bounced_address)
        connect_names("reason", on_customers.reasons)
        register(
            NavItem(
                key="outbox",
                label=_("Outbox"),
                url_name="channels:outbox",
                icon="send",
                roles=on_customers.MAY_OPEN,
                order=60,
                section="growth",
            )
        )
        register_settings(SettingsPage(key="channels", label=_("Channels"), url_name="channels:settings", order=30))
        register_panel(
            Panel(
                key="telegram",
                template="channels/telegram/_panel.html",
                context=telegram.panel,
                order=42,
            )
        )
        register_panel(
            Panel(
                key="messages",
                template="channels/_customer_panel.html",
                context=on_customers.panel,
                order=40,
            )
        )
