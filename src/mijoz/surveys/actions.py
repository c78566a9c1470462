"""What changes surveys: making and asking them, taking answers, following up."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mijoz.business.models import Branch, StaffMember
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.customers.privacy import stops
from mijoz.customers.queries import event_identity, root_of
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.scenarios.actions import note_outcomes
from mijoz.surveys import queries
from mijoz.surveys.definition import Answer, Definition, checked_answers, parse
from mijoz.surveys.models import FollowUp, Invitation, Place, Response, Survey, SurveyVersion
from mijoz.surveys.questionnaires import ready
from mijoz.surveys.scoring import looks_straight, parts, scores

ANSWERED_WITHIN = timedelta(days=21)
FOLLOWED_UP_WITHIN = timedelta(days=1)
STATES = {  # from which state each can be reached
    Survey.State.PILOT: {Survey.State.DRAFT},
    Survey.State.OPEN: {Survey.State.DRAFT, Survey.State.PILOT, Survey.State.CLOSED},
    Survey.State.CLOSED: {Survey.State.PILOT, Survey.State.OPEN},
}


class KeyTaken(ValueError):
    """Another survey has this key."""


class NotPossible(ValueError):
    """The survey is not in a state in which this can be done."""


class NotAsked(ValueError):
    """There is nobody to ask this way: it is closed, answered already, or its time is up."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What a customer is asked about: a reference of the log such as a receipt or a visit, and where it was."""

    customer_id: int
    reference: str
    branch_id: int | None = None
    segment: str = ""
    enrolment: int | None = None


def create(
    *,
    key: str,
    kind: str,
    names: Mapping[str, str],
    is_anonymous: bool,
    touchpoint: str,
    by: StaffMember | None,
    at: datetime,
) -> Survey:
    """A draft with the ready questions of its kind, in the words of the business's sector. Raises KeyTaken."""
    with transaction.atomic():
        survey, is_new = Survey.objects.get_or_create(
            key=key,
            defaults={"kind": kind, "names": dict(names), "is_anonymous": is_anonymous, "touchpoint": touchpoint},
        )
        if not is_new:
            raise KeyTaken(key)
        write(survey, ready.document(kind, business().sector), by=by, at=at)
    return survey


def write(survey: Survey, document: Any, *, by: StaffMember | None, at: datetime) -> SurveyVersion:
    """Ask these questions from now on; answers given before keep the questions they were given to.

    Raises DefinitionRefused with a sentence. The same questions again make no new version.
    """
    definition = parse(document)
    with transaction.atomic():
        Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        latest = survey.versions.first()
        if latest is not None and latest.definition == definition.document():
            return latest
        return SurveyVersion.objects.create(
            survey=survey,
            number=latest.number + 1 if latest else 1,
            definition=definition.document(),
            written_by=by,
            written_at=at,
        )


def rename(survey: Survey, *, names: Mapping[str, str], rest_days: int) -> None:
    """Its name in every language, and how long a customer is left alone after an invitation to any survey."""
    Survey.objects.filter(pk=survey.pk).update(names=dict(names), rest_days=rest_days)


def move(survey: Survey, state: str, *, at: datetime) -> None:
    """Begin a pilot, open or close it. Raises NotPossible when it does not lead there from where it is."""
    with transaction.atomic():
        current = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if current.state not in STATES.get(Survey.State(state), set()):
            raise NotPossible(state)
        current.state = state
        if current.opened_at is None and state != Survey.State.CLOSED:
            current.opened_at = at
        current.save(update_fields=["state", "opened_at"])
    survey.state, survey.opened_at = current.state, current.opened_at


