"""The files under the data folder: looking for a person in each, and taking them out."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from mijoz.customers.privacy.person import Needles, compiled
from mijoz.customers.privacy.scouring import GONE
from mijoz.events import lake

ENCODINGS = ("utf-8", "cp1251", "utf-16")
LARGEST_TEXT = 256 * 1024 * 1024
CELLS = {".csv", ".tsv", ".txt"}
SKIPPED = ("secret_key",)


def every_file() -> Iterator[Path]:
    """All files of ours; the tables of the database server are searched as tables, the lake by itself."""
    root = Path(settings.DATA_DIR)
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        if here == lake.folder():
            folders[:] = []
            continue
        if here == Path(settings.EMBEDDED_FOLDER):
            folders[:] = []
            names = [name for name in names if name.endswith(".log")]
        for name in names:
            path = here / name
            if name not in SKIPPED and path.is_file() and not path.is_symlink():
                yield path


def count_hits(needles: Needles) -> tuple[int, int]:
    """How many files were searched, and in how many the person is named."""
    pattern = compiled(needles) if needles else None
    searched = found = 0
    for path in every_file():
        searched += 1
        found += bool(pattern and _names(path, pattern))
    return searched, found


def scour(needles: Needles) -> dict[str, int]:
    """Take the person's rows out of tables of cells, their words out of other text, and remove what can be read
    only whole (workbooks, archives): its rows are in the log. Says how many were changed and removed."""
    done = {"changed": 0, "removed": 0}
    if not needles:
        return done
    pattern = compiled(needles)
    for path in every_file():
        if not _names(path, pattern):
            continue
        text = _text(path.read_bytes()) if _is_plain(path) else None
        if text is None:
            path.unlink(missing_ok=True)
            done["removed"] += 1
        else:
            encoding, content = text
            cleaned = _without_rows(content, pattern) if _has_cells(path, content) else pattern.sub(GONE, content)
            _overwrite(path, cleaned.encode(encoding, errors="replace"))
            done["changed"] += 1
    return done


def _names(path: Path, pattern: re.Pattern[str]) -> bool:
    try:
        return any(pattern.search(text) for text in _texts(path))
    except FileNotFoundError:
        return False


def _texts(path: Path) -> Iterator[str]:
    """What the file says, in every reading that it allows."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield from _readings(archive.read(name))
        return
    content = path.read_bytes() if path.stat().st_size <= LARGEST_TEXT else b""
    if content[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(content)) as unpacked:
            yield from _readings(unpacked.read())
        return
    if content:
        yield from _readings(content)
        return
    with path.open("rb") as file:  # a very large one, a piece at a time with some of the one before
        before = b""
        while block := file.read(64 * 1024 * 1024):
            yield from _readings(before + block)
            before = block[-4096:]


def _readings(content: bytes) -> Iterator[str]:
    yield content.decode("utf-8", errors="ignore")
    yield content.decode("cp1251", errors="ignore")
    if b"\0" in content[:200]:
        yield content.decode("utf-16", errors="ignore")


def _is_plain(path: Path) -> bool:
    return not zipfile.is_zipfile(path) and path.read_bytes()[:2] != b"\x1f\x8b"


def _text(content: bytes) -> tuple[str, str] | None:
    """Encoding and words of a text; None for what is none."""
    for encoding in ENCODINGS if b"\0" not in content[:200] else ("utf-16",):
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _has_cells(path: Path, content: str) -> bool:
    head = content.split("\n", 1)[0]
    return path.suffix.lower() in CELLS or (path.suffix == "" and any(head.count(sign) for sign in ",;\t|"))


def _without_rows(content: str, pattern: re.Pattern[str]) -> str:
    """The table with the cells of every row that names the person emptied, so that no row changes its place."""
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(content[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    kept = []
    for record in _records(content):
        if not pattern.search(record):
            kept.append(record)
            continue
        cells = next(csv.reader([record], delimiter=dialect.delimiter), [])
        ending = record[len(record.rstrip("\r\n")) :]
        kept.append(dialect.delimiter * (len(cells) - 1) + ending)
    return "".join(kept)


def _records(content: str) -> Iterator[str]:
    """Lines, those of one quoted cell together."""
    record = ""
    for line in content.splitlines(keepends=True):
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        yield record


def _overwrite(path: Path, content: bytes) -> None:
    """In place: whoever has the file open goes on writing to it."""
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()
