"""What insights tell the pages of scenarios: what each scenario changed, as of the day that the board shows."""

from __future__ import annotations

from django.utils import timezone

from mijoz.events.queries import default_as_of
from mijoz.insights import queries, wording
from mijoz.insights.models import KpiValue
from mijoz.scenarios import hooks


def effects() -> dict[str, hooks.Effect]:
    """The latest kept effect of each scenario, by its key."""
    as_of = queries.shown_day(default_as_of(timezone.now()))
    if as_of is None:
        return {}
    kept = KpiValue.objects.filter(as_of=as_of, name="scenario_effect", dimension="")
    return {
        effect.key: hooks.Effect(
            difference=effect.value.value,
            low=effect.value.low,
            high=effect.value.high,
            verdict="early" if effect.is_early else effect.verdict,
            sentence=f"{wording.verdict(effect)} {wording.outlook(effect)}".strip(),
            as_of=as_of,
        )
        for effect in queries.effects(kept)
    }


def connect() -> None:
    hooks.connect_effects(effects)
