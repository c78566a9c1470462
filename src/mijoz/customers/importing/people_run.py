"""Bringing a file of customers in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from mijoz.customers.importing import files, marks
from mijoz.customers.importing.ahead import ahead
from mijoz.customers.importing.people import PeopleChunk, read
from mijoz.customers.importing.people_counting import PeopleCounter
from mijoz.customers.importing.people_mapping import PeopleMapping
from mijoz.customers.importing.people_writing import answers, write
from mijoz.customers.importing.pieces import count_lines
from mijoz.customers.importing.rejects import RejectsFile
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun

Status = ImportRun.Status


def bring_in(run: ImportRun, *, at: datetime, chunk_bytes: int, lock: Callable[[], None]) -> dict[str, Any] | None:
    """Write the file's customers chunk by chunk; returns the figures, None when somebody cancelled it.

    `lock` lets one import write at a time. Raises ImportRefused.
    """
    mapping = PeopleMapping.model_validate(run.mapping)
    shape = inspect(Path(run.path), mapping.file)
    mapping.check(shape)
    run.lines_expected = count_lines(shape)
    run.status = Status.RUNNING
    run.save()
    counter = PeopleCounter(run.counts)
    told_at = run.started_at or at
    chunks = read(shape, mapping, today=told_at.date(), chunk_bytes=chunk_bytes)
    with RejectsFile(files.rejects_path(run), shape, import_id=run.pk) as rejects, closing(ahead(chunks)) as ready:
        for chunk in ready:
            rejects.add(chunk.rejects)
            with transaction.atomic(), marks.writing(run):
                lock()
                compared, customers = write(chunk, run, at=told_at)
                counter.add(chunk, compared, customers, unproved=_unproved(chunk, run))
                ImportRun.objects.filter(pk=run.pk).update(counts=counter.so_far())
                goes_on = ImportRun.objects.filter(pk=run.pk, status=Status.RUNNING).exists()
            if not goes_on:
                rejects.drop()
                return None
    run.rejects_path = str(rejects.path) if rejects.count else ""
    return counter.figures()


def _unproved(chunk: PeopleChunk, run: ImportRun) -> int:
    """How many customers agreed, as the file says, without anything that shows it."""
    agreed = chunk.records["consent"] == "yes"
    return int(agreed.sum()) - answers(chunk.records.filter(agreed), run.consent_proof).height
