from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "mijoz.segments"
    label = "segments"
