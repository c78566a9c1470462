"""Reads of the change history: who changed what, when, from what to what, in the words of the fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.business.field_words import FIELDS
from mijoz.business.models import StaffMember
from mijoz.business.tracking import ADDED, BEFORE, CHANGED, REMOVED
from mijoz.ui import formats

CHANGES_A_PIECE = 50
LONGEST_VALUE = 300
VERBS: dict[str, str | Promise] = {
    ADDED: gettext_lazy("added"),
    CHANGED: gettext_lazy("changed"),
    REMOVED: gettext_lazy("removed"),
}
# A change has its row before and its row after; what was added or removed has one.
ONE_TABLE = """
    (SELECT %s AS model, e.pgh_id, e.pgh_created_at AS at, e.pgh_label AS label, e.pgh_obj_id::text AS number,
            e.pgh_context AS who, to_jsonb(e) AS row,
            CASE WHEN e.pgh_label = 'changed' THEN (
                SELECT to_jsonb(b) FROM {table} b
                WHERE b.pgh_obj_id = e.pgh_obj_id AND b.pgh_label = 'before' AND b.pgh_id < e.pgh_id
                ORDER BY b.pgh_id DESC LIMIT 1
            ) END AS before
     FROM {table} e WHERE e.pgh_label <> 'before' AND {condition}
     ORDER BY e.pgh_created_at DESC, e.pgh_id DESC LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Thing:
    """A table whose history is shown: what one of its rows is called, and where its page is."""

    model: str
    label: str | Promise
    url: Callable[[dict[str, Any]], str] | None = None  # from a row of the history
    title: Callable[[dict[str, Any]], str] | None = None
    hides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change as a page shows it."""

    at: datetime
    who: str
    verb: str
    kind: str
    title: str
    url: str
    address: str  # where it was done
    fields: list[FieldChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which changes are wanted; empty asks for all."""

    kind: str = ""
    number: str = ""
    staff: int | None = None
    since: datetime | None = None
    until: datetime | None = None


_things: dict[str, Thing] = {}


def register_thing(*things: Thing) -> None:
    """Let the history of these tables be shown; the last one of a model counts."""
    for thing in things:
        _things[thing.model] = thing


def kinds() -> list[tuple[str, str]]:
    """Key and name of everything that has a history, by name."""
    return sorted(((thing.model, str(thing.label)) for thing in _things.values()), key=lambda pair: pair[1])


def changes(
    asked: Asked, *, about: Sequence[tuple[str, str, Sequence[Any]]] = (), offset: int = 0, limit: int = CHANGES_A_PIECE
) -> list[Change]:
    """Changes, the latest first: one query, and one for each kind of row that they lead to.

    `about` narrows to rows of models whose column is one of the values, such as ("customers.Note", "customer_id", [7]).
    """
    parts, parameters = [], []
    wanted = about or [(model, "", ()) for model in _things if asked.kind in ("", model)]
    for model, column, values in wanted:
        if model not in _things:
            continue
        condition, given = _condition(asked, column, values)
        table = connection.ops.quote_name(_history_of(model)._meta.db_table)
        parts.append(ONE_TABLE.format(table=table, condition=condition))
        parameters += [model, *given, offset + limit]
    if not parts:
        return []
    union = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({union}) found ORDER BY at DESC, pgh_id DESC OFFSET %s LIMIT %s",  # noqa: S608 - from constants
            [*parameters, offset, limit],
        )
        rows = [_Row(*row) for row in cursor.fetchall()]
    names = _names(rows)
    return [_shown(row, names) for row in rows]


@dataclass(frozen=True, slots=True)
class _Row:
    model: str
    pgh_id: int
    at: datetime
    label: str
    number: str
    who_json: str | None
    row_json: str
    before_json: str | None

    @property
    def who(self) -> dict[str, Any]:
        return _read(self.who_json)

    @property
    def row(self) -> dict[str, Any]:
        return _read(self.row_json)

    @property
    def before(self) -> dict[str, Any]:
        return _read(self.before_json)


