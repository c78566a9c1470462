"""Rows that are odd: exactly these are set aside, with where and why, and no row around them is touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mijoz.customers.importing import pieces, rows
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.tests.reading import (
    COLUMNS,
    HEADINGS,
    chunks_of,
    events_of,
    rejects_of,
    shape_of,
    write,
)

GOOD = "2026-03-{day:02},{number},7,Стрижка,1,120000\n"
BEFORE = "".join(GOOD.format(day=day, number=100 + day) for day in range(1, 6))
AFTER = "".join(GOOD.format(day=day, number=100 + day) for day in range(6, 11))
MIDDLE = 7  # the line between them
LONG = "x" * 1_000_000

CASES: list[tuple[str, str | bytes, tuple[str, str] | None]] = [
    ("a cell too few", "2026-03-09,9,7,Haircut,1\n", ("", "cells")),
    ("a cell too many", "2026-03-09,9,7,Haircut,1,5,5\n", ("", "cells")),
    ("one cell", "Total\n", ("", "cells")),
    ("an amount cut by its comma", "2026-03-09,9,7,Haircut,1,1,50\n", ("", "cells")),
    ("a quote left open", '2026-03-09,9,7,"Haircut,1,5\n', ("", "quote")),
    ("a quote left open at the end", '2026-03-09,9,7,Haircut,1,"5\n', ("", "quote")),
    ("text behind a quote", '2026-03-09,9,7,"Hair"cut,1,5\n', ("", "quote")),
    ("a NUL", "2026-03-09,9,7,Hair\x00cut,1,5\n", ("", "nul")),
    ("another encoding", "2026-03-09,9,7,Стрижка,1,5\n".encode("cp1251"), ("", "encoding")),
    ("no date", "tomorrow,9,7,Haircut,1,5\n", ("date", "no_date")),
    ("an empty date", ",9,7,Haircut,1,5\n", ("date", "empty")),
    ("a day that is not in the calendar", "2026-02-30,9,7,Haircut,1,5\n", ("date", "no_date")),
    ("a date in the future", "2099-01-01,9,7,Haircut,1,5\n", ("date", "future")),
    ("a date of the first century", "0026-03-09,9,7,Haircut,1,5\n", ("date", "no_date")),
    ("a date before computers", "1899-12-30,9,7,Haircut,1,5\n", ("date", "too_old")),
    ("no amount", "2026-03-09,9,7,Haircut,1,free\n", ("amount", "no_amount")),
    ("an empty amount", "2026-03-09,9,7,Haircut,1,\n", ("amount", "empty")),
    ("an amount that is too large", "2026-03-09,9,7,Haircut,1,99999999999999999\n", ("amount", "no_amount")),
    ("an amount that is not a number", "2026-03-09,9,7,Haircut,1,NaN\n", ("amount", "no_amount")),
    ("a formula for an amount", "2026-03-09,9,7,Haircut,1,=2+3\n", ("amount", "no_amount")),
    ("no quantity", "2026-03-09,9,7,Haircut,some,5\n", ("quantity", "no_quantity")),
    ("a cell of a megabyte", f"2026-03-09,9,7,{LONG},1,5\n", ("item", "too_long")),
    ("a quoted cell of a megabyte", f'2026-03-09,9,7,"{LONG}",1,5\n', ("item", "too_long")),
    ("a number that is too long", f"2026-03-09,{'9' * 200},7,Haircut,1,5\n", ("receipt", "too_long")),
    ("blank lines", "\n  \n,,,,,\n", None),
    ("a cell over several lines", '2026-03-09,9,7,"Hair\ncut\n",1,5\n', None),
    ("quotes in quotes", '2026-03-09,9,7,"""Hair"" cut",1,5\n', None),
    ("a comma in quotes", '2026-03-09,9,7,"Hair, cut",1,5\n', None),
    ("empty cells behind the last", "2026-03-09,9,7,Haircut,1,5,,,\n", None),
    ("a formula for a name", '2026-03-09,9,7,"=HYPERLINK(""http://x"")",1,5\n', None),
    ("an empty customer", "2026-03-09,9,,Haircut,1,5\n", None),
    ("MySQL's mark of an empty cell", "2026-03-09,9,\\N,\\N,1,5\n", None),
]


