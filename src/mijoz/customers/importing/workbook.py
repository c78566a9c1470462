"""Workbooks (XLSX): their sheets, and the cells of one as text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fastexcel
import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused

LARGEST = 1024**3  # bytes of a sheet, unpacked; it is read as a whole
LOOKED_AT = 50  # rows of a sheet by which it is seen whether it holds a table


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError) as error:
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error


def sheets(path: Path) -> tuple[str, ...]:
    """The sheets that hold anything, the likeliest table first: one with two columns or more before a cover sheet.

    Raises ImportRefused when the file is not a workbook, is broken, too large or empty.
    """
    _refuse_other_archives(path)
    with _readable():
        book = fastexcel.read_excel(path)
        sizes = {}
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=LOOKED_AT, dtypes="string")
            if sheet.height and sheet.width:
                sizes[name] = sheet
    if not sizes:
        raise ImportRefused(_("The file is empty."))
    is_table = {name: sheet.width > 1 and sheet.height > 1 for name, sheet in sizes.items()}
    return tuple(sorted(sizes, key=lambda name: not is_table[name]))


def read(path: Path, sheet: str, *, rows: int | None = None) -> pl.DataFrame:
    """All cells of a sheet as text, null for an empty one, row n of the frame being row n + 1 of the sheet.

    With `rows` only so many of them. Raises ImportRefused when the workbook is broken.
    """
    with _readable():
        book = fastexcel.read_excel(path)
        return book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string").to_polars()


def height(path: Path, sheet: str) -> int:
    """How many rows the sheet has. Raises ImportRefused when the workbook is broken."""
    with _readable():
        return fastexcel.read_excel(path).load_sheet(sheet, header_row=None, n_rows=1, dtypes="string").total_height


def _refuse_other_archives(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise ImportRefused(_("This is an archive, not a table. Unpack it and give the CSV or XLSX inside."))
    if any(member.file_size > LARGEST for member in members):
        raise ImportRefused(_("This workbook is larger than 1 GiB when unpacked. Save it as CSV, which has no limit."))
