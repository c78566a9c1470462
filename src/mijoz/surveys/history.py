"""Answers that were given before Mijoz asked, such as a demo's: kept with their invitations, not written to the log."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, cast

import polars as pl

from mijoz.business.models import Branch
from mijoz.business.queries import business
from mijoz.surveys import actions
from mijoz.surveys.definition import Definition, parse
from mijoz.surveys.models import FollowUp, Invitation, Response, Survey, SurveyVersion
from mijoz.surveys.questionnaires import ready
from mijoz.surveys.scoring import looks_straight

VALID_FOR = timedelta(days=21)
STILL_TO_FOLLOW_UP = timedelta(days=4)  # before the end of the history: older bad answers were seen to
NAMESPACE = uuid.UUID("6f1c3f5e-6d0b-4c39-9d2c-2f8f3a3f5a10")  # so that the same history twice is kept once
ORDER = {"perceived": 0, "expected": 1}  # of statements asked twice all that was perceived comes first


def keep_history(asked: pl.DataFrame, *, touchpoint: str, until: datetime) -> int:
    """Keep who was asked what and the answers; returns how many answers there are now. The same again changes nothing.

    `asked` has survey (a kind, which becomes the key too), customer_id, episode, branch (code), channel, language,
    segment, invited_at, answered_at and answers: numbers in the order of the ready questions, those of statements that
    were perceived before those that were expected. Both are null for who did not answer. `until` is where the history
    ends: of bad answers just before it somebody is still to be called.
    """
    branches = dict(Branch.objects.values_list("code", "pk"))
    zone = business().zone
    for (kind,), rows in asked.group_by("survey"):
        survey = _survey(str(kind), touchpoint=touchpoint, at=rows["invited_at"].sort()[0])
        version = survey.versions.order_by("-number")[0]
        definition = parse(version.definition)
        keys = _keys(definition)
        invitations, responses = [], []
        for row in rows.iter_rows(named=True):
            invitation = _invitation(survey, version, row, branches)
            invitations.append(invitation)
            if row["answers"] is not None:
                answers = dict(zip(keys, row["answers"], strict=True))
                responses.append(
                    Response(
                        pk=invitation.pk,
                        survey=survey,
                        version=version,
                        is_anonymous=False,
                        invitation=invitation,
                        customer_id=row["customer_id"],
                        branch_id=invitation.branch_id,
                        segment=row["segment"],
                        channel=row["channel"],
                        language=row["language"],
                        answered_on=row["answered_at"].astimezone(zone).date(),
                        answered_at=row["answered_at"],
                        is_straight=looks_straight(definition, answers),
                        answers=answers,
                    )
                )
        Invitation.objects.bulk_create(invitations, ignore_conflicts=True, batch_size=5_000)
        Response.objects.bulk_create(responses, ignore_conflicts=True, batch_size=5_000)
        _follow_up(definition, responses, until=until)
    return Response.objects.filter(survey__key__in=asked["survey"].unique().to_list()).count()


def _survey(kind: str, *, touchpoint: str, at: datetime) -> Survey:
    """The survey of this key, open since its first invitation; made of the ready questions when there is none."""
    survey = Survey.objects.filter(key=kind).first()
    if survey is None:
        names = ready.NAMES[Survey.Kind(kind)]
        survey = actions.create(
            key=kind, kind=kind, names=names, is_anonymous=False, touchpoint=touchpoint, by=None, at=at
        )  # fmt: skip
    if survey.state == Survey.State.DRAFT:
        actions.move(survey, Survey.State.OPEN, at=at)
    return survey


def _keys(definition: Definition) -> list[str]:
    """The questions with a number for an answer, in the order in which a history tells them."""
    numbered = [question for question in definition.questions if question.kind == "scale"]
    ordered = sorted(numbered, key=lambda question: ORDER.get(question.measure, 2))
    return [question.key for question in ordered]


def _invitation(survey: Survey, version: SurveyVersion, row: dict[str, Any], branches: dict[str, int]) -> Invitation:
    return Invitation(
        pk=uuid.uuid5(NAMESPACE, f"{survey.key}/{row['customer_id']}/{row['episode']}"),
        survey=survey,
        version=version,
        customer_id=row["customer_id"],
        episode=row["episode"],
        channel=row["channel"],
        branch_id=branches.get(row["branch"]),
        segment=row["segment"],
        is_settled=True,
        invited_at=row["invited_at"],
        expires_at=row["invited_at"] + VALID_FOR,
        opened_at=row["answered_at"],
        answered_at=row["answered_at"],
    )


def _follow_up(definition: Definition, responses: list[Response], *, until: datetime) -> None:
    if definition.bad is None:
        return
    FollowUp.objects.bulk_create(
        [
            FollowUp(
                response=response,
                customer_id=cast(int, response.customer_id),
                why=definition.bad.question,
                opened_at=response.answered_at,
                due_at=response.answered_at + actions.FOLLOWED_UP_WITHIN,
            )
            for response in responses
            if response.answered_at
            and response.answered_at > until - STILL_TO_FOLLOW_UP
            and definition.bad.fits(response.answers)
        ],
        ignore_conflicts=True,
    )
