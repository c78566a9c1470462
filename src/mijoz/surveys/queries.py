"""Reads of surveys that are more than one line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Count, Q, QuerySet

from mijoz.customers.queries import members_of
from mijoz.surveys.definition import Choice, Definition, Points, Scale, parse
from mijoz.surveys.models import FollowUp, Invitation, Response, Survey, SurveyVersion


@dataclass(frozen=True, slots=True)
class Listed:
    """A survey with its numbers."""

    survey: Survey
    invited: int
    answered: int
    responses: int
    to_do: int


def version_in_force(survey: Survey) -> SurveyVersion:
    return survey.versions.select_related("survey").order_by("-number")[:1].get()


def is_asked(key: str) -> bool:
    """Whether a survey of this key takes answers now."""
    survey = Survey.objects.filter(key=key).first()
    return survey is not None and survey.takes_answers


def name_of(key: str) -> str:
    """What the survey is called; "" for one that is not there."""
    survey = Survey.objects.filter(key=key).first()
    return survey.name if survey else ""


def asked_now() -> list[tuple[str, str]]:
    """Key and name of the surveys that take answers now, the latest first."""
    taking = Survey.objects.filter(state__in=[Survey.State.PILOT, Survey.State.OPEN])
    return [(survey.key, survey.name) for survey in taking]


def definition_in_force(survey: Survey) -> Definition:
    return parse(version_in_force(survey).definition)


def with_definition(found: QuerySet[Response]) -> Iterator[tuple[Response, Definition]]:
    """Answers, each with the definition of the version that it answers; a version is parsed only once."""
    parsed: dict[int, Definition] = {}
    for response in found.select_related("version").iterator(chunk_size=2_000):
        if response.version_id not in parsed:
            parsed[response.version_id] = parse(response.version.definition)
        yield response, parsed[response.version_id]


def listed() -> list[Listed]:
    """All surveys, the latest first; four queries, however many there are."""
    invited = {
        row["survey"]: row
        for row in Invitation.objects.values("survey").annotate(
            invited=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False))
        )
    }
    responses = _counted(Response.objects.values_list("survey").annotate(Count("pk")))
    to_do = _counted(
        FollowUp.objects.filter(state=FollowUp.State.OPEN).values_list("response__survey").annotate(Count("pk"))
    )
    nothing = {"invited": 0, "answered": 0}
    return [
        Listed(
            survey,
            invited=invited.get(survey.pk, nothing)["invited"],
            answered=invited.get(survey.pk, nothing)["answered"],
            responses=responses.get(survey.pk, 0),
            to_do=to_do.get(survey.pk, 0),
        )
        for survey in Survey.objects.all()
    ]


def _counted(rows: Any) -> dict[int, int]:
    return dict(rows)


def free_key(wanted: str) -> str:
    """This key, or it with a number when another survey has it."""
    taken = set(Survey.objects.filter(key__startswith=wanted[:36]).values_list("key", flat=True))
    keys = (wanted if number == 1 else f"{wanted[:36]}_{number}" for number in range(1, len(taken) + 2))
    return next(key for key in keys if key not in taken)


def asked_since(customers: Collection[int], *, since: datetime) -> set[int]:
    """Of these people those who were invited to any survey since, under whatever number."""
    members = members_of(customers)
    rows = Invitation.objects.filter(customer__in=members, invited_at__gt=since).values_list("customer", flat=True)
    return {members[customer] for customer in rows.distinct()}


def responses(survey: Survey, wanted: Mapping[str, str] | None = None) -> QuerySet[Response]:
    """The answers that count, narrowed by branch (code), segment, channel, since and until (days), pilot ("yes" shows
    those of the pilot instead); what is unknown is ignored. Straight ones are among them."""
    wanted = wanted or {}
    found = Response.objects.filter(survey=survey, is_pilot=wanted.get("pilot") == "yes")
    for name, field in (("branch", "branch__code"), ("segment", "segment"), ("channel", "channel")):
        if wanted.get(name):
            found = found.filter(**{field: wanted[name]})
    for name, lookup in (("since", "gte"), ("until", "lte")):
        if day := _day(wanted.get(name, "")):
            found = found.filter(**{f"answered_on__{lookup}": day})
    return found.order_by("-answered_on", "pk")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def answer_frame(rows: QuerySet[Response], definition: Definition) -> pl.DataFrame:
    """One row for each response: segment, branch, channel, language, answered_on, is_straight, and a column for each
    question; of points one for each option, of several choices a list. What was not answered is null."""
    kept = list(rows.values("segment", "branch__code", "channel", "language", "answered_on", "is_straight", "answers"))
    columns: dict[str, Any] = {
        "segment": [row["segment"] for row in kept],
        "branch": [row["branch__code"] or "" for row in kept],
        "channel": [row["channel"] for row in kept],
        "language": [row["language"] for row in kept],
        "answered_on": [row["answered_on"] for row in kept],
        "is_straight": [row["is_straight"] for row in kept],
    }
    frame = pl.DataFrame(columns, schema_overrides={"answered_on": pl.Date, "is_straight": pl.Boolean})
    for question in definition.questions:
        given = [row["answers"].get(question.key) for row in kept]
        if isinstance(question, Scale):
            numbers = [each if isinstance(each, int) else None for each in given]
            frame = frame.with_columns(pl.Series(question.key, numbers, dtype=pl.Float64))
        elif isinstance(question, Points):
            for option in question.options:
                points = [each.get(option) if isinstance(each, dict) else None for each in given]
                frame = frame.with_columns(pl.Series(f"{question.key}.{option}", points, dtype=pl.Float64))
        elif isinstance(question, Choice):
            chosen = [each if isinstance(each, list) else [each] if each else [] for each in given]
            frame = frame.with_columns(pl.Series(question.key, chosen, dtype=pl.List(pl.String)))
        else:
            frame = frame.with_columns(pl.Series(question.key, given, dtype=pl.String))
    return frame


@dataclass(frozen=True, slots=True)
class Reached:
    """Of a segment: how many were invited and how many answered."""

    segment: str
    invited: int
    answered: int

    @property
    def rate(self) -> float:
        return self.answered / self.invited if self.invited else 0.0


def reached(survey: Survey) -> list[Reached]:
    """Who was invited and who answered, by segment; of an anonymous survey nobody knows who answered."""
    rows = (
        Invitation.objects.filter(survey=survey, is_test=False)
        .values("segment")
        .annotate(invited=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
        .order_by("-invited")
    )
    return [Reached(row["segment"], row["invited"], row["answered"]) for row in rows]


def follow_ups(wanted: Mapping[str, str] | None = None) -> QuerySet[FollowUp]:
    """Those to do, the most urgent first; with state=closed those done, the latest first."""
    found = FollowUp.objects.select_related(
        "customer", "owner", "response__survey", "response__branch", "response__version"
    )
    if (wanted or {}).get("state") == FollowUp.State.CLOSED:
        return found.filter(state=FollowUp.State.CLOSED).order_by("-closed_at", "-pk")
    return found.filter(state=FollowUp.State.OPEN)
