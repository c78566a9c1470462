"""How long anything is kept: kinds of rows, what is older than their rule allows, and its removal."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers import wording
from mijoz.customers.importing import files as import_files
from mijoz.customers.models import Customer, ImportRun, Look, RetentionRule, RetentionRun
from mijoz.customers.privacy import erasing
from mijoz.events import lake
from mijoz.events.models import Event, Quarantined, Touched
from mijoz.events.types import SCHEMAS, TRADE

MONTH = timedelta(days=30.4375)
EVENTS_A_STEP = 20_000
PEOPLE_A_NIGHT = 500
BOOKS = frozenset({*TRADE, "refund_line"})  # what the books need is never removed by its age


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Rows of one kind: `count` and `remove` are asked for what is older than a moment.

    `remove` returns how many it removed; what it cannot do in one night is left for the next. Of a type of events it
    removes the rows of the log alone: `run` reads the lake once for all of them.
    """

    key: str
    label: str | Promise
    note: str | Promise = ""
    count: Callable[[datetime], int]
    remove: Callable[[datetime], int]
    order: int = 50
    event_type: str = ""


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let the rules of keeping know a further kind of rows; the last one of a key counts."""
    _kinds[kind.key] = kind


def kinds() -> list[Kind]:
    """Every kind there is, with one for each type of event that the log holds besides what the books need."""
    found = {**_kinds, **{kind.key: kind for kind in _kinds_of_events()}}
    return sorted(found.values(), key=lambda kind: (kind.order, str(kind.label)))


def kind_of_rows(model: type[Any], moment: str, *, key: str, label: str | Promise, order: int) -> Kind:
    """Rows of a table that are simply deleted."""

    def older(than: datetime) -> QuerySet[Any]:
        return model._default_manager.filter(**{f"{moment}__lt": than}).order_by()

    return Kind(
        key=key,
        label=label,
        count=lambda than: older(than).count(),
        remove=lambda than: older(than).delete()[0],
        order=order,
    )


def months_before(at: datetime, months: int) -> datetime:
    return at - months * MONTH


def preview(months: dict[str, int | None], *, at: datetime) -> dict[str, int]:
    """How many rows of each kind would go today by these rules."""
    known = {kind.key: kind for kind in kinds()}
    return {key: known[key].count(months_before(at, most)) for key, most in months.items() if most and key in known}


def run(*, at: datetime) -> list[RetentionRun]:
    """Remove what is older than the rules allow, and keep how much that was."""
    known, done = {kind.key: kind for kind in kinds()}, []
    exported: dict[str, datetime] = {}
    for rule in RetentionRule.objects.order_by("kind"):
        if kind := known.get(rule.kind) or _kind_gone_from_log(rule.kind):
            than = months_before(at, rule.months)
            if kind.event_type:
                exported[kind.event_type] = than
            if rows := kind.remove(than):
                done.append(RetentionRun.objects.create(kind=rule.kind, ran_at=at, older_than=than, rows=rows))
    lake.write_anew_older(exported)
    return done


# -- the log -----------------------------------------------------------------------------------------------------


def _kinds_of_events() -> list[Kind]:
    with connection.cursor() as cursor:
        cursor.execute(TYPES)
        found = [row[0] for row in cursor.fetchall()]
    return [_kind_of_events(type_) for type_ in found if type_ not in BOOKS]


TYPES = """
    WITH RECURSIVE step AS (
        SELECT min(type) AS type FROM events_event
        UNION ALL SELECT (SELECT min(type) FROM events_event WHERE type > step.type) FROM step WHERE type IS NOT NULL
    )
    SELECT type FROM step WHERE type IS NOT NULL
"""


def _kind_of_events(type_: str) -> Kind:
    def older(than: datetime) -> QuerySet[Event]:
        return Event.objects.filter(type=type_, occurred_at__lt=than).order_by()

    def remove(than: datetime) -> int:
        removed = 0
        while ids := list(older(than).values_list("pk", flat=True)[:EVENTS_A_STEP]):
            with transaction.atomic():
                rows = Event.objects.filter(pk__in=ids).exclude(identity=None).order_by()
                identities = list(rows.values_list("identity", flat=True).distinct())
                removed += Event.objects.filter(pk__in=ids).order_by().delete()[0]
                Touched.objects.bulk_create(Touched(identity_id=identity) for identity in identities)
        return removed

    return Kind(
        key=f"events:{type_}",
        label=wording.plain(type_),
        note="" if type_ in SCHEMAS else _("told by a source"),
        count=lambda than: older(than).count(),
        remove=remove,
        order=70,
        event_type=type_,
    )


def _kind_gone_from_log(key: str) -> Kind | None:
    """Of a type the log may hold nothing any more, and the lake still something: a night that was cut short."""
    of_events, _colon, type_ = key.partition(":")
    return _kind_of_events(type_) if of_events == "events" and type_ and type_ not in BOOKS else None


# -- people who do not come any more -----------------------------------------------------------------------------


def _inactive(than: datetime) -> QuerySet[Customer]:
    """Customers of whom nothing was heard since then, and who were written down before it."""
    quiet = Q(profile__last_seen_at__lt=than) | Q(profile__last_seen_at=None)
    return Customer.objects.filter(quiet, created_at__lt=than, erased_at=None, merged_into=None).order_by("pk")


def _erase_inactive(than: datetime) -> int:
    """Erase them as if they had asked for it; so many a night that nothing else has to wait."""
    erased = 0
    for customer in _inactive(than)[:PEOPLE_A_NIGHT]:
        try:
            erasing.erase(customer, by=None, through="retention", at=timezone.now())
        except erasing.EraseRefused:
            continue
        erased += 1
    return erased


# -- files -------------------------------------------------------------------------------------------------------


def _old_files(than: datetime) -> list[os.DirEntry[str]]:
    if not import_files.folder().exists():
        return []
    with os.scandir(import_files.folder()) as entries:
        return [entry for entry in entries if entry.is_file() and entry.stat().st_mtime < than.timestamp()]


def _remove_files(than: datetime) -> int:
    old = _old_files(than)
    for entry in old:
        os.unlink(entry.path)
    ImportRun.objects.filter(rejects_path__in=[entry.path for entry in old]).update(rejects_path="")
    return len(old)


def register() -> None:
    register_kind(
        Kind(
            key="inactive",
            label=_("Customers who do not come any more"),
            note=_("erased as if they had asked for it; amounts stay without them"),
            count=lambda than: _inactive(than).count(),
            remove=_erase_inactive,
            order=10,
        )
    )
    register_kind(
        kind_of_rows(Quarantined, "received_at", key="quarantine", label=_("Messages that could not be read"), order=30)
    )
    register_kind(kind_of_rows(Look, "at", key="looks", label=_("Who looked at whom"), order=31))
    register_kind(
        Kind(
            key="import_files",
            label=_("Uploaded files and rows left out of them"),
            count=lambda than: len(_old_files(than)),
            remove=_remove_files,
            order=32,
        )
    )


def last_runs() -> dict[str, RetentionRun]:
    """The latest night that removed something, by kind."""
    latest = RetentionRun.objects.order_by().values("kind").annotate(last=Max("pk")).values("last")
    return {run.kind: run for run in RetentionRun.objects.filter(pk__in=latest)}
