"""Reads of imports: the list, and what a mapping makes of a file's first rows."""

from __future__ import annotations

from collections.abc import Mapping as Query
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mijoz.business.queries import business
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.purchases import REASONS, Chunk, read
from mijoz.customers.importing.shape import FileShape
from mijoz.customers.matching import reviewing
from mijoz.customers.models import Imported, ImportRun
from mijoz.events.models import Event

PREVIEW_BYTES = 64 * 1024
PREVIEW_ROWS = 20
MOST_SOURCES = 20  # that are asked whether they brought the same rows
Status = ImportRun.Status
FIGURES = (  # as `mijoz import purchases --json` prints them
    "lines",
    "purchases",
    "purchase_lines",
    "purchasers",
    "customers",
    "revenue",
    "refunds",
    "refund_value",
    "anonymous_lines",
    "rejected",
    "rejects_file",
    "seconds",
    "new",
    "known",
    "changed",
    "unchanged",
    "unreadable",
    "unproved",
    "look_like_one",
)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What one row of the file would become."""

    kind: str
    identity_kind: str
    customer: str
    occurred_at: datetime
    reference: str
    item: str
    quantity: float | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    row: int
    column: str
    value: str
    reason: str | Promise


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file as it would be kept; `counts` and `notes` are of more rows than are shown."""

    rows: list[PreviewRow]
    rejects: list[RejectedRow]
    counts: dict[str, int]  # read, purchases, refunds, gifts, anonymous, known (by the log), rejected
    notes: list[str]  # what a person should look at before the start


def imports(wanted: Query[str, str] | None = None) -> QuerySet[ImportRun]:
    """The imports, newest first, narrowed by q (file or system) and status; what is unknown is ignored."""
    wanted = wanted or {}
    found = ImportRun.objects.select_related("source", "started_by").order_by("-created_at")
    for word in wanted.get("q", "").split():
        found = found.filter(Q(file_name__icontains=word) | Q(source__name__icontains=word))
    if wanted.get("status") in Status.values:
        found = found.filter(status=wanted["status"])
    return found


def sources() -> list[str]:
    """Names of the systems that files came from."""
    done = ImportRun.objects.filter(status=Status.DONE)
    return sorted(set(done.values_list("source__name", flat=True)))


def figures(run: ImportRun) -> dict[str, Any]:
    """The figures of a run that is done, in the order in which they are printed."""
    return {name: run.counts[name] for name in FIGURES if name in run.counts}


def pairs_asked(run: ImportRun) -> int:
    """How many pairs that the import made wait for a person still."""
    made = Imported.objects.filter(run=run, what=Imported.What.PAIR).values("row")
    return reviewing.waiting().filter(pk__in=made).count()


def adopts_currency(mapping: Mapping) -> bool:
    """Whether the business takes the currency of its first file: one without a name and without any row yet does."""
    company = business()
    is_other = bool(mapping.currency) and mapping.currency != company.currency
    return is_other and not company.name and not Event.objects.exists()


def share_done(run: ImportRun) -> float:
    """How much of the file is in, from 0 to 1."""
    if run.status == Status.DONE:
        return 1.0
    if not run.lines_expected:
        return 0.0
    return min(0.99, run.counts.get("lines", 0) / run.lines_expected)


def time_left(run: ImportRun, *, at: datetime) -> timedelta | None:
    """How long a running import will take on, as far as it can be told already."""
    share = share_done(run)
    if share < 0.1 or run.started_at is None:
        return None
    return (at - run.started_at) * (1 - share) / share


