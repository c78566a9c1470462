from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "mijoz.channels"
    label = "channels"

    def ready(self) -> None:
        from mijoz.channels import hooks, jobs

        hooks.on_put_in_outbox(jobs.ask_to_send)