@pytest.mark.parametrize(("line", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("chunk_bytes", [1 << 20, 40])
def test_only_the_odd_row_is_set_aside(
    tmp_path: Path, line: str | bytes, expected: tuple[str, str] | None, chunk_bytes: int
) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    path = write(tmp_path, (HEADINGS + BEFORE).encode() + raw + AFTER.encode())
    mapping = Mapping(columns=COLUMNS)
    kept = [event["reference"] for event in events_of(path, mapping, chunk_bytes=chunk_bytes)]
    around = [f"{100 + day}" for day in range(1, 11)]
    rejects = rejects_of(path, mapping, chunk_bytes=chunk_bytes)
    if expected:
        assert (kept, rejects) == (around, [(MIDDLE, *expected)])
    else:
        assert rejects == []
        assert [number for number in kept if number != "9"] == around
        assert kept.count("9") == (0 if not raw.strip(b", \n") else 1)


def test_what_is_set_aside_is_kept_cell_by_cell(tmp_path: Path) -> None:
    path = write(tmp_path, HEADINGS + BEFORE + "2026-03-09,9,7,Haircut,some,5\n2026-03-09,9\n" + AFTER)
    rejects = pl.concat([chunk.rejects for chunk in chunks_of(path)])
    assert rejects["cells"].to_list() == [["2026-03-09", "9", "7", "Haircut", "some", "5"], ["2026-03-09", "9"]]
    assert rejects["value"].to_list() == ["some", ""]


def test_a_quote_left_open_in_the_first_row_hides_neither_heading_nor_rows(tmp_path: Path) -> None:
    path = write(tmp_path, HEADINGS + '2026-03-09,9,7,"Haircut,1,5\n' + AFTER)
    assert len(events_of(path)) == 5
    assert rejects_of(path) == [(2, "", "quote")]


def test_a_row_with_line_ends_in_it_may_be_long_but_not_endless(tmp_path: Path) -> None:
    many = "\n".join("line" for _ in range(rows.LONGEST_ROW - 1))
    path = write(tmp_path, HEADINGS + f'2026-03-09,9,7,"{many}",1,5\n' + AFTER)
    assert rejects_of(path) == [(2, "item", "too_long")]
    path = write(tmp_path, HEADINGS + f'2026-03-09,9,7,"{many}\n{many}",1,5\n' + AFTER)
    assert [event["reference"] for event in events_of(path)] == [f"{100 + day}" for day in range(6, 11)]
    assert (2, "", "quote") in rejects_of(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Windows", "date,amount\r\n2026-03-01,5\r\n2026-03-02,6\r\n"),
        ("Unix without a last end", "date,amount\n2026-03-01,5\n2026-03-02,6"),
        ("an old Mac", "date,amount\r2026-03-01,5\r2026-03-02,6\r"),
        ("mixed", "date,amount\r\n2026-03-01,5\n2026-03-02,6\r\n"),
        ("blank lines at the end", "date,amount\n2026-03-01,5\n2026-03-02,6\n\n\n"),
    ],
)
def test_line_ends_of_any_system(tmp_path: Path, name: str, content: str) -> None:
    path = write(tmp_path, content)
    assert [float(event["amount"]) for event in events_of(path)] == [5, 6]
    assert rejects_of(path) == []


def test_the_row_in_the_list_of_rejects_is_the_line_that_an_editor_shows(tmp_path: Path) -> None:
    content = 'date,item,amount\n2026-03-01,"two\nlines",5\n\n2026-03-02,one,six\n2026-03-03,"three\n\nlines",x\n'
    assert rejects_of(write(tmp_path, content)) == [(5, "amount", "no_amount"), (6, "amount", "no_amount")]


def test_ten_thousand_rows_of_which_one_in_twenty_is_broken(tmp_path: Path) -> None:
    """Nothing is lost: every row is either kept or set aside with its reason."""
    spoilt: list[Callable[[str], str]] = [
        lambda row: row.replace("2026", "2O26"),
        lambda row: row.replace(",1,", ',"1,'),
        lambda row: row.replace(",7,", ",\x00,"),
        lambda row: row.rsplit(",", 1)[0],
        lambda row: row + ",extra",
    ]
    lines = [f"2026-03-01,{number},7,Item {number},1,{number}" for number in range(1, 10_001)]
    broken = {number: spoilt[number // 20 % 5] for number in range(20, 10_001, 20)}
    content = [broken[number](line) if number in broken else line for number, line in enumerate(lines, 1)]
    path = write(tmp_path, b"\xef\xbb\xbf" + (HEADINGS + "\n".join(content) + "\n").encode())
    kept = {int(event["reference"]) for event in events_of(path, Mapping(columns=COLUMNS), chunk_bytes=50_000)}
    rejected = {row - 1 for row, _column, _code in rejects_of(path, Mapping(columns=COLUMNS), chunk_bytes=50_000)}
    assert rejected == set(broken)
    assert kept == set(range(1, 10_001)) - set(broken)


def test_lines_are_counted_before_anything_is_written(tmp_path: Path) -> None:
    shape = shape_of(tmp_path, "Sales of March\n\n" + HEADINGS + BEFORE + AFTER)
    assert pieces.count_lines(shape) == 10
    unended = shape_of(tmp_path, HEADINGS + BEFORE + "2026-03-09,9,7,Haircut,1,5")
    assert pieces.count_lines(unended) == 6
