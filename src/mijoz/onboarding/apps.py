from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "mijoz.onboarding"
    label = "onboarding"
