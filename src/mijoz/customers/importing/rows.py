"""Lines of a text to rows of a table, with the line on which every row begins.

A line that is plainly one row goes the quick way, all such lines at once. What is odd (cells too many or too few, a
quote left open, a cell over several lines, a NUL, bytes that are no text) is looked at by itself; so exactly the odd
rows are set aside and none around them, and how the file was cut into pieces changes nothing.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused

LINE, CODE, CELLS = "__line__", "__code__", "__cells__"
BLANKS = " "  # the delimiter of layouts with runs of spaces between the cells
LONGEST_LINE = 4 * 1024 * 1024  # bytes
LONGEST_ROW = 200  # lines of one row, whose cells have line ends in them
Schema = dict[str, type[pl.DataType] | pl.DataType]
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Layout:
    """What stands between the cells, and the columns."""

    delimiter: str
    columns: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.columns)

    @cached_property
    def plain(self) -> str:
        """The pattern of a line that is one row, with all cells and every quote in its place."""
        if self.delimiter == BLANKS:
            cell, between, around = r"[^\s\x00]+", r"[ \t]+", r"[ \t]*"
        else:
            between, around = self._delimiter_pattern, ""
            cell = rf'(?:"(?:[^"\x00]|"")*"|[^"{between}\x00]*)'
        return rf"^{around}{cell}(?:{between}{cell}){{{self.width - 1}}}{around}$"

    @cached_property
    def blank(self) -> str:
        """The pattern of a line with no content in any cell."""
        return r"^\s*$" if self.delimiter == BLANKS else rf'^[\s"{self._delimiter_pattern}]*$'

    @property
    def _delimiter_pattern(self) -> str:
        return rf"\x{{{ord(self.delimiter):x}}}"

    @cached_property
    def schema(self) -> Schema:
        ours: Schema = {LINE: pl.Int64, CODE: pl.String, CELLS: pl.List(pl.String)}
        return ours | dict.fromkeys(self.columns, pl.String)


@dataclass(frozen=True, slots=True)
class Record:
    """One odd row: its cells, how many lines it takes, and what is wrong with it ("" for nothing)."""

    cells: list[str]
    lines: int
    code: str  # cells, quote, nul, encoding


def split_lines(text: str) -> list[str]:
    """The lines as an editor counts them, whatever system wrote them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def endless_line(line: int) -> ImportRefused:
    return ImportRefused(
        _("Line %(line)s is longer than 4 MiB. This is not a table of purchases, or its line ends are lost."),
        line=line,
    )


def read(lines: list[str], layout: Layout, *, first_line: int, more_follow: bool) -> tuple[pl.DataFrame, int]:
    """The rows of these lines (Layout.schema), and how many lines were used.

    CODE says what is wrong with a row, CELLS holds the cells of such a one; blank lines are no rows. Bytes that were no
    text are lone surrogates here. With `more_follow`, lines of a row that may go on are left for the next time.
    """
    text = _as_series(lines)
    plain = text.str.contains(layout.plain)
    odd, inside, used = _odd_rows(lines, (~plain).arg_true().to_list(), layout, more_follow=more_follow)
    numbers = pl.int_range(first_line, first_line + len(lines), eager=True).cast(pl.Int64)
    usable = plain & ~text.str.contains(layout.blank) & (numbers < first_line + used)
    if inside:
        usable = usable & ~(numbers - first_line).is_in(inside)
    plain_lines = lines if usable.all() else text.filter(usable).to_list()
    frame = _plain_rows(plain_lines, layout).insert_column(0, numbers.filter(usable).alias(LINE))
    frame = frame.with_columns(pl.lit("").alias(CODE), pl.lit(None, dtype=layout.schema[CELLS]).alias(CELLS)).select(
        layout.schema.keys()
    )
    if not odd:
        return frame, used
    found = [
        (
            first_line + place,
            record.code,
            record.cells if record.code else None,
            *_fitted(record.cells, layout.width),
        )
        for place, record in odd
    ]
    return pl.concat([frame, pl.DataFrame(found, schema=layout.schema, orient="row")]).sort(LINE), used


