"""What kind of file this is: packing, encoding, delimiter, header, and how its first rows look."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing import encodings, rows, workbook
from mijoz.customers.importing.errors import ImportRefused

BLOCK = 8 * 1024 * 1024  # bytes
SAMPLE = 1024 * 1024
FAR = 256 * 1024 * 1024  # how far to look for the first letter outside ASCII
SAMPLE_ROWS = 500
TITLE_ROWS = 20  # above a heading: name of the report, its period, blank lines
DELIMITERS = ",;\t|"
REJECT_COLUMNS = (
    "row",
    "column",
    "value",
    "reason",
    "place",
)  # what stands before the cells in a file of rejects

csv.field_size_limit(rows.LONGEST_LINE)


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is to be read. `sample` are its first data rows as text, `columns` their headings, each once.

    Columns without a heading are called by their number, from 1. `first_line` is the line, or row of a sheet, at which
    the data begin.
    """

    path: Path
    kind: str  # csv, xlsx
    is_packed: bool
    encoding: str
    delimiter: str
    has_header: bool
    first_line: int
    columns: list[str]
    rows: list[list[str]]

    def samples(self, place: int) -> list[str]:
        """The cells of one column that are not empty."""
        return [row[place] for row in self.rows if place < len(row) and row[place].strip()]

    @property
    def holds_rejects(self) -> bool:
        """Whether we wrote this file ourselves, of rows that an import could not use."""
        return self.columns[: len(REJECT_COLUMNS)] == reject_columns(self.columns[len(REJECT_COLUMNS) :])


def reject_columns(headings: list[str]) -> list[str]:
    """The headings of our own columns in a file of rejects, beside the `headings` of the file that they are from."""
    return [f"rejected {name}" if name in headings else name for name in REJECT_COLUMNS]


def inspect(path: Path) -> FileShape:
    """Look at the beginning of the file. Raises ImportRefused when there is nothing in it to import."""
    if not path.exists():
        raise ImportRefused(_("There is no file %(path)s."), path=str(path))
    if not path.is_file():
        raise ImportRefused(_("%(path)s is not a file."), path=str(path))
    if path.stat().st_size == 0:
        raise ImportRefused(_("The file is empty."))
    with path.open("rb") as file:
        beginning = file.read(8)
    if beginning.startswith(b"PK\x03\x04"):
        return _inspect_workbook(path)
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(
            _("This is an old Excel file, or one with a password. Save it as .xlsx or .csv without a password.")
        )
    return _inspect_text(path)


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzip."""
    return gzip.open(path, "rb") if _is_packed(path) else path.open("rb")  # type: ignore[return-value]


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def blocks(path: Path, encoding: str, *, size: int = BLOCK) -> Iterator[bytes]:
    """The file as UTF-8 in blocks, without its first mark. What is not UTF-8 stays as it is, for its row to be refused.

    Raises ImportRefused when gzip is broken.
    """
    errors = "replace" if encoding.startswith("utf-") else "surrogateescape"
    decoder = None if encoding == "utf-8" else getincrementaldecoder(encoding)(errors)
    is_first = True
    for raw in _raw_blocks(path, size=size):
        block = encodings.without_mark(raw) if is_first else raw
        is_first = False
        yield decoder.decode(block).encode("utf-8", errors) if decoder else block
    if decoder and (rest := decoder.decode(b"", final=True)):
        yield rest.encode("utf-8", errors)


def _raw_blocks(path: Path, *, size: int) -> Iterator[bytes]:
    try:
        with open_bytes(path) as file:
            while block := file.read(size):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportRefused(_("The packed file is broken: %(error)s"), error=str(error)) from error


def _inspect_text(path: Path) -> FileShape:
    sample, is_whole = _beginning(path)
    if encodings.is_binary(sample):
        raise ImportRefused(_("This is not a table but a binary file. Save it as CSV or XLSX."))
    encoding = encodings.guess(sample if is_whole else sample[: sample.rfind(b"\n") + 1] or sample)
    if sample.isascii() and not is_whole:
        encoding = _encoding_further_on(path)
    lines = rows.split_lines(encodings.without_mark(sample).decode(encoding, errors="replace"))
    if not is_whole:
        lines = lines[:-1] or lines
    if not any(line.strip() for line in lines):
        raise ImportRefused(_("The file is empty."))
    delimiter = _told_delimiter(lines[0]) or _delimiter([line for line in lines[:200] if line.strip()])
    has_header, first_line, columns = _columns(list(_cells(lines, delimiter)))
    found, _used = rows.read(
        lines[first_line - 1 : first_line - 1 + SAMPLE_ROWS],
        rows.Layout(delimiter, tuple(columns)),
        first_line=first_line,
        more_follow=False,
    )
    shown = found.filter(found[rows.CODE] == "").select(columns).rows()
    return FileShape(
        path,
        "csv",
        _is_packed(path),
        encoding,
        delimiter,
        has_header,
        first_line,
        columns,
        [list(row) for row in shown],
    )


def _beginning(path: Path) -> tuple[bytes, bool]:
    """The first bytes with at least the first rows in them, and whether they are all.

    Raises ImportRefused when a line there does not end within rows.LONGEST_LINE.
    """
    sample = b""
    for block in _raw_blocks(path, size=SAMPLE):
        sample += block
        lines = max(sample.count(b"\n"), sample.count(b"\r"))
        if len(sample) - max(sample.rfind(b"\n"), sample.rfind(b"\r")) > rows.LONGEST_LINE:
            raise rows.endless_line(lines + 1)
        if len(sample) >= SAMPLE and lines > 2:
            return sample, False
    return sample, True


def _encoding_further_on(path: Path) -> str:
    """The encoding by the first letters outside ASCII, which come late in this file; UTF-8 when none come."""
    seen = 0
    rest = b""
    for block in _raw_blocks(path, size=SAMPLE):
        text = rest + block
        whole, rest = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
        if not whole.isascii():
            return encodings.guess(whole)
        seen += len(block)
        if seen > FAR or len(rest) > rows.LONGEST_LINE:
            return "utf-8"
    return encodings.guess(rest)


def _told_delimiter(line: str) -> str:
    """The delimiter that Excel's own first line tells, such as `sep=;`; "" for another line."""
    told = re.fullmatch(r'"?sep=(.)"?', line.strip(" \r\n"), re.IGNORECASE)
    return told[1] if told else ""


