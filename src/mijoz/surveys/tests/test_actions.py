"""Inviting, answering once, the log, follow-ups; and that an anonymous answer leads to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.events.models import Event
from mijoz.surveys import actions, links, queries
from mijoz.surveys.actions import Episode
from mijoz.surveys.definition import AnswerRefused, parse
from mijoz.surveys.models import FollowUp, Invitation, Response, Survey
from mijoz.surveys.questionnaires import ready, servqual
from mijoz.surveys.tests.conftest import AT, DAY, Open

LINK = {"language": "uz", "channel": "email"}


def ask(survey: Survey, customer: Customer, reference: str = "visit 1", *, days: int = 0) -> Invitation:
    return actions.invite(survey, [Episode(customer.pk, reference)], channel="email", at=AT + days * DAY)[0]


def answer(survey: Survey, invitation: Invitation | None = None, **given: Any) -> Response:
    version = queries.version_in_force(survey)
    return actions.respond(version, given, at=AT + DAY, invitation=invitation, **LINK)


def test_one_person_is_left_alone_for_the_days_of_rest(opened: Open, guests: list[Customer]) -> None:
    csat, nps = opened("csat"), opened("nps")
    assert ask(csat, guests[0])
    assert actions.invite(nps, [Episode(guests[0].pk, "visit 2")], channel="email", at=AT + 29 * DAY) == []
    assert ask(nps, guests[0], "visit 2", days=30)
    assert actions.invite(csat, [Episode(guests[0].pk, "visit 1")], channel="email", at=AT + 90 * DAY) == []


def test_a_merged_person_is_asked_once(opened: Open, guests: list[Customer]) -> None:
    Customer.objects.filter(pk=guests[1].pk).update(merged_into=guests[0])
    episodes = [Episode(guests[1].pk, "visit 1"), Episode(guests[0].pk, "visit 2"), Episode(guests[2].pk, "visit 3")]
    asked = actions.invite(opened(), episodes, channel="email", at=AT)
    assert [(each.customer_id, each.episode) for each in asked] == [
        (guests[0].pk, "visit 1"),
        (guests[2].pk, "visit 3"),
    ]


def test_who_is_restricted_is_not_asked(opened: Open, guests: list[Customer]) -> None:
    Customer.objects.filter(pk=guests[0].pk).update(restricted_at=AT)
    assert actions.invite(opened(), [Episode(guests[0].pk, "visit 1")], channel="email", at=AT) == []


def test_a_draft_and_a_closed_survey_ask_nobody(opened: Open, guests: list[Customer]) -> None:
    for survey in (opened("csat", state=Survey.State.DRAFT), opened("nps")):
        if survey.state == Survey.State.OPEN:
            actions.move(survey, Survey.State.CLOSED, at=AT)
        with pytest.raises(actions.NotAsked):
            ask(survey, guests[0])
    assert not Invitation.objects.exists()


def test_a_long_answer_tells_the_log_its_dimensions_and_indicators(opened: Open, guests: list[Customer]) -> None:
    survey = opened("servqual")
    given = {}
    for question in parse(queries.version_in_force(survey).definition).questions:
        given[question.key] = {"perceived": 5, "expected": 6}.get(question.measure, 4)
        if question.kind == "points":
            given[question.key] = dict.fromkeys(question.options, 20)
    given["p_reliability_5"] = None  # does not apply
    answer(survey, ask(survey, guests[0]), **given)
    told = {event.payload["kind"]: event.payload for event in Event.objects.filter(type="survey_answered")}
    dimensions = dict.fromkeys(servqual.DIMENSIONS, -1.0)
    assert (told["servqual"]["gaps"], told["servqual"]["survey"]) == (dimensions, "servqual")
    assert told["servperf"]["perceived"] == dict.fromkeys(servqual.DIMENSIONS, 5.0)
    assert "gaps" not in told["csat"]

    personal = opened("indicators")
    answer(personal, ask(personal, guests[1]), **dict.fromkeys([*ready.INDICATORS, "safe", "fast", "csat"], 4), nps=9)
    (event,) = Event.objects.filter(type="survey_answered", payload__kind="indicators")
    assert event.payload["indicators"] == dict.fromkeys(ready.INDICATORS, 4.0)


def test_an_answer_is_taken_once_and_told_to_the_log(opened: Open, guests: list[Customer]) -> None:
    survey = opened("nps")
    invitation = ask(survey, guests[0])
    answer(survey, invitation, nps=9, praise="the doctor")
    event = Event.objects.get(type="survey_answered")
    assert (event.reference, event.payload["kind"], event.payload["score"]) == ("nps", "nps", 9)
    assert (event.payload["touchpoint"], event.payload["episode"]) == ("performance", "visit 1")
    with pytest.raises(actions.NotAsked):
        answer(survey, invitation, nps=1)
    assert Response.objects.get().answers["nps"] == 9
    assert not FollowUp.objects.exists()


def test_too_late_or_wrong_keeps_nothing(opened: Open, guests: list[Customer]) -> None:
    survey = opened("nps")
    invitation = ask(survey, guests[0])
    with pytest.raises(AnswerRefused):
        answer(survey, invitation, nps=12)
    version = queries.version_in_force(survey)
    with pytest.raises(actions.NotAsked):
        actions.respond(version, {"nps": 9}, at=AT + timedelta(days=21), invitation=invitation, **LINK)
    assert not Response.objects.exists()
    assert not Event.objects.exists()
    assert Invitation.objects.get().answered_at is None


def test_a_bad_answer_is_followed_up_and_a_pilot_one_is_not(
    opened: Open, guests: list[Customer], manager: StaffMember
) -> None:
    survey, pilot = opened("nps"), opened("csat", state=Survey.State.PILOT)
    answer(survey, ask(survey, guests[0]), nps=3)
    answer(pilot, ask(pilot, guests[1]), csat=1)
    one = FollowUp.objects.get()
    assert (one.customer, one.why, one.due_at) == (guests[0], "nps", AT + 2 * DAY)
    actions.take(one, by=manager)
    actions.close(one, outcome="put_right", note=" called ", by=manager, at=AT + 2 * DAY)
    one.refresh_from_db()
    assert (one.state, one.outcome, one.note, one.owner) == ("closed", "put_right", "called", manager)
    with pytest.raises(actions.NotPossible):
        actions.close(one, outcome="no_fault", note="", by=manager, at=AT + 3 * DAY)


def test_states_lead_only_where_they_should(opened: Open) -> None:
    survey = opened("csat", state=Survey.State.DRAFT)
    with pytest.raises(actions.NotPossible):
        actions.move(survey, Survey.State.CLOSED, at=AT)
    actions.move(survey, Survey.State.PILOT, at=AT)
    actions.move(survey, Survey.State.OPEN, at=AT)
    with pytest.raises(actions.NotPossible):
        actions.move(survey, Survey.State.PILOT, at=AT)


def test_the_same_questions_make_no_new_version(opened: Open) -> None:
    survey = opened("csat")
    document = queries.version_in_force(survey).definition
    assert actions.write(survey, document, by=None, at=AT).number == 1
    assert actions.write(survey, document | {"thanks": {"uz": "Rahmat"}}, by=None, at=AT).number == 2


def test_the_same_number_all_the_way_down_is_marked(opened: Open, guests: list[Customer]) -> None:
    survey = opened("servperf")
    keys = [
        question.key for question in queries.definition_in_force(survey).questions if question.measure == "perceived"
    ]
    answer(survey, ask(survey, guests[0]), csat=4, **dict.fromkeys(keys, 4))
    answer(survey, ask(survey, guests[1]), csat=4, **{key: 4 + place % 2 for place, key in enumerate(keys)})
    assert [row.is_straight for row in Response.objects.order_by("customer")] == [True, False]


def rows_of_everything() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table with all its columns, also those that PostgreSQL keeps for itself."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if not model._meta.managed or model._meta.proxy:
                continue
            cursor.execute(f'SELECT xmin::text, * FROM "{table}"')
            names = [column.name for column in cursor.description or ()]
            for row in cursor.fetchall():
                yield table, dict(zip(names, row, strict=True))


@pytest.mark.django_db(transaction=True)
def test_anonymous_answers_cannot_be_joined_to_a_person(opened: Open, guests: list[Customer]) -> None:
    """Whoever has the whole database looks for anything that an answer shares with one person and not with all: a value
    of a column, the transaction that wrote it, a moment, what is noted on the invitation."""
    survey = opened("nps", is_anonymous=True)
    for place, guest in enumerate(guests):
        ask(survey, guest, f"visit {place}")
    invited = list(Invitation.objects.order_by("invited_at", "pk"))
    link = links.of_everybody(survey)
    assert all(str(each.pk.hex) not in link for each in invited)
    for score in (9, 3, 10, 7):
        answer(survey, nps=score)
    for invitation in invited:
        actions.open_invitation(invitation, at=AT + DAY)

    responses = [row for table, row in rows_of_everything() if table == "surveys_response"]
    people = [(table, row) for table, row in rows_of_everything() if table != "surveys_response"]
    shared_by_all = {"survey_id", "version_id", "is_anonymous", "channel", "language", "is_pilot", "answered_on"}
    for response in responses:
        own = {name: value for name, value in response.items() if name not in shared_by_all | {"answers"}}
        assert {name: value for name, value in own.items() if value not in (None, "", False)}.keys() == {"id", "xmin"}
    for response, (table, row) in product(responses, people):
        assert response["xmin"] != row["xmin"], table
        assert response["id"] not in row.values(), table
    assert {row["answered_on"] for row in responses} == {(AT + DAY).date()}
    assert all(each.opened_at is None and each.answered_at is None for each in Invitation.objects.all())
    assert not Event.objects.exists()
    assert not FollowUp.objects.exists()
    assert not Response.objects.exclude(customer=None, invitation=None).exists()


def test_the_database_refuses_a_name_on_an_anonymous_answer(opened: Open, guests: list[Customer]) -> None:
    from django.db import IntegrityError

    survey = opened("nps", is_anonymous=True)
    response = answer(survey, nps=9)
    with pytest.raises(IntegrityError, match="anonymous_answers_lead_to_nobody"):
        Response.objects.filter(pk=response.pk).update(customer=guests[0])
