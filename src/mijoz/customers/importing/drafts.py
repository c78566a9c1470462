"""From a file that was given to an import that may run: what is read off the file, what a person says of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from mijoz.business.models import StaffMember
from mijoz.customers.importing import files
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping, suggest_mapping
from mijoz.customers.importing.people_mapping import PeopleMapping, holds_customers, suggest_people
from mijoz.customers.importing.presets import PRESETS
from mijoz.customers.importing.shape import FileFormat, FileShape
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun
from mijoz.events.actions import add_source

Status = ImportRun.Status
Holds = ImportRun.Holds


def receive(path: Path, *, file_name: str, by: StaffMember | None) -> ImportRun:
    """A draft for a file that `files.keep` kept, with the mapping that its headings and cells suggest.

    Raises ImportRefused, and keeps nothing then.
    """
    try:
        with files.room_on_disk():
            shape = inspect(path)
            holds = suggested_holds(shape)
            mapping = suggested(shape, holds=holds)
    except ImportRefused:
        path.unlink(missing_ok=True)
        raise
    before = import_of_rejects(shape)
    run_id = uuid.uuid4()
    kept = path.rename(files.folder() / str(run_id))
    return ImportRun.objects.create(
        id=run_id,
        source=before.source if before else add_source(source_name("", file_name)),
        file_name=file_name[-255:],
        path=str(kept),
        holds=holds,
        mapping=mapping.model_dump(mode="json"),
        started_by=by,
    )


def suggested_holds(shape: FileShape) -> str:
    """Whether the file looks like one of customers or of purchases; mended rejects hold what their import held."""
    if before := import_of_rejects(shape):
        return before.holds
    if shape.kind == "vcard":
        return Holds.CUSTOMERS
    if any(preset.fits(shape) for preset in PRESETS.values()):
        return Holds.PURCHASES
    is_of_customers = holds_customers(shape, suggest_mapping(shape), suggest_people(shape))
    return Holds.CUSTOMERS if is_of_customers else Holds.PURCHASES


def suggested(shape: FileShape, *, holds: str = Holds.PURCHASES) -> Mapping | PeopleMapping:
    """What to begin with: for mended rejects the mapping they were read by, else a preset that fits, else a guess.

    Raises ImportRefused when the file is broken.
    """
    before = import_of_rejects(shape)
    if before and before.holds == holds:
        mapping = mapping_of(before)
        if set(mapping.columns.values()) <= set(shape.columns):
            kept = "kept" if isinstance(mapping, PeopleMapping) else "payload"
            there = [heading for heading in getattr(mapping, kept) if heading in shape.columns]
            return mapping.model_copy(update={"file": shape.format, kept: there})
    if holds == Holds.CUSTOMERS:
        return suggest_people(shape)
    for preset in PRESETS.values():
        if preset.fits(shape):
            return preset.mapping.model_copy(update={"file": shape.format})
    return suggest_mapping(shape)


def import_of_rejects(shape: FileShape) -> ImportRun | None:
    """The import that set these rows aside, when the file is one of rejects and the import was one of ours."""
    if not shape.holds_rejects:
        return None
    for told in shape.samples(shape.reject_column("import"))[:1]:
        try:
            return ImportRun.objects.select_related("source").filter(pk=uuid.UUID(told.strip())).first()
        except ValueError:
            return None
    return None


def mapping_of(run: ImportRun) -> Mapping | PeopleMapping:
    """How the run's file is read."""
    kind = PeopleMapping if run.holds == Holds.CUSTOMERS else Mapping
    return kind.model_validate(run.mapping)


def read_again(run: ImportRun, told: FileFormat, *, holds: str = "") -> ImportRun:
    """Read a draft's file as a person says it is written, and holding what they say; its columns are found anew.

    Raises ImportRefused.
    """
    run.holds = holds or run.holds
    run.mapping = suggested(inspect(Path(run.path), told), holds=run.holds).model_dump(mode="json")
    run.trial = {}
    run.save(update_fields=["holds", "mapping", "trial"])
    return run


def keep(run: ImportRun, mapping: PeopleMapping, *, source: str) -> ImportRun:
    """Keep what was chosen so far, for a dry run of the whole file."""
    run.source = add_source(source) if source else run.source
    run.mapping, run.trial = mapping.model_dump(mode="json"), {"asked": True}
    run.save(update_fields=["source", "mapping", "trial"])
    return run


def confirm(
    run: ImportRun, mapping: Mapping | PeopleMapping, *, source: str = "", consent_proof: str, at: datetime
) -> ImportRun:
    """Accept the mapping and let a worker take the import up, as a file of `source` where another one is told.

    Raises ImportRefused when the mapping does not fit the file.
    """
    mapping.check(inspect(Path(run.path), mapping.file))
    ImportRun.objects.filter(pk=run.pk, status=Status.DRAFT).update(
        source=add_source(source) if source else run.source,
        mapping=mapping.model_dump(mode="json"),
        consent_proof=consent_proof,
        status=Status.WAITING,
        started_at=at,
        error="",
    )
    run.refresh_from_db()
    return run


def retry(run: ImportRun, *, at: datetime) -> bool:
    """Let an import that failed or was stopped go on; False when its file is gone or it runs already."""
    if not Path(run.path).exists():
        return False
    ended = ImportRun.objects.filter(pk=run.pk, status__in=[Status.FAILED, Status.CANCELLED], started_at__isnull=False)
    return bool(ended.update(status=Status.WAITING, started_at=at, finished_at=None, error=""))


def cancel(run: ImportRun, *, at: datetime) -> None:
    """Set a draft aside with its file, or ask a running import to stop; what it has written stays."""
    stopped = ImportRun.objects.filter(pk=run.pk)
    if stopped.filter(status=Status.DRAFT).update(status=Status.CANCELLED, finished_at=at):
        files.forget(run)
    stopped.filter(status__in=[Status.WAITING, Status.RUNNING]).update(status=Status.CANCELLED, finished_at=at)


def told_mapping(*, preset: str, mapping: Path | None, holds: str = Holds.PURCHASES) -> Mapping | PeopleMapping | None:
    """The mapping that the command was told; None when it should be found out. Raises ImportRefused."""
    if preset:
        if preset not in PRESETS:
            raise ImportRefused(
                _("There is no preset “%(preset)s”. Known are: %(known)s."), preset=preset, known=", ".join(PRESETS)
            )
        return PRESETS[preset].mapping
    if mapping is None:
        return None
    try:
        kind = PeopleMapping if holds == Holds.CUSTOMERS else Mapping
        return kind.model_validate_json(mapping.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(_("The mapping cannot be read: %(error)s"), error=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "JSON"
        raise ImportRefused(
            _("The mapping cannot be used: %(where)s: %(what)s"), where=where, what=first["msg"]
        ) from error


def source_name(wanted: str, file_name: str) -> str:
    """A short name for where the file is from: as told, else the file's own name without its digits."""
    name = wanted or "".join(letter for letter in Path(file_name).stem.split(".")[0] if not letter.isdigit())
    return slugify(name)[:60] or "file"
