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
    perceived, indicators = (_given(definition, answers, each) for each in ("perceived", "indicator"))
    if perceived:
        found["servperf"] = mean(perceived.values())
    if pairs := _pairs(definition, answers):
        found["servqual"] = mean(pairs.values())
    if indicators:
        found["indicators"] = mean(indicators.values())
    return found


def parts(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, dict[str, dict[str, float]]]:
    """What the figures of `scores` were made of, by kind: `gaps` and `perceived` by dimension, `indicators` by key.

    A statement without an answer does not count in its dimension, a dimension without any is left out.
    """
    perceived = _by_dimension(definition, _given(definition, answers, "perceived"))
    gaps = _by_dimension(definition, _pairs(definition, answers))
    indicators = {key: float(given) for key, given in _given(definition, answers, "indicator").items()}
    return {
        "servperf": {"perceived": perceived},
        "servqual": {"gaps": gaps, "perceived": perceived},
        "indicators": {"indicators": indicators},
    }


def _pairs(definition: Definition, answers: Mapping[str, Answer]) -> dict[str, int]:
    """Perception minus expectation by the key of what was perceived, of statements answered twice."""
    perceived, expected = (_given(definition, answers, each) for each in ("perceived", "expected"))
    return {
        f"p{key[1:]}": perceived[f"p{key[1:]}"] - value for key, value in expected.items() if f"p{key[1:]}" in perceived
    }


def _by_dimension(definition: Definition, given: Mapping[str, int]) -> dict[str, float]:
    found: dict[str, list[int]] = {}
    for question in definition.questions:
        if question.dimension and question.key in given:
            found.setdefault(question.dimension, []).append(given[question.key])
    return {dimension: round(mean(values), 4) for dimension, values in found.items()}


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
