"""What an answer comes to: one figure by measure, and whether it was given without reading."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean

from mijoz.surveys.definition import Answer, Definition, Scale

ONE_FIGURE = ("nps", "csat", "ces")
FEWEST_FOR_STRAIGHT = 8


def scores(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, float]:
    """The figures for the log by kind: nps, csat and ces as answered, servperf the mean of what was perceived, servqual
    the mean gap, and the mean of the indicators of personalisation."""
    found: dict[str, float] = {}
    for question in definition.questions:
        given = answers.get(question.key)
        if question.measure in ONE_FIGURE and isinstance(given, int):
            found[question.measure] = float(given)
    perceived, expected, indicators = (
        _given(definition, answers, each) for each in ("perceived", "expected", "indicator")
    )
    if perceived:
        found["servperf"] = mean(perceived.values())
    pairs = [perceived[f"p{key[1:]}"] - value for key, value in expected.items() if f"p{key[1:]}" in perceived]
    if pairs:
        found["servqual"] = mean(pairs)
    if indicators:
        found["personalisation"] = mean(indicators.values())
    return found


def looks_straight(definition: Definition, answers: Mapping[str, Answer]) -> bool:
    """The same number for eight statements or more: nobody read them."""
    statements = [question for question in definition.questions if isinstance(question, Scale) and question.dimension]
    given = [answers[question.key] for question in statements if isinstance(answers.get(question.key), int)]
    return len(given) >= FEWEST_FOR_STRAIGHT and len(set(map(str, given))) == 1


def _given(definition: Definition, answers: Mapping[str, Answer], measure: str) -> dict[str, int]:
    return {
        question.key: given
        for question in definition.questions
        if question.measure == measure and isinstance(given := answers.get(question.key), int)
    }
