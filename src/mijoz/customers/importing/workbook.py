"""Workbooks (XLSX): the cells of the first sheet that holds any, as text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fastexcel
import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused

LARGEST = 1024**3  # bytes of a sheet, unpacked; it is read as a whole


def read(path: Path, *, rows: int | None = None) -> pl.DataFrame:
    """All cells as text, null for an empty one, row n of the frame being row n + 1 of the sheet; or its first `rows`.

    Raises ImportRefused when the file is not a workbook, is broken, too large or empty.
    """
    _refuse_other_archives(path)
    try:
        book = fastexcel.read_excel(path)
        for name in book.sheet_names:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
            if sheet.height and sheet.width:
                return sheet.to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, OSError) as error:
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error
    raise ImportRefused(_("The file is empty."))


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
