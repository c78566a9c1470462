from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class OnboardingConfig(AppConfig):
    name = "mijoz.onboarding"
    label = "onboarding"

    def ready(self) -> None:
        register(
            NavItem(
                key="first_steps",
                label=_("First steps"),
                url_name="onboarding:first_steps",
                icon="list-check",
                roles=frozenset({"owner", "manager"}),
                order=95,
                section="settings",
            )
        )
