"""Reads of imports: the list, and what a mapping makes of a file's first rows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from mijoz.business.queries import business
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.purchases import REASONS, read
from mijoz.customers.importing.sniff import FileShape, open_bytes
from mijoz.customers.models import ImportRun

PREVIEW_BYTES = 64 * 1024
PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What one row of the file would become."""

    kind: str
    customer: str
    occurred_at: datetime
    reference: str
    item: str
    quantity: float | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Preview:
    rows: list[PreviewRow]
    rejects: list[dict[str, Any]]  # row, column, value, reason


def imports() -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("source", "started_by").order_by("-created_at")


def share_done(run: ImportRun) -> float:
    """How much of the file is in, from 0 to 1."""
    if run.status == ImportRun.Status.DONE:
        return 1.0
    if not run.lines_expected:
        return 0.0
    return min(0.99, run.counts.get("lines", 0) / run.lines_expected)


def preview(shape: FileShape, mapping: Mapping, *, source: str, at: datetime) -> Preview:
    """The first rows of the file as the log would get them, and those it would not take. Raises ImportRefused."""
    mapping.check(shape)
    company = business()
    with _beginning(shape) as path:
        chunk = next(
            read(path, mapping, source=source, now=at, zone=company.time_zone, currency=company.currency),
            None,
        )
    if chunk is None:
        return Preview([], [])
    rows = chunk.events.head(PREVIEW_ROWS).select(
        "type", "identity_value", "occurred_at", "reference", "item", "quantity", "amount", "currency"
    )
    rejects = chunk.rejects.head(PREVIEW_ROWS).drop("cells").to_dicts()
    return Preview(
        [PreviewRow(*row) for row in rows.iter_rows()],
        [reject | {"reason": REASONS[reject["code"]]} for reject in rejects],
    )


@contextmanager
def _beginning(shape: FileShape) -> Iterator[Path]:
    """A file with the first rows only, in the encoding it has; a workbook as it is."""
    if shape.kind == "xlsx":
        yield shape.path
        return
    with open_bytes(shape.path) as file:
        text = file.read(PREVIEW_BYTES)
    newline = b"\n\x00" if shape.encoding == "utf-16-le" else b"\n"
    whole = text[: text.rfind(newline) + len(newline)] if len(text) == PREVIEW_BYTES and newline in text else text
    descriptor, name = tempfile.mkstemp(prefix="mijoz-preview-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(whole)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
