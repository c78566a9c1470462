"""Reads of pairs and searches that are more than one line."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from mijoz.customers.matching import reviewing
from mijoz.customers.models import Pair, Resolution
from mijoz.customers.names import matches

State = Pair.State
WAITING, MERGED, APART = State.WAITING.value, State.MERGED.value, State.APART.value


def pairs(wanted: Mapping[str, str]) -> QuerySet[Pair]:
    """The pairs as the list is narrowed: `state` (those that wait, unless told), `q` a name or phone of either."""
    state = wanted.get("state") or WAITING
    if state == WAITING:
        found = reviewing.waiting()
    else:
        found = Pair.objects.filter(state=state).order_by("-decided_at", "-pk")
    if query := wanted.get("q", "").strip()[:200]:
        found = found.filter(matches(query, field="left__search_key") | matches(query, field="right__search_key"))
    return found.select_related("left", "right", "decided_by")


def pair_shown() -> QuerySet[Pair]:
    """Pairs with all that the page of one shows."""
    return Pair.objects.select_related("left__profile", "right__profile", "decided_by", "held_by")


def remaining() -> int:
    """How many pairs wait for somebody."""
    return reviewing.waiting().count()


def last_search() -> Resolution | None:
    """The latest search, whatever came of it."""
    return Resolution.objects.select_related("asked_by").first()


def counts() -> dict[str, int]:
    """How many pairs stand in each state."""
    return {
        WAITING: reviewing.waiting().count(),
        MERGED: Pair.objects.filter(state=MERGED).count(),
        APART: Pair.objects.filter(state=APART).count(),
    }


def is_narrowed(wanted: Mapping[str, str]) -> bool:
    return any(wanted.get(name) for name in ("q", "state"))
