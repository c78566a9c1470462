"""What is a questionnaire, what is an answer to it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from mijoz.business.models import Sector
from mijoz.surveys import editing
from mijoz.surveys.definition import AnswerRefused, DefinitionRefused, checked_answers, parse
from mijoz.surveys.models import Survey
from mijoz.surveys.questionnaires import ready, servqual

TEXTS = {"uz": "Savol", "ru": "Вопрос", "en": "Question"}
SCALE = {"key": "mark", "kind": "scale", "high": 5, "texts": TEXTS}
WHY = {"key": "why", "kind": "text", "texts": TEXTS, "show_if": {"question": "mark", "op": "<=", "value": 2}}
PICK = {"key": "pick", "kind": "choice", "texts": TEXTS, "options": {"a": TEXTS, "b": TEXTS}}
POINTS = {"key": "points", "kind": "points", "texts": TEXTS, "options": {"a": TEXTS, "b": TEXTS}}


@pytest.mark.parametrize("kind", Survey.Kind.values)
@pytest.mark.parametrize("sector", Sector.values)
def test_every_ready_questionnaire_can_be_asked_in_every_sector(kind: str, sector: str) -> None:
    definition = parse(ready.document(kind, sector))
    shown = editing.from_document(definition.document())
    assert parse(editing.document(shown)) == definition  # and the editor loses nothing of it


@pytest.mark.parametrize("sector", Sector.values)
def test_servqual_has_22_statements_in_five_dimensions(sector: str) -> None:
    sizes: dict[str, int] = {}
    for _key, dimension, texts in servqual.statements(sector):
        sizes[dimension] = sizes.get(dimension, 0) + 1
        assert set(texts) == {"uz", "ru", "en"}
    assert sizes == {"tangibles": 4, "reliability": 5, "responsiveness": 4, "assurance": 4, "empathy": 5}
    assert len({texts["uz"] for _key, _dimension, texts in servqual.statements(sector)}) == 22
    asked = servqual.both(sector)
    expected = {question["key"][1:] for question in asked if question.get("measure") == "expected"}
    assert expected == {question["key"][1:] for question in asked if question.get("measure") == "perceived"}


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ([SCALE, SCALE], "mark"),
        ([WHY, SCALE], "why"),
        ([SCALE | {"texts": {"uz": "Savol"}}], "ru, en"),
        ([SCALE | {"high": 11}], "high"),
        ([PICK | {"options": {"a": TEXTS}}], "options"),
        ([SCALE | {"key": "Not a key"}], "key"),
        ([], "questions"),
        ([SCALE | {"surprise": 1}], "surprise"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_where(questions: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(DefinitionRefused, match=why):
        parse({"questions": questions})


def test_what_depends_on_an_answer_is_asked_only_then() -> None:
    definition = parse({"questions": [SCALE, WHY]})
    assert checked_answers(definition, {"mark": 5, "why": "never mind"}) == {"mark": 5}
    assert checked_answers(definition, {"mark": 2, "why": " cold "}) == {"mark": 2, "why": "cold"}
    with pytest.raises(AnswerRefused) as refusal:
        checked_answers(definition, {"mark": 2})
    assert refusal.value.question == "why"


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (SCALE, 0), (SCALE, 6), (SCALE, "five"), (SCALE, True), (SCALE, None), (SCALE, ""),
        (PICK, "c"), (PICK, ["a", "c"]), (POINTS, {"a": 60, "b": 50}),
        (POINTS, {"a": 100}), (POINTS, {"a": 110, "b": -10}),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused(question: dict[str, Any], given: Any) -> None:
    definition = parse({"questions": [question]})
    with pytest.raises(AnswerRefused):
        checked_answers(definition, {question["key"]: given})


def test_right_answers_of_every_kind() -> None:
    none = SCALE | {"key": "none", "may_not_apply": True}
    definition = parse({"questions": [SCALE, none, PICK | {"many": True}, POINTS]})
    given = {"mark": 3, "none": None, "pick": ["b", "a", "b"], "points": {"a": 30, "b": 70}}
    assert checked_answers(definition, given) == given | {"pick": ["b", "a"]}
