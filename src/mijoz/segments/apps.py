from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "mijoz.segments"
    label = "segments"

    def ready(self) -> None:
        from mijoz.segments import fields

        fields.register_own()
