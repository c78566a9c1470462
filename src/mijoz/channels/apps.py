from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "mijoz.channels"
    label = "channels"
