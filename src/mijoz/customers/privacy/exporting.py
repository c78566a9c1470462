"""A copy of everything about a person: a zip with JSON for programs and a page for people."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from mijoz.business.queries import business as current_business
from mijoz.customers import queries
from mijoz.customers.models import Customer
from mijoz.customers.privacy import labels
from mijoz.customers.privacy.person import Person, person_of
from mijoz.customers.privacy.rows import TableOfPerson, tables_of

FORMAT = "mijoz-personal-copy/1"
NAMED = {"source": "name", "tag": "name", "segment": "key", "scenario": "key"}  # a key of ours says nothing to a person
LANGUAGES = dict(settings.LANGUAGES)


def write_copy(customer: Customer, target: IO[bytes], *, at: datetime) -> dict[str, int]:
    """Write the zip of everything about the person behind the customer; returns rows by table."""
    person = person_of(customer)
    root = Customer.objects.get(pk=person.number)
    company = current_business()
    language = root.language if root.language in LANGUAGES else company.language
    with translation.override(language), timezone.override(company.zone):
        sections = [(table, list(rows_of(table))) for table in tables_of(person)]
        sections = [(table, rows) for table, rows in sections if rows]
        document = {
            "format": FORMAT,
            "made_at": at,
            "business": str(company),
            "customer_numbers": person.customers,
            "tables": [{"table": table.name, "title": str(table.title), "rows": rows} for table, rows in sections],
        }
        page = _page(root, person, sections, language=language, at=at)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(document, ensure_ascii=False, indent=1, default=_plain))
        archive.writestr("everything.html", page)
    return {table.name: len(rows) for table, rows in sections}


def write_copy_to_file(customer: Customer, file: Path, *, at: datetime) -> dict[str, int]:
    """As write_copy, to a file that appears only when it is whole and that its owner alone may read."""
    handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with open(handle, "w+b") as target:
            rows = write_copy(customer, target, at=at)
        os.replace(unfinished, file)
    except BaseException:
        os.unlink(unfinished)
        raise
    return rows


def rows_of(table: TableOfPerson) -> Iterable[dict[str, Any]]:
    """What a copy says of the rows: every column that may be shown, keys of other tables as numbers."""
    if table.table.export and not table.is_history:
        return table.table.export(table.rows)
    return _values(table.rows, table.model, hidden=table.table.hidden)


def _values(rows: QuerySet[Any], model: type[Model], *, hidden: frozenset[str]) -> Iterable[dict[str, Any]]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in hidden]
    named = [f"{name}__{column}" for name, column in NAMED.items() if name in names and _is_key(model, name)]
    return rows.values(*names, *named)


def _is_key(model: type[Model], name: str) -> bool:
    return bool(model._meta.get_field(name).is_relation)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _page(
    customer: Customer,
    person: Person,
    sections: list[tuple[TableOfPerson, list[dict[str, Any]]]],
    *,
    language: str,
    at: datetime,
) -> str:
    shown = {
        "language": language,
        "customer": customer,
        "business": current_business(),
        "at": at,
        "entries": history_in_words(person, contacts_hidden=False),
        "sections": [
            (str(table.title), [labels.readable(row) for row in rows])
            for table, rows in sections
            if table.name != "events_event" and not table.is_history
        ],
    }
    return render_to_string("customers/privacy/copy.html", shown)


def history_in_words(person: Person, *, contacts_hidden: bool, most: int = 5_000) -> list[Any]:
    """What happened to the person as the timeline tells it, latest first."""
    found: list[Any] = []
    company = current_business()
    for customer in Customer.objects.filter(pk__in=person.customers):
        before = ""
        while len(found) < most:
            piece = queries.timeline(customer, before=before)
            found += queries.entries(piece, currency=company.currency, contacts_hidden=contacts_hidden)
            before = piece.cursor
            if not before:
                break
    return sorted(found, key=lambda entry: entry.at, reverse=True)
