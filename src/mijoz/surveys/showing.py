"""A survey as the page for customers shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mijoz.business.models import Business
from mijoz.surveys.definition import Choice, Definition, Points, Scale, Text
from mijoz.surveys.models import Place, Survey
from mijoz.ui.outside import shown_to_customer


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what was answered so far and what is wrong with it."""

    question: Scale | Choice | Text | Points
    given: Any
    error: str
    number: int

    @property
    def kind(self) -> str:
        return self.question.kind

    @property
    def name(self) -> str:
        return f"q_{self.question.key}"

    @property
    def does_not_apply(self) -> bool:
        return isinstance(self.given, _Nothing)

    @property
    def options(self) -> list[tuple[str, str, Any]]:
        """(key, label, what was given) of a choice or of points."""
        if isinstance(self.question, Choice):
            chosen = self.given if isinstance(self.given, list) else [self.given]
            return [(key, label, key in chosen) for key, label in self.question.labels]
        if isinstance(self.question, Points):
            given = self.given if isinstance(self.given, dict) else {}
            return [(key, label, given.get(key, "")) for key, label in self.question.labels]
        return []


class _Nothing:
    """Given as not applying."""


def page_of(
    request: HttpRequest,
    business: Business,
    definition: Definition,
    survey: Survey,
    *,
    place: Place | None = None,
    given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What the template of the questions needs."""
    marked = _marked(request, definition) if given is None else given
    asked = [
        Asked(
            question,
            _Nothing() if question.key in marked and marked[question.key] is None else marked.get(question.key, ""),
            (errors or {}).get(question.key, ""),
            number,
        )
        for number, question in enumerate(definition.questions, start=1)
    ]
    return {
        "business": business,
        "survey": survey,
        "definition": definition,
        "asked": asked,
        "wrong": next((each for each in asked if each.error), None),
        "place": place,
        "languages": settings.LANGUAGES,
    }


def _marked(request: HttpRequest, definition: Definition) -> dict[str, Any]:
    """The answer that a button in the message stood for, marked for the first scale."""
    first = next((question for question in definition.questions if isinstance(question, Scale)), None)
    score = request.GET.get("score", "")
    if first is None or not (score.isascii() and score.isdigit() and len(score) < 3):
        return {}
    return {first.key: int(score)} if int(score) in first.values else {}


def refused(request: HttpRequest, business: Business, why: str, *, status: int) -> HttpResponse:
    """A page that says why there is nothing to answer here: broken, closed, answered or often."""
    return shown_to_customer(request, "surveys/refused.html", {"business": business, "why": why}, status=status)
