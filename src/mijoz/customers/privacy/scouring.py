"""Looking for a person in every column of every table, and taking out what is found in passing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from mijoz.customers import hooks
from mijoz.customers.privacy.person import Needles, compiled
from mijoz.customers.privacy.rows import histories

GONE = "•••"
COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type, c.is_generated = 'ALWAYS'
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'USER-DEFINED')
    ORDER BY 1, c.ordinal_position
"""
BETWEEN = "\n#####\n"  # so that nothing is found across two columns


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str
    is_generated: bool


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]

    @property
    def text(self) -> str:
        """SQL of all text of a row."""
        return f"concat_ws('{BETWEEN}', " + ", ".join(f't."{column.name}"::text' for column in self.columns) + ")"


def tables() -> list[Table]:
    """Every table of the database with a column that can hold words, but those about staff."""
    labels, past = hooks.impersonal_tables(), histories()
    models = [apps.get_model(label) for label in labels]
    models += [history for label in labels for history in past.get(label, ())]
    of_staff = {model._meta.db_table for model in models}
    found: dict[str, list[Column]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, name, kind, is_generated in cursor.fetchall():
            if table not in of_staff and table != "django_migrations":
                found.setdefault(table, []).append(Column(name, kind, is_generated))
    return [Table(name, tuple(columns)) for name, columns in found.items()]


def count_hits(needles: Needles) -> tuple[int, dict[str, int]]:
    """How many tables were searched, and the number of rows that name the person in each where there are any."""
    searched = tables()
    if not needles:
        return len(searched), {}
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in searched:
            cursor.execute(f'SELECT count(*) FROM "{table.name}" t WHERE {table.text} ~* %s', [needles.pattern()])  # noqa: S608
            if hits := cursor.fetchone()[0]:
                found[table.name] = hits
    if sessions := sum(1 for _session in _sessions_naming(needles)):
        found["django_session"] = sessions
    return len(searched) + 1, found


def scour(needles: Needles) -> dict[str, int]:
    """Take the person out of every text that names them, wherever it stands; rows changed by table.

    To be called inside a transaction, after the person's own rows are gone: what is left are words in passing, such as
    a note on somebody else's page, the arguments of a job, a sample of a webhook.
    """
    if not needles:
        return {}
    pattern, changed = compiled(needles), {}
    for table in tables():
        if rows := _scour_table(table, needles, pattern):
            changed[table.name] = rows
    for session in list(_sessions_naming(needles)):
        session.delete()
        changed["django_session"] = changed.get("django_session", 0) + 1
    return changed


def _scour_table(table: Table, needles: Needles, pattern: re.Pattern[str]) -> int:
    writable = [column for column in table.columns if not column.is_generated]
    if not writable:
        return 0
    listed = ", ".join(f't."{column.name}"' for column in writable)
    query = f'SELECT t.ctid, {listed} FROM "{table.name}" t WHERE {table.text} ~* %s FOR UPDATE'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [needles.pattern()])
        hits = cursor.fetchall()
        for place, *values in hits:
            cleaned = {
                column.name: (column.kind, without(value, pattern))
                for column, value in zip(writable, values, strict=True)
                if without(value, pattern) != value
            }
            if cleaned:
                _write(table, place, cleaned)
        return len(hits)


def _write(table: Table, place: Any, cleaned: dict[str, tuple[str, Any]]) -> None:
    """Write the row anew; where the cleaned value is taken already it becomes one that nobody has."""
    names = ", ".join(f'"{name}" = %s' for name in cleaned)
    values = [_bound(kind, value) for kind, value in cleaned.values()]
    statement = f'UPDATE "{table.name}" SET {names} WHERE ctid = %s'  # noqa: S608 - names from the catalogue
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [*values, place])
    except IntegrityError:
        unique = hashlib.sha256(f"{table.name}{place}".encode()).hexdigest()[:20]
        values = [f"erased-{unique}" if isinstance(value, str) else value for value in values]
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, place])


def _bound(kind: str, value: Any) -> Any:
    return Jsonb(value) if kind in {"json", "jsonb"} else value


def without(value: Any, pattern: re.Pattern[str]) -> Any:
    """The value without the words that name the person; a number that is their phone becomes nothing."""
    match value:
        case str() if value[:1] in "{[" and (told := _json(value)) is not None:
            cleaned = without(told, pattern)
            return value if cleaned == told else json.dumps(cleaned, ensure_ascii=False)
        case str():
            return pattern.sub(GONE, value)
        case dict():
            return {pattern.sub(GONE, str(key)): without(inner, pattern) for key, inner in value.items()}
        case list():
            return [without(inner, pattern) for inner in value]
        case bool() | None:
            return value
        case int() | float() if pattern.search(str(value)):
            return None
        case _:
            return value


def _json(text: str) -> Any:
    """The object or list that the text is; None when it is neither."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict | list) else None


def _sessions_naming(needles: Needles) -> Iterator[Session]:
    """Sessions in which something of the person is kept, such as a sentence still to be shown."""
    pattern = compiled(needles)
    for session in Session.objects.iterator():
        if pattern.search(json.dumps(session.get_decoded(), ensure_ascii=False, default=str)):
            yield session
