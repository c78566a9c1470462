from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "mijoz.insights"
    label = "insights"
