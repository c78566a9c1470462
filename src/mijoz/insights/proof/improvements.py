"""Reads of the improvement register: the list with the effect of each proof as it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from mijoz.insights.models import Comparison, Improvement
from mijoz.insights.proof import queries
from mijoz.insights.proof.reading import Reading

State = Improvement.State
ORDERS = {
    "title": ["title", "id"],
    "changed": ["changed_at", "id"],
    "state": ["state", "-changed_at", "id"],
}


@dataclass(frozen=True, slots=True)
class Line:
    """An improvement with what was measured of it; neither when it is linked to no proof."""

    improvement: Improvement
    reading: Reading | None
    comparison: Comparison | None

    @property
    def verdict(self) -> str:
        """works, harms, no_difference_seen, too_few, broken, planned; "" without a proof."""
        if self.reading is not None:
            return self.reading.called
        return str(self.comparison.result.get("verdict", "")) if self.comparison else ""


def wanted(
    *, text: str = "", state: str = "", owner: str = "", source: str = "", sort: str = ""
) -> QuerySet[Improvement]:
    """The register, narrowed and in order; what is unknown is ignored. What is open stands first by itself."""
    found = Improvement.objects.select_related("owner", "scenario", "plan__scenario", "comparison", "made_by")
    for word in text.split():
        found = found.filter(
            Q(title__icontains=word) | Q(gap__icontains=word) | Q(cause__icontains=word) | Q(change__icontains=word)
        )
    if state == "open":
        found = found.filter(state__in=[State.FOUND, State.PLANNED, State.TRIED])
    elif state in State.values:
        found = found.filter(state=state)
    if owner.isascii() and owner.isdigit() and len(owner) < 10:
        found = found.filter(owner=int(owner))
    if source in Improvement.Source.values:
        found = found.filter(source=source)
    key = sort.removeprefix("-")
    ordered = found.order_by(*ORDERS.get(key, ["-changed_at", "-id"]))
    return ordered.reverse() if sort.startswith("-") and key in ORDERS else ordered


def lines(found: Iterable[Improvement], *, at: datetime) -> list[Line]:
    """Each with its effect; one pass over the log for all of them."""
    shown = list(found)
    plans = {one.plan_id for one in shown if one.plan_id}
    keys = {one.scenario.key for one in shown if one.scenario and not one.plan_id and not one.comparison_id}
    pilots = [*(queries.of_plans(plans) if plans else ()), *(queries.of_scenarios(keys) if keys else ())]
    read = {reading.pilot.key: reading for reading in (queries.readings(pilots, at=at) if pilots else ())}
    return [Line(one, _reading_of(one, read), one.comparison) for one in shown]


def line(one: Improvement, *, at: datetime) -> Line:
    return lines([one], at=at)[0]


def verdict_of(one: Improvement, *, at: datetime) -> str:
    """What the proof says to which it is linked."""
    return line(one, at=at).verdict


def _reading_of(one: Improvement, read: dict[str, Reading]) -> Reading | None:
    if one.plan_id:
        return read.get(f"plan/{one.plan_id}")
    if one.comparison_id or one.scenario is None:
        return None
    return read.get(f"scenario/{one.scenario.key}")
