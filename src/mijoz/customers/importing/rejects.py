"""The file of rows that could not be used: where, why, and the row itself, ready to be mended and imported again."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path
from types import TracebackType
from typing import IO

import polars as pl

from mijoz.customers.importing.purchases import REASONS
from mijoz.customers.importing.shape import REJECT_COLUMNS, FileShape, reject_columns
from mijoz.ui.export import safe_cell


class RejectsFile:
    """Written as the rows come; no file is left when there was nothing to write.

    Columns of ours stand before those of the imported file. They tell a mended row's place, so that importing this file
    adds the row to its purchase and importing it twice changes nothing, and the import it is from, whose source and
    mapping it needs.
    """

    def __init__(self, path: Path, shape: FileShape, *, import_id: uuid.UUID) -> None:
        self.path = path
        self.columns = shape.columns[len(REJECT_COLUMNS) :] if shape.holds_rejects else shape.columns
        self.import_id = import_id
        self.count = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> RejectsFile:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
        if kind is not None:
            self.drop()

    def drop(self) -> None:
        """Leave no file: the run did not come to its end."""
        self.path.unlink(missing_ok=True)

    def add(self, rejects: pl.DataFrame) -> None:
        """Write these rows (purchases.REJECT_SCHEMA)."""
        if rejects.is_empty():
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(map(safe_cell, [*reject_columns(self.columns), *self.columns]))
        writer = csv.writer(self._file)
        for row, column, value, code, place, cells in rejects.iter_rows():
            writer.writerow(map(safe_cell, (row, column, value, REASONS[code], place, self.import_id, *cells)))
        self.count += rejects.height
