from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "mijoz.scenarios"
    label = "scenarios"

    def ready(self) -> None:
        from mijoz.channels import hooks as channel_hooks
        from mijoz.scenarios import actions, queries
        from mijoz.segments import hooks as segment_hooks

        channel_hooks.connect_origin_states(queries.origin_states)
        segment_hooks.on_refreshed(actions.ask_to_enrol)
