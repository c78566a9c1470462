from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mijoz.ui.navigation import NavItem, register


class SegmentsConfig(AppConfig):
    name = "mijoz.segments"
    label = "segments"

    def ready(self) -> None:
        from mijoz.business.history import Thing, register_thing
        from mijoz.customers import hooks
        from mijoz.segments import actions, families, following, happenings, merged, on_customers, own_fields, personal

        register_thing(
            Thing("segments.Segment", _("Segment"), url=lambda row: reverse("segments:detail", args=[row["key"]])),
            Thing("segments.RfmSettings", _("How customers are scored"), url=lambda _row: reverse("segments:rfm")),
            Thing("segments.SegmentVersion", _("Rule of a segment"), title=lambda row: f"№ {row['number']}"),
        )
        own_fields.register_own()
        happenings.register()
        families.register()
        on_customers.connect()
        personal.connect()
        hooks.on_import_finished(actions.ask_for_replay)
        hooks.on_profiles_changed(following.note)
        hooks.on_merged(merged.leave)
        hooks.on_unmerged(merged.go_on)
        register(
            NavItem(
                key="segments",
                label=_("Segments"),
                url_name="segments:list",
                icon="chart-pie",
                roles=frozenset({"owner", "manager", "marketer", "analyst", "front_office"}),
                order=10,
                section="growth",
            )
        )
