from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class LoyaltyConfig(AppConfig):
    name = "mijoz.loyalty"
    label = "loyalty"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.loyalty import on_customers, on_segments, personal

        register_thing(
            Thing("loyalty.Offer", _("Offer"), url=lambda row: reverse("loyalty:offer", args=[row["key"]])),
            Thing(
                "loyalty.Programme",
                _("Programme"),
                url=lambda row: reverse("loyalty:programme", args=[row["key"]]),
            ),
        )
        on_customers.connect()
        on_segments.connect()
        personal.connect()
        register(
            NavItem(
                key="till",
                label=_("Till"),
                url_name="loyalty:till",
                icon="cash-register",
                roles=frozenset({"owner", "manager", "front_office"}),
                order=24,
                section="work",
            )
        )
        register(
            NavItem(
                key="offers",
                label=_("Offers"),
                url_name="loyalty:offers",
                icon="discount",
                roles=frozenset({"owner", "manager", "marketer", "analyst"}),
                order=30,
                section="growth",
            )
        )
