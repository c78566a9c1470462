from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "mijoz.events"
    label = "events"
