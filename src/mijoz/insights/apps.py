from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "mijoz.insights"
    label = "insights"

    def ready(self) -> None:
        from mijoz.customers import hooks
        from mijoz.insights import frame, jobs, on_loyalty, on_scenarios, register

        for definition in register.OWN:
            register.register(definition)
        hooks.on_import_finished(jobs.ask_for_refresh)
        on_loyalty.connect()
        on_scenarios.connect()
        frame.connect()
