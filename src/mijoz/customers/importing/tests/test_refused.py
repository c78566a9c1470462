"""Files that are no table of purchases: each is refused with a sentence that says what would be right."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from mijoz.customers.importing import rows
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.pieces import count_lines
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.importing.tests import workbooks
from mijoz.customers.importing.tests.reading import HEADINGS, chunks_of, shape_of, write

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n \n\t\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (HEADINGS, "The file has a heading but no rows under it."),
        ("date\n2026-03-01\n", "There is only one column."),
        ("Hello,\nthis is a letter\nand no table.\n", "There is only one column."),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is a picture or a film"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), "This is a picture or a film"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(64), "This is a picture or a film"),
        (OLE + bytes(504), "This is an old Excel file, or one with a password."),
        ("<html><table><tr><td>date</td></tr></table></html>", "This is a web page or XML"),
        ('<?xml version="1.0"?><Workbook/>', "This is a web page or XML"),
        ("{\\rtf1\\ansi date, amount}", "This is a text document"),
        (b"Rar!\x1a\x07\x00" + bytes(64), "This is an archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(64), "This is an archive"),
        (bytes(range(256)) * 40, "This is not a table but a binary file."),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        shape_of(tmp_path, content)
    assert sentence in str(refusal.value)


def test_a_zip_of_a_table_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "purchases.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("purchases.csv", HEADINGS)
    with pytest.raises(ImportRefused, match=r"not a table\. Unpack it"):
        inspect(path)


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="The file is empty"):
        inspect(workbooks.save(tmp_path / "empty.xlsx", {"Sheet1": []}))


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbooks.save(tmp_path / "whole.xlsx", {"Sheet1": [["date", "amount"], ["2026-03-01", 5]]}).read_bytes()
    with pytest.raises(ImportRefused, match="The workbook cannot be read"):
        inspect(write(tmp_path, whole[: len(whole) // 2], "broken.xlsx"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mijoz.customers.importing.workbook.LARGEST", 100)
    path = workbooks.save(tmp_path / "bomb.xlsx", {"Sheet1": [["date", "amount"], ["2026-03-01", 5]]})
    with pytest.raises(ImportRefused, match="Save it as CSV"):
        inspect(path)


def test_a_workbook_with_a_cell_in_the_far_corner_is_refused_within_little_memory(tmp_path: Path) -> None:
    path = workbooks.save(tmp_path / "far.xlsx", {"S": [["date", "amount"], ["2026-03-01", 5]]}, far="XFD1048576")
    with pytest.raises(ImportRefused, match="reaches to row 1048576 and column 16384"):
        inspect(path)


def test_a_table_of_a_thousand_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="The table has 1000 columns; at most 300 can be read"):
        shape_of(tmp_path, ",".join(f"c{number}" for number in range(1_000)) + "\n" + ",".join("1" * 1_000) + "\n")


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="There is no file"):
        inspect(tmp_path / "nothing.csv")
    with pytest.raises(ImportRefused, match="is not a file"):
        inspect(tmp_path)


def test_packing_that_breaks_off_is_refused_before_a_row_is_read(tmp_path: Path) -> None:
    lines = "".join(f"2026-03-01,{number},7,Haircut,1,{os.urandom(8).hex()}\n" for number in range(60_000))
    packed = gzip.compress((HEADINGS + lines).encode(), compresslevel=1)
    path = write(tmp_path, packed[: len(packed) - 1_000], "purchases.csv.gz")
    shape = inspect(path, FileFormat(encoding="utf-8"))  # its beginning is whole
    with pytest.raises(ImportRefused, match="The packed file is broken"):
        count_lines(shape)


ENDLESS = rows.LONGEST_LINE + 1


def test_a_line_that_never_ends_is_refused_at_the_beginning(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"Line 1 is longer than 4 MiB\."):
        shape_of(tmp_path, b"x" * ENDLESS)


@pytest.mark.parametrize("before", [3, 40_000])
def test_a_line_that_never_ends_is_refused_wherever_it_is(tmp_path: Path, before: int) -> None:
    lines = "2026-03-01,1,7,Haircut,1,120000\n" * before
    shape = shape_of(tmp_path, HEADINGS + lines + "2026-03-01,1,7," + "x" * ENDLESS + "\n" + lines)
    for look in (count_lines, lambda shape: chunks_of(shape.path)):
        with pytest.raises(ImportRefused, match=rf"Line {before + 2} is longer than 4 MiB\."):
            look(shape)


def test_two_gigabytes_without_a_line_end_are_refused_within_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(HEADINGS.encode() + b"2026-03-01,1,7,Haircut,1,120000\n" * 40_000)
        file.truncate(2 * 1024**3)  # zeros, of which the disk keeps none
    tracemalloc.start()
    with pytest.raises(ImportRefused, match=r"Line 40002 is longer than 4 MiB\."):
        count_lines(inspect(path, FileFormat(encoding="utf-8")))
    _now, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 64 * 1024**2


def test_a_mapping_that_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "day,customer,paid\n2026-03-01,7,120000\n")
    for columns, sentence in (
        ({"date": "date", "amount": "paid"}, "The file has no column “date”. Its columns are: day, customer, paid."),
        ({"amount": "paid"}, "Say which column holds the date of the purchase."),
        ({"date": "day"}, "Say which column holds the amount, or the unit price."),
    ):
        with pytest.raises(ImportRefused) as refusal:
            chunks_of(path, Mapping(columns=columns))
        assert str(refusal.value) == sentence


def test_an_unknown_field_or_encoding_of_a_mapping_is_named() -> None:
    with pytest.raises(ValueError, match="unknown fields: colour; known are date, time"):
        Mapping(columns={"colour": "x"})
    with pytest.raises(ValueError, match="unknown encoding: klingon"):
        FileFormat(encoding="klingon")