def preview(shape: FileShape, mapping: Mapping, *, source: str, at: datetime) -> Preview:
    """The first rows of the file as the log would get them, and those it would not take. Raises ImportRefused."""
    company = business()
    chunk = next(
        read(
            shape,
            mapping,
            source=source,
            now=at,
            zone=company.time_zone,
            currency=company.currency,
            chunk_bytes=PREVIEW_BYTES,
        ),
        None,
    )
    if chunk is None:
        return Preview([], [], {}, [])
    told = pl.when(pl.col("reference") != pl.col("message_id")).then("reference").otherwise(pl.lit(""))
    rows = chunk.events.head(PREVIEW_ROWS).select(
        "type",
        "identity_kind",
        "identity_value",
        "occurred_at",
        told.alias("reference"),
        "item",
        "quantity",
        "amount",
        "currency",
    )
    rejects = chunk.rejects.head(PREVIEW_ROWS).select("row", "column", "value", "code")
    return Preview(
        rows=[PreviewRow(*row) for row in rows.iter_rows()],
        rejects=[RejectedRow(row, column, value, REASONS[code]) for row, column, value, code in rejects.iter_rows()],
        counts=_counts(chunk) | {"known": _known(chunk, source=source)},
        notes=[
            *_notes(chunk, mapping, currency=mapping.currency if adopts_currency(mapping) else company.currency),
            *_notes_on_source(chunk, mapping, source=source),
        ],
    )


def _known(chunk: Chunk, *, source: str) -> int:
    """How many of the rows the log has already."""
    numbers = chunk.events["message_id"].to_list()
    return Event.objects.filter(source__name=source, message_id__in=numbers).count()


def _notes_on_source(chunk: Chunk, mapping: Mapping, *, source: str) -> list[str]:
    """Whether files of the same layout came from elsewhere, so that rows would count twice or customers be doubled."""
    same = ImportRun.objects.filter(status=Status.DONE, mapping__columns=mapping.columns)
    names = sorted(set(same.values_list("source__name", flat=True)))
    if not names or source in names:
        return []
    if known := sum(_known(chunk, source=name) for name in names[:MOST_SOURCES]):
        text = ngettext(
            "%(n)s of these rows is here already, from %(sources)s: under another name it would count twice.",
            "%(n)s of these rows are here already, from %(sources)s: under another name they would count twice.",
            known,
        )
    else:
        text = _(
            "Files with these columns came from %(sources)s before. If this one is of the same system, give that name "
            "under “Where it is from”: else its customers and receipts are taken for new ones."
        )
    return [text % {"n": known, "sources": ", ".join(names)}]


def _counts(chunk: Chunk) -> dict[str, int]:
    kinds = dict(chunk.events["type"].value_counts().iter_rows())
    return {
        "read": chunk.lines,
        "purchases": kinds.get("purchase_line", 0),
        "refunds": kinds.get("refund_line", 0),
        "gifts": kinds.get("gift_line", 0),
        "anonymous": chunk.events.filter(pl.col("identity_value") == "").height,
        "rejected": chunk.rejects.height,
    }


def _notes(chunk: Chunk, mapping: Mapping, *, currency: str) -> list[str]:
    """What looks odd in what a mapping makes of the beginning of a file, each as a sentence."""
    notes = []
    counts = _counts(chunk)
    columns = set(mapping.columns)
    if counts["rejected"] * 2 > counts["read"]:
        notes.append(_("Most rows cannot be used like this: look at the reasons below, and at the columns chosen."))
    if mapping.day_first_is_guessed:
        notes.append(
            _("Every date in the file can be read in two ways. Say below whether the day or the month is first.")
        )
    if not columns & {"customer", "phone", "email", "name"}:
        notes.append(_("Nothing says who bought. The sales are kept, but no customer gets a profile by them."))
    elif mapping.number_field == "name" and "name" in columns:
        notes.append(_("Customers are told apart by their names alone: people of the same name become one customer."))
    elif counts["anonymous"] == chunk.events.height > 0:
        notes.append(_("None of these rows says who bought. Is the right column chosen for the customer?"))
    if chunk.events.height and counts["refunds"] == chunk.events.height:
        notes.append(_("All rows look like refunds. Are amount and quantity the right columns?"))
    others = sorted(set(chunk.events["currency"].unique()) - {currency})
    if others:
        named = {"others": ", ".join(others), "ours": currency}
        notes.append(_("Amounts in %(others)s are kept as they are: the business counts in %(ours)s.") % named)
    return notes
