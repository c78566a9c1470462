"""From a till's receipt to events: which path holds what, and what is said of that which does not fit."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.sources import mapping, paths, suggest, values
from mijoz.events.sources.mapping import Circumstances, Field, Mapping

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TASHKENT = ZoneInfo("Asia/Tashkent")
AROUND = Circumstances("call-1", AT, TASHKENT, "UZS", lambda _kind, text: "" if text == "wrong" else text)
RECEIPT: dict[str, Any] = {
    "operation": "SALE",
    "receipt": {
        "number": 1001,
        "closed_at": "02.03.2026 12:30",
        "branch": "chilonzor",
        "customer": {"phone": "+998901234567", "name": "Dilnoza", "card": "-"},
        "lines": [
            {"name": "Plov", "qty": 2, "sum": "90 000,50", "tags": ["hot"]},
            {"name": "Tea", "qty": 1, "sum": 5000},
        ],
    },
}
MAPPING = Mapping(
    each="receipt.lines[*]",
    time="auto",
    fields={
        "type": Field(path="operation", values={"sale": "purchase_line", "return": "refund_line"}),
        "message_id": Field(path="receipt.number"),
        "occurred_at": Field(path="receipt.closed_at"),
        "phone": Field(path="receipt.customer.phone"),
        "name": Field(path="receipt.customer.name"),
        "card": Field(path="receipt.customer.card"),
        "item": Field(path="receipt.lines[*].name"),
        "quantity": Field(path="receipt.lines[*].qty"),
        "amount": Field(path="receipt.lines[*].sum"),
        "branch": Field(path="receipt.branch"),
        "channel": Field(constant="hall"),
    },
)


def changed(**changes: Any) -> dict[str, Any]:
    """The receipt with other values, by path: receipt__number=7."""
    call = copy.deepcopy(RECEIPT)
    for name, value in changes.items():
        *groups, last = name.split("__")
        inner: Any = call
        for group in groups:
            inner = inner[int(group) if group.isdigit() else group]
        inner[last] = value
    return call


def test_a_receipt_becomes_a_line_of_a_purchase_for_each_of_its_lines() -> None:
    read = mapping.read(MAPPING, RECEIPT, AROUND)
    assert read.troubles == []
    plov, tea = read.made
    assert (plov.message_id, tea.message_id) == ("purchase_line/1001/1", "purchase_line/1001/2")
    assert plov.reference == tea.reference == "1001"
    assert plov.occurred_at == datetime(2026, 3, 2, 7, 30, tzinfo=UTC)  # the till's clock is Tashkent's
    assert (plov.item, plov.quantity, plov.amount, plov.currency) == ("Plov", 2.0, Decimal("90000.50"), "UZS")
    assert (tea.item, tea.amount, tea.branch, tea.channel) == ("Tea", Decimal(5000), "chilonzor", "hall")
    assert (plov.phone, plov.name, plov.card) == ("+998901234567", "Dilnoza", "")


def test_money_in_tiyin_is_a_hundredth_and_quantities_are_as_they_are() -> None:
    in_tiyin = MAPPING.model_copy(update={"money": "tiyin"})
    assert mapping.read(in_tiyin, RECEIPT, AROUND).made[1].amount == Decimal(50)
    assert mapping.read(in_tiyin, RECEIPT, AROUND).made[1].quantity == 1.0


def test_a_refund_takes_away_whatever_its_sign_and_is_another_event_than_its_sale() -> None:
    (back, _tea) = mapping.read(MAPPING, changed(operation="Return"), AROUND).made
    assert (back.type, back.amount, back.message_id) == ("refund_line", Decimal("-90000.50"), "refund_line/1001/1")
    (below_nothing, _tea) = mapping.read(MAPPING, changed(receipt__lines__0__sum=-100), AROUND).made
    assert (below_nothing.type, below_nothing.amount) == ("refund_line", Decimal(-100))


def test_the_same_call_has_the_same_numbers_whenever_it_is_read() -> None:
    later = Circumstances("call-1", AT.replace(day=3), TASHKENT, "UZS")
    first, second = (mapping.read(MAPPING, RECEIPT, around).made for around in (AROUND, later))
    assert [made.message_id for made in first] == [made.message_id for made in second]
    no_number = MAPPING.model_copy(update={"fields": {**MAPPING.fields, "message_id": Field()}})
    assert [made.message_id for made in mapping.read(no_number, RECEIPT, AROUND).made] == ["call-1/1", "call-1/2"]


def test_a_number_of_each_line_needs_no_count() -> None:
    own = MAPPING.model_copy(update={"fields": {**MAPPING.fields, "message_id": Field(path="receipt.lines[*].name")}})
    assert [made.message_id for made in mapping.read(own, RECEIPT, AROUND).made] == [
        "purchase_line/Plov",
        "purchase_line/Tea",
    ]


@pytest.mark.parametrize(
    ("call", "why", "target", "path", "good"),
    [
        (changed(operation="transfer"), "not_in_values", "type", "operation", 0),
        (changed(operation=None), "missing", "type", "operation", 0),
        (changed(receipt__lines=[]), "no_lines", "each", "receipt.lines[*]", 0),
        (changed(receipt__lines={"name": "Plov"}), "no_lines", "each", "receipt.lines[*]", 0),
        (changed(receipt__lines=[{}] * 1001), "too_many_lines", "each", "receipt.lines[*]", 0),
        (changed(receipt__lines__0__sum="free"), "not_a_number", "amount", "receipt.lines[*].sum", 1),
        (changed(receipt__lines__0__sum=""), "no_amount", "amount", "receipt.lines[*].sum", 1),
        (changed(receipt__lines__0__sum=10**15), "too_large", "amount", "receipt.lines[*].sum", 1),
        (changed(receipt__lines__0__name={"ru": "Плов"}), "not_a_text", "item", "receipt.lines[*].name", 1),
        (changed(receipt__lines__0__name="x" * 401), "too_long", "item", "receipt.lines[*].name", 1),
        (changed(receipt__closed_at="yesterday"), "not_a_moment", "occurred_at", "receipt.closed_at", 0),
        (changed(receipt__closed_at="2027-01-01"), "in_future", "occurred_at", "receipt.closed_at", 0),
        (changed(receipt__customer__phone="wrong"), "bad_phone", "phone", "receipt.customer.phone", 0),
        ([], "no_lines", "each", "receipt.lines[*]", 0),
        (None, "no_lines", "each", "receipt.lines[*]", 0),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(call: Any, why: str, target: str, path: str, good: int) -> None:
    read = mapping.read(MAPPING, call, AROUND)
    assert {(trouble.why, trouble.target, trouble.path) for trouble in read.troubles} == {(why, target, path)}
    assert len(read.made) == good
    assert all(trouble.reason for trouble in read.troubles)


def test_without_a_kind_of_event_nothing_is_guessed() -> None:
    (trouble,) = mapping.read(Mapping(), RECEIPT, AROUND).troubles
    assert trouble.why == "not_mapped"


def test_lists_in_lists_keep_what_belongs_together() -> None:
    day = {"receipts": [{"no": 1, "lines": [{"s": 1}, {"s": 2}]}, {"no": 2, "lines": [{"s": 3}]}]}
    fields = {
        "type": Field(constant="purchase_line"),
        "message_id": Field(path="receipts[*].no"),
        "amount": Field(path="receipts[*].lines[*].s"),
    }
    made = mapping.read(Mapping(each="receipts[*].lines[*]", fields=fields), day, AROUND).made
    assert [(one.reference, one.amount) for one in made] == [("1", 1), ("1", 2), ("2", 3)]


@pytest.mark.parametrize(
    "kept", [{"each": "a..b"}, {"fields": {"type": {"path": "["}}}, {"time": "never"}, [], "x", {"fields": 1}]
)
def test_what_is_no_mapping_is_refused(kept: Any) -> None:
    if kept == []:
        assert mapping.load(kept) == Mapping()
        return
    with pytest.raises(mapping.MappingWrong):
        mapping.load(kept)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(["operation", "receipt", "lines", "number", "sum", "name", "a.b", "x[0]", ""])


@given(JSON | st.dictionaries(NAMES, JSON, max_size=5))
def test_no_call_breaks_a_mapping(call: Any) -> None:
    read = mapping.read(MAPPING, call, AROUND)
    assert read.made or read.troubles


@given(JSON)
def test_no_sample_breaks_what_is_suggested_or_shown(sample: Any) -> None:
    suggested = suggest.suggest(sample)
    assert mapping.load(suggested.model_dump()) == suggested
    mapping.read(suggested, sample, AROUND)
    for leaf in paths.leaves(sample):
        assert list(paths.find(sample, paths.parse(leaf.path)))


@given(st.lists(st.text(max_size=8) | st.integers(0, 99) | st.none(), max_size=6))
def test_a_path_is_read_as_it_is_written(parts: list[Any]) -> None:
    written = paths.spell(parts)
    assert paths.parse(written) == tuple(parts)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_paths(text: str) -> None:
    try:
        parts = paths.parse(text)
    except paths.PathWrong:
        return
    assert paths.parse(paths.spell(parts)) == parts


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (12500, "12500"),
        (0.1, "0.1"),
        ("12 500,50", "12500.50"),
        ("12\u00a0500", "12500"),
        ("12,500.50", "12500.50"),
        ("1.234.567,89", "1234567.89"),
        ("12,500", "12500"),
        ("12,5", "12.5"),
        ("45000 so'm", "45000"),
        ("45 000 сум", "45000"),
        ("-5", "-5"),
        ("1e3", "1000"),
    ],
)
def test_numbers_as_tills_write_them(written: Any, number: str) -> None:
    assert values.number(written) == Decimal(number)


@pytest.mark.parametrize(
    "written", ["", "x", "1 2 x", True, [], {}, None, "--5", "١٢", "1" * 40, "1e999", "nan", "inf"]
)
def test_what_is_no_number(written: Any) -> None:
    with pytest.raises(values.Wrong):
        values.number(written)


@pytest.mark.parametrize(
    ("written", "form", "moment"),
    [
        ("2026-03-02T12:30:00Z", "auto", "2026-03-02T12:30+00:00"),
        ("2026-03-02T12:30:00+05:00", "auto", "2026-03-02T07:30+00:00"),
        ("2026-03-02 12:30", "auto", "2026-03-02T07:30+00:00"),
        ("02.03.2026 12:30:15", "auto", "2026-03-02T07:30:15+00:00"),
        ("02/03/2026", "day_first", "2026-03-01T19:00+00:00"),
        ("03/02/2026", "month_first", "2026-03-01T19:00+00:00"),
        ("20260302T123000", "auto", "2026-03-02T07:30+00:00"),
        ("20260302", "auto", "2026-03-01T19:00+00:00"),
        (1772440200, "auto", "2026-03-02T08:30+00:00"),
        ("1772440200000", "auto", "2026-03-02T08:30+00:00"),
        (1772440200000, "unix_ms", "2026-03-02T08:30+00:00"),
        ("1772440200.5", "unix", "2026-03-02T08:30:00.500+00:00"),
    ],
)
def test_moments_as_tills_write_them(written: Any, form: str, moment: str) -> None:
    assert values.moment(written, form, TASHKENT) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "written", ["", "soon", "32.01.2026", "2026-02-30", True, [], None, "1e5", "99999999999999999999", "0001-01-01", -5]
)
def test_what_is_no_moment(written: Any) -> None:
    with pytest.raises(values.Wrong):
        values.moment(written, "auto", TASHKENT)


def test_names_in_a_sample_suggest_a_mapping() -> None:
    suggested = suggest.suggest(RECEIPT)
    assert suggested.each == "receipt.lines[*]"
    found = {target: field.path or field.constant for target, field in suggested.fields.items()}
    assert found | {"reference": ""} == {
        "type": "operation",
        "message_id": "receipt.number",
        "occurred_at": "receipt.closed_at",
        "phone": "receipt.customer.phone",
        "name": "receipt.customer.name",
        "card": "receipt.customer.card",
        "item": "receipt.lines[*].name",
        "quantity": "receipt.lines[*].qty",
        "amount": "receipt.lines[*].sum",
        "branch": "receipt.branch",
        "reference": "",
    }
    assert suggested.fields["type"].values == {"SALE": "purchase_line"}
    assert len(mapping.read(suggested, RECEIPT, AROUND).made) == 2