def _as_series(lines: list[str]) -> pl.Series:
    try:
        return pl.Series(lines, dtype=pl.String)
    except UnicodeEncodeError:  # what is no text is no plain line either
        return pl.Series(["\x00" if SURROGATE.search(line) else line for line in lines], dtype=pl.String)


def _plain_rows(lines: list[str], layout: Layout) -> pl.DataFrame:
    schema = dict.fromkeys(layout.columns, pl.String)
    if not lines:
        return pl.DataFrame(schema=schema)
    if layout.delimiter == BLANKS:
        tabbed = "\n".join("\t".join(line.split()) for line in lines).encode()
        return pl.read_csv(tabbed, has_header=False, schema=schema, separator="\t", quote_char=None)
    text = "\n".join(lines).encode()
    return pl.read_csv(text, has_header=False, schema=schema, separator=layout.delimiter).fill_null("")


def _odd_rows(
    lines: list[str], places: list[int], layout: Layout, *, more_follow: bool
) -> tuple[list[tuple[int, Record]], list[int], int]:
    """The rows that begin at odd lines, the places of all lines of rows over several, and how many lines were used."""
    found: list[tuple[int, Record]] = []
    inside: list[int] = []
    after = 0
    for place in places:
        if place < after or not lines[place].strip():
            continue
        record = _record(lines, place, layout, more_follow=more_follow)
        if record is None:
            return found, inside, place
        after = place + record.lines
        if record.lines > 1:
            inside.extend(range(place, after))
        if any(cell.strip() for cell in record.cells):
            found.append((place, record))
    return found, inside, len(lines)


def _record(lines: list[str], place: int, layout: Layout, *, more_follow: bool) -> Record | None:
    """The row that begins at an odd line; None when it may go on behind the last line we have."""
    line = lines[place]
    if SURROGATE.search(line):
        return Record(_split(_as_text(line), layout), 1, "encoding")
    if "\x00" in line:
        return Record(_split(line.replace("\x00", ""), layout), 1, "nul")
    if layout.delimiter == BLANKS:
        return _checked(line.split(), 1, layout)
    try:
        return _checked(_parsed(line, layout), 1, layout)
    except csv.Error as error:
        refused = Record(_split(line, layout), 1, "quote")
        return _over_several_lines(lines, place, layout, refused, more_follow) if _is_open(error) else refused


def _over_several_lines(
    lines: list[str], place: int, layout: Layout, refused: Record, more_follow: bool
) -> Record | None:
    """The row whose quote is closed on a later line, or `refused` when the quote was only left open.

    Two lines that both have separators enough for a whole row are two rows, even where a later quote would close one.
    """
    row = lines[place]
    fills_a_row = row.count(layout.delimiter) >= layout.width - 1
    for taken in range(2, LONGEST_ROW + 1):
        if place + taken > len(lines):
            return None if more_follow else refused
        line = lines[place + taken - 1]
        row = f"{row}\n{line}"
        is_another = fills_a_row and line.count(layout.delimiter) >= layout.width - 1
        if is_another or "\x00" in line or SURROGATE.search(line) or len(row) > LONGEST_LINE:
            return refused
        if '"' not in line:
            continue
        try:
            record = _checked(_parsed(row, layout), taken, layout)
        except csv.Error as error:
            if not _is_open(error):
                return refused
        else:
            return refused if record.code else record
    return refused


def _parsed(row: str, layout: Layout) -> list[str]:
    return next(csv.reader([row], delimiter=layout.delimiter, strict=True), [])


def _is_open(error: csv.Error) -> bool:
    return "unexpected end" in str(error)


def _checked(cells: list[str], lines: int, layout: Layout) -> Record:
    """The row, empty cells behind its last column left out; with a code when it has too many cells or too few."""
    if not any(cell.strip() for cell in cells[layout.width :]):
        cells = cells[: layout.width]
    return Record(cells, lines, "" if len(cells) == layout.width else "cells")


def _fitted(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _split(line: str, layout: Layout) -> list[str]:
    return line.split() if layout.delimiter == BLANKS else line.split(layout.delimiter)


def _as_text(line: str) -> str:
    """A line that is not UTF-8, read as people here most likely wrote it."""
    raw = line.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("cp1251")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
