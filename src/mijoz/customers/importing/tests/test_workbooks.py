"""Workbooks as people keep them: days, formulas, errors, merged heads, cover sheets."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from mijoz.customers.importing.mapping import suggest_mapping
from mijoz.customers.importing.shape import FileFormat
from mijoz.customers.importing.sniff import inspect
from mijoz.customers.importing.tests.reading import events_of, rejects_of
from mijoz.customers.importing.tests.workbooks import Failed, Formula, save

HEADINGS = ["Дата", "Чек", "Клиент", "Услуга", "Сумма"]


def test_days_numbers_and_the_results_of_formulas_are_read(tmp_path: Path) -> None:
    rows = [
        HEADINGS,
        [datetime(2025, 11, 5, 10, 30), 1001, 17850, "Стрижка", Formula("=100*2", 200)],
        [date(2025, 11, 6), 1002, "17851", "Стрижка", 0.1 + 0.2],
        ["07.11.2025", 1003, 998901234567, "Стрижка", "1 234,50"],
    ]
    path = save(tmp_path / "till.xlsx", {"Лист1": rows})
    assert rejects_of(path) == []
    told = [(event["occurred_at"].isoformat(), event["identity_value"], event["amount"]) for event in events_of(path)]
    assert [(moment, who, float(amount)) for moment, who, amount in told] == [
        ("2025-11-05T05:30:00+00:00", "17850", 200),
        ("2025-11-05T19:00:00+00:00", "17851", 0.3),
        ("2025-11-06T19:00:00+00:00", "998901234567", 1234.5),
    ]


def test_what_a_formula_did_not_compute_is_set_aside_with_its_row(tmp_path: Path) -> None:
    rows = [
        HEADINGS,
        [date(2025, 11, 5), 1001, 7, "Стрижка", Failed("#DIV/0!")],
        [date(2025, 11, 5), 1002, 7, "Стрижка", Formula("=A1", None)],
        [date(2025, 11, 5), 1003, 7, "Стрижка", 5],
    ]
    path = save(tmp_path / "till.xlsx", {"Лист1": rows})
    assert [row[:2] for row in rejects_of(path)] == [(2, "Сумма"), (3, "Сумма")]
    assert len(events_of(path)) == 1


def test_a_title_in_merged_cells_is_passed_over(tmp_path: Path) -> None:
    rows = [
        ["Продажи за ноябрь"],
        [],
        HEADINGS,
        [date(2025, 11, 5), 1001, 7, "Стрижка", 5],
        [None] * 5,
        ["Итого", None, None, None, 5],
    ]
    path = save(tmp_path / "till.xlsx", {"Лист1": rows}, merged=["A1:E1"])
    shape = inspect(path)
    assert (shape.columns, shape.first_line) == (HEADINGS, 4)
    assert len(events_of(path)) == 1
    assert rejects_of(path) == [(6, "Дата", "no_date")]


def test_a_cover_sheet_is_not_the_table_and_another_sheet_can_be_told(tmp_path: Path) -> None:
    sheets = {
        "Cover": [["Sales of our shop"]],
        "Empty": [],
        "November": [HEADINGS, [date(2025, 11, 5), 1001, 7, "Стрижка", 5]],
        "December": [HEADINGS, [date(2025, 12, 5), 1002, 8, "Бритьё", 6]],
    }
    path = save(tmp_path / "till.xlsx", sheets)
    assert inspect(path).sheets == ("November", "December", "Cover")
    assert inspect(path).sheet == "November"
    (event,) = events_of(path, told=FileFormat(sheet="December"))
    assert event["item"] == "Бритьё"


def test_a_file_that_changed_under_its_name_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "till.xlsx"
    assert inspect(save(path, {"One": [HEADINGS, [1, 2, 3, 4, 5]]})).sheets == ("One",)
    assert inspect(save(path, {"Another": [HEADINGS, [1, 2, 3, 4, 5]]})).sheets == ("Another",)


def test_a_day_and_a_time_of_day_in_two_columns(tmp_path: Path) -> None:
    rows = [["Дата", "Время", "Клиент", "Сумма"], [date(2025, 11, 5), 10.5 / 24, "7", 5]]
    path = save(tmp_path / "till.xlsx", {"Лист1": rows})
    assert suggest_mapping(inspect(path)).columns["time"] == "Время"
    assert events_of(path)[0]["occurred_at"].isoformat() == "2025-11-05T05:30:00+00:00"
