"""The audit of everybody, in sets: a statement reads, Polars counts, a COPY writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from mijoz.business.queries import business
from mijoz.customers import hooks
from mijoz.customers.audit import scoring, statements
from mijoz.customers.audit.findings import COMPARED, TOLD_AS
from mijoz.customers.models import AuditDay
from mijoz.customers.names import fold

READ = "customers_customer, customers_ownership, customers_trait, customers_profile, events_identity"
AUDIT_LOCK = 0x4D696A6F7A0A  # one audit at a time
FETCHED = 50_000
FLAGS = ("named", "phone", "email", "birth", "gender", "language", "place")
SCHEMA: dict[str, Any] = {
    "customer": pl.Int64,
    **dict.fromkeys(FLAGS, pl.Boolean),
    "unreadable": pl.String,
    "conflicts": pl.String,
    "slip": pl.Boolean,
    "duplicate": pl.Boolean,
    "days_since_heard": pl.Int64,
}


def run(*, at: datetime) -> AuditDay:
    """Look at everybody and keep what was found, for each customer and for the day; returns the day."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
        cursor.execute(f"ANALYZE {READ}")  # after a large import the planner knows nothing of these yet
        people = _people(cursor, at=at)
        found = scoring.findings(people)
        _keep(cursor, found)
        figures = scoring.figures(people, found)
        day, _created = AuditDay.objects.update_or_create(
            day=at.astimezone(business().zone).date(),
            defaults={
                "made_at": at,
                "customers": figures.customers,
                "score": figures.score,
                "found": figures.found,
                "bands": figures.bands,
                "fields": _by_field(cursor, people, figures, at=at),
                "sources": _by_source(cursor, at=at),
            },
        )
    return day


def _people(cursor: Any, *, at: datetime) -> pl.DataFrame:
    cursor.execute(statements.PEOPLE, {"at": at, "compared": list(COMPARED)})
    frames = []
    while rows := cursor.fetchmany(FETCHED):
        frames.append(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    people = pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)
    people = people.with_columns(slip=pl.col("slip") | pl.col("customer").is_in(list(hooks.unreachable())))
    lists = [pl.col(name).str.split(" ").list.filter(pl.element() != "") for name in ("unreadable", "conflicts")]
    return _without_spellings(cursor, people.with_columns(lists))


def _without_spellings(cursor: Any, people: pl.DataFrame) -> pl.DataFrame:
    """Two spellings of one name, in two alphabets say, are no conflict."""
    names = pl.element().is_in(["first_name", "last_name"])
    concerned = people.filter(pl.col("conflicts").list.eval(names).list.any())["customer"].to_list()
    if not concerned:
        return people
    cursor.execute(statements.WRONG, [concerned, ["first_name", "last_name"]])
    told: dict[tuple[int, str], set[str]] = {}
    for customer, name, value, _original, _trouble, _source in cursor.fetchall():
        if value and name in {"first_name", "last_name"}:
            told.setdefault((customer, name), set()).add(fold(value))
    same = {key for key, spellings in told.items() if len(spellings) < 2}
    kept = [
        [name for name in conflicts if (customer, name) not in same]
        for customer, conflicts in people.select("customer", "conflicts").iter_rows()
    ]
    return people.with_columns(conflicts=pl.Series(kept, dtype=pl.List(pl.String)))


def _keep(cursor: Any, found: pl.DataFrame) -> None:
    cursor.execute("DELETE FROM customers_auditscore")
    with cursor.copy(statements.FILL) as copy:
        for customer, score, codes in found.iter_rows():
            copy.write_row((customer, score, codes))


def _by_field(cursor: Any, people: pl.DataFrame, figures: scoring.Figures, *, at: datetime) -> dict[str, Any]:
    """By field: filled (customers), unreadable (cells), conflicts (customers), days (since it was told, the middle)."""
    cursor.execute(statements.BY_FIELD, {"at": at})
    told = {name: (unreadable, days) for name, unreadable, days in cursor.fetchall()}
    conflicts = dict(people["conflicts"].explode().drop_nulls().value_counts().iter_rows())
    return {
        field: {
            "filled": figures.filled[field],
            "unreadable": sum(told[name][0] for name in names if name in told),
            "conflicts": sum(conflicts.get(name, 0) for name in names),
            "days": _least(told[name][1] for name in names if name in told),
        }
        for field, names in TOLD_AS.items()
    }


def _by_source(cursor: Any, *, at: datetime) -> list[dict[str, Any]]:
    """By source: records told of, how many of them with each field, cells that cannot be read, days since the last."""
    cursor.execute(statements.RECORDS)
    records = dict(cursor.fetchall())
    cursor.execute(statements.BY_SOURCE, {"at": at})
    rows = cursor.fetchall()
    found = []
    for source, count in sorted(records.items(), key=lambda each: -each[1]):
        own = {name: row for source_, name, *row in rows if source_ == source}
        found.append(
            {
                "source": source,
                "records": count,
                "filled": {
                    field: max((own[name][0] for name in names if name in own), default=0)
                    for field, names in TOLD_AS.items()
                },
                "unreadable": sum(row[1] for row in own.values()),
                "days": _least(row[3] for row in own.values()),
            }
        )
    return found


def _least(days: Iterable[int | None]) -> int | None:
    return min((each for each in days if each is not None), default=None)
