"""The editor: every trigger and step kind is typed, arranged in a tree, checked, and read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mijoz.scenarios import arranging, checking, editing, hooks, reading_back, sentences
from mijoz.scenarios.definition import TRIGGER_KINDS
from mijoz.scenarios.forms.rows import WhereRows
from mijoz.scenarios.forms.steps import STEP_FORMS, SurveyForm
from mijoz.scenarios.tests.conftest import MESSAGE, OFFER, PROTOCOL, TASK, WAIT, document
from mijoz.segments.forms import RuleForm

THEN = {**TASK, "key": "then_call", "confirm": [{"key": "greet", "texts": {"uz": "Salomlashdim", "en": "I greeted"}}]}
TREE: list[dict[str, Any]] = [
    OFFER,
    MESSAGE,
    {"kind": "wait", "key": "wait", "days": 2, "until": "event", "event": "visit",
     "where": [{"field": "amount", "op": ">=", "value": 10.0}]},
    {"kind": "branch", "key": "came", "step": "wait", "outcomes": ["happened"],
     "then": [THEN, {"kind": "end", "key": "over", "at_goal": False}],
     "otherwise": [
         {"kind": "split", "key": "draw", "arms": [
             {"key": "a", "share": 30, "names": {"en": "Queue", "uz": "Navbat"},
              "steps": [{"kind": "queue", "key": "first", "priority": 9, "hours": 24}]},
             {"key": "b", "share": 70, "steps": [
                 {"kind": "branch", "key": "often", "rule": {"field": "purchases", "op": ">=", "value": 3},
                  "then": [PROTOCOL], "otherwise": []}]},
         ]},
     ]},
    {"kind": "survey", "key": "ask", "survey": "visit"},
    {"kind": "webhook", "key": "call_out", "endpoint": "crm"},
]  # fmt: skip
TRIGGERS: list[dict[str, Any]] = [
    {"kind": "segment_entered", "segment": "new", "include_present": False},
    {"kind": "segment_left", "segment": "regular", "include_present": False},
    {"kind": "event", "event": "complaint", "each": "event",
     "where": [{"field": "payload.touchpoint", "op": "=", "value": "queue"}]},
    {"kind": "around", "date": "booking", "side": "before", "days": 0, "hours": 24},
    {"kind": "around", "date": "event", "event": "purchase_line", "field": "payload.warranty_until", "days": 14},
    {"kind": "around", "date": "birthday", "days": 3, "at": "09:30", "segment": "regular"},
    {"kind": "schedule", "every": "week", "weekday": 2, "at": "11:00"},
    {"kind": "schedule", "every": "month", "day": 31},
    {"kind": "silence", "of": "visit", "days": 60},
]  # fmt: skip


def round_trip(given: dict[str, Any]) -> Any:
    """What is saved when the page of this definition is sent back untouched."""
    found = checking.parse(given)
    flat = editing._editor(found.document(), {"names_en": "x"}, RuleForm(editing.Draft()))
    assert found.document()["eligibility"] is None
    return checking.parse(flat.document()), found


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger["kind"])
def test_every_trigger_comes_back_from_the_page_as_it_was(business: Any, trigger: dict[str, Any]) -> None:
    typed, found = round_trip(document(MESSAGE, trigger=trigger))
    assert typed == found


def test_a_tree_of_every_kind_of_step_comes_back_as_it_was(business: Any) -> None:
    typed, found = round_trip(document(*TREE, goal={"kind": "purchase", "window_days": 60}, package_cost="12000.5"))
    assert typed == found
    assert {placed.step.kind for placed in found.placed} == set(STEP_FORMS)
    assert {trigger["kind"] for trigger in TRIGGERS} == set(TRIGGER_KINDS)


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "events", "of": {"type": "purchase_line", "window": {"last_days": 60}}, "op": ">=", "value": 2},
        {"not": {"field": "purchases", "op": ">=", "value": 2}},
        {
            "any": [
                {"field": "purchases", "op": ">=", "value": 2},
                {"field": "consents_to_marketing", "op": "is", "value": True},
            ]
        },
        {"field": "consents_to_marketing", "op": "is", "value": False},
    ],
    ids=["family", "not", "any", "flag"],
)
def test_a_branch_keeps_its_rule_whatever_it_is(business: Any, rule: dict[str, Any]) -> None:
    fork = {"kind": "branch", "key": "ask", "rule": rule, "then": [TASK], "otherwise": []}
    typed, found = round_trip(document(MESSAGE, fork))
    assert typed == found


def test_a_fault_deep_inside_stands_at_its_step(business: Any) -> None:
    found = checking.parse(document(*TREE, goal={"kind": "purchase", "window_days": 60}))
    editor = editing._editor(found.document(), {"names_en": "x"}, RuleForm(editing.Draft()))
    first = next(step for step in editor.steps if step.key == "first")
    first.data[f"{first.prefix}-hours"] = "0"
    first.full_clean()
    assert editor.checked() is None
    assert [mistake.anchor for mistake in editor.mistakes] == ["step-first"]
    assert "A whole number from 1 to 720" in str(first.errors["hours"])


def keys(steps: list[arranging.Typed]) -> list[str]:
    return [f"{step['parent']}>{step['key']}" for step in steps]


def laid() -> list[arranging.Typed]:
    def typed(kind: str, key: str, parent: str = "") -> arranging.Typed:
        return {**arranging.FRESH[kind], "kind": kind, "key": key, "parent": parent}

    return [
        typed("message", "hello"), typed("branch", "ask"), typed("task", "call", "ask.then"),
        typed("wait", "rest", "ask.then"), typed("offer", "tea", "ask.otherwise"), typed("end", "over"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "into", "becomes"),
    [
        ("up-call", "", [">hello", ">call", ">ask", "ask.then>rest", "ask.otherwise>tea", ">over"]),
        ("down-rest", "", [">hello", ">ask", "ask.then>call", "ask.otherwise>tea", ">rest", ">over"]),
        ("down-hello", "", [">ask", "ask.then>call", "ask.then>rest", "ask.otherwise>tea", ">hello", ">over"]),
        ("up-hello", "", keys(laid())),
        ("remove-ask", "", [">hello", ">over"]),
        ("move-hello", "ask.otherwise", [">ask", "ask.then>call", "ask.then>rest", "ask.otherwise>tea",
                                         "ask.otherwise>hello", ">over"]),
        ("move-ask", "ask.then", keys(laid())),
        ("move-tea", "nowhere.a", keys(laid())),
        ("add-wait-ask.otherwise", "", [">hello", ">ask", "ask.then>call", "ask.then>rest", "ask.otherwise>tea",
                                        "ask.otherwise>wait", ">over"]),
        ("copy-ask", "", [">hello", ">ask", "ask.then>call", "ask.then>rest", "ask.otherwise>tea", ">branch",
                          "branch.then>task", "branch.then>wait", "branch.otherwise>offer", ">over"]),
    ],
)  # fmt: skip
def test_steps_are_arranged_by_buttons(change: str, into: str, becomes: list[str]) -> None:
    assert keys(arranging.changed(laid(), change, (), into=into)) == becomes


def test_a_split_has_two_to_five_arms() -> None:
    steps = [{**arranging.FRESH["split"], "kind": "split", "key": "draw", "parent": ""}]
    for _ in range(5):
        steps = arranging.changed(steps, "arm-draw", ())
    assert arranging.ways_of(steps[0]) == ["a", "b", "c", "d", "e"]
    steps = arranging.changed(steps, "add-task-draw.c", ())
    for way in ("c", "d", "e", "a", "b"):
        steps = arranging.changed(steps, f"disarm-draw.{way}", ())
    assert arranging.ways_of(steps[0]) == ["a", "b"]
    assert len(steps) == 1


PRESSES = st.sampled_from(
    [f"{verb}-{key}" for verb in ("up", "down", "copy", "remove", "move") for key in ("hello", "ask", "call", "tea")]
    + ["add-split", "add-branch-ask.then", "add-message-branch.otherwise", "add-nonsense", "up-", "arm-split", "x"]
)


@given(st.lists(st.tuples(PRESSES, st.sampled_from(["", "ask.then", "ask.otherwise", "branch.then"])), max_size=12))
def test_whatever_is_pressed_no_step_is_lost_but_those_removed(presses: list[tuple[str, str]]) -> None:
    steps = laid()
    for change, into in presses:
        before = {step["key"] for step in steps}
        steps = arranging.changed(steps, change, (), into=into)
        after = [step["key"] for step in steps]
        assert len(set(after)) == len(after)
        assert change.startswith("remove") or before <= set(after)
        ways = {f"{step['key']}.{way}" for step in steps for way in arranging.ways_of(step)} | {""}
        assert all(step["parent"] in ways for step in steps)
        assert arranging.in_order(list(steps)) == steps


def test_a_whole_scenario_is_read_back_in_three_languages(business: Any) -> None:
    found = checking.parse(document(*TREE, holdout_share=0.1, goal={"kind": "purchase", "window_days": 60}))
    told = {code: " ".join(paragraphs) for code, _language, _shown, paragraphs in reading_back.in_all_languages(found)}
    assert "Whoever is in the segment “New”, now or later." in told["en"]
    assert "by chance: Queue, 30%: (first in the queue: Priority in the queue: 9); b, 70%: (if Number of" in told["en"]
    assert len(set(told.values())) == 3


def test_waiting_is_read_with_its_length(business: Any) -> None:
    found = checking.parse(document(MESSAGE, WAIT, TASK))
    assert "wait: 2 days" in reading_back.paragraphs(found, {})[1]


def test_a_large_number_is_typed_in_full(business: Any) -> None:
    where = [{"field": "amount", "op": ">=", "value": 1_500_000.0}, {"field": "discount", "op": "<", "value": 0.1}]
    shown = WhereRows.typed(where)
    assert [shown["0-value"], shown["1-value"]] == ["1500000", "0.1"]
    waits = {"kind": "wait", "key": "wait", "days": 2, "until": "event", "event": "visit", "where": where}
    typed, found = round_trip(document(waits, MESSAGE))
    assert typed == found


def test_reading_back_asks_for_names_once_however_many_steps_there_are(business: Any) -> None:
    def statements(*steps: dict[str, Any]) -> int:
        goal = {"kind": "segment_left", "segment": "at_risk", "window_days": 60}
        found = checking.parse(document(*steps, goal=goal))
        with CaptureQueriesContext(connection) as captured:
            reading_back.in_all_languages(found)
        return len(captured)

    assert statements(MESSAGE) == statements(MESSAGE, WAIT, TASK, {**TASK, "key": "again"}) == 2


def test_only_steps_that_a_branch_asks_about_are_named(business: Any) -> None:
    assert set(sentences.names_of_steps(checking.parse(document(*TREE)))) == {"wait"}


def test_a_survey_is_chosen_from_those_that_take_answers(business: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_surveys", [lambda: [("visit", "How was your visit")]])
    form = SurveyForm({"step-0-survey": "visit"}, place=0, key="ask")
    assert form.fields["survey"].widget.choices[1:] == [("visit", "How was your visit")]
    closed = SurveyForm({"step-0-survey": "old"}, place=0, key="ask")
    assert closed.fields["survey"].widget.choices[-1] == ("old", "old (takes no answers now)")
    monkeypatch.setattr(hooks, "_surveys", [list])
    assert "open one under Surveys first" in str(SurveyForm({}, place=0, key="ask").fields["survey"].help_text)
