"""How scenarios ask: the step “survey” invites here, and is told what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from django.db import transaction

from mijoz.business.models import StaffMember
from mijoz.business.queries import business
from mijoz.channels.actions import put_in_outbox
from mijoz.customers.models import Customer
from mijoz.scenarios import hooks
from mijoz.scenarios.actions import note_outcomes
from mijoz.scenarios.models import Enrolment
from mijoz.surveys import actions, queries
from mijoz.surveys.actions import Episode
from mijoz.surveys.letters import letter
from mijoz.surveys.models import Invitation, Survey
from mijoz.surveys.questionnaires import ready

CLOSED, RESTING = "survey_closed", "asked_lately"


def connect() -> None:
    hooks.connect_surveys(invite, is_asked=queries.is_asked, choices=queries.asked_now)
    hooks.connect_survey_names(queries.name_of, of=survey_of)


def survey_of(kind: str, key: str, by: StaffMember | None, at: datetime) -> str:
    """The named survey of this kind that takes answers, else one that could, else a new draft with ready questions."""
    own = Survey.objects.filter(kind=kind, is_anonymous=False).exclude(state=Survey.State.CLOSED)
    known = sorted(own, key=lambda one: (not one.takes_answers, -one.pk))
    if known:
        return known[0].key
    taken = set(Survey.objects.values_list("key", flat=True))
    numbered = (key if place == 1 else f"{key}_{place}" for place in count(1))
    free = next(one for one in numbered if one not in taken)
    actions.create(
        key=free, kind=kind, names=ready.NAMES[kind], is_anonymous=False, touchpoint="follow_up", by=by, at=at
    )
    return free


def invite(asked: hooks.Invitation) -> None:
    """Invite by the outbox, in the transaction of the step. Who rests, or whose survey is closed, is not chosen."""
    enrolments = list(asked.customers)
    survey = Survey.objects.filter(key=asked.survey).first()
    if survey is None or not survey.takes_answers:
        note_outcomes([(enrolment, asked.step, "not_chosen", CLOSED) for enrolment in enrolments], at=asked.at)
        return
    segments = dict(Enrolment.objects.filter(pk__in=enrolments).values_list("pk", "segment"))
    episodes = [
        Episode(
            customer,
            f"{asked.scenario}/{enrolment}/{asked.step}",
            segment=segments.get(enrolment, ""),
            enrolment=enrolment,
        )
        for enrolment, customer in asked.customers.items()
    ]
    with transaction.atomic():
        known = set(
            Invitation.objects.filter(survey=survey, enrolment__in=enrolments, step=asked.step).values_list(
                "enrolment", flat=True
            )
        )
        made = actions.invite(
            survey,
            [episode for episode in episodes if episode.enrolment not in known],
            channel=asked.channel,
            scenario=asked.scenario,
            step=asked.step,
            valid_for=timedelta(days=asked.valid_days),
            is_test=asked.is_test,
            at=asked.at,
        )
        people = Customer.objects.in_bulk([invitation.customer_id for invitation in made])
        definition, company = queries.definition_in_force(survey), business()
        put_in_outbox(
            [
                letter(one, people[one.customer_id], definition, company, purpose=asked.purpose, at=asked.at)
                for one in made
            ]
        )
        reached = known | {invitation.enrolment for invitation in made}
        left_out = [(one, asked.step, "not_chosen", RESTING) for one in enrolments if one not in reached]
        note_outcomes(left_out, at=asked.at)
