"""What the pages of sources show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from mijoz.events.models import Arrival, Quarantined, Source

SORTS = {
    "name": "name",
    "kind": "kind",
    "today": "today",
    "events": "events",
    "heard": "heard_at",
    "waiting": "waiting",
}
DEFAULT_SORT = "-heard"


def sources(asked: Mapping[str, str], *, midnight: datetime) -> QuerySet[Any]:
    """Sources as the list shows them, with `events` in all, `today` since `midnight`, `heard_at` and `waiting`."""
    found = with_figures(Source.objects.all(), midnight=midnight)
    if query := asked.get("q", "").replace("\0", "").strip():
        found = found.filter(name__icontains=query)
    if (kind := asked.get("kind", "")) in Source.Kind.values:
        found = found.filter(kind=kind)
    if (state := asked.get("state", "")) in {"open", "closed"}:
        found = found.filter(is_open=state == "open")
    elif state == "waiting":
        found = found.filter(waiting__gt=0)
    return found.order_by(*_order(asked.get("sort") or DEFAULT_SORT))


def with_figures(found: QuerySet[Source], *, midnight: datetime) -> QuerySet[Any]:
    arrivals = Arrival.objects.filter(source=OuterRef("pk")).order_by().values("source")
    waiting = Quarantined.objects.filter(source=OuterRef("pk"), state=Quarantined.State.WAITING).order_by()
    return found.annotate(
        events=_figure(arrivals.annotate(figure=Sum("events")).values("figure")),
        today=_figure(arrivals.annotate(figure=Sum("events", filter=Q(received_at__gte=midnight))).values("figure")),
        heard_at=Subquery(arrivals.annotate(figure=Max("received_at")).values("figure")),
        waiting=_figure(waiting.values("source").annotate(figure=Count("pk")).values("figure")),
    )


def _figure(counted: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _order(sort: str) -> list[OrderBy]:
    """What was never heard of comes last either way; of equal ones the name decides; an unknown order is the usual."""
    falls, name = sort.startswith("-"), sort.removeprefix("-")
    if name not in SORTS:
        return _order(DEFAULT_SORT)
    first = F(SORTS[name]).desc(nulls_last=True) if falls else F(SORTS[name]).asc(nulls_last=True)
    return [first, F("name").asc()]


def waiting_in_quarantine() -> int:
    return Quarantined.objects.filter(state=Quarantined.State.WAITING).count()
