"""The files of imports on our disk: as they were uploaded, and what could not be used of them."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.models import ImportRun

KEPT_FOR = timedelta(days=7)  # a draft nobody went on with, a run that failed or was stopped
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
Status = ImportRun.Status


def folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def rejects_path(run: ImportRun) -> Path:
    return folder() / f"{run.pk}-rejects.csv"


@contextmanager
def room_on_disk() -> Iterator[None]:
    """Raise ImportRefused when the disk is full or the file cannot be read."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room() from error
        raise ImportRefused(_("The file cannot be read: %(error)s"), error=error.strerror or str(error)) from error


def no_room() -> ImportRefused:
    return ImportRefused(
        _("There is no room left on the server’s disk. Make room and try again: nothing is lost or left half-done.")
    )


def keep(file: UploadedFile) -> Path:
    """An uploaded file under a path of its own. Raises ImportRefused when the disk is full, and keeps nothing then."""
    target = folder() / f"upload-{uuid.uuid4()}"
    with room_on_disk():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _link_or_copy(file, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return target


def _link_or_copy(file: UploadedFile, target: Path) -> None:
    """A large upload lies on our disk already, and the server removes its own name for it."""
    if isinstance(file, TemporaryUploadedFile):
        with suppress(OSError):
            file.flush()
            return os.link(file.temporary_file_path(), target)
    target.touch(mode=0o600)
    with target.open("wb") as kept:
        for block in file.chunks():
            kept.write(block)


def is_ours(path: Path) -> bool:
    """Whether the file is a copy that was uploaded, not somebody's own that a command was given."""
    return path.parent == folder()


def forget(run: ImportRun) -> None:
    """Remove the uploaded copy, which nobody needs once its rows are in or it is set aside."""
    if is_ours(Path(run.path)):
        Path(run.path).unlink(missing_ok=True)


def forget_old(*, at: datetime) -> int:
    """Remove copies that nobody came back for, and uploads that never became an import; returns how many."""
    oldest = at - KEPT_FOR
    left = ImportRun.objects.filter(
        status__in=[Status.DRAFT, Status.FAILED, Status.CANCELLED], created_at__lt=oldest
    ).values_list("path", flat=True)
    strays = [path for path in folder().glob("upload-*") if path.stat().st_mtime < oldest.timestamp()]
    found = [path for path in [*map(Path, left), *strays] if is_ours(path) and path.exists()]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
