"""Running an import: from a file to the log and the profiles, in steps that may be killed and begun again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg.errors
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from mijoz.business.actions import set_up
from mijoz.business.locks import KILLED_LETS_GO_WITHIN, held
from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.customers import actions, hooks
from mijoz.customers.importing import contacts, drafts, files, marks, people_run
from mijoz.customers.importing.ahead import ahead
from mijoz.customers.importing.counting import Counter
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.pieces import count_lines
from mijoz.customers.importing.purchases import CHUNK_BYTES, Chunk, read
from mijoz.customers.importing.queries import adopts_currency
from mijoz.customers.importing.rejects import RejectsFile
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun
from mijoz.events.actions import add_source, record

Status = ImportRun.Status
Holds = ImportRun.Holds
WRITE_LOCK = 0x4D696A6F7A02  # one import writes at a time: two with the same rows or customers would block each other


def import_file(
    path: Path,
    *,
    holds: str = Holds.PURCHASES,
    preset: str = "",
    source: str = "",
    mapping: Path | None = None,
    at: datetime,
) -> ImportRun:
    """Import a file at once, as the command does; one that was killed at it before goes on. Raises ImportRefused."""
    with files.room_on_disk():
        chosen = drafts.told_mapping(preset=preset, mapping=mapping, holds=holds)
        shape = inspect(path, chosen.file if chosen else FileFormat())
        chosen = chosen or drafts.suggested(shape, holds=holds)
    before = drafts.import_of_rejects(shape)
    found = before.source if before and not source else add_source(drafts.source_name(source or preset, path.name))
    wanted = {"source": found, "path": str(path.resolve()), "mapping": chosen.model_dump(mode="json"), "holds": holds}
    left_off = ImportRun.objects.filter(**wanted, status__in=[Status.WAITING, Status.RUNNING]).first()
    fresh = {"file_name": path.name[-255:], "status": Status.WAITING, "started_at": at}
    run = left_off or ImportRun.objects.create(**wanted, **fresh)
    if not execute(run, at=at, patience=KILLED_LETS_GO_WITHIN):  # somebody else is at that one
        run = ImportRun.objects.create(**wanted, **fresh)
        execute(run, at=at)
    run.refresh_from_db()
    if run.status == Status.FAILED:
        raise ImportRefused(run.error.replace("%", "%%"))
    return run


def unfinished(*, at: datetime) -> list[ImportRun]:
    """Imports that should be running: begun, or confirmed more than a minute ago."""
    waiting = Q(status=Status.WAITING, started_at__lt=at - timedelta(minutes=1))
    return list(ImportRun.objects.select_related("source").filter(waiting | Q(status=Status.RUNNING)))


def execute(
    run: ImportRun, *, at: datetime, chunk_bytes: int = CHUNK_BYTES, patience: timedelta = timedelta(0)
) -> bool:
    """Bring the run's file in; returns False when somebody else is at it, or there is nothing left to do.

    Waits as long as `patience` for somebody else to let go: a process that was killed still holds it for a moment.

    Every chunk is written whole and each row once, so a run that was killed is simply run again. A file that turns out
    to be unusable ends the run as failed, with the reason.
    """
    with held(lock_of(run), patience=patience) as is_alone:
        if not is_alone:
            return False
        run.refresh_from_db()
        if run.status not in {Status.WAITING, Status.RUNNING}:
            return False
        with _language_of(run.started_by):
            _bring_in_or_end(run, at=at, chunk_bytes=chunk_bytes)
    return True


def lock_of(run: ImportRun) -> int:
    """The lock of whoever executes this run."""
    return run.pk.int % 2**63


def _language_of(member: StaffMember | None) -> AbstractContextManager[object]:
    """Reasons and refusals are said in the language of whoever gave the file."""
    return translation.override(member.language) if member else nullcontext()


def _bring_in_or_end(run: ImportRun, *, at: datetime, chunk_bytes: int) -> None:
    try:
        with files.room_on_disk(), _room_in_database():
            _bring_in(run, at=at, chunk_bytes=chunk_bytes)
    except ImportRefused as refusal:
        _end(run, Status.FAILED, at=at, error=str(refusal))
    except OperationalError:
        raise  # the database is away: the run stays as it is, and goes on when it is back
    except Exception:
        _end(run, Status.FAILED, at=at, error=_("Mijoz itself failed; its log says how. Nothing is left half-done."))
        raise


@contextmanager
def _room_in_database() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise files.no_room() from error
        raise


def _bring_in(run: ImportRun, *, at: datetime, chunk_bytes: int) -> None:
    started = time.perf_counter()
    if run.holds == Holds.CUSTOMERS:
        figures = people_run.bring_in(run, at=at, chunk_bytes=chunk_bytes, lock=_one_writer)
    else:
        figures = _purchases(run, at=at, chunk_bytes=chunk_bytes)
    if figures is None:  # cancelled
        return
    actions.project()
    run.counts = figures | {
        "rejects_file": run.rejects_path or None,
        "seconds": round(time.perf_counter() - started, 3),
    }
    _end(run, Status.DONE, at=at + timedelta(seconds=run.counts["seconds"]))
    files.forget(run)
    hooks.import_finished()


def _purchases(run: ImportRun, *, at: datetime, chunk_bytes: int) -> dict[str, Any] | None:
    """Write the file's purchases chunk by chunk; returns the figures, None when somebody cancelled it."""
    mapping = Mapping.model_validate(run.mapping)
    shape = inspect(Path(run.path), mapping.file)
    mapping.check(shape)
    run.lines_expected = count_lines(shape)
    run.status = Status.RUNNING
    run.save()
    if adopts_currency(mapping):
        set_up(currency=mapping.currency)
    company = business()
    counter = Counter.resumed(run.counts)
    chunks = read(
        shape,
        mapping,
        source=run.source.name,
        now=at,
        zone=company.time_zone,
        currency=company.currency,
        chunk_bytes=chunk_bytes,
    )
    with RejectsFile(files.rejects_path(run), shape, import_id=run.pk) as rejects, closing(ahead(chunks)) as ready:
        for chunk in ready:
            rejects.add(chunk.rejects)
            if not _write(chunk, run, counter):  # cancelled
                rejects.drop()
                return None
    run.rejects_path = str(rejects.path) if rejects.count else ""
    return counter.figures()


def _one_writer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])


def _write(chunk: Chunk, run: ImportRun, counter: Counter) -> bool:
    """Write one chunk whole, with how far the run is; False when somebody cancelled it."""
    with transaction.atomic(), marks.writing(run):
        _one_writer()
        recording = record(chunk.events, source=run.source)
        contacts.tell(chunk.contacts, run, at=run.started_at or run.created_at)
        if run.consent_proof:
            contacts.agree(chunk.events, run, at=run.started_at or run.created_at)
        counter.add(chunk.events, lines=chunk.lines, rejected=chunk.rejects.height, known=recording.known)
        ImportRun.objects.filter(pk=run.pk).update(counts=counter.so_far())
        return ImportRun.objects.filter(pk=run.pk, status=Status.RUNNING).exists()


def _end(run: ImportRun, status: ImportRun.Status, *, at: datetime, error: str = "") -> None:
    run.status, run.error, run.finished_at = status, error, at
    run.save(update_fields=["status", "error", "finished_at", *(["counts", "rejects_path"] if not error else [])])
