"""How a file is to be read: what a person told of it, and what was found."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mijoz.customers.importing.rows import BLANKS

ENCODINGS = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16-le": _("Unicode (UTF-16)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp866": _("Cyrillic (DOS, 866)"),
    "cp1252": _("Western (Windows-1252)"),
    "cp1250": _("Central European (Windows-1250)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "latin-1": _("Western (Latin-1)"),
}
DELIMITERS = {
    ",": _("comma ,"),
    ";": _("semicolon ;"),
    "\t": _("tab"),
    "|": _("vertical line |"),
    BLANKS: _("spaces"),
}
REJECT_COLUMNS = ("row", "column", "value", "reason", "place", "import")  # before the cells in a file of rejects


class FileFormat(BaseModel):
    """What is told of a file; what is empty or None is found out from the file itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: str = ""
    delimiter: str = Field(default="", max_length=1)
    has_header: bool | None = None
    sheet: str = ""

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        if not encoding:
            return ""
        try:
            name = codecs.lookup(encoding).name
        except LookupError as error:
            raise ValueError(f"unknown encoding: {encoding}") from error
        return "latin-1" if name == "iso8859-1" else name


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is read. `rows` are its first data rows as text, `columns` their headings, each once.

    Columns without a heading are called by their number, from 1. `first_line` is the line, or row of a sheet, at which
    the data begin. `sheets` are those of a workbook that hold anything.
    """

    path: Path
    kind: str  # csv, xlsx, vcard
    is_packed: bool
    encoding: str
    delimiter: str
    has_header: bool
    first_line: int
    columns: list[str]
    rows: list[list[str]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def format(self) -> FileFormat:
        """The same, to be told the next time."""
        return FileFormat(
            encoding=self.encoding, delimiter=self.delimiter, has_header=self.has_header, sheet=self.sheet
        )

    def samples(self, heading: str | None) -> list[str]:
        """The cells of one column that are not empty; none of a column that is not there."""
        if heading not in self.columns:
            return []
        place = self.columns.index(heading)
        return [row[place] for row in self.rows if place < len(row) and row[place].strip()]

    @property
    def holds_rejects(self) -> bool:
        """Whether we wrote this file ourselves, of rows that an import could not use."""
        return self.columns[: len(REJECT_COLUMNS)] == reject_columns(self.columns[len(REJECT_COLUMNS) :])

    def reject_column(self, name: str) -> str:
        """The heading of one of our own columns in a file of rejects."""
        return self.columns[REJECT_COLUMNS.index(name)]


def reject_columns(headings: list[str]) -> list[str]:
    """The headings of our own columns in a file of rejects, beside the `headings` of the file that they are from."""
    return [f"rejected {name}" if name in headings else name for name in REJECT_COLUMNS]