def _read(text: Any) -> dict[str, Any]:
    found: Any = json.loads(text) if isinstance(text, str) else text
    return found or {}


def _condition(asked: Asked, column: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    conditions = ["true"]
    given: list[Any] = []
    if column:
        conditions.append(f"e.{connection.ops.quote_name(column)} = ANY(%s)")
        given.append(list(values))
    for condition, value in (
        ("e.pgh_obj_id::text = %s", asked.number or None),
        ("(e.pgh_context->>'staff')::bigint = %s", asked.staff),
        ("e.pgh_created_at >= %s", asked.since),
        ("e.pgh_created_at < %s", asked.until),
    ):
        if value is not None:
            conditions.append(condition)
            given.append(value)
    return " AND ".join(conditions), given


def _history_of(model: str) -> type[models.Model]:
    app, name = model.split(".")
    return apps.get_model(app, f"{name}History")


def _names(rows: Iterable[_Row]) -> dict[tuple[type[models.Model], Any], str]:
    """What the rows are called to which foreign keys lead, by model and number; staff who did it among them."""
    wanted: dict[type[models.Model], set[Any]] = {StaffMember: set()}
    for row in rows:
        if (staff := row.who.get("staff")) is not None:
            wanted[StaffMember].add(staff)
        for field in _fields(row.model):
            if isinstance(field, models.ForeignKey):
                target = field.related_model
                numbers = {part.get(field.column) for part in (row.row, row.before)} - {None}
                wanted.setdefault(target, set()).update(numbers)  # type: ignore[arg-type]
    return {
        (model, thing.pk): str(thing)
        for model, numbers in wanted.items()
        if numbers
        for thing in model._default_manager.filter(pk__in=numbers)
    }


def _fields(model: str) -> list[models.Field[Any, Any]]:
    """The tracked fields as the model itself has them, so that they are called as in its forms."""
    app, name = model.split(".")
    own = apps.get_model(app, name)
    kept = {field.name for field in _history_of(model)._meta.fields}
    return [field for field in own._meta.fields if field.name in kept and not field.primary_key]


def _shown(row: _Row, names: dict[tuple[type[models.Model], Any], str]) -> Change:
    thing = _things[row.model]
    who = row.who
    name = names.get((StaffMember, who.get("staff")), "") if "staff" in who else str(who.get("program", ""))
    fields = []
    for field in _fields(row.model):
        if field.name in thing.hides:
            continue
        column = str(field.column)
        after = None if row.label == REMOVED else row.row.get(column)
        before = row.row.get(column) if row.label == REMOVED else row.before.get(column)
        if before != after:
            told = [_in_words(field, value, names) for value in (before, after)]
            if told[0] != told[1]:
                fields.append(FieldChange(_label(field), *told))
    return Change(
        at=row.at,
        who=name or _("somebody who is gone"),
        verb=str(VERBS.get(row.label, row.label)),
        kind=str(thing.label),
        title=thing.title(row.row) if thing.title else _title(row),
        url=thing.url(row.row) if thing.url and row.label != REMOVED else "",
        address=str(who.get("url", "")),
        fields=fields,
    )


def _label(field: models.Field[Any, Any]) -> str:
    """What people call the field: its own label, else the word for its name."""
    own = str(field.verbose_name)
    is_named = own != field.name.replace("_", " ")
    return capfirst(own if is_named else str(FIELDS.get(field.name, own)))


def _title(row: _Row) -> str:
    return str(row.row.get("name") or row.row.get("key") or row.row.get("text") or f"№ {row.number}")[:80]


def _in_words(field: models.Field[Any, Any], value: Any, names: dict[tuple[type[models.Model], Any], str]) -> str:
    """A value as people read it; "" for nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), f"№ {value}")  # type: ignore[arg-type]
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, models.DateTimeField):
        return formats.moment(datetime.fromisoformat(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


__all__ = ["ADDED", "BEFORE", "CHANGED", "REMOVED", "Asked", "Change", "Thing", "changes", "kinds", "register_thing"]
