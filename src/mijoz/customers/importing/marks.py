"""What an import wrote, noted as it writes, so that all of it can be taken away again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import polars as pl
from django.db import connection

from mijoz.customers.models import Imported, ImportRun

_made: ContextVar[list[int] | None] = ContextVar("identities_made", default=None)
_followed: ContextVar[dict[Imported.What, list[int]] | None] = ContextVar("what_followed", default=None)

NOTE = """
    INSERT INTO customers_imported (run_id, what, row)
    SELECT %s, %s, row FROM unnest(%s::bigint[]) AS given(row) ON CONFLICT DO NOTHING
"""
# A trait of an identity that this run made goes with the identity, or is known by when it was told.
BEFORE = """
    INSERT INTO customers_importedtrait (run_id, identity_id, name, before)
    SELECT %(run)s, i.id, told.name,
           CASE WHEN t.id IS NOT NULL THEN jsonb_build_object(
               'value', t.value, 'original', t.original, 'trouble', t.trouble, 'told_at', t.told_at,
               'told_by', t.told_by
           ) END
    FROM (
        SELECT DISTINCT * FROM unnest(%(kinds)s::text[], %(accounts)s::text[], %(values)s::text[], %(names)s::text[])
            AS given(kind, account, value, name)
    ) told
    JOIN events_identity i USING (value, kind, account)
    LEFT JOIN customers_trait t ON t.identity_id = i.id AND t.name = told.name AND t.source_id = %(source)s
    WHERE NOT EXISTS (
        SELECT FROM customers_imported m WHERE m.row = i.id AND m.what = 'identity' AND m.run_id = %(run)s
    )
    ON CONFLICT DO NOTHING
"""


def note_made(identity_ids: list[int]) -> None:
    """Called for every identity that the log first sees; kept while an import writes."""
    if (made := _made.get()) is not None:
        made.extend(identity_ids)


def note_suggested(pair_ids: list[int]) -> None:
    """Called for every pair that is first asked about; kept while an import writes."""
    _follows(Imported.What.PAIR, pair_ids)


def note_shared(identity_ids: list[int]) -> None:
    """Called for every identity that is found to be shared; kept while an import writes."""
    _follows(Imported.What.SHARED, identity_ids)


def _follows(what: Imported.What, rows: list[int]) -> None:
    if (followed := _followed.get()) is not None:
        followed.setdefault(what, []).extend(rows)


@contextmanager
def writing(run: ImportRun) -> Iterator[None]:
    """Note the transaction, every identity made in it and what follows from these as the run's own; to be used inside
    the transaction."""
    made: list[int] = []
    followed: dict[Imported.What, list[int]] = {}
    token, other = _made.set(made), _followed.set(followed)
    try:
        yield
        _note_transaction(run)
        _note_identities(run)
        for what, rows in followed.items():
            note(run, what, rows)
    finally:
        _made.reset(token)
        _followed.reset(other)


def note(run: ImportRun, what: Imported.What, rows: Collection[int]) -> None:
    """Note these rows as made by the run, or met by it."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [run.pk, what.value, list(rows)])


def _note_transaction(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        number = cursor.fetchone()[0]
    if number not in run.transactions:
        run.transactions.append(number)
        ImportRun.objects.filter(pk=run.pk).update(transactions=run.transactions)


def _note_identities(run: ImportRun) -> None:
    if made := _made.get():
        note(run, Imported.What.IDENTITY, made)
        made.clear()


def keep_before(run: ImportRun, told: pl.DataFrame) -> None:
    """Keep how these traits stand before the run tells others: identity_kind, identity_account, identity_value, name.

    Where the run is taken up again after a kill, what was kept first stays.
    """
    _note_identities(run)
    if told.is_empty():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            BEFORE,
            {
                "run": run.pk,
                "source": run.source_id,
                "kinds": told["identity_kind"].to_list(),
                "accounts": told["identity_account"].to_list(),
                "values": told["identity_value"].to_list(),
                "names": told["name"].to_list(),
            },
        )
