"""Conditions on an event are told in the reader's words, not in the names of fields."""

from __future__ import annotations

from django.utils import translation

from mijoz.scenarios.event_names import conditions
from mijoz.scenarios.triggers import Where

ASKED = (
    Where(field="payload.kind", op="=", value="csat"),
    Where(field="payload.score", op="<=", value=3.0),
    Where(field="payload.touchpoint", op="=", value="queue"),
    Where(field="payload.model", op="=", value="M3"),
)


def test_conditions_on_an_event_are_told_in_words() -> None:
    with translation.override("en"):
        assert conditions(ASKED) == "kind is “CSAT”, score at most 3, touchpoint is “queue”, model is “M3”"
    with translation.override("ru"):
        kind, score, touchpoint, _model = conditions(ASKED).split(", ")
        assert (kind, score) == ("вид равно «CSAT»", "оценка не больше 3")
        assert touchpoint == "точка контакта равно «очередь»"
