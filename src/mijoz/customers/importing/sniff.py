"""What kind of file this is: packing, encoding, delimiter, header, and how its first rows look."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing import encodings, rows, vcard, workbook
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.shape import FileFormat, FileShape

BLOCK = 8 * 1024 * 1024  # bytes
SAMPLE = 1024 * 1024
FAR = 256 * 1024 * 1024  # how far to look for the first letter outside ASCII
SAMPLE_ROWS = 500
TITLE_ROWS = 20  # above a heading: name of the report, its period, blank lines
GUESSED_DELIMITERS = ",;\t|"
MOST_COLUMNS = 300
LEAST_SHARE = 0.01  # of rows with more than one cell, without which it is no table
LONGEST_HEADING = 8  # lines that the cells of one row may go over at the beginning of a file
SIGNATURE = 512  # bytes by which kinds of file are told apart
NO_TABLES: list[tuple[bytes, str | Promise]] = [
    (
        rb"\xd0\xcf\x11\xe0",
        _("This is an old Excel file, or one with a password. Save it as .xlsx or .csv without a password."),
    ),
    (rb"\s*%PDF", _("This is a PDF: made for paper, not for reading in. Save the table itself as CSV or XLSX.")),
    (
        rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table|\?xml|!--|meta)",
        _("This is a web page or XML under the name of a table. Open it in Excel and save it as .xlsx."),
    ),
    (rb"\{\\rtf", _("This is a text document, not a table. Save the table in it as CSV or XLSX.")),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|RIFF.{4}WEBP|II\*\0|MM\0\*|.{4}ftyp",
        _("This is a picture or a film, not a table. Save the table itself as CSV or XLSX."),
    ),
    (
        rb"Rar!|7z\xbc\xaf|\xfd7zXZ|BZh\d|\x28\xb5\x2f\xfd",
        _("This is an archive, not a table. Unpack it and give the CSV or XLSX inside."),
    ),
]
FOUND_OUT = FileFormat()

csv.field_size_limit(rows.LONGEST_LINE)


def inspect(path: Path, told: FileFormat = FOUND_OUT) -> FileShape:
    """Look at the beginning of the file; what is `told` is not guessed. Raises ImportRefused when it is no table."""
    if not path.exists():
        raise ImportRefused(_("There is no file %(path)s."), path=str(path))
    if not path.is_file():
        raise ImportRefused(_("%(path)s is not a file."), path=str(path))
    if path.stat().st_size == 0:
        raise ImportRefused(_("The file is empty."))
    with path.open("rb") as file:
        beginning = file.read(SIGNATURE)
    if beginning.startswith(b"PK\x03\x04"):
        return _inspect_workbook(path, told)
    for signature, sentence in NO_TABLES:
        if re.match(signature, beginning, re.IGNORECASE | re.DOTALL):
            raise ImportRefused(sentence)
    return _inspect_text(path, told)


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


def _inspect_text(path: Path, told: FileFormat) -> FileShape:
    sample, is_whole = _beginning(path)
    if encodings.is_binary(sample) and not told.encoding:
        raise ImportRefused(_("This is not a table but a binary file. Save it as CSV or XLSX."))
    encoding = told.encoding or _encoding(path, sample, is_whole=is_whole)
    if vcard.is_vcard(sample[:SIGNATURE]):
        return _inspect_vcard(path, sample.decode(encoding, errors="replace"), encoding)
    lines = rows.split_lines(encodings.without_mark(sample).decode(encoding, errors="replace"))
    if not is_whole:
        lines = lines[:-1] or lines
    if not any(line.strip() for line in lines):
        raise ImportRefused(_("The file is empty."))
    delimiter = (
        told.delimiter or _told_delimiter(lines[0]) or _delimiter([line for line in lines[:200] if line.strip()])
    )
    has_header, first_line, columns = _columns(_cells(lines, delimiter), told.has_header)
    found, _used = rows.read(
        lines[first_line - 1 : first_line - 1 + SAMPLE_ROWS],
        rows.Layout(delimiter, tuple(columns)),
        first_line=first_line,
        more_follow=False,
    )
    return FileShape(
        path=path,
        kind="csv",
        is_packed=_is_packed(path),
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header,
        first_line=first_line,
        columns=columns,
        rows=[list(row) for row in found.filter(found[rows.CODE] == "").select(columns).rows()],
    )


def _inspect_vcard(path: Path, beginning: str, encoding: str) -> FileShape:
    frame, _lines, are_whole = vcard.table(rows.split_lines(beginning.lstrip("\ufeff")))
    first = frame.filter(are_whole).head(SAMPLE_ROWS)
    if first.is_empty():
        raise ImportRefused(_("There is no whole card in this address book."))
    return FileShape(
        path=path,
        kind="vcard",
        is_packed=_is_packed(path),
        encoding=encoding,
        delimiter="",
        has_header=True,
        first_line=1,
        columns=list(vcard.COLUMNS),
        rows=[list(row) for row in first.rows()],
    )


def _encoding(path: Path, sample: bytes, *, is_whole: bool) -> str:
    if sample.isascii() and not is_whole:
        return _encoding_further_on(path)
    return encodings.guess(sample if is_whole else sample[: sample.rfind(b"\n") + 1] or sample)


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
    for candidate in GUESSED_DELIMITERS:
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


def _cells(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows with the line on which each ends; a quote left open does not swallow the rest."""
    beginning = lines[:SAMPLE_ROWS]
    if delimiter == rows.BLANKS:
        return [(number, line.split()) for number, line in enumerate(beginning, 1)]
    reader = csv.reader((line + "\n" for line in beginning), delimiter=delimiter)
    cut = [(reader.line_num, cells) for cells in reader]
    ends = [0, *(line for line, _cells in cut)]
    if max(end - before for before, end in pairwise(ends)) <= LONGEST_HEADING:
        return cut
    return [(number, next(csv.reader([line], delimiter=delimiter), [])) for number, line in enumerate(beginning, 1)]


