"""What columns hold, suggested from headings in three languages and from cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from mijoz.customers.importing.columns import by_headings
from mijoz.customers.importing.fields import FIELDS
from mijoz.customers.importing.mapping import suggest_mapping
from mijoz.customers.importing.tests.reading import shape_of

ALL = "reference customer phone email name date time item quantity unit_price amount discount currency branch channel"
LAYOUTS = {
    "English": (
        "Receipt No,Card,Phone number,E-mail,Customer name,Date,Time,Product,Qty,"
        "Unit price,Total,Discount,Currency,Store,Source",
        ALL,
    ),
    "Russian": (
        "Номер чека,Карта клиента,Телефон,Эл. почта,ФИО,Дата продажи,Время,Услуга,Кол-во,"
        "Цена,Сумма,Скидка,Валюта,Филиал,Канал",
        ALL,
    ),
    "Uzbek": (
        "Chek raqami,Mijoz ID,Telefon raqami,Pochta,Mijoz ismi,Sana,Vaqt,Xizmat nomi,Miqdori,"
        "Narxi,Jami summa,Chegirma,Valyuta,Filial,Kanal",
        ALL,
    ),
    "Uzbek in Cyrillic": (
        "Чек рақами,Мижоз,Телефон,Сана,Хизмат,Миқдор,Нарх,Сумма",
        "reference customer phone date item quantity unit_price amount",
    ),
    "any apostrophe": ("Toʻlov summasi,To'langan sana,Do‘kon", "amount date branch"),
    "a program's": (
        "InvoiceNo,CustomerID,InvoiceDate,Quantity,UnitPrice",
        "reference customer date quantity unit_price",
    ),
    "snake case": ("customer_id,date,number_of_cds,dollar_value", "customer date quantity amount"),
    "with units": ("Дата (МСК),Цена [UZS]", "date unit_price"),
}


@pytest.mark.parametrize(("headings", "fields"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_headings_tell_the_fields(headings: str, fields: str) -> None:
    told = headings.split(",")
    assert by_headings(told) == dict(zip(fields.split(), told, strict=True))


def test_a_unit_beside_a_heading_is_passed_over() -> None:
    assert by_headings(["Сумма, сум"]) == {"amount": "Сумма, сум"}


@pytest.mark.parametrize(
    "heading",
    [
        "Comment",
        "Payment method",
        "Статус",
        "Кассир",
        "Manzil",
        "Tugʻilgan sana",
        "Дата рождения",
        "Birth date",
        "Код товара",
    ],
)
def test_headings_of_other_things_are_none_of_ours(heading: str) -> None:
    assert by_headings([heading]) == {}


def test_the_plainer_heading_is_the_one() -> None:
    assert by_headings(["Код товара", "Товар", "Сумма скидки", "Сумма"]) == {
        "item": "Товар",
        "amount": "Сумма",
        "discount": "Сумма скидки",
    }


def test_cells_tell_what_headings_do_not(tmp_path: Path) -> None:
    shape = shape_of(tmp_path, "a,b,c,Summa\n2026-03-01,+998901234567,x@y.uz,5\n2026-03-02,901234568,z@y.uz,6\n")
    assert suggest_mapping(shape).columns == {"phone": "b", "email": "c", "date": "a", "amount": "Summa"}


def test_a_file_of_four_bare_columns_is_understood(tmp_path: Path) -> None:
    shape = shape_of(tmp_path, "00001 19970101  1   11.77\n00002 19970112  1   12.00\n00002 19970112  5   77.00\n")
    assert suggest_mapping(shape).columns == {"date": "2", "customer": "1", "quantity": "3", "amount": "4"}


def test_numbers_with_stray_signs_around_them_are_numbers(tmp_path: Path) -> None:
    shape = shape_of(tmp_path, "2026-03-01,1\x1c,5.50\n2026-03-02,2 ,6.50\n")
    assert suggest_mapping(shape).columns == {"date": "1", "quantity": "2", "amount": "3"}


def test_the_decimal_sign_is_told_by_the_amounts(tmp_path: Path) -> None:
    def sign(*amounts: str) -> str:
        rows = "".join(f"2026-03-01;{amount}\n" for amount in amounts)
        return suggest_mapping(shape_of(tmp_path, "date;amount\n" + rows)).decimal

    assert sign("1.250", "12,50") == ","
    assert sign("1,250", "12.50") == "."
    assert sign("1.250", "12.000") == ","  # nobody counts money in thousandths
    assert sign("1,250", "12,000") == "."


def test_every_field_is_explained() -> None:
    assert all(str(field.label) and str(field.explained) for field in FIELDS.values())
