"""What the pages of sources show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from mijoz.events.models import Arrival, Event, Quarantined, Source

SORTS = {
    "name": "name",
    "kind": "kind",
    "today": "today",
    "events": "events",
    "heard": "heard_at",
    "waiting": "waiting",
}
DEFAULT_SORT = "-heard"
MOST_REASONS = 12
LOOKED_AT = 5_000


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


QUARANTINE_SORTS = {"received": "received_at", "source": "source__name", "reason": "reason"}
QUARANTINE_SORT = "-received"


def quarantined(asked: Mapping[str, str]) -> QuerySet[Quarantined]:
    """Messages in quarantine as their list shows them: those that wait, unless another state is asked for."""
    state = asked.get("state", "")
    found = Quarantined.objects.select_related("source__webhook")
    found = found.filter(state=state if state in Quarantined.State.values else Quarantined.State.WAITING)
    if query := asked.get("q", "").replace("\0", "").strip()[:200]:
        found = found.filter(Q(message_id__icontains=query) | Q(reason__icontains=query) | Q(field__icontains=query))
    for name in ("reason", "field"):
        if text := asked.get(name, "").replace("\0", ""):
            found = found.filter(**{name: text})
    if (source := asked.get("source", "")).isdecimal() and len(source) < 10:
        found = found.filter(source_id=int(source))
    sort = asked.get("sort") or QUARANTINE_SORT
    column = QUARANTINE_SORTS.get(sort.removeprefix("-"), "received_at")
    falls = sort.startswith("-") or sort.removeprefix("-") not in QUARANTINE_SORTS
    return found.order_by(F(column).desc() if falls else F(column).asc(), "-pk")


def reasons() -> list[Any]:
    """What waits by source, reason and field, the most frequent first: `source_id`, `name`, `reason`, `field`, `n`."""
    waiting = Quarantined.objects.filter(state=Quarantined.State.WAITING).order_by()
    grouped = waiting.values("source_id", "reason", "field", name=F("source__name")).annotate(n=Count("pk"))
    return list(grouped.order_by("-n", "name", "reason", "field")[:MOST_REASONS])


def sources_in_quarantine() -> list[Source]:
    return list(Source.objects.filter(quarantined__isnull=False).distinct().order_by("name"))


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that came: a row of the log, or a message that went into quarantine."""

    key: str
    received_at: datetime
    source: str
    what: str  # type of the event, or why it does not fit
    is_error: bool
    number: int
    event: Event | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the live page is asked to show."""

    source: int | None = None
    type: str = ""
    errors_only: bool = False


def arrived(watched: Watched, *, rows: int) -> list[Seen]:
    """The last things that came, newest first. Only the last LOOKED_AT rows of the log are looked through."""
    found: list[Seen] = []
    if not watched.errors_only:
        events = Event.objects.order_by("-pk").select_related("source", "identity")
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        events = events.filter(pk__gt=newest - LOOKED_AT)
        if watched.source:
            events = events.filter(source_id=watched.source)
        if watched.type:
            events = events.filter(type=watched.type)
        found += [
            Seen(f"e{event.pk}", event.received_at, event.source.name, event.type, False, event.pk, event)
            for event in events[:rows]
        ]
    if not watched.type:
        waiting = Quarantined.objects.filter(state=Quarantined.State.WAITING).order_by("-pk").select_related("source")
        if watched.source:
            waiting = waiting.filter(source_id=watched.source)
        found += [
            Seen(f"q{kept.pk}", kept.received_at, kept.source.name, kept.reason, True, kept.pk, None, kept.field)
            for kept in waiting.defer("message", "original")[:rows]
        ]
    return sorted(found, key=lambda seen: (seen.received_at, seen.key), reverse=True)[:rows]


@dataclass(frozen=True, slots=True)
class Pace:
    """How much came of a source of late."""

    source_id: int
    name: str
    events: int
    errors: int


def paces(*, since: datetime) -> list[Pace]:
    """Sources of which something came since then, the busiest first."""
    events = dict(
        Arrival.objects.filter(received_at__gte=since).values_list("source").annotate(n=Sum("events")).order_by()
    )
    errors = dict(
        Quarantined.objects.filter(received_at__gte=since, state="waiting")
        .values_list("source")
        .annotate(n=Count("pk"))
        .order_by()
    )
    names = dict(Source.objects.filter(pk__in=events.keys() | errors.keys()).values_list("pk", "name"))
    found = [Pace(pk, name, events.get(pk, 0), errors.get(pk, 0)) for pk, name in names.items()]
    return sorted(found, key=lambda pace: (-pace.events, -pace.errors, pace.name))


def types_of_late() -> list[str]:
    """The types among the last LOOKED_AT rows of the log."""
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return sorted(set(Event.objects.filter(pk__gt=newest - LOOKED_AT).values_list("type", flat=True)))
