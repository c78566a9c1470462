"""Files for spreadsheets: a cell never carries a formula, phones stay readable."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PIECE_LENGTH = 32_768  # characters
PLAIN_NUMBER = re.compile(r"^[+-]?\d[\d ()-]*([.,]\d+)?(e[+-]?\d+)?$", re.IGNORECASE)


def safe_cell(value: object) -> str:
    """The text of a cell with what a spreadsheet would take for a formula neutralised by an apostrophe.

    Numbers and phones such as +998 90 123-45-67 stay as they are: they compute nothing.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("+998901234567"), safe_cell(-5)
    ("'=HYPERLINK(1)", '+998901234567', '-5')
    """
    if value is None:
        return ""
    text = str(value)
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.match(text):
        return f"'{text}"
    return text


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of a CSV file, every cell safe; Excel sees by the first mark that it is UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


class Download(StreamingHttpResponse):
    """A file sent as it is made. By ASGI, Django would make all of it before it sends the first byte."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(cast("Iterator[bytes]", self.streaming_content))
        while piece := await sync_to_async(lambda: next(pieces, b""))():
            yield piece


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """The lines in pieces of some size, none of them empty."""
    piece: list[str] = []
    length = 0
    for line in lines:
        piece.append(line)
        length += len(line)
        if length > PIECE_LENGTH:
            yield "".join(piece)
            piece, length = [], 0
    if piece:
        yield "".join(piece)


def csv_response(rows: Iterable[Iterable[Any]], *, file_name: str) -> StreamingHttpResponse:
    """A download of the rows, sent as they come."""
    return Download(
        _pieces(csv_lines(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
