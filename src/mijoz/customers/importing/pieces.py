"""A text file in pieces of whole rows, each as a frame of text cells with the line on which every row begins.

Most pieces are read by Polars at once. One with something odd in it (cells too many, a stray quote, a NUL, bytes that are no
text) is read row by row, so that exactly the odd rows are set aside and none around them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.sniff import BLANKS, LONGEST_LINE, FileShape, blocks, endless_line, read_workbook

LINE = "__line__"
LONGEST_RECORD_LINES = 200
WORKBOOK_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is not a row of this table."""

    line: int
    code: str  # cells, quote, nul, encoding
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows as text (column LINE and the file's columns) and what was set aside."""

    rows: pl.DataFrame
    set_aside: list[SetAside]
    bytes_read: int


def pieces(shape: FileShape, *, size: int) -> Iterator[Piece]:
    """The data rows of the file, in order. Raises ImportRefused for a line that never ends and for broken packing."""
    if shape.kind == "xlsx":
        yield from _workbook_pieces(shape)
        return
    line = 1
    header_pending = shape.has_header
    for text in _whole_rows(shape, size=size):
        lines = text.count(b"\n") + (not text.endswith(b"\n"))
        start = line
        line += lines
        if header_pending:
            header, _newline, text = _cut_header(text)
            start += header
            header_pending = False
        if text.strip():
            yield _piece(text, shape, start)


def _cut_header(text: bytes) -> tuple[int, bytes, bytes]:
    """Lines of the header (with blank ones before it), its newline, and the rest."""
    lines = 0
    while text:
        first, newline, text = text.partition(b"\n")
        lines += 1
        while first.count(b'"') % 2 and text:
            more, newline, text = text.partition(b"\n")
            first += more
            lines += 1
        if first.strip():
            break
    return lines, newline, text


def _whole_rows(shape: FileShape, *, size: int) -> Iterator[bytes]:
    """The text in blocks that end where a row ends."""
    rest = b""
    lines_before = 1
    for block in blocks(shape.path, shape.encoding, size=size):
        text = (rest + block).replace(b"\r\n", b"\n")
        if text.endswith(b"\r"):
            text, rest = text[:-1], b"\r"
        else:
            rest = b""
        if b"\r" in text and b"\n" not in text:
            text = text.replace(b"\r", b"\n")
        cut = _last_row_end(text)
        if cut:
            yield text[:cut]
            lines_before += text.count(b"\n", 0, cut)
        rest = text[cut:] + rest
        if len(rest) > LONGEST_LINE and rest.rfind(b"\n") < 0:
            raise endless_line(lines_before)
    if rest.strip(b"\r\n"):
        yield rest.replace(b"\r", b"\n")


def _last_row_end(text: bytes) -> int:
    """Where the last whole row ends: after a newline with an even number of quotes before it.

    A stray quote makes all later ones odd; so when no even one is near the end, the last newline will do.
    """
    end = text.rfind(b"\n")
    if end < 0:
        return 0
    quotes = text.count(b'"', 0, end)
    cut = end
    while quotes % 2:
        previous = text.rfind(b"\n", 0, cut)
        if previous < 0 or end - previous > LONGEST_LINE:
            return end + 1 if len(text) > LONGEST_LINE else 0
        quotes -= text.count(b'"', previous, cut)
        cut = previous
    return cut + 1


def _piece(text: bytes, shape: FileShape, first_line: int) -> Piece:
    if shape.delimiter == BLANKS:
        text = re.sub(rb"(?m)^[ \t]+|[ \t]+$", b"", text)
        text = re.sub(rb"[ \t]+", b"\t", text)
    rows = _read_at_once(text, shape, first_line)
    if rows is not None:
        return Piece(rows, [], len(text))
    records, odd = _read_one_by_one(text, shape, first_line)
    frame = pl.DataFrame(records, schema=[LINE, *shape.columns], orient="row") if records else _empty(shape)
    return Piece(frame.cast({LINE: pl.Int64} | dict.fromkeys(shape.columns, pl.String)), odd, len(text))


def _empty(shape: FileShape) -> pl.DataFrame:
    return pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(shape.columns, pl.String))


