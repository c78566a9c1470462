"""How figures and parts of surveys are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mijoz.segments.models import in_language
from mijoz.surveys.definition import Choice, Points, Scale, parse
from mijoz.surveys.models import Response
from mijoz.surveys.questionnaires.ready import INDICATORS
from mijoz.surveys.questionnaires.servqual import DIMENSIONS


def measure(key: str) -> str:
    return {
        "nps": _("NPS"),
        "csat": _("Satisfied"),
        "ces": _("Found it easy"),
        "ease": _("Call it fast"),
        "safety": _("Call it safe"),
        "perceived": _("Service as perceived"),
        "indicator": _("How personal it was"),
    }[key]


def measure_hint(key: str) -> str:
    return {
        "nps": _("Who gave 9 or 10 minus who gave 0 to 6, in points from −100 to 100."),
        "csat": _("The share who chose one of the two best answers."),
        "ces": _("The share who chose one of the two easiest answers."),
        "ease": _("The share who chose one of the two best answers."),
        "safety": _("The share who chose one of the two best answers."),
        "perceived": _("The mean of all statements about the service."),
        "indicator": _("The mean of the six signs of personal service."),
    }[key]


def part(key: str) -> str:
    """A dimension or an indicator, short: what stands before the colon."""
    if key == "indicator":
        return _("How personal it was")
    texts = DIMENSIONS.get(key) or INDICATORS.get(key)
    return in_language(texts).split(":")[0] if texts else key


def said(response: Response) -> list[tuple[str, str]]:
    """What was asked and what was answered, in words."""
    definition = parse(response.version.definition)
    told = []
    for question in definition.questions:
        if question.key not in response.answers:
            continue
        given = response.answers[question.key]
        if given is None:
            told.append((question.text, _("does not apply")))
        elif isinstance(question, Scale):
            told.append((question.text, _("%(given)s of %(high)s") % {"given": given, "high": question.high}))
        elif isinstance(question, Choice | Points):
            labels = dict(question.labels)
            chosen = given.items() if isinstance(given, dict) else [(each, "") for each in _listed(given)]
            told.append(
                (question.text, ", ".join(f"{labels.get(key, key)} {points}".strip() for key, points in chosen))
            )
        else:
            told.append((question.text, given))
    return told


def _listed(given: object) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]
