"""Running an import: from a file to the log and the profiles, in steps that may be killed and begun again."""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.customers import actions, hooks
from mijoz.customers.importing import contacts
from mijoz.customers.importing.counting import Counter
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping, suggest_mapping
from mijoz.customers.importing.presets import PRESETS
from mijoz.customers.importing.purchases import Chunk, read
from mijoz.customers.importing.rejects import RejectsFile
from mijoz.customers.importing.sniff import blocks, inspect
from mijoz.customers.models import ImportRun
from mijoz.events.actions import add_source, record

Status = ImportRun.Status


def folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def keep_upload(file: UploadedFile) -> Path:
    """An uploaded file under a path of its own; `receive` takes it from there."""
    target = folder() / f"upload-{uuid.uuid4()}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as kept:
        for block in file.chunks():
            kept.write(block)
    return target


def receive(path: Path, *, file_name: str, source: str, by: StaffMember | None) -> ImportRun:
    """A draft for a file that `keep_upload` kept, with the mapping its headings suggest.

    Raises ImportRefused, and keeps nothing then.
    """
    try:
        shape = inspect(path)
    except ImportRefused:
        path.unlink()
        raise
    run_id = uuid.uuid4()
    kept = path.rename(folder() / str(run_id))
    return ImportRun.objects.create(
        id=run_id,
        source=add_source(source_name(source, file_name)),
        file_name=file_name[-255:],
        path=str(kept),
        mapping=suggest_mapping(shape).model_dump(mode="json"),
        started_by=by,
    )


def confirm(run: ImportRun, mapping: Mapping, *, consent_proof: str, at: datetime) -> ImportRun:
    """Accept the mapping and let a worker take the import up. Raises ImportRefused when it does not fit the file."""
    mapping.check(inspect(Path(run.path)))
    run.mapping = mapping.model_dump(mode="json")
    run.consent_proof = consent_proof
    run.status, run.started_at, run.error = Status.WAITING, at, ""
    run.save()
    return run


def cancel(run: ImportRun, *, at: datetime) -> None:
    """Ask a running import to stop; what it has written stays, and importing the file again completes it."""
    ImportRun.objects.filter(pk=run.pk, status__in=[Status.DRAFT, Status.WAITING, Status.RUNNING]).update(
        status=Status.CANCELLED, finished_at=at
    )


def import_file(
    path: Path, *, preset: str = "", source: str = "", mapping: Path | None = None, at: datetime
) -> ImportRun:
    """Import a file at once, as the command does. Raises ImportRefused."""
    shape = inspect(path)
    run = ImportRun.objects.create(
        source=add_source(source_name(source or preset, path.name)),
        file_name=path.name,
        path=str(path.resolve()),
        mapping=(_chosen(preset, mapping) or suggest_mapping(shape)).model_dump(mode="json"),
        status=Status.WAITING,
        started_at=at,
    )
    execute(run, at=at)
    run.refresh_from_db()
    if run.status == Status.FAILED:
        raise ImportRefused(run.error.replace("%", "%%"))
    return run


def unfinished(*, at: datetime) -> list[ImportRun]:
    """Imports that should be running: begun, or confirmed more than a minute ago."""
    waiting = Q(status=Status.WAITING, started_at__lt=at - timedelta(minutes=1))
    return list(ImportRun.objects.select_related("source").filter(waiting | Q(status=Status.RUNNING)))


