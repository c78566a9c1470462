from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "mijoz.scenarios"
    label = "scenarios"
