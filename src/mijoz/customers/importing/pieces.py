"""A file in pieces of whole rows, each a frame of text cells (rows.Layout.schema), so that its size does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import polars as pl

from mijoz.customers.importing import rows, vcard, workbook
from mijoz.customers.importing.shape import FileShape
from mijoz.customers.importing.sniff import BLOCK, blocks

MARK = "\ufeff".encode()
WORKBOOK_ROWS = 100_000
CARD_BYTES = 400  # of a usual card, so that pieces are about as large as those of a table


def pieces(shape: FileShape, *, size: int = BLOCK) -> Iterator[pl.DataFrame]:
    """The data rows of the file, in order, from about `size` bytes at a time.

    Raises ImportRefused for a line that never ends and for broken packing.
    """
    if shape.kind == "vcard":
        yield from _of_cards(shape, size=size)
        return
    if shape.kind == "xlsx":
        yield from _of_workbook(shape)
        return
    layout = rows.Layout(shape.delimiter, tuple(shape.columns))
    held: list[str] = []
    line = 1
    for lines in _whole_lines(shape, size=size):
        held += lines
        if line < shape.first_line:
            above = min(len(held), shape.first_line - line)
            held, line = held[above:], line + above
        frame, used = rows.read(held, layout, first_line=line, more_follow=True)
        held, line = held[used:], line + used
        if frame.height:
            yield frame
    if held:
        yield rows.read(held, layout, first_line=line, more_follow=False)[0]


def count_lines(shape: FileShape) -> int:
    """How many lines of data the file has, blank ones too; a cell with line ends in it counts several.

    Reads all of it once, so that a file with an endless line or broken packing is refused before anything is written.
    """
    if shape.kind == "vcard":
        return sum(line.strip().upper() == "BEGIN:VCARD" for lines in _whole_lines(shape, size=BLOCK) for line in lines)
    if shape.kind == "xlsx":
        return workbook.height(shape.path, shape.sheet) - shape.first_line + 1
    ends, open_bytes, newline = 0, 0, b""
    for block in blocks(shape.path, shape.encoding):
        newline = newline or (b"\n" if b"\n" in block else b"\r")
        ends += block.count(newline)
        open_bytes = _bytes_after_last(newline, block, open_bytes, ends)
    return ends + (open_bytes > 0) - shape.first_line + 1


def _bytes_after_last(newline: bytes, block: bytes, open_bytes: int, ends: int) -> int:
    """How long the line is that the block leaves open. Raises ImportRefused when a line in it is too long."""
    place = -open_bytes
    while len(block) - place > rows.LONGEST_LINE:
        end = block.rfind(newline, max(place, 0), place + rows.LONGEST_LINE + 1)
        if end < 0:
            raise rows.endless_line(ends - block.count(newline, max(place, 0)) + 1)
        place = end + 1
    end = block.rfind(newline, max(place, 0))
    return len(block) - (end + 1 if end >= 0 else place)


def _whole_lines(shape: FileShape, *, size: int) -> Iterator[list[str]]:
    """The lines of the file, some at a time; bytes that are no text become lone surrogates."""
    rest = b""
    before = 0
    for block in blocks(shape.path, shape.encoding, size=size):
        text = rest + block
        end = len(text) - text.endswith(b"\r")  # its newline may come with the next block
        cut = max(text.rfind(b"\n", 0, end), text.rfind(b"\r", 0, end)) + 1
        rest = text[cut:]
        if cut:
            lines = _lines(text[:cut], before)
            before += len(lines)
            yield lines
        if len(rest) > rows.LONGEST_LINE + 1:
            raise rows.endless_line(before + 1)
    if rest:
        yield _lines(rest, before)


def _lines(text: bytes, before: int) -> list[str]:
    lines = rows.split_lines(text.replace(MARK, b"").decode("utf-8", "surrogateescape"))
    for number, line in enumerate(lines, before + 1):
        if len(line) > rows.LONGEST_LINE // 4 and len(line.encode("utf-8", "surrogateescape")) > rows.LONGEST_LINE:
            raise rows.endless_line(number)
    return lines


def _of_cards(shape: FileShape, *, size: int) -> Iterator[pl.DataFrame]:
    layout = rows.Layout("", tuple(shape.columns))
    lines = (rows.SURROGATE.sub("\ufffd", line) for piece in _whole_lines(shape, size=BLOCK) for line in piece)
    for held in batched(vcard.cards(lines), max(1, size // CARD_BYTES)):
        cells = pl.DataFrame([vcard.row(card) for card in held], schema=dict.fromkeys(shape.columns, pl.String))
        yield cells.select(
            pl.Series([card.line for card in held], dtype=pl.Int64).alias(rows.LINE),
            pl.Series(["" if card.is_whole else "card" for card in held], dtype=pl.String).alias(rows.CODE),
            pl.lit(None, dtype=layout.schema[rows.CELLS]).alias(rows.CELLS),
            pl.col(shape.columns).str.replace_all("\x00", "", literal=True),
        )


def batched(cards: Iterator[vcard.Card], count: int) -> Iterator[list[vcard.Card]]:
    while held := list(islice(cards, count)):
        yield held


def _of_workbook(shape: FileShape) -> Iterator[pl.DataFrame]:
    layout = rows.Layout("", tuple(shape.columns))
    sheet = workbook.read(shape.path, shape.sheet)
    sheet = sheet.rename(dict(zip(sheet.columns, shape.columns, strict=False)))
    sheet = sheet.with_columns(pl.lit("").alias(name) for name in shape.columns if name not in sheet.columns)
    sheet = sheet.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(rows.LINE),
        pl.lit("").alias(rows.CODE),
        pl.lit(None, dtype=layout.schema[rows.CELLS]).alias(rows.CELLS),
        pl.col(shape.columns).fill_null("").str.replace_all("\x00", "", literal=True),
    )
    sheet = sheet.slice(shape.first_line - 1)
    sheet = sheet.filter(pl.any_horizontal(pl.col(shape.columns).str.strip_chars() != ""))
    for start in range(0, sheet.height, WORKBOOK_ROWS):
        yield sheet.slice(start, WORKBOOK_ROWS)