def _separator(shape: FileShape) -> str:
    return "\t" if shape.delimiter == BLANKS else shape.delimiter


def _read_at_once(text: bytes, shape: FileShape, first_line: int) -> pl.DataFrame | None:
    """The rows by Polars; None when something in them wants a closer look."""
    if b"\x00" in text or b"\n\n" in text or text.startswith(b"\n"):
        return None
    try:
        text.decode()
        frame = pl.read_csv(
            text,
            has_header=False,
            new_columns=shape.columns,
            schema=dict.fromkeys(shape.columns, pl.String),
            separator=_separator(shape),
            truncate_ragged_lines=False,
        )
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return None
    if frame.height != text.count(b"\n") + (not text.endswith(b"\n")):
        return None
    if frame.height and shape.columns and frame[shape.columns[-1]].null_count() and _has_short_rows(text, shape):
        return None
    return frame.insert_column(0, pl.int_range(first_line, first_line + frame.height, eager=True).alias(LINE)).with_columns(
        pl.col(shape.columns).fill_null("")
    )


def _has_short_rows(text: bytes, shape: FileShape) -> bool:
    """Whether some row may have too few cells: fewer separators in all than whole rows need."""
    rows = text.count(b"\n") + (not text.endswith(b"\n"))
    return text.count(_separator(shape).encode()) < rows * (len(shape.columns) - 1)


def _read_one_by_one(
    text: bytes, shape: FileShape, first_line: int
) -> tuple[list[tuple[int | str, ...]], list[SetAside]]:
    separator = _separator(shape)
    width = len(shape.columns)
    lines = text.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    records: list[tuple[int | str, ...]] = []
    odd: list[SetAside] = []
    place = 0
    while place < len(lines):
        cells, taken, code = _record(lines, place, separator, width)
        if code:
            odd.append(SetAside(first_line + place, code, cells))
        elif any(cell.strip() for cell in cells):
            records.append((first_line + place, *cells))
        place += taken
    return records, odd


def _record(lines: list[bytes], place: int, separator: str, width: int) -> tuple[list[str], int, str]:
    """Cells of the row that begins here, how many lines it takes, and what is wrong with it ("" for nothing)."""
    raw = lines[place]
    taken = 1
    if raw.count(b'"') % 2:
        joined = raw
        for more in lines[place + 1 : place + LONGEST_RECORD_LINES]:
            joined += b"\n" + more
            taken += 1
            if more.count(b'"') % 2:
                break
        cells, code = _cells(joined, separator, width)
        if not code and joined.count(b'"') % 2 == 0:
            return cells, taken, ""
        return _as_text(raw).split(separator), 1, "quote"
    cells, code = _cells(raw, separator, width)
    return cells, taken, code


def _cells(raw: bytes, separator: str, width: int) -> tuple[list[str], str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _as_text(raw).split(separator), "encoding"
    if "\x00" in text:
        return text.replace("\x00", "").split(separator), "nul"
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), [])
    except csv.Error:
        return text.split(separator), "quote"
    if cells and len(cells) != width:
        return cells, "cells"
    return cells, ""


def _as_text(raw: bytes) -> str:
    try:
        return raw.decode("cp1251")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _workbook_pieces(shape: FileShape) -> Iterator[Piece]:
    frame = read_workbook(shape.path)
    frame = frame.rename(dict(zip(frame.columns, shape.columns, strict=False)))
    frame = frame.insert_column(0, pl.int_range(1, frame.height + 1, eager=True).cast(pl.Int64).alias(LINE))
    frame = frame.with_columns(pl.col(shape.columns).fill_null("").str.replace_all("\x00", "", literal=True))
    if shape.has_header:
        frame = frame.slice(1)
    frame = frame.filter(pl.any_horizontal(pl.col(shape.columns).str.strip_chars() != ""))
    if frame.is_empty():
        raise ImportRefused("The file has a heading but no rows under it.")
    for start in range(0, frame.height, WORKBOOK_ROWS):
        yield Piece(frame.slice(start, WORKBOOK_ROWS), [], 0)