def _columns(cut: list[tuple[int, list[str]]], told_header: bool | None) -> tuple[bool, int, list[str]]:
    """Whether there is a heading, the line after it, and the columns. Titles above the heading are passed over."""
    full = [(line, cells) for line, cells in cut if any(cell.strip() for cell in cells)]
    if not full:
        raise ImportRefused(_("The file is empty."))
    wide = [cells for _line, cells in full if len(cells) > 1]
    width, _share = _commonest_width(wide)
    if len(wide) < max(min(2, len(full)), LEAST_SHARE * len(full)):
        raise ImportRefused(_("There is only one column. A table of purchases needs at least a date and an amount."))
    if width > MOST_COLUMNS:
        raise ImportRefused(
            _("The table has %(columns)s columns; at most %(most)s can be read. Delete those that say nothing."),
            columns=width,
            most=MOST_COLUMNS,
        )
    for place, (line, cells) in enumerate(full[:TITLE_ROWS]):
        if told_header is False:
            break
        if sum(bool(cell.strip()) for cell in cells) < max(2, width / 2):
            continue
        if any(_is_value(cell) for cell in cells) and not told_header:
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


def _inspect_workbook(path: Path, told: FileFormat) -> FileShape:
    sheets = workbook.sheets(path)
    sheet = told.sheet if told.sheet in sheets else sheets[0]
    cut = [
        (number, [cell or "" for cell in row])
        for number, row in enumerate(workbook.read(path, sheet, rows=SAMPLE_ROWS).rows(), 1)
    ]
    has_header, first_line, columns = _columns(cut, told.has_header)
    shown = [cells for number, cells in cut if number >= first_line and any(cell.strip() for cell in cells)]
    if has_header and not shown:
        raise ImportRefused(_("The file has a heading but no rows under it."))
    return FileShape(
        path=path,
        kind="xlsx",
        is_packed=False,
        encoding="",
        delimiter="",
        has_header=has_header,
        first_line=first_line,
        columns=columns,
        rows=shown,
        sheet=sheet,
        sheets=sheets,
    )
