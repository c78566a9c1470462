"""Encodings, delimiters, dates, amounts, phones: written as people and programs write them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.customers.importing import amounts, dates, identities
from mijoz.customers.importing.mapping import Mapping, suggest_mapping
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.importing.tests.reading import ZONE, events_of, rejects_of, shape_of, write

RUSSIAN = "Дата;Клиент;Товар;Сумма\n05.11.2025;Иванов Пётр;Стрижка;1 234,50\n06.11.2025;Ёлкина Юлия;Бритьё;500,00\n"
UZBEK = "Sana;Mijoz;Xizmat;Summa\n05.11.2025;Gʻaniyev Oʻktam;Soch olish;1 234,50\n06.11.2025;Шоира;Сартарош;500,00\n"
FRENCH = "date;client;service;montant\n05.11.2025;Élodie Noël;Coupe à façon;1 234,50\n06.11.2025;René;Thé;500,00\n"
POLISH = (
    "data;klient;towar;kwota\n05.11.2025;Łukasz Żak;Strzyżenie włosów;1 234,50\n06.11.2025;Wojciech;Ścięcie;500,00\n"
)
TURKISH = "tarih;kimden;mal;tutar\n05.11.2025;Işıl Şahin;Saç kesimi;1 234,50\n06.11.2025;Ağaoğlu;Tıraş;500,00\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "utf-8-sig", "utf-8"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp866", "cp866"),
        (RUSSIAN, "utf-16", "utf-16-le"),
        (RUSSIAN, "utf-16-le", "utf-16-le"),
        (RUSSIAN, "utf-16-be", "utf-16-be"),
        (UZBEK, "utf-8", "utf-8"),
        (UZBEK, "utf-16", "utf-16-le"),
        (FRENCH, "cp1252", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        (TURKISH, "cp1254", "cp1254"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    shape = shape_of(tmp_path, text.encode(encoding))
    assert shape.encoding == found
    assert shape.columns == text.split("\n")[0].split(";")
    assert shape.rows[0][:3] == text.split("\n")[1].split(";")[:3]


def test_letters_that_come_late_in_the_file_are_found(tmp_path: Path) -> None:
    head = "date;client;item;amount\n" + "01.11.2025;7;x;5\n" * 70_000
    path = write(tmp_path, head.encode() + "05.11.2025;7;Стрижка;5\n".encode("cp1251"))
    assert events_of(path, chunk_bytes=100_000)[-1]["item"] == "Стрижка"


def test_the_encoding_may_be_told(tmp_path: Path) -> None:
    path = write(tmp_path, RUSSIAN.encode("cp866"))
    shape = inspect(path, FileFormat(encoding="866"))
    assert (shape.encoding, shape.columns[0]) == ("cp866", "Дата")
    assert inspect(path, FileFormat(encoding="cp1251")).columns[0] != "Дата"  # wrong, but as told


def test_packed_files_read_as_unpacked_ones(tmp_path: Path) -> None:
    plain, packed = write(tmp_path, RUSSIAN), write(tmp_path, gzip.compress(RUSSIAN.encode()), "purchases.csv.gz")
    assert events_of(plain) == events_of(packed)


@pytest.mark.parametrize(("delimiter", "found"), [(",", ","), (";", ";"), ("\t", "\t"), ("|", "|"), ("   ", " ")])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str, found: str) -> None:
    rows = [["date", "customer", "amount"], ["2026-03-01", "7", "5.50"], ["2026-03-02", "8", "6.50"]]
    path = write(tmp_path, "".join(delimiter.join(row) + "\n" for row in rows))
    assert inspect(path).delimiter == found
    assert [event["identity_value"] for event in events_of(path)] == ["7", "8"]


def test_the_delimiter_may_be_told_by_the_file_or_by_a_person(tmp_path: Path) -> None:
    rows = "a,b|c,d\n2026-03-01,1|5,2\n2026-03-02,1|6,2\n"
    assert shape_of(tmp_path, f"sep=|\n{rows}").delimiter == "|"
    assert inspect(write(tmp_path, rows), FileFormat(delimiter="|")).columns == ["a,b", "c,d"]


def test_titles_above_the_heading_are_passed_over(tmp_path: Path) -> None:
    titles = "Отчёт о продажах;;;\nс 01.11.2025 по 30.11.2025;;;\n;;;\n"
    path = write(tmp_path, (titles + RUSSIAN + "Итого;;;1 734,50\n").encode("cp1251"))
    assert inspect(path).columns == ["Дата", "Клиент", "Товар", "Сумма"]
    assert len(events_of(path)) == 2
    assert rejects_of(path) == [(7, "Дата", "no_date")]


def test_a_file_without_a_heading_has_columns_by_number(tmp_path: Path) -> None:
    shape = shape_of(tmp_path, "2026-03-01,101,12.50\n2026-03-02,102,13.50\n2026-03-03,103,3.50\n")
    assert (shape.has_header, shape.columns) == (False, ["1", "2", "3"])
    assert suggest_mapping(shape).columns == {"date": "1", "customer": "2", "amount": "3"}


def test_whether_there_is_a_heading_may_be_told(tmp_path: Path) -> None:
    path = write(tmp_path, "2026-03-01,101,12.50\n2026-03-02,102,13.50\n")
    assert inspect(path, FileFormat(has_header=True)).columns == ["2026-03-01", "101", "12.50"]
    words = write(tmp_path, "yesterday,somebody,money\n2026-03-02,102,13.50\n")
    assert inspect(words, FileFormat(has_header=False)).columns == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1 234,50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234,50", ".", "1234.50"),
        ("1\u202f234\u202f567", ".", "1234567"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ".", "1234.50"),
        ("1,234,567", ".", "1234567"),
        ("1.234.567", ".", "1234567"),
        ("1,250", ".", "1250"),
        ("1,250", ",", "1.250"),
        ("1.250", ".", "1.250"),
        ("1.250", ",", "1250"),
        ("0.250", ",", "0.250"),
        ("12,5", ".", "12.5"),
        (",5", ".", "0.5"),
        ("12000 so'm", ".", "12000"),
        ("12 000 soʻm", ".", "12000"),
        ("12 000 сум", ".", "12000"),
        ("UZS 12 000", ".", "12000"),
        ("$1,234.50", ".", "1234.50"),
        ("-$5", ".", "-5"),
        ("1 234,50 ₽", ".", "1234.50"),
        ("150 руб.", ".", "150"),
        ("-5", ".", "-5"),
        ("−5", ".", "-5"),
        ("–5,00", ".", "-5.00"),
        ("5-", ".", "-5"),
        ("(5.00)", ".", "-5.00"),
        ("+5", ".", "5"),
        ("1e3", ".", "1000"),
        ("1.5E+2", ".", "150"),
        ("0.30000000000000004", ".", "0.3"),
        ("", ".", None),
        ("free", ".", None),
        ("12 34", ".", None),
        ("1,23,4", ".", None),
        ("5 pieces", ".", None),
        ("--5", ".", None),
        ("(5", ".", None),
        ("(-5)", ".", None),
        ("5/6", ".", None),
        ("=5", ".", None),
        ("99999999999999999999", ".", None),
    ],
)
def test_amounts(cell: str, decimal: str, value: str | None) -> None:
    found = amounts.amounts(pl.Series([cell, "1"]), decimal=decimal)[0]
    assert found == (None if value is None else Decimal(value))


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from([(" ", ","), (",", "."), (".", ","), ("\u00a0", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_an_amount_is_read_back_however_it_is_grouped(amount: Decimal, signs: tuple[str, str]) -> None:
    between, decimal = signs
    written = f"{amount:,.2f}".replace(",", "_").replace(".", decimal).replace("_", between)
    assert amounts.amounts(pl.Series([written, "x"]), decimal=decimal)[0] == amount


@pytest.mark.parametrize(
    ("cell", "code"),
    [("$12", "USD"), ("500 сўм", "UZS"), ("12 so‘m", "UZS"), ("7 €", "EUR"), ("£3.50", "GBP"), ("12", None)],
)
def test_currencies_beside_amounts(cell: str, code: str | None) -> None:
    assert amounts.currencies_told(pl.Series([cell, "x"]))[0] == code


@pytest.mark.parametrize(
    ("cell", "local"),
    [
        ("2026-03-01", "2026-03-01 00:00:00"),
        ("2026-03-01 14:30", "2026-03-01 14:30:00"),
        ("2026-03-01T14:30:15", "2026-03-01 14:30:15"),
        ("2026/03/01", "2026-03-01 00:00:00"),
        ("20260301", "2026-03-01 00:00:00"),
        ("01.03.2026", "2026-03-01 00:00:00"),
        ("1.3.2026 9:05", "2026-03-01 09:05:00"),
        ("01.03.26", "2026-03-01 00:00:00"),
        ("13/02/2026", "2026-02-13 00:00:00"),
        ("03/04/2025", "2025-04-03 00:00:00"),
        ("01-03-2026", "2026-03-01 00:00:00"),
        ("01.03.2026 02:30 PM", "2026-03-01 14:30:00"),
        ("2026-03-01T09:30:00Z", "2026-03-01 14:30:00"),
        ("2026-03-01T09:30:00+00:00", "2026-03-01 14:30:00"),
        ("46082", "2026-03-01 00:00:00"),
        ("46082.5", "2026-03-01 12:00:00"),
        ("30.02.2026", None),
        ("soon", None),
        ("", None),
        ("12345", None),
    ],
)
def test_dates(cell: str, local: str | None) -> None:
    found = dates.moments(pl.Series(["x", cell]), pattern="", day_first=True, zone=ZONE)
    there = found.dt.convert_time_zone(ZONE).dt.strftime("%Y-%m-%d %H:%M:%S")
    assert there[1] == local


@pytest.mark.parametrize(
    ("cells", "day_first", "is_guessed"),
    [
        (["03/04/2026", "13/04/2026"], True, False),
        (["03/04/2026", "03/14/2026"], False, False),
        (["03/04/2026", "04/05/2026"], True, True),
        (["03.04.2026", "04.05.2026"], True, False),
    ],
)
def test_whether_the_day_or_the_month_comes_first(
    tmp_path: Path, cells: list[str], day_first: bool, is_guessed: bool
) -> None:
    shape = shape_of(tmp_path, "date,customer,amount\n" + "".join(f"{cell},7,5\n" for cell in cells))
    mapping = suggest_mapping(shape)
    assert (mapping.day_first, mapping.day_first_is_guessed) == (day_first, is_guessed)


def test_a_day_far_down_the_file_tells_what_comes_first(tmp_path: Path) -> None:
    head = "date,customer,amount\n" + "03/04/2025,7,5\n" * 3_000
    assert not suggest_mapping(shape_of(tmp_path, head + "03/25/2025,7,5\n")).day_first


def test_hours_that_daylight_skips_or_repeats() -> None:
    cells = pl.Series(["2025-03-30 01:30:00", "2025-10-26 01:30:00"])
    found = dates.moments(cells, pattern="%Y-%m-%d %H:%M:%S", day_first=True, zone="Europe/London")
    assert found.to_list() == [datetime(2025, 3, 30, 1, 30, tzinfo=UTC), datetime(2025, 10, 26, 0, 30, tzinfo=UTC)]


def test_day_and_time_from_two_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "Sana,Vaqt,Mijoz,Summa\n01.03.2026,14:30,7,5\n02.03.2026,,7,5\n03.03.2026,9:05:10,7,5\n")
    moments = [event["occurred_at"].isoformat() for event in events_of(path)]
    assert moments == ["2026-03-01T09:30:00+00:00", "2026-03-01T19:00:00+00:00", "2026-03-03T04:05:10+00:00"]


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("+998 90 123-45-67", "+998901234567"),
        ("998901234567", "+998901234567"),
        ("90 123 45 67", "+998901234567"),
        ("(90) 123-45-67", "+998901234567"),
        ("+7 495 123-45-67", "+74951234567"),
        ("12345", ""),
        ("call me", ""),
        ("", ""),
    ],
)
def test_phones(cell: str, phone: str) -> None:
    assert identities.phones(pl.Series([cell, "+998901112233"]))[0] == phone


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        ("phone,email,customer", "+998901234567,a@b.uz,17", ("customer_number", "till", "17")),
        ("phone,email,customer", "+998901234567,a@b.uz,", ("phone", "", "+998901234567")),
        ("phone,email,customer", ",A@B.uz ,nan", ("email", "", "a@b.uz")),
        ("phone,email,customer", ",,", ("", "", "")),
        ("phone,email,customer", ",,17850.0", ("customer_number", "till", "17850")),
    ],
)
def test_who_bought(tmp_path: Path, headings: str, row: str, expected: tuple[str, str, str]) -> None:
    path = write(tmp_path, f"date,amount,{headings}\n2026-03-01,5,{row}\n")
    (event,) = events_of(path)
    assert (event["identity_kind"], event["identity_account"], event["identity_value"]) == expected


def test_a_phone_or_address_that_cannot_be_right_is_not_somebody_unknown(tmp_path: Path) -> None:
    path = write(tmp_path, "date,amount,phone,email\n2026-03-01,5,123456,\n2026-03-01,5,,a@b\n2026-03-01,5,none,\n")
    assert rejects_of(path) == [(2, "phone", "no_phone"), (3, "email", "no_email")]
    assert len(events_of(path)) == 1


def test_names_are_whom_they_tell_only_where_nothing_else_does(tmp_path: Path) -> None:
    alone = write(tmp_path, "Дата;Клиент;Сумма\n01.03.2026;Иванов Пётр;5\n02.03.2026;Ким Анна;6\n")
    assert suggest_mapping(inspect(alone)).columns == {"name": "Клиент", "date": "Дата", "amount": "Сумма"}
    assert [event["identity_value"] for event in events_of(alone)] == ["Иванов Пётр", "Ким Анна"]
    beside = write(tmp_path, "Дата;Клиент;Телефон;Сумма\n01.03.2026;Иванов Пётр;901234567;5\n02.03.2026;Ким Анна;;6\n")
    assert [event["identity_value"] for event in events_of(beside)] == ["+998901234567", ""]


def test_a_purchase_number_that_begins_with_c_is_a_refund_unless_c_says_something_else(tmp_path: Path) -> None:
    def kinds(*numbers: str) -> list[str]:
        rows = "".join(f"2026-03-01,{number},7,5\n" for number in numbers)
        return [event["type"] for event in events_of(write(tmp_path, "date,receipt,customer,amount\n" + rows))]

    assert kinds("536365", "C536379", "536366") == ["purchase_line", "refund_line", "purchase_line"]
    assert set(kinds("CHK-1", "CHK-2", "CHK-3")) == {"purchase_line"}
    assert set(kinds("A-1", "A-2", "B-1", "B-2", "C-1")) == {"purchase_line"}
    told = Mapping(columns={"date": "date", "reference": "receipt", "amount": "amount"}, letter_c=True)
    path = write(tmp_path, "date,receipt,customer,amount\n2026-03-01,CHK-1,7,5\n")
    assert events_of(path, told)[0]["amount"] == -5
