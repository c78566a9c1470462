from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class SurveysConfig(AppConfig):
    name = "mijoz.surveys"
    label = "surveys"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.surveys import on_scenarios, personal

        register_thing(
            Thing("surveys.Survey", _("Survey"), url=lambda row: reverse("surveys:detail", args=[row["key"]])),
            Thing("surveys.SurveyVersion", _("Questions of a survey"), title=lambda row: f"№ {row['number']}"),
            Thing("surveys.Place", _("QR code or tablet"), title=lambda row: row["name"]),
            Thing("surveys.FollowUp", _("Follow-up")),
            Thing("surveys.Theme", _("Theme"), url=lambda row: reverse("listening:theme", args=[row["key"]])),
            Thing(
                "surveys.Interview", _("Interview"), url=lambda row: reverse("listening:interview", args=[row["id"]])
            ),
            Thing("surveys.Reading", _("Coding")),
            Thing("surveys.Settlement", _("Difference settled")),
        )
        personal.connect()
        on_scenarios.connect()
        register(
            NavItem(
                key="follow_ups",
                label=_("Bad answers"),
                url_name="surveys:follow_ups",
                icon="mood-sad",
                roles=frozenset({"owner", "manager", "front_office", "operator", "service_master"}),
                order=26,
                section="work",
            )
        )
        register(
            NavItem(
                key="surveys",
                label=_("Surveys"),
                url_name="surveys:list",
                icon="message-question",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=20,
                section="insights",
            )
        )
        register(
            NavItem(
                key="listening",
                label=_("Listening"),
                url_name="listening:overview",
                icon="microphone",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=22,
                section="insights",
            )
        )
