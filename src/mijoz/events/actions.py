"""The only way into the log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import polars as pl
from django.db import connection, transaction
from psycopg.errors import UniqueViolation
from pydantic_core import to_json

from mijoz.events import hooks
from mijoz.events.lines import COPY_EVENTS, line_of, whole
from mijoz.events.models import Source
from mijoz.events.remembering import met, remember
from mijoz.events.types import IdentityKey, NewEvent

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
# The columns of an event frame whose rows tell of no goods, money or place.
UNTRADED: dict[str, pl.Expr] = {
    "reference": pl.lit(""),
    "item": pl.lit(""),
    "quantity": pl.lit(None, pl.Float64),
    "amount": pl.lit(None, pl.Decimal(18, 4)),
    "discount": pl.lit(None, pl.Decimal(18, 4)),
    "currency": pl.lit(""),
    "branch": pl.lit(""),
    "channel": pl.lit(""),
}
COLUMN_LIST = ", ".join(COLUMNS)
COLUMN_TYPES = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

MANY = 25  # rows from which on a COPY is quicker than one statement

FIND_IDENTITIES = "SELECT value, id FROM events_identity WHERE value = ANY(%s) AND kind = %s AND account = %s"
MAKE_IDENTITIES = """
    INSERT INTO events_identity (kind, account, value)
    SELECT kind, account, value FROM json_to_recordset(%s::json) AS given(kind text, account text, value text)
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING id
"""
TOUCH = """
    WITH arrived AS (INSERT INTO events_arrival (source_id, events) VALUES (%s, %s))
    INSERT INTO events_touched (first_event, last_event)
    VALUES (%s, currval(pg_get_serial_sequence('events_event', 'id')))
"""
NEXT_EVENT = "SELECT last_value + is_called::integer FROM events_event_id_seq"
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
        RETURNING id
    ), touched AS (
        INSERT INTO events_touched (first_event, last_event)
        SELECT min(id), max(id) FROM written HAVING count(*) > 0
    ), arrived AS (
        INSERT INTO events_arrival (source_id, events) SELECT %s, count(*) FROM written HAVING count(*) > 0
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
    kind = Source.Kind.OWN if name == OWN_SOURCE else Source.Kind.FILE
    return Source.objects.get_or_create(name=name, defaults={"kind": kind})[0]


def record(
    events: Iterable[NewEvent] | pl.DataFrame,
    *,
    source: Source | str = OWN_SOURCE,
    are_checked: bool = False,
    by_memory: bool = False,
) -> Recording:
    """Write events to the log: one statement for all, each once by (source, message id).

    A list of NewEvent is checked against the schemas of its types unless it was (raises EventRefused, writes nothing);
    a frame must have the columns of an event frame and was checked by whoever read it. A line of a purchase or refund
    without a reference is one of its own. `by_memory` looks up no identity that this connection has met: then whoever
    calls it must write once more where the transaction fails at its end (see remembering.met).
    """
    if isinstance(source, str):
        source = add_source(source)
    if isinstance(events, pl.DataFrame):
        return _record_frame(events, source)
    given = list(events)
    if not are_checked:
        for event in given:
            event.check()
    if not given:
        return Recording(written=0, known=0)
    with transaction.atomic():
        known = _identify(given, by_memory=by_memory)
        return _write_many(given, known, source) if len(given) >= MANY else _write_few(given, source)


def identify(keys: Collection[IdentityKey]) -> dict[IdentityKey, int]:
    """The number of each of these identities; those not known before are made and told to who listens.

    Call it inside the transaction that writes what they are needed for.
    """
    known, made = _known_and_made(keys)
    if made:
        hooks.identities_created(made)
    return known


def _known_and_made(keys: Collection[IdentityKey]) -> tuple[dict[IdentityKey, int], list[int]]:
    ordered = sorted(set(keys))
    made: list[int] = []
    if not ordered:
        return {}, made
    with connection.cursor() as cursor:
        known = _look_up(cursor, ordered)
        if new := [key for key in ordered if key not in known]:
            cursor.execute(MAKE_IDENTITIES, [_listed(new)])
            made = [row[0] for row in cursor.fetchall()]
            known |= _look_up(cursor, new)  # those too that somebody else made meanwhile
    return known, made


def _identify(given: Sequence[NewEvent], *, by_memory: bool) -> dict[IdentityKey, int]:
    """Every identity that the events speak of, and to whoever listens which of them are one person's."""
    told = {(event.identity, other) for event in given if event.identity for other in event.also}
    keys = {event.identity for event in given if event.identity} | {other for _identity, other in told}
    if not keys:
        return {}
    known = met(keys) if by_memory else {}
    found, made = _known_and_made(keys - known.keys())
    known |= found
    if by_memory and found:
        remember(found)
    if linked := sorted({(known[one], known[other]) for one, other in told if one != other}):
        hooks.identities_linked(linked)  # first, so that a new identity joins a customer instead of becoming one
    if made:
        hooks.identities_created(made)
    return known