def invite(
    survey: Survey,
    episodes: Sequence[Episode],
    *,
    channel: str,
    scenario: str = "",
    step: str = "",
    valid_for: timedelta = ANSWERED_WITHIN,
    is_test: bool = False,
    at: datetime,
) -> list[Invitation]:
    """Ask these customers about these episodes, each episode once; returns the invitations that are new.

    Left out are those who were asked about anything in the survey's days of rest, who may not be written to, and all
    but one of several episodes of one person. Raises NotAsked when the survey takes no answers.
    """
    if not survey.takes_answers:
        raise NotAsked(survey.key)
    version = queries.version_in_force(survey)
    roots = root_of({episode.customer_id for episode in episodes})
    first: dict[int, Episode] = {}
    for episode in episodes:
        first.setdefault(roots.get(episode.customer_id, episode.customer_id), episode)
    with transaction.atomic():
        _hold(list(first))
        resting = queries.asked_since(first, since=at - timedelta(days=survey.rest_days))
        resting |= set(stops.restricted_among(first))
        wanted = [
            Invitation(
                survey=survey,
                version=version,
                customer_id=root,
                episode=episode.reference,
                channel=channel,
                branch_id=episode.branch_id,
                segment=episode.segment,
                scenario=scenario,
                enrolment=episode.enrolment,
                step=step,
                is_test=is_test,
                invited_at=at,
                expires_at=at + valid_for,
            )
            for root, episode in first.items()
            if root not in resting
        ]
        ids = {invitation.pk for invitation in wanted}
        Invitation.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=5_000)
        known = set(Invitation.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [invitation for invitation in wanted if invitation.pk in known]


def _hold(customers: Collection[int]) -> None:
    """Let nobody else ask the same people until this transaction is over: the days of rest are then true for both."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtextextended('survey', id))) FROM "
            "(SELECT unnest(%s::bigint[]) AS id ORDER BY 1) held",
            [list(customers)],
        )


def open_invitation(invitation: Invitation, *, at: datetime) -> None:
    """Note that the page was opened; nothing for an anonymous survey."""
    if not invitation.survey.is_anonymous:
        Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=at)


def respond(
    version: SurveyVersion,
    given: Mapping[str, Any],
    *,
    language: str,
    channel: str,
    at: datetime,
    invitation: Invitation | None = None,
    place: Place | None = None,
    seconds: int | None = None,
) -> Response:
    """Keep the answers, and of somebody known write them to the log and open a follow-up when one is bad.

    Raises AnswerRefused when an answer is missing or wrong, NotAsked when it is too late or answered already; then
    nothing is kept. Of an anonymous survey nothing is kept but the answers, the day, the place and the language.
    """
    survey, definition = version.survey, parse(version.definition)
    if not survey.takes_answers or (invitation is not None and at >= invitation.expires_at):
        raise NotAsked(survey.key)
    answers = checked_answers(definition, given)
    if survey.is_anonymous:
        return _respond_anonymously(
            version, definition, answers, language=language, channel=channel, place=place, at=at
        )
    with transaction.atomic():
        if invitation is not None:
            taken = Invitation.objects.filter(pk=invitation.pk, answered_at=None)
            if not taken.update(answered_at=at, is_settled=True):
                raise NotAsked(survey.key)
            if invitation.enrolment is not None:
                note_outcomes([(invitation.enrolment, invitation.step, "answered", "")], at=at)
        response = Response.objects.create(
            survey=survey,
            version=version,
            is_anonymous=False,
            invitation=invitation,
            customer_id=None if invitation is None else root_of([invitation.customer_id])[invitation.customer_id],
            place=place,
            branch_id=invitation.branch_id if invitation else place.branch_id if place else None,
            segment=invitation.segment if invitation else "",
            channel=channel,
            language=language,
            is_pilot=survey.state == Survey.State.PILOT or (invitation is not None and invitation.is_test),
            answered_on=at.astimezone(business().zone).date(),
            answered_at=at,
            seconds=seconds,
            is_straight=looks_straight(definition, answers),
            answers=answers,
        )
        if response.customer is not None and not (invitation and invitation.is_test):
            _log(response, response.customer, definition, at)
            _follow_up(response, response.customer, definition, at)
    return response


def _respond_anonymously(
    version: SurveyVersion,
    definition: Definition,
    answers: Mapping[str, Answer],
    *,
    language: str,
    channel: str,
    place: Place | None,
    at: datetime,
) -> Response:
    """In a transaction that writes nothing else, so that not even its number joins the answer to anything."""
    survey = version.survey
    return Response.objects.create(
        survey=survey,
        version=version,
        is_anonymous=True,
        place=place,
        branch_id=place.branch_id if place else None,
        channel=channel,
        language=language,
        is_pilot=survey.state == Survey.State.PILOT,
        answered_on=at.astimezone(business().zone).date(),
        is_straight=looks_straight(definition, answers),
        answers=dict(answers),
    )


def _log(response: Response, customer: Customer, definition: Definition, at: datetime) -> None:
    branch = response.branch.code if response.branch else ""
    made_of = parts(definition, response.answers)
    record(
        [
            NewEvent(
                message_id=f"survey:{response.pk}:{kind}",
                type="survey_answered",
                occurred_at=at,
                identity=event_identity(customer),
                reference=response.survey.key,
                branch=branch,
                channel=response.channel,
                payload={
                    "kind": kind,
                    "score": score,
                    "touchpoint": response.survey.touchpoint,
                    "survey": response.survey.key,
                    "episode": response.invitation.episode if response.invitation else "",
                    **made_of.get(kind, {}),
                },
            )
            for kind, score in scores(definition, response.answers).items()
        ]
    )


def _follow_up(response: Response, customer: Customer, definition: Definition, at: datetime) -> None:
    if definition.bad and definition.bad.fits(response.answers) and not response.is_pilot:
        FollowUp.objects.create(
            response=response,
            customer=customer,
            why=definition.bad.question,
            opened_at=at,
            due_at=at + FOLLOWED_UP_WITHIN,
        )


def settle_unanswered(*, at: datetime) -> int:
    """Tell scenarios which of their invitations nobody answered in time; returns how many those were."""
    with transaction.atomic():
        late = Invitation.objects.filter(enrolment__isnull=False, is_settled=False, expires_at__lte=at)
        rows = list(late.select_for_update(skip_locked=True).values_list("pk", "enrolment", "step")[:10_000])
        Invitation.objects.filter(pk__in=[pk for pk, _enrolment, _step in rows]).update(is_settled=True)
        note_outcomes([(enrolment, step, "timed_out", "") for _pk, enrolment, step in rows if enrolment], at=at)
    return len(rows)


def take(follow_up: FollowUp, *, by: StaffMember) -> None:
    """Make it this member's to do. Raises NotPossible when it is done already."""
    if not FollowUp.objects.filter(pk=follow_up.pk, state=FollowUp.State.OPEN).update(owner=by):
        raise NotPossible(follow_up.pk)


def close(follow_up: FollowUp, *, outcome: str, note: str, by: StaffMember, at: datetime) -> None:
    """Write down what came of it. Raises NotPossible when somebody else did so already."""
    done = FollowUp.objects.filter(pk=follow_up.pk, state=FollowUp.State.OPEN).update(
        state=FollowUp.State.CLOSED, outcome=outcome, note=note.strip(), owner=by, closed_at=at
    )
    if not done:
        raise NotPossible(follow_up.pk)


def add_place(survey: Survey, *, kind: str, name: str, branch: Branch | None) -> Place:
    """A QR code or a tablet for this survey."""
    return Place.objects.create(survey=survey, token=secrets.token_urlsafe(12), kind=kind, name=name, branch=branch)


def close_place(place: Place) -> None:
    """What is printed there leads to a page that says it is closed."""
    Place.objects.filter(pk=place.pk).update(is_open=False)