def _delimiter(lines: list[str]) -> str:
    """The character that cuts most lines into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        cells, share = _commonest_width(list(csv.reader(lines, delimiter=candidate)))
        score = share * (cells > 1) * (1 + cells / 100)
        if score > best_score:
            best, best_score = candidate, score
    if best_score < 0.5:
        cells, share = _commonest_width([line.split() for line in lines])
        if cells > 1 and share > 0.8:
            return rows.BLANKS
    return best


def _commonest_width(cut: list[list[str]]) -> tuple[int, float]:
    """The number of cells that most rows have, and the share of rows that have it."""
    counts = Counter(len(row) for row in cut if row)
    if not counts:
        return 0, 0.0
    cells, times = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
    return cells, times / counts.total()


def _cells(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The first rows with the line on which each ends."""
    if delimiter == rows.BLANKS:
        yield from ((number, line.split()) for number, line in enumerate(lines[:SAMPLE_ROWS], 1))
        return
    reader = csv.reader((line + "\n" for line in lines[:SAMPLE_ROWS]), delimiter=delimiter)
    for cells in reader:
        yield reader.line_num, cells


def _columns(cut: list[tuple[int, list[str]]]) -> tuple[bool, int, list[str]]:
    """Whether there is a heading, the line after it, and the columns. Titles above the heading are passed over."""
    full = [(line, cells) for line, cells in cut if any(cell.strip() for cell in cells)]
    if not full:
        raise ImportRefused(_("The file is empty."))
    width, _share = _commonest_width([cells for _line, cells in full])
    if width < 2:
        raise ImportRefused(_("There is only one column. A table of purchases needs at least a date and an amount."))
    for place, (line, cells) in enumerate(full[:TITLE_ROWS]):
        if sum(bool(cell.strip()) for cell in cells) < max(2, width / 2):
            continue
        if any(_is_value(cell) for cell in cells):
            break
        if place + 1 == len(full):
            raise ImportRefused(_("The file has a heading but no rows under it."))
        while len(cells) > width and not cells[-1].strip():
            cells = cells[:-1]
        return True, line + 1, _named(cells, max(width, len(cells)))
    return False, 1, _named([], width)


def _is_value(cell: str) -> bool:
    """Whether a cell is a number, a date, a phone: at least as many digits as letters."""
    digits = sum(letter.isdecimal() for letter in cell)
    return digits > 0 and digits >= sum(letter.isalpha() for letter in cell)


def _named(headings: list[str], width: int) -> list[str]:
    """A name for each column: its heading, told apart from an earlier one by a number, or its place."""
    names: list[str] = []
    for place in range(width):
        heading = " ".join(headings[place].split()) if place < len(headings) else ""
        name, again = heading or f"{place + 1}", 1
        while name in names:
            again += 1
            name = f"{heading or place + 1} ({again})"
        names.append(name)
    return names


def _inspect_workbook(path: Path) -> FileShape:
    frame = workbook.read(path, rows=SAMPLE_ROWS)
    cut = [(number, [cell or "" for cell in row]) for number, row in enumerate(frame.rows(), 1)]
    has_header, first_line, columns = _columns(cut)
    shown = [cells for number, cells in cut if number >= first_line and any(cell.strip() for cell in cells)]
    if has_header and not shown:
        raise ImportRefused(_("The file has a heading but no rows under it."))
    return FileShape(path, "xlsx", False, "", "", has_header, first_line, columns, shown)
