"""A filled-in form as answers: numbers where numbers were asked for."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from mijoz.surveys.definition import Choice, Definition, Points, Scale, Text

DOES_NOT_APPLY = "none"


def answers(definition: Definition, posted: QueryDict) -> dict[str, Any]:
    """What was posted, by question; wrong values stay as they are and are refused later by their question."""
    given: dict[str, Any] = {}
    for question in definition.questions:
        name = f"q_{question.key}"
        match question:
            case Scale():
                if (raw := posted.get(name, "")) == DOES_NOT_APPLY:
                    given[question.key] = None
                elif raw:
                    given[question.key] = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else raw
            case Choice(many=True):
                given[question.key] = posted.getlist(name)
            case Points():
                given[question.key] = _points(question, posted)
            case Choice() | Text():
                given[question.key] = posted.get(name, "")
    return given


def _points(question: Points, posted: QueryDict) -> dict[str, Any] | None:
    raw = {key: posted.get(f"q_{question.key}_{key}", "").strip() for key in question.options}
    if not any(raw.values()):
        return None
    return {key: int(each) if each.isascii() and each.isdigit() and len(each) < 4 else 0 for key, each in raw.items()}
