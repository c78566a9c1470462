"""Repairs of messages: what they change, that they change nothing else, and where a fault is shown."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.sources import masking, mending
from mijoz.events.sources.mending import Repair
from mijoz.events.sources.tests.test_mapping import JSON

MESSAGE = {"event": "purchase_line", "properties": {"sum": 5, "lines": [{"a": 1}, {"b": 2}]}}


@pytest.mark.parametrize(
    ("repair", "after"),
    [
        (Repair("set", "event", "visit"), MESSAGE | {"event": "visit"}),
        (Repair("set", "x.y", "12"), MESSAGE | {"x": {"y": 12}}),
        (Repair("set", "x", '"12"'), MESSAGE | {"x": "12"}),
        (Repair("set", "x", "NaN"), MESSAGE | {"x": "NaN"}),
        (
            Repair("set", "properties.lines[*].a", "null"),
            MESSAGE | {"properties": {"sum": 5, "lines": [{"a": None}, {"b": 2, "a": None}]}},
        ),
        (
            Repair("rename", "properties.sum", "amount"),
            MESSAGE | {"properties": {"amount": 5, "lines": [{"a": 1}, {"b": 2}]}},
        ),
        (
            Repair("rename", "properties.lines[*].a", "b"),
            MESSAGE | {"properties": {"sum": 5, "lines": [{"b": 1}, {"b": 2}]}},
        ),
        (Repair("remove", "properties.lines[*]"), MESSAGE | {"properties": {"sum": 5, "lines": []}}),
        (Repair("remove", "properties"), {"event": "purchase_line"}),
        (Repair("remove", "nothing.here"), MESSAGE),
        (Repair("rename", "nothing", "x"), MESSAGE),
        (Repair("set", "event[0]", "x"), MESSAGE),
    ],
)
def test_repairs(repair: Repair, after: Any) -> None:
    before = copy.deepcopy(MESSAGE)
    assert mending.mended(repair, MESSAGE) == after
    assert before == MESSAGE


@pytest.mark.parametrize(
    ("repair", "what"),
    [
        (Repair("burn", "a"), "deed"),
        (Repair("set", ""), "path"),
        (Repair("set", "a["), "path"),
        (Repair("rename", "a[0]", "b"), "path"),
        (Repair("rename", "a", " "), "value"),
    ],
)
def test_what_is_no_repair(repair: Repair, what: str) -> None:
    with pytest.raises(mending.RepairWrong, match=what):
        mending.mended(repair, MESSAGE)


@given(
    JSON, st.sampled_from(mending.DEEDS), st.sampled_from(["a", "a.b", "[*]", "[0].a", "a[*].b"]), st.text(max_size=5)
)
def test_no_message_breaks_a_repair(message: Any, deed: str, path: str, value: str) -> None:
    try:
        after = mending.mended(Repair(deed, path, value), message)
    except mending.RepairWrong:
        return
    again = mending.mended(Repair(deed, path, value), after)
    assert deed == "remove" or again == after


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("event", '  "event": "purchase_line",'),
        ("properties.sum", '    "sum": 5,'),
        ("properties.lines[*].a", '        "a": 1'),
        ("properties.lines.1.b", '        "b": 2'),
        ("properties.amount", '  "properties": {'),
        ("timestamp", "{"),
        ("", "{"),
    ],
)
def test_a_fault_is_shown_on_its_line(path: str, line: str) -> None:
    assert mending.pretty(MESSAGE).splitlines()[mending.line_of(MESSAGE, path) - 1] == line


@given(JSON, st.sampled_from(["a", "a.b", "[*]", "[0].a", "a[*].b", "[", "0.a"]))
def test_a_line_is_always_one_of_the_message(message: Any, path: str) -> None:
    assert 0 <= mending.line_of(message, path) <= len(mending.pretty(message).splitlines())


@given(st.dictionaries(st.sampled_from(["phone", "kontakt", "traits", "userId", "тел"]), JSON, max_size=4))
def test_who_contacts_nobody_sees_no_text_of_an_unknown_name(message: Any) -> None:
    def texts(tree: Any) -> list[Any]:
        if isinstance(tree, dict):
            return [text for value in tree.values() for text in texts(value)]
        if isinstance(tree, list):
            return [text for value in tree for text in texts(value)]
        return [tree] if isinstance(tree, str) or (type(tree) in {int, float} and abs(tree) >= 100_000) else []

    assert set(texts(masking.masked(message))) <= {"", masking.DOTS}


def test_what_tells_nothing_of_a_person_is_shown_to_everybody() -> None:
    message = {"event": "visit", "userId": "1042", "context": {"traits": {"phone": 998901234567}}, "quantity": 2}
    assert masking.masked(message) == {
        "event": "visit",
        "userId": "•••",
        "context": {"traits": {"phone": "•••"}},
        "quantity": 2,
    }