def _look_up(cursor: Any, keys: Sequence[IdentityKey]) -> dict[IdentityKey, int]:
    """By kind and account, of which there are few: a list of values is found more quickly than as many keys."""
    values: dict[tuple[str, str], list[str]] = {}
    for kind, account, value in keys:
        values.setdefault((kind, account), []).append(value)
    found = {}
    for (kind, account), wanted in values.items():
        cursor.execute(FIND_IDENTITIES, [wanted, kind, account])
        found.update({(kind, account, value): number for value, number in cursor.fetchall()})
    return found


def _listed(keys: Sequence[IdentityKey]) -> str:
    return to_json([{"kind": kind, "account": account, "value": value} for kind, account, value in keys]).decode()


def _write_many(given: Sequence[NewEvent], known: dict[IdentityKey, int], source: Source) -> Recording:
    """By COPY straight into the log; where it knows one of the rows already, by the statement that passes over them."""
    ordered = sorted(_once(given), key=attrgetter("message_id"))  # in one order for everybody, as below
    lines = b"".join(
        [
            whole(
                event.line or line_of(event),
                identity_id=known[event.identity] if event.identity else None,
                source_id=source.pk,
            )
            for event in ordered
        ]
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT_EVENT)
            (first,) = cursor.fetchone()
            with cursor.copy(COPY_EVENTS) as copy:
                copy.write(lines)
            cursor.execute(TOUCH, [source.pk, len(ordered), first])
    except UniqueViolation:
        return _write_few(given, source)
    hooks.recorded(len(ordered))
    return Recording(written=len(ordered), known=len(given) - len(ordered))


def _once(given: Sequence[NewEvent]) -> Collection[NewEvent]:
    """Of two of one id the first."""
    return {event.message_id: event for event in reversed(given)}.values()


def _write_few(given: Sequence[NewEvent], source: Source) -> Recording:
    incoming = f"(SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given({COLUMN_TYPES}))"  # noqa: S608 - built from constants
    rows = to_json([_row(event) for event in _once(given)], fallback=str, inf_nan_mode="null").decode()
    with connection.cursor() as cursor:
        return _insert(cursor, incoming, [rows], source, len(given))


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
        "payload": event.payload or None,
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
        return _write("incoming_events", source, frame.height)


def _write(incoming: str, source: Source, given: int) -> Recording:
    with connection.cursor() as cursor:
        cursor.execute(NEW_IDENTITIES.format(incoming=incoming))
        if created := [row[0] for row in cursor.fetchall()]:
            hooks.identities_created(created)
        return _insert(cursor, incoming, [], source, given)


def _insert(cursor: Any, incoming: str, parameters: list[Any], source: Source, given: int) -> Recording:
    cursor.execute(NEW_EVENTS.format(incoming=incoming), [source.pk, *parameters, source.pk])
    written = cursor.fetchone()[0]
    if written:
        hooks.recorded(written)
    return Recording(written=written, known=given - written)
