"""The only way into the log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection, transaction

from mijoz.events import hooks
from mijoz.events.models import Source
from mijoz.events.types import NewEvent

OWN_SOURCE = "mijoz"  # rows that our own services write

COLUMNS = {
    "message_id": "text",
    "type": "text",
    "identity_kind": "text",
    "identity_account": "text",
    "identity_value": "text",
    "occurred_at": "timestamptz",
    "reference": "text",
    "item": "text",
    "quantity": "double precision",
    "amount": "numeric(18,4)",
    "discount": "numeric(18,4)",
    "currency": "text",
    "branch": "text",
    "channel": "text",
    "payload": "jsonb",
}
COLUMN_LIST = ", ".join(COLUMNS)
COLUMN_TYPES = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

NEW_IDENTITIES = """
    INSERT INTO events_identity (kind, account, value)
    SELECT DISTINCT identity_kind, identity_account, identity_value
    FROM {incoming} AS incoming
    WHERE identity_value <> '' AND NOT EXISTS (
        SELECT FROM events_identity known
        WHERE (known.value, known.kind, known.account) = (identity_value, identity_kind, identity_account)
    )
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING
    RETURNING id
"""
# In one order for everybody, so that two writers of the same rows wait for each other and never crosswise.
NEW_EVENTS = """
    WITH written AS (
        INSERT INTO events_event (
            source_id, message_id, type, identity_id, occurred_at, reference, item,
            quantity, amount, discount, currency, branch, channel, payload
        )
        SELECT %s, message_id, incoming.type, identity.id, occurred_at,
               CASE WHEN reference = '' AND incoming.type IN ('purchase_line', 'refund_line') THEN message_id
                    ELSE reference END,
               item,
               quantity, amount, discount, currency, branch, channel, payload
        FROM {incoming} AS incoming
        LEFT JOIN events_identity identity
          ON (identity.value, identity.kind, identity.account) = (identity_value, identity_kind, identity_account)
         AND identity_value <> ''
        ORDER BY message_id
        ON CONFLICT (source_id, message_id) DO NOTHING
        RETURNING identity_id
    ), touched AS (
        INSERT INTO events_touched (identity_id)
        SELECT DISTINCT identity_id FROM written WHERE identity_id IS NOT NULL
    )
    SELECT count(*) FROM written
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """How many of the given rows were new, and how many the log knew already."""

    written: int
    known: int


def add_source(name: str) -> Source:
    """The source of this name, made when it is new."""
    return Source.objects.get_or_create(name=name)[0]


def record(events: Iterable[NewEvent] | pl.DataFrame, *, source: Source | str = OWN_SOURCE) -> Recording:
    """Write events to the log: one statement for all, each once by (source, message id).

    A list of NewEvent is checked against the schemas of its types (raises EventRefused, nothing is written);
    a frame must have the columns of an event frame and was checked by whoever read it. A line of a purchase or refund
    without a reference is one of its own.
    """
    if isinstance(source, str):
        source = add_source(source)
    if isinstance(events, pl.DataFrame):
        return _record_frame(events, source)
    rows = []
    for event in events:
        event.check()
        rows.append(_row(event))
    if not rows:
        return Recording(written=0, known=0)
    incoming = f"(SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given({COLUMN_TYPES}))"  # noqa: S608 - built from constants
    return _write(incoming, [json.dumps(rows)], source, len(rows))


def _row(event: NewEvent) -> dict[str, Any]:
    kind, account, value = event.identity or ("", "", "")
    return {
        "message_id": event.message_id,
        "type": event.type,
        "identity_kind": kind,
        "identity_account": account,
        "identity_value": value,
        "occurred_at": event.occurred_at.isoformat(),
        "reference": event.reference,
        "item": event.item,
        "quantity": event.quantity,
        "amount": None if event.amount is None else str(event.amount),
        "discount": None if event.discount is None else str(event.discount),
        "currency": event.currency,
        "branch": event.branch,
        "channel": event.channel,
        "payload": json.loads(json.dumps(event.payload, default=str)) or None,
    }


def _record_frame(frame: pl.DataFrame, source: Source) -> Recording:
    if frame.is_empty():
        return Recording(written=0, known=0)
    lines = (
        frame.select(list(COLUMNS))
        .with_columns(pl.col("payload").replace(["", "{}"], None))
        .write_csv(
            include_header=False,
            null_value="\\N",
            quote_style="necessary",
            datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ",
        )
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS incoming_events ({COLUMN_TYPES}) ON COMMIT DELETE ROWS")
        cursor.execute("TRUNCATE incoming_events")
        with cursor.copy(f"COPY incoming_events ({COLUMN_LIST}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            copy.write(lines)
        cursor.execute("ANALYZE incoming_events (identity_value, identity_kind, identity_account)")
        return _write("incoming_events", [], source, frame.height)


def _write(incoming: str, parameters: list[Any], source: Source, given: int) -> Recording:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEW_IDENTITIES.format(incoming=incoming), parameters)
        if created := [row[0] for row in cursor.fetchall()]:
            hooks.identities_created(created)
        cursor.execute(NEW_EVENTS.format(incoming=incoming), [source.pk, *parameters])
        written = cursor.fetchone()[0]
        if written:
            hooks.recorded(written)
    return Recording(written=written, known=given - written)
