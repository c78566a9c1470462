"""The lake: the log as Parquet files by month, exported in steps; heavy analysis reads it, never the live tables."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from mijoz.events.models import LakeStep

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "source": pl.String,
    "type": pl.String,
    "identity_id": pl.Int64,
    "occurred_at": pl.Datetime("us", "UTC"),
    "reference": pl.String,
    "item": pl.String,
    "quantity": pl.Float64,
    "amount": pl.Decimal(18, 4),
    "discount": pl.Decimal(18, 4),
    "currency": pl.String,
    "branch": pl.String,
    "channel": pl.String,
    "payload": pl.String,
}
PIECE_BYTES = 64 * 1024 * 1024
ROWS_TOGETHER = 32_768  # of a file that are read or passed over together, by the least and the largest type among them
ROWS = """
    COPY (
        SELECT e.id, s.name, e.type, e.identity_id, (e.occurred_at AT TIME ZONE 'UTC'), e.reference, e.item, e.quantity,
               e.amount, e.discount, e.currency, e.branch, e.channel, e.payload
        FROM events_event e JOIN events_source s ON s.id = e.source_id
        WHERE {which}
    ) TO STDOUT (FORMAT csv, NULL '\\N', FORCE_QUOTE *)
"""
NEW_ROWS = "e.written_by >= {first} AND e.written_by < {end}"

# The number below which every transaction that can write rows of ours has ended, seen by whoever looks afterwards.
# Open at the snapshot, and not known since as one of another database on the same server or of the vacuum, are ours;
# so is who may not be looked at. Asked in this order (CASE keeps it), one that ended meanwhile holds nothing back.
FIRST_STILL_OPEN = """
    WITH seen AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
    SELECT least(
        (SELECT min(open.number::text::bigint)
         FROM pg_snapshot_xip(snapshot) AS open(number)
         WHERE CASE WHEN EXISTS (
                SELECT FROM pg_stat_activity
                WHERE backend_xid = open.number::xid
                  AND (datname <> current_database() OR backend_type = 'autovacuum worker')
            ) THEN false ELSE pg_xact_status(open.number) = 'in progress' END),
        pg_snapshot_xmax(snapshot)::text::bigint,
        pg_current_xact_id_if_assigned()::text::bigint
    )
    FROM seen
"""


def folder() -> Path:
    return Path(settings.DATA_DIR) / "lake" / "events"


def export(*, at: datetime) -> int:
    """Append what the log has gained since the last step; returns the number of rows.

    Only transactions older than every one still open are taken, so no row is ever passed over. Files carry the
    number at which their step ends: those of a step that was never noted are removed by the next one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        LakeStep.objects.get_or_create(pk=1)
        step = LakeStep.objects.select_for_update().get(pk=1)
        if not folder().exists():
            step.next_transaction = step.rows = 0
        _remove_files_after(step.next_transaction)
        cursor.execute(FIRST_STILL_OPEN)
        end = cursor.fetchone()[0]
        rows = 0
        if end > step.next_transaction:
            with cursor.copy(ROWS.format(which=NEW_ROWS.format(first=step.next_transaction, end=end))) as copy:
                rows = sum(_write(piece, name=f"{end:020}-{part:04}") for part, piece in enumerate(_pieces(copy)))
        folder().mkdir(parents=True, exist_ok=True)
        step.next_transaction, step.exported_at, step.rows = (
            max(end, step.next_transaction),
            at,
            step.rows + rows,
        )
        step.save()
    return rows


def scan() -> pl.LazyFrame:
    """The whole exported log, columns as in SCHEMA; empty when nothing was exported yet."""
    files = sorted(folder().glob("month=*/*.parquet"))
    if not files:
        return pl.LazyFrame(schema=SCHEMA)
    return pl.scan_parquet(files, hive_partitioning=False, schema=SCHEMA)