def execute(run: ImportRun, *, at: datetime) -> bool:
    """Bring the run's file in; returns False when somebody else is at it.

    Every chunk is written whole and each row once, so a run that was killed is simply run again. A file that turns out
    to be unusable ends the run as failed, with the reason; what came before it stays in the log.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [str(run.pk)])
        if not cursor.fetchone()[0]:
            return False
    try:
        run.refresh_from_db()
        if run.status not in {Status.WAITING, Status.RUNNING}:
            return False
        _bring_in(run, at=at)
    except ImportRefused as refusal:
        run.status, run.error = Status.FAILED, str(refusal)
    finally:
        if run.status in {Status.DONE, Status.FAILED}:
            run.finished_at = at
            run.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [str(run.pk)])
    return True


def _bring_in(run: ImportRun, *, at: datetime) -> None:
    started = time.perf_counter()
    path, mapping = Path(run.path), Mapping.model_validate(run.mapping)
    shape = inspect(path)
    _adopt_currency(mapping)
    company = business()
    run.status = Status.RUNNING
    run.lines_expected = _count_lines(path, shape.encoding) - shape.has_header if shape.kind == "csv" else None
    run.save()
    counter = Counter()
    rejects_path = folder() / f"{run.pk}-rejects.csv"
    chunks = read(path, mapping, source=run.source.name, now=at, zone=company.time_zone, currency=company.currency)
    with RejectsFile(rejects_path, shape.columns) as rejects, closing(_ahead(chunks)) as ready:
        for chunk in ready:
            known = _write(chunk, run)
            rejects.add(chunk.rejects)
            counter.add(chunk.events, lines=chunk.lines, rejected=chunk.rejects.height, known=known)
            if not _note_progress(run, counter):
                return  # cancelled
    actions.project()
    run.rejects_path = str(rejects_path) if rejects.count else ""
    run.counts = counter.figures() | {
        "rejects_file": run.rejects_path or None,
        "seconds": round(time.perf_counter() - started, 3),
    }
    if counter.known:
        run.counts["unchanged"] = counter.known
    run.status = Status.DONE
    run.save()
    hooks.import_finished()


def _write(chunk: Chunk, run: ImportRun) -> int:
    """Write one chunk whole; returns how many of its rows the log knew."""
    with transaction.atomic():
        recording = record(chunk.events, source=run.source)
        agreed = contacts.tell(chunk.contacts, consent_proof=run.consent_proof)
        if agreed:
            record(_consents(agreed, proof=run.consent_proof, at=run.started_at or run.created_at))
    return recording.known


def _consents(customer_ids: list[int], *, proof: str, at: datetime) -> pl.DataFrame:
    """The consents given through the import as rows of the log."""
    payload = json.dumps(
        {"purpose": "marketing", "channel": "", "proof": proof, "through": "import"}, ensure_ascii=False
    )
    money = pl.Decimal(18, 4)
    return pl.DataFrame({"customer": [str(number) for number in customer_ids]}).select(
        message_id=pl.format("consent/import/{}", "customer"),
        type=pl.lit("consent_given"),
        identity_kind=pl.lit("customer"),
        identity_account=pl.lit(""),
        identity_value="customer",
        occurred_at=pl.lit(at).dt.convert_time_zone("UTC"),
        reference=pl.lit(""),
        item=pl.lit(""),
        quantity=pl.lit(None, dtype=pl.Float64),
        amount=pl.lit(None, dtype=money),
        discount=pl.lit(None, dtype=money),
        currency=pl.lit(""),
        branch=pl.lit(""),
        channel=pl.lit(""),
        payload=pl.lit(payload),
    )


def _ahead(chunks: Iterator[Chunk]) -> Generator[Chunk]:
    """The same chunks, the next one read while this one is written."""
    ready: queue.Queue[Chunk | BaseException | None] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def work() -> None:
        last: BaseException | None = None
        try:
            for chunk in chunks:
                while not stopped.is_set():
                    try:
                        ready.put(chunk, timeout=0.2)
                        break
                    except queue.Full:
                        continue
                if stopped.is_set():
                    return
        except BaseException as error:
            last = error
        while not stopped.is_set():
            try:
                ready.put(last, timeout=0.2)
                return
            except queue.Full:
                continue

    reader = threading.Thread(target=work, name="import-reader", daemon=True)
    reader.start()
    try:
        while (chunk := ready.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk
    finally:
        stopped.set()
        reader.join()


def _note_progress(run: ImportRun, counter: Counter) -> bool:
    """Note how far the run is; False when somebody cancelled it."""
    counts = {"lines": counter.lines, "rejected": counter.rejected}
    if ImportRun.objects.filter(pk=run.pk, status=Status.RUNNING).update(counts=counts):
        return True
    run.refresh_from_db()
    return False


def _count_lines(path: Path, encoding: str) -> int:
    return sum(block.count(b"\n") for block in blocks(path, encoding))


def _adopt_currency(mapping: Mapping) -> None:
    """A business without a name or a sale yet counts in the currency of its first file."""
    from mijoz.business.actions import set_up
    from mijoz.events.models import Event

    if mapping.currency and business().currency != mapping.currency and not Event.objects.exists():
        set_up(currency=mapping.currency)


def _chosen(preset: str, mapping: Path | None) -> Mapping | None:
    if preset:
        if preset not in PRESETS:
            raise ImportRefused(
                _("There is no preset “%(preset)s”. Known are: %(known)s."),
                preset=preset,
                known=", ".join(PRESETS),
            )
        return PRESETS[preset].mapping
    if mapping is None:
        return None
    try:
        return Mapping.model_validate_json(mapping.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise ImportRefused(_("The mapping cannot be used: %(error)s"), error=str(error).replace("%", "%%")) from error


def source_name(wanted: str, file_name: str) -> str:
    """A short name for where the file is from: as told, else the file's own name without its digits."""
    name = wanted or "".join(letter for letter in Path(file_name).stem.split(".")[0] if not letter.isdigit())
    return slugify(name)[:60] or "file"
