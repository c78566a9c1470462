"""The answers to a survey as a table, one row each, without names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from mijoz.surveys import queries
from mijoz.surveys.definition import Definition, Points
from mijoz.surveys.models import Response, Survey
from mijoz.ui.export import csv_response


def csv(survey: Survey, wanted: Mapping[str, str]) -> StreamingHttpResponse:
    """Narrowed as the page is."""
    definition = queries.definition_in_force(survey)
    heads = [_("Day"), _("Branch"), _("Channel"), _("Language"), _("Segment"), *_columns(definition)]
    rows = queries.responses(survey, wanted).select_related("branch").iterator(chunk_size=2_000)
    return csv_response(chain([heads], _rows(rows, definition)), file_name=f"{survey.key}.csv")


def _columns(definition: Definition) -> list[str]:
    columns: list[str] = []
    for question in definition.questions:
        columns += (
            [f"{question.key}.{option}" for option in question.options]
            if isinstance(question, Points)
            else [question.key]
        )
    return columns


def _rows(responses: Iterator[Response], definition: Definition) -> Iterator[list[str]]:
    for response in responses:
        row = [
            response.answered_on.isoformat(),
            response.branch.code if response.branch else "",
            response.channel,
            response.language,
            response.segment,
        ]
        for question in definition.questions:
            given = response.answers.get(question.key)
            if isinstance(question, Points):
                row += [str(given.get(option, "")) if isinstance(given, dict) else "" for option in question.options]
            elif isinstance(given, list):
                row.append(" ".join(given))
            else:
                row.append("" if given is None else str(given))
        yield row
