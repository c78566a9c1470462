from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mijoz.portal"
    label = "portal"
