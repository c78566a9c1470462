"""What kind of file this is: packing, encoding, delimiter, header, and how its first rows look."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import charset_normalizer
import polars as pl
from django.utils.translation import gettext_lazy as _

from mijoz.customers.importing.errors import ImportRefused

LONGEST_LINE = 4 * 1024 * 1024  # bytes
BLOCK = 8 * 1024 * 1024
SAMPLE = 1024 * 1024
PREVIEW_ROWS = 20
SAMPLE_ROWS = 500
DELIMITERS = ",;\t|"
BLANKS = " "  # runs of spaces between the cells
BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]

csv.field_size_limit(LONGEST_LINE)


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is to be read. `rows` are its first data rows as text; `columns` their headings."""

    path: Path
    kind: str  # csv, xlsx
    encoding: str
    delimiter: str
    has_header: bool
    columns: list[str]
    rows: list[list[str]]

    def samples(self, place: int) -> list[str]:
        """The cells of one column that are not empty."""
        return [row[place] for row in self.rows if place < len(row) and row[place]]


def inspect(path: Path) -> FileShape:
    """Look at the beginning of the file. Raises ImportRefused when there is nothing in it to import."""
    if not path.exists():
        raise ImportRefused(_("There is no file %(path)s."), path=str(path))
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
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def blocks(path: Path, encoding: str, *, size: int = BLOCK) -> Iterator[bytes]:
    """The file as UTF-8 in blocks, without a byte-order mark. What is not UTF-8 stays as it is, for its row to be refused.

    Raises ImportRefused when gzip is broken.
    """
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="replace")
    is_first = True
    try:
        with open_bytes(path) as file:
            while block := file.read(size):
                if is_first:
                    block = _without_bom(block)
                    is_first = False
                yield decoder.decode(block).encode() if decoder else block
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise ImportRefused(_("The packed file is broken: %(error)s"), error=str(error)) from error


def _without_bom(block: bytes) -> bytes:
    for mark, _encoding in BOMS:
        if block.startswith(mark):
            return block[len(mark) :]
    return block


def _inspect_text(path: Path) -> FileShape:
    sample = _beginning(path)
    encoding = _encoding(sample)
    text = _without_bom(sample).decode(encoding, errors="replace")
    if not encoding.startswith("utf-16") and sample.count(b"\x00") > max(1, len(sample) // 100):
        raise ImportRefused(_("This is not a table but a binary file. Save it as CSV or XLSX."))
    lines = text.splitlines()
    if len(sample) >= SAMPLE:
        lines = lines[:-1] or lines
    if not [line for line in lines if line.strip()]:
        raise ImportRefused(_("The file is empty."))
    if len(lines) == 1 and len(sample) >= SAMPLE:
        _refuse_endless_line(path, encoding)
    delimiter = _delimiter(lines[:200])
    rows = parse_lines(lines[: SAMPLE_ROWS + 1], delimiter)
    return _shape(path, "csv", encoding, delimiter, rows)


def _beginning(path: Path) -> bytes:
    try:
        with open_bytes(path) as file:
            return file.read(SAMPLE)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise ImportRefused(_("The packed file is broken: %(error)s"), error=str(error)) from error


def _refuse_endless_line(path: Path, encoding: str) -> None:
    seen = 0
    for block in blocks(path, encoding, size=SAMPLE):
        if b"\n" in block or b"\r" in block:
            return
        seen += len(block)
        if seen > LONGEST_LINE:
            raise endless_line(1)


def endless_line(line: int) -> ImportRefused:
    return ImportRefused(
        _("Line %(line)s is longer than 4 MiB. This is not a table of purchases, or its line ends are lost."), line=line
    )


def _encoding(sample: bytes) -> str:
    for mark, encoding in BOMS:
        if sample.startswith(mark):
            return encoding
    cut = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        cut.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    zeros = sample[:2000]
    if zeros and zeros[1::2].count(0) > len(zeros) // 4:
        return "utf-16-le"
    foreign = [line for line in cut.split(b"\n") if not line.isascii()]
    readable = sum(1 for line in foreign if _is_utf8(line))
    if readable > len(foreign) / 2:
        return "utf-8"
    text = b"\n".join(foreign)[:100_000]
    letters = [byte for byte in text if byte >= 0x80]
    if letters and sum(byte >= 0xC0 or byte in (0xA8, 0xB8, 0xA1, 0xA2) for byte in letters) > 0.9 * len(letters):
        best = charset_normalizer.from_bytes(text, cp_isolation=["cp1251", "cp1252", "cp866", "koi8_r", "latin_1"]).best()
        return best.encoding.replace("_", "-") if best and best.encoding in {"cp1252", "latin_1"} else "cp1251"
    best = charset_normalizer.from_bytes(text, cp_isolation=["cp1251", "cp1252", "cp866", "koi8_r"]).best()
    return best.encoding if best else "cp1251"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    """The character that cuts most lines into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=candidate) if row)
        cells, times = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
        score = times / sum(counts.values()) * (cells > 1) * (1 + cells / 100)
        if score > best_score:
            best, best_score = candidate, score
    if best_score < 0.5:
        counts = Counter(len(line.split()) for line in lines if line.strip())
        cells, times = max(counts.items(), key=lambda entry: (entry[1], entry[0]))
        if cells > 1 and times / sum(counts.values()) > 0.8:
            return BLANKS
    return best


def parse_lines(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of these lines."""
    if delimiter == BLANKS:
        return [line.split() for line in lines if line.strip()]
    return [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if any(cell.strip() for cell in row)]


def _inspect_workbook(path: Path) -> FileShape:
    frame = read_workbook(path).head(SAMPLE_ROWS + 1)
    rows = [[cell or "" for cell in row] for row in frame.rows()]
    return _shape(path, "xlsx", "", "", rows)


def read_workbook(path: Path) -> pl.DataFrame:
    """All cells of the first sheet as text, without a header. Raises ImportRefused when it is not a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise ImportRefused(_("This is an archive, not a table. Unpack it and give the CSV or XLSX inside."))
        return pl.read_excel(
            path, engine="calamine", has_header=False, infer_schema_length=0, read_options={"dtypes": "string"}
        ).cast(pl.String)
    except ImportRefused:
        raise
    except (zipfile.BadZipFile, pl.exceptions.PolarsError, ValueError, RuntimeError, OSError) as error:
        raise ImportRefused(_("The workbook cannot be read: %(error)s"), error=str(error)[:200]) from error


NUMBERLIKE = re.compile(r"^[\s\d.,:/\-+()$£€]+$")


def _shape(path: Path, kind: str, encoding: str, delimiter: str, rows: list[list[str]]) -> FileShape:
    if not rows:
        raise ImportRefused(_("The file is empty."))
    width = max(len(row) for row in rows)
    if width < 2:
        raise ImportRefused(_("There is only one column. A table of purchases needs at least a date and an amount."))
    first = rows[0]
    has_header = all(cell.strip() and not NUMBERLIKE.match(cell) for cell in first) and len(set(first)) == len(first)
    if has_header and len(rows) == 1:
        raise ImportRefused(_("The file has a heading but no rows under it."))
    columns = [cell.strip() for cell in first] if has_header else [f"{place}" for place in range(1, width + 1)]
    columns += [f"{place}" for place in range(len(columns) + 1, width + 1)]
    return FileShape(path, kind, encoding, delimiter, has_header, columns, rows[1:] if has_header else rows)
