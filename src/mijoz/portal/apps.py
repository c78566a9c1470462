from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mijoz.portal"
    label = "portal"

    def ready(self) -> None:
        from mijoz.channels import hooks
        from mijoz.portal import links

        hooks.connect_unsubscribe_link(links.address_for)
        hooks.connect_own_page(links.own_page)