def whole() -> pl.LazyFrame:
    """The log as it stands, columns as in SCHEMA: what was exported, and what is not exported yet from the log itself.

    Quick after an export. An export that runs meanwhile doubles nothing and hides nothing.
    """
    step = LakeStep.objects.filter(pk=1).first() or LakeStep()
    exported = [path for path in sorted(folder().glob("month=*/*.parquet")) if _ends_at(path) <= step.next_transaction]
    parts = [_rows_where(f"e.written_by >= {int(step.next_transaction)}").lazy()]
    if exported:
        parts.append(pl.scan_parquet(exported, hive_partitioning=False, schema=SCHEMA))
    return pl.concat(parts)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Files written anew, rows in them that now say what the log says, and rows that the log has no more."""

    files: int
    rows: int
    dropped: int


def write_anew(identities: Collection[int], *, matching: str = "") -> Rewritten:
    """Bring the exported rows of these identities, and those whose words match, to what the log says now.

    To be called in the transaction that changed the log. `matching` is a regular expression that looks nowhere back
    or ahead; no export runs meanwhile, and whoever reads the lake sees each file before or after.
    """
    return _write_anew(sorted(folder().glob("month=*/*.parquet")), _concerned(identities, matching))


def write_anew_older(than: Mapping[str, datetime]) -> Rewritten:
    """Bring the exported rows of these types that are older than the moment of their type to what the log says now.

    Each file of the months concerned is read once. It may be done after the log was changed, and again.
    """
    if not than:
        return Rewritten(0, 0, 0)
    older = pl.any_horizontal([(pl.col("type") == type_) & (pl.col("occurred_at") < at) for type_, at in than.items()])
    last = f"month={max(than.values()).astimezone(UTC):%Y-%m}"
    files = [path for path in sorted(folder().glob("month=*/*.parquet")) if path.parent.name <= last]
    with transaction.atomic():
        return _write_anew(files, older)


def _write_anew(paths: Sequence[Path], concerned: pl.Expr) -> Rewritten:
    LakeStep.objects.select_for_update().filter(pk=1).first()
    files = rows = dropped = 0
    for path in paths:
        stale = pl.scan_parquet(path).filter(concerned).select("id").collect()
        if stale.is_empty():
            continue
        frame = pl.read_parquet(path)
        fresh = _rows_of_log(stale["id"].to_list())
        both = pl.concat([frame.join(stale, on="id", how="anti"), fresh])
        unfinished = path.with_suffix(".unfinished")
        _save(both, unfinished)
        unfinished.replace(path)
        files, rows, dropped = files + 1, rows + fresh.height, dropped + stale.height - fresh.height
    LakeStep.objects.filter(pk=1).update(rows=F("rows") - dropped)
    return Rewritten(files, rows, dropped)


def rows_matching(matching: str) -> pl.DataFrame:
    """The exported rows in whose words the regular expression is found."""
    return scan().filter(_concerned((), matching)).collect()


def _concerned(identities: Collection[int], matching: str) -> pl.Expr:
    found = pl.col("identity_id").is_in(list(identities)).fill_null(False)
    if matching:
        for column in ("reference", "item", "branch", "channel", "payload"):
            found |= pl.col(column).str.contains(matching).fill_null(False)
    return found


def _rows_of_log(ids: list[int]) -> pl.DataFrame:
    """These rows as they stand in the log now."""
    numbers = ",".join(str(int(one)) for one in ids)
    return _rows_where(f"e.id = ANY('{{{numbers}}}'::bigint[])")


def _rows_where(which: str) -> pl.DataFrame:
    with connection.cursor() as cursor, cursor.copy(ROWS.format(which=which)) as copy:
        rows = b"".join(copy)
    return _frame(rows) if rows else pl.DataFrame(schema=SCHEMA)


def forget() -> None:
    """Throw the lake away; the next export writes it anew from the log."""
    shutil.rmtree(folder(), ignore_errors=True)


def _pieces(copy: Iterable[memoryview]) -> Iterator[bytes]:
    """The rows in pieces of bounded size; PostgreSQL sends each row as one block."""
    piece = bytearray()
    for block in copy:
        piece += block
        if len(piece) > PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _write(rows: bytes, *, name: str) -> int:
    frame = _frame(rows)
    for (month,), rows_of_month in frame.group_by(pl.col("occurred_at").dt.strftime("%Y-%m")):
        target = folder() / f"month={month}" / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        _save(rows_of_month, target)
    return frame.height


def _save(rows: pl.DataFrame, path: Path) -> None:
    """Rows of a type stand together, so that whoever reads one type passes over most of the file."""
    rows.sort("type", "id").write_parquet(path, row_group_size=ROWS_TOGETHER)


def _frame(rows: bytes) -> pl.DataFrame:
    """Rows as PostgreSQL copies them, with the columns of SCHEMA."""
    frame = pl.read_csv(
        rows,
        has_header=False,
        new_columns=list(SCHEMA),
        schema=dict.fromkeys(SCHEMA, pl.String),
        null_values="\\N",
    ).with_columns(
        pl.col("source", "type", "reference", "item", "currency", "branch", "channel").fill_null(""),
        pl.col("occurred_at").str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_zone="UTC", time_unit="us"),
        *(pl.col(column).cast(SCHEMA[column]) for column in ("id", "identity_id", "quantity", "amount", "discount")),
    )
    return frame.select(list(SCHEMA))


def _remove_files_after(transaction_number: int) -> None:
    for path in folder().glob("month=*/*.parquet"):
        if _ends_at(path) > transaction_number:
            path.unlink()


def _ends_at(path: Path) -> int:
    """The number at which the step ended that wrote the file."""
    return int(path.name.split("-")[0])
