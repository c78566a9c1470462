"""By what KPIs are told: the names of the dimensions and of their members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from mijoz.business.models import Branch
from mijoz.customers import wording as customers
from mijoz.insights.register import Words
from mijoz.segments.models import Segment
from mijoz.surveys.models import Touchpoint

LABELS: dict[str, Words] = {
    "segment": _("By segment"),
    "branch": _("By branch"),
    "channel": _("By channel"),
    "touchpoint": _("By touchpoint"),
    "staff": _("By staff member"),
}


class Names:
    """What members are called; read from the tables at most once."""

    @cached_property
    def segments(self) -> Mapping[str, str]:
        return {segment.key: segment.name for segment in Segment.objects.order_by("order", "key")}

    @cached_property
    def branches(self) -> Mapping[str, str]:
        return dict(Branch.objects.values_list("code", "name"))

    def of(self, dimension: str, member: str) -> str:
        """The member as people call it; one that nobody knows by its key."""
        known: dict[str, Callable[[], str]] = {
            "segment": lambda: self.segments.get(member, member),
            "branch": lambda: self.branches.get(member, member),
            "channel": lambda: customers.channel(member),
            "touchpoint": lambda: str(Touchpoint(member).label) if member in Touchpoint.values else member,
        }
        return known[dimension]() if dimension in known else member

    def order(self, dimension: str, member: str) -> tuple[int, str]:
        """Segments and touchpoints in their own order, all else by name."""
        places = {"segment": list(self.segments), "touchpoint": Touchpoint.values}.get(dimension, [])
        return (places.index(member) if member in places else len(places), self.of(dimension, member).casefold())
