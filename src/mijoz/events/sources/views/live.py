"""What arrives, as it arrives: by source and type, with errors; and one row of the log as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mijoz.business.requests import StaffRequest
from mijoz.business.rights import allow
from mijoz.events import arrivals, hooks
from mijoz.events.models import Event, Identity, Source
from mijoz.events.sources import masking, mending, queries
from mijoz.events.sources.queries import Seen, Watched
from mijoz.events.sources.roles import HIDDEN_FROM, READERS
from mijoz.events.types import OUR_OWN
from mijoz.ui import live

ROWS = 50
OF_LATE = timedelta(minutes=5)


@require_safe
@allow(*READERS)
def page(request: StaffRequest) -> HttpResponse:
    watched = _watched(request)
    query = {"source": watched.source or "", "type": watched.type, "errors": "1" if watched.errors_only else ""}
    shown = {
        "watched": watched,
        "sources": Source.objects.order_by("name"),
        "types": queries.types_of_late(),
        "stream_url": f"{reverse('sources:live_stream')}?{urlencode({k: v for k, v in query.items() if v})}",
        "waiting": queries.waiting_in_quarantine(),
        **_arrived(request, watched),
    }
    return render(request, "sources/live/page.html", shown)


@require_safe
@allow(*READERS)
def stream(request: StaffRequest) -> HttpResponseBase:
    """The list anew whenever something came; rows that were not in the last one are marked."""
    watched = _watched(request)
    before: set[str] = set()

    def look() -> Iterator[live.Message]:
        shown = _arrived(request, watched)
        keys = {seen.key for seen in shown["rows"]}
        fresh = keys - before if before else set()
        before.clear()
        before.update(keys or {"none"})
        yield live.Message("rows", render_to_string("sources/live/_rows.html", shown | {"fresh": fresh}, request))

    return live.stream(arrivals.TOPIC, look)


@require_safe
@allow(*READERS)
def event(request: StaffRequest, pk: int) -> HttpResponse:
    """One row of the log."""
    row = get_object_or_404(Event.objects.select_related("source", "identity"), pk=pk)
    hidden = request.staff.role in HIDDEN_FROM
    payload = masking.masked(row.payload) if hidden else row.payload
    names = _names([row], hidden=hidden)
    shown = {"row": row, "who": _who(row, names, hidden=hidden), "text": mending.pretty(payload) if payload else ""}
    return render(request, "sources/live/event.html", shown)


def _watched(request: StaffRequest) -> Watched:
    """What the address asks for; what is unknown in it is ignored."""
    source = request.GET.get("source", "")
    return Watched(
        source=int(source) if source.isascii() and source.isdigit() and len(source) < 10 else None,
        type=request.GET.get("type", "").replace("\0", "")[:60],
        errors_only=bool(request.GET.get("errors")),
    )


def _arrived(request: StaffRequest, watched: Watched) -> dict[str, Any]:
    rows = queries.arrived(watched, rows=ROWS)
    return {
        "rows": rows,
        "who": _who_of(rows, hidden=request.staff.role in HIDDEN_FROM),
        "paces": queries.paces(since=timezone.now() - OF_LATE),
        "business": request.business,
    }


def _who_of(rows: list[Seen], *, hidden: bool) -> dict[str, str]:
    names = _names([seen.event for seen in rows if seen.event], hidden=hidden)
    return {seen.key: _who(seen.event, names, hidden=hidden) for seen in rows if seen.event}


def _names(events: list[Event], *, hidden: bool) -> dict[int, str]:
    """The names of people by identity, for those of whom nothing else would be shown."""
    ours = {row.identity.pk for row in events if row.identity and _is_numbered_by_us(row.identity)}
    return hooks.names_of_people(ours) if not hidden else {}


def _who(row: Event, names: dict[int, str], *, hidden: bool) -> str:
    """The value of the identity; a number that we made for a file's row tells nobody anything, so the name instead."""
    if row.identity is None:
        return ""
    if _is_numbered_by_us(row.identity):
        return names.get(row.identity.pk, "")
    return masking.masked_value(row.identity.kind, row.identity.value) if hidden else row.identity.value


def _is_numbered_by_us(identity: Identity) -> bool:
    return identity.kind == "customer_number" and identity.value.startswith(OUR_OWN)
