"""A dry run: what bringing a file of customers in would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.functional import Promise

from mijoz.customers.cleaning import TRAITS, sentence
from mijoz.customers.importing import drafts
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.people import CHUNK_BYTES, PeopleChunk, read
from mijoz.customers.importing.people_counting import SHOWN_CHANGES, PeopleCounter, Twins
from mijoz.customers.importing.people_fields import FIELDS
from mijoz.customers.importing.people_mapping import PeopleMapping
from mijoz.customers.importing.people_writing import answers, compare
from mijoz.customers.importing.purchases import REASONS
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.models import ImportRun
from mijoz.events.models import Source

BEGINNING_BYTES = 256 * 1024
SHOWN_REJECTS, SHOWN_TROUBLES, SHOWN_ROWS = 100, 100, 20


def label_of(trait: str) -> str | Promise:
    """What a trait is called on pages; one that came with a file is called by its heading."""
    return FIELDS[trait].label if trait in FIELDS else trait


@dataclass(slots=True)
class Trial:
    """What would come of a file: counts, and the first of what a person should look at."""

    counts: dict[str, int]
    twins: int = 0  # groups of rows that look like one person
    groups: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)  # line, name of the customer, trait, before, value
    rejects: list[dict[str, Any]] = field(default_factory=list)  # row, column, value, code
    troubles: list[dict[str, Any]] = field(default_factory=list)  # line, trait, original, value, trouble
    rows: list[dict[str, Any]] = field(default_factory=list)  # the first customers as they would stand
    is_whole: bool = True  # of the whole file, not of its beginning

    @property
    def shown_rejects(self) -> list[dict[str, Any]]:
        return [reject | {"reason": REASONS[reject["code"]]} for reject in self.rejects]

    @property
    def shown_troubles(self) -> list[dict[str, Any]]:
        return [one | {"label": label_of(one["name"]), "reason": sentence(one["trouble"])} for one in self.troubles]

    @property
    def shown_changes(self) -> list[dict[str, Any]]:
        return [change | {"label": label_of(change["name"])} for change in self.changes]

    @property
    def shown_groups(self) -> list[dict[str, Any]]:
        return [group | {"label": label_of(group["by"])} for group in self.groups]

    @property
    def columns(self) -> list[tuple[str, str | Promise]]:
        """The traits that the first customers have, in their usual order."""
        there = {name for row in self.rows for name in row["told"]}
        known = [name for name in TRAITS if name in there]
        return [(name, label_of(name)) for name in [*known, *sorted(there - set(known))]]

    @property
    def cells(self) -> list[tuple[int, list[dict[str, str]]]]:
        """The first customers as they would stand: line and cells in the order of `columns`."""
        nothing = {"value": "", "original": "", "trouble": ""}
        found = []
        for row in self.rows:
            told = [row["told"].get(name, nothing) for name, _label in self.columns]
            found.append((row["line"], [one | {"reason": sentence(one["trouble"])} for one in told]))
        return found


def try_out(
    run: ImportRun,
    mapping: PeopleMapping,
    *,
    source: str,
    at: datetime,
    pieces: int | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Trial:
    """Read the file and compare it with what is known; writes nothing. `pieces` are read of it, None for all.

    Raises ImportRefused.
    """
    shape = inspect(Path(run.path), mapping.file)
    chunks = read(shape, mapping, today=at.date(), chunk_bytes=chunk_bytes)
    counter, twins, trial = PeopleCounter(), Twins(), Trial({})
    for chunk in islice(chunks, pieces):
        compared = compare(chunk, run, source=source)
        unproved = (chunk.records["consent"] == "yes").sum() - answers(chunk.records, "").filter("granted").height
        counter.add(chunk, compared, unproved=int(unproved))
        twins.add(chunk)
        _look(trial, chunk, compared.changes)
    trial.counts = counter.so_far()
    trial.twins, trial.groups = twins.groups()
    trial.is_whole = pieces is None or next(chunks, None) is None
    return trial


def of_file(path: Path, *, source: str, mapping: Path | None, at: datetime) -> dict[str, Any]:
    """The figures of a dry run of a file on the server. Raises ImportRefused."""
    chosen = drafts.told_mapping(preset="", mapping=mapping, holds=ImportRun.Holds.CUSTOMERS)
    shape = inspect(path, chosen.file if chosen else FileFormat())
    found = chosen or drafts.suggested(shape, holds=ImportRun.Holds.CUSTOMERS)
    assert isinstance(found, PeopleMapping)
    named = Source.objects.filter(name=drafts.source_name(source, path.name)).first()
    run = ImportRun(path=str(path), source=named or Source(name=drafts.source_name(source, path.name)))
    trial = try_out(run, found, source=run.source.name, at=at)
    return trial.counts | {"look_like_one": trial.twins, "dry_run": True}


def beginning(run: ImportRun, mapping: PeopleMapping, *, source: str, at: datetime) -> Trial:
    """A dry run of the beginning of a draft's file. Raises ImportRefused."""
    known = Source.objects.filter(name=source).first() or Source(name=source)
    looked_at = ImportRun(path=run.path, source=known)
    return try_out(looked_at, mapping, source=source, at=at, pieces=1, chunk_bytes=BEGINNING_BYTES)


def of_whole(run: ImportRun, *, at: datetime) -> None:
    """Keep with a draft what a dry run of its whole file finds; a file that cannot be read says why."""
    mapping = PeopleMapping.model_validate(run.mapping)
    try:
        found = {"found": asdict(try_out(run, mapping, source=run.source.name, at=at)), "mapping": run.mapping}
    except ImportRefused as refusal:
        found = {"refusal": str(refusal)}
    ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.DRAFT, mapping=run.mapping).update(trial=found)


def _look(trial: Trial, chunk: PeopleChunk, changes: pl.DataFrame) -> None:
    """Keep the first of what a person should see."""
    lines = chunk.records.select("key", "line", who="name")
    told = changes.filter(pl.col("before").is_not_null() & (pl.col("before") != pl.col("value")))
    trial.changes += _first(told.join(lines, on="key").sort("line").drop("key"), SHOWN_CHANGES - len(trial.changes))
    rejects = chunk.rejects.select("row", "column", "value", "code")
    trial.rejects += _first(rejects, SHOWN_REJECTS - len(trial.rejects))
    troubles = chunk.traits.filter((pl.col("trouble") != "") & (pl.col("trouble") != "inferred"))
    troubles = troubles.join(lines, on="key").sort("line").drop("key", "who")
    trial.troubles += _first(troubles, SHOWN_TROUBLES - len(trial.troubles))
    if not trial.rows:
        trial.rows = list(_people(chunk))


def _first(frame: pl.DataFrame, count: int) -> list[dict[str, Any]]:
    return frame.head(max(0, count)).to_dicts()


def _people(chunk: PeopleChunk) -> Iterator[dict[str, Any]]:
    """The first customers with what is told of each, by trait."""
    first = chunk.records.head(SHOWN_ROWS)
    told = chunk.traits.join(first.select("key"), on="key", how="semi")
    by_key: dict[str, dict[str, Any]] = {}
    for key, name, value, original, trouble in told.select("key", "name", "value", "original", "trouble").iter_rows():
        by_key.setdefault(key, {})[name] = {"value": value, "original": original, "trouble": trouble}
    for line, key in first.select("line", "key").iter_rows():
        yield {"line": line, "key": key, "told": by_key.get(key, {})}
