"""Downloads for spreadsheets: no formula survives, and rows are sent as they are made."""

from __future__ import annotations

import asyncio

import pytest

from mijoz.ui.export import csv_response, safe_cell


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('=HYPERLINK("http://evil","x")', '\'=HYPERLINK("http://evil","x")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("+998 90 123-45-67", "+998 90 123-45-67"),
        (-12.5, "-12.5"),
        (None, ""),
        ("Oʻktam", "Oʻktam"),
    ],
)
def test_a_cell_computes_nothing(given: object, kept: str) -> None:
    assert safe_cell(given) == kept


def test_by_asgi_the_first_bytes_leave_before_the_last_row_is_made() -> None:
    made = []

    def rows():
        for place in range(5_000):
            made.append(place)
            yield [place, "x" * 40]

    async def download() -> tuple[int, bytes]:
        response = csv_response(rows(), file_name="x.csv")
        pieces = aiter(response)
        first = await anext(pieces)
        made_by_then = len(made)
        return made_by_then, first + b"".join([piece async for piece in pieces])

    made_by_then, content = asyncio.run(download())
    assert made_by_then < 1_000
    assert content.decode("utf-8-sig").splitlines()[-1] == f"4999,{'x' * 40}"
