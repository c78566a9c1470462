from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "mijoz.ui"
    label = "ui"
