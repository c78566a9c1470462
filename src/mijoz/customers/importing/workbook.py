"""Workbooks (XLSX): their sheets, and the cells of one as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import fastexcel
import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused

LARGEST = 1024**3  # bytes of a sheet, unpacked; it is read as a whole
MOST_CELLS = 12_000_000  # of the rectangle that a sheet fills; room is made for all of them, empty or not
LOOKED_AT = 50  # rows of a sheet by which it is seen whether it holds a table
BLOCK = 1024**2
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
LONGEST_TAG = 256  # bytes, which may stand on both sides of where two blocks meet


def sheets(path: Path) -> tuple[str, ...]:
    """The sheets that hold anything, the likeliest table first: one with two columns or more before a cover sheet.

    Raises ImportRefused when the file is not a workbook, is broken, too large or empty.
    """
    found = path.stat()
    return _sheets(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=32)  # it is asked at every change of a mapping
def _sheets(path: Path, changed_at_ns: int, size_bytes: int) -> tuple[str, ...]:
    _refuse_what_cannot_be_read(path)
    with _readable():
        book = fastexcel.read_excel(path)
        sizes = {}
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=LOOKED_AT, dtypes="string")
            if sheet.height and sheet.width:
                sizes[name] = sheet.width > 1 and sheet.height > 1
    if not sizes:
        raise ImportRefused(_("The file is empty."))
    return tuple(sorted(sizes, key=lambda name: not sizes[name]))


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


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError) as error:
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error


def _refuse_what_cannot_be_read(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if not any(member.filename == "xl/workbook.xml" for member in members):
                raise ImportRefused(_("This is an archive, not a table. Unpack it and give the CSV or XLSX inside."))
            if any(member.file_size > LARGEST for member in members):
                raise ImportRefused(
                    _("This workbook is larger than 1 GiB when unpacked. Save it as CSV, which has no limit.")
                )
            for member in members:
                if member.filename.startswith("xl/worksheets/"):
                    _refuse_a_sheet_that_is_too_wide_and_long(archive, member)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error


def _refuse_a_sheet_that_is_too_wide_and_long(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """One cell in the far corner of a sheet is enough to ask for more memory than there is."""
    columns = rows = 0
    rest = b""
    with archive.open(member) as sheet:
        while block := sheet.read(BLOCK):
            text = rest + block
            for letters, number in CELL.findall(text):
                columns = max(columns, _place(letters))
                rows = max(rows, int(number))
            if columns * rows > MOST_CELLS:
                raise ImportRefused(
                    _(
                        "A sheet of this workbook reaches to row %(rows)s and column %(columns)s. Delete what stands "
                        "far below or right of the table, or save it as CSV."
                    ),
                    rows=rows,
                    columns=columns,
                )
            rest = text[-LONGEST_TAG:]


def _place(letters: bytes) -> int:
    """A column's number, from 1, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place
