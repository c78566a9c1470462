"""Laws of the import, tried on files that nobody thought of."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mijoz.business.models import Business
from mijoz.customers.importing import run
from mijoz.customers.importing.errors import ImportRefused
from mijoz.customers.importing.mapping import Mapping
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.tests.conftest import state
from mijoz.customers.importing.tests.reading import AT, COLUMNS, chunks_of, events_of, write
from mijoz.events.models import Event

IN_A_TEST = settings(max_examples=60)
IN_THE_DATABASE = settings(IN_A_TEST, max_examples=12)

MAPPING = Mapping(columns=COLUMNS, file=FileFormat(encoding="utf-8", delimiter=",", has_header=True), letter_c=True)
NO_TEXT = "\x00\x1c\x1d\x1e\x1f"  # what Python takes for space and Unicode does not, and what is set aside
days = st.dates(min_value=AT.date().replace(year=2020), max_value=AT.date()).map(str)
cells = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters=NO_TEXT, exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["", '"', '""', ",", "a,b", "two\nlines", "\r\n", "=1+1", "\\N", "\\.", "NULL", " ", "Ўктам", "'", ";"]
    ),
)
rows = st.tuples(
    days,
    st.sampled_from(["", "101", "102", "C103"]),
    st.sampled_from(["", "7", "8", "9.0", "nan"]),
    cells,
    st.sampled_from(["1", "2", "-1", "0", "one"]),
    st.sampled_from(["5", "12.50", "0", "-3", "free", "1 234,50", ""]),
)
tables = st.lists(rows, min_size=1, max_size=25)
lines = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"2026-03-01,101,7,Haircut,1,5",
                b'2026-03-01,101,7,"Hair\ncut",1,5',
                b'2026-03-01,101,7,"Haircut,1,5',
                b"2026-03-01,101",
                b"2026-03-01,101,7,Hair\x00cut,1,5",
                b"2026-03-01,101,7,\xcf\xf0\xe8,1,5",
                "2026-03-01,101,7,Стрижка,1,5".encode(),
                b'2026-03-01,101,7,"",1,5',
                b",,,,,",
                b"",
                b'"',
            ]
        ),
        st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"")),
    ),
    max_size=20,
)


def as_csv(table: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([list(COLUMNS.values()), *table])
    return text.getvalue()


def outcome(path: Path, *, chunk_bytes: int) -> tuple[list[dict[str, object]], list[dict[str, object]], int]:
    chunks = chunks_of(path, MAPPING, told=MAPPING.file, chunk_bytes=chunk_bytes)
    events = pl.concat([chunk.events for chunk in chunks]).to_dicts()
    rejects = pl.concat([chunk.rejects for chunk in chunks]).to_dicts()
    return events, rejects, sum(chunk.lines for chunk in chunks)


@IN_A_TEST
@given(tables, st.integers(1, 300))
@example([("2026-03-01", "101", "7", "two\nlines", "1", "5")] * 3, 1)
def test_how_a_table_is_cut_changes_nothing(tmp_path: Path, table: list[tuple[str, ...]], chunk_bytes: int) -> None:
    path = write(tmp_path, as_csv(table))
    assert outcome(path, chunk_bytes=chunk_bytes) == outcome(path, chunk_bytes=1 << 20)


@IN_A_TEST
@given(lines, st.integers(1, 200), st.sampled_from([b"\n", b"\r\n"]))
def test_how_a_broken_file_is_cut_changes_nothing(
    tmp_path: Path, broken: list[bytes], chunk_bytes: int, ending: bytes
) -> None:
    good = [b"2026-03-01,100,7,Haircut,1,5"] * 3
    path = write(tmp_path, ending.join([",".join(COLUMNS.values()).encode(), *good, *broken, *good, b""]))
    try:
        whole = outcome(path, chunk_bytes=1 << 20)
    except ImportRefused:
        return  # mostly no text at all
    assert outcome(path, chunk_bytes=chunk_bytes) == whole


@IN_A_TEST
@given(tables)
def test_no_row_is_lost_and_none_is_taken_for_another(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    """Every row with anything in it is kept or set aside, and equal lines are as many as they were."""
    events, rejects, counted = outcome(write(tmp_path, as_csv(table)), chunk_bytes=1 << 20)
    assert len(events) + len(rejects) == counted == len(table)
    assert len({event["message_id"] for event in events}) == len(events)


@IN_A_TEST
@given(tables)
def test_a_cell_comes_back_as_it_was_written(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    usable = [(day, "101", "7", item, "1", "5") for day, _receipt, _customer, item, _quantity, _amount in table]
    kept = [event["item"] for event in events_of(write(tmp_path, as_csv(usable)), MAPPING, told=MAPPING.file)]
    wanted = [row[3].replace("\r\n", "\n").replace("\r", "\n").strip() for row in usable]
    assert kept == ["" if item == "\\N" else item for item in wanted]


@pytest.mark.django_db
@IN_THE_DATABASE
@given(tables)
def test_twice_is_once(business: Business, tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    Event.objects.all().delete()
    path, mapping = write(tmp_path, as_csv(table)), write(tmp_path, MAPPING.model_dump_json(), "mapping.json")
    first = run.import_file(path, mapping=mapping, at=AT)
    before = state()
    second = run.import_file(path, mapping=mapping, at=AT)
    assert state() == before
    assert second.counts.get("unchanged", 0) == first.counts["lines"] - first.counts["rejected"]


@pytest.mark.django_db
@IN_THE_DATABASE
@given(tables, st.integers(1, 24))
def test_a_file_that_grew_gives_what_it_gives_at_once(
    business: Business, tmp_path: Path, table: list[tuple[str, ...]], length: int
) -> None:
    mapping = write(tmp_path, MAPPING.model_dump_json(), "mapping.json")
    Event.objects.all().delete()
    run.import_file(write(tmp_path, as_csv(table)), mapping=mapping, at=AT)
    at_once = state()["log"]
    Event.objects.all().delete()
    for part in (table[:length], table):
        run.import_file(write(tmp_path, as_csv(part)), mapping=mapping, at=AT)
    assert state()["log"] == at_once
