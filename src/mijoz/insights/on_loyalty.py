"""What insights tell the pages of offers: what the scenarios that gave an offer changed against their hold-outs."""

from __future__ import annotations

from django.utils import timezone

from mijoz.events.queries import default_as_of
from mijoz.insights import queries
from mijoz.insights.models import KpiValue
from mijoz.loyalty import effects
from mijoz.loyalty.effects import Effect


def compared(keys: set[str]) -> list[Effect]:
    """The latest kept comparison of each of these scenarios; one with too few in an arm says no difference."""
    as_of = queries.shown_day(default_as_of(timezone.now()))
    if as_of is None:
        return []
    kept = KpiValue.objects.filter(as_of=as_of, name="scenario_effect", dimension="", scenario__in=keys)
    return [
        Effect(
            scenario=one.key,
            name=one.name,
            treated=one.treated,
            held_out=one.held_out,
            difference=None if one.missing else one.value.value,
            low=one.value.low,
            high=one.value.high,
        )
        for one in queries.effects(kept)
    ]


def connect() -> None:
    effects.connect(compared)
