"""A scenario asks: the letter with its answers as links, what came of it, and that nobody is asked too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from mijoz.business.models import Business
from mijoz.channels.models import Message
from mijoz.customers.models import Customer
from mijoz.scenarios import checking, hooks, outcomes
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion
from mijoz.scenarios.tests.conftest import document
from mijoz.surveys import actions, links, queries
from mijoz.surveys.models import Invitation, Response, Survey
from mijoz.surveys.tests.conftest import AT, DAY, Open

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolments(guests: list[Customer]) -> list[Enrolment]:
    scenario = Scenario.objects.create(key="after_visit", names={"en": "After the visit"}, started_at=AT, state="live")
    version = ScenarioVersion.objects.create(scenario=scenario, number=1, definition={}, written_at=AT)
    return [
        Enrolment.objects.create(
            scenario=scenario, version=version, customer=guest, arm="treated", segment="new", enrolled_at=AT,
            window_closes_at=AT + 30 * DAY, state="running", due_at=AT,
        )
        for guest in guests[:2]
    ]  # fmt: skip


def ask(enrolments: list[Enrolment], survey: str, **changed: Any) -> None:
    asked: dict[str, Any] = {"channel": "email", "purpose": "service", "valid_days": 7, "scenario": "after_visit"}
    asked |= {"step": "ask", "is_test": False, "at": AT} | changed
    customers = {one.pk: one.customer_id for one in enrolments}
    hooks.invite_to_survey(hooks.Invitation(survey=survey, customers=customers, **asked))


def came_to(enrolment: Enrolment) -> str:
    return outcomes.of(enrolment).get("ask", ("", "", AT))[0]


def test_the_letter_answers_with_one_touch(opened: Open, enrolments: list[Enrolment]) -> None:
    opened("nps")
    ask(enrolments, "nps")
    ask(enrolments, "nps")  # the step comes again after a crash
    assert Message.objects.count() == 2
    message = Message.objects.get(customer=enrolments[0].customer)
    invitation = Invitation.objects.get(customer=enrolments[0].customer)
    assert (message.language, message.purpose, message.step) == ("ru", "service", "ask")
    assert f"{links.of_invitation(invitation.pk)}?score=10" in message.html
    assert message.expires_at == AT + 7 * DAY
    assert invitation.segment == "new"


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_by_a_channel_of_plain_texts_it_asks_in_a_line_with_the_link(
    opened: Open, enrolments: list[Enrolment], channel: str
) -> None:
    opened("nps")
    ask(enrolments, "nps", channel=channel)
    message = Message.objects.get(customer=enrolments[0].customer)
    link = links.of_invitation(Invitation.objects.get(customer=enrolments[0].customer).pk)
    assert message.html == ""
    assert "\n" not in message.text
    assert message.text.endswith(f"? {link}")
    assert message.text.startswith(f"{Business.objects.get()}: ")


def test_no_scenario_starts_to_ask_by_a_channel_that_is_not_set_up(opened: Open) -> None:
    opened("nps")
    step = {"kind": "survey", "key": "asks", "survey": "nps", "channel": "sms"}
    with translation.override("en"):
        with pytest.raises(checking.DefinitionRefused, match="“SMS” is not set up"):
            checking.refuse_what_cannot_run(checking.parse(document(step)))
        for channel in ("email", "best"):
            checking.refuse_what_cannot_run(checking.parse(document({**step, "channel": channel})))
        closed = checking.parse(document({**step, "survey": "csat", "channel": "best"}))
        with pytest.raises(checking.DefinitionRefused, match="takes no answers yet"):
            checking.refuse_what_cannot_run(closed)


def test_the_scenario_hears_of_an_answer_and_of_none(opened: Open, enrolments: list[Enrolment]) -> None:
    survey = opened("nps")
    ask(enrolments, "nps")
    version = queries.version_in_force(survey)
    first = Invitation.objects.get(enrolment=enrolments[0].pk)
    actions.respond(version, {"nps": 9}, language="ru", channel="email", at=AT + DAY, invitation=first)
    assert (came_to(enrolments[0]), came_to(enrolments[1])) == ("answered", "")
    assert actions.settle_unanswered(at=AT + 6 * DAY) == 0
    assert actions.settle_unanswered(at=AT + timedelta(days=7)) == 1
    assert (came_to(enrolments[0]), came_to(enrolments[1])) == ("answered", "timed_out")
    assert actions.settle_unanswered(at=AT + 8 * DAY) == 0


def test_who_rests_and_whose_survey_is_closed_is_not_chosen(opened: Open, enrolments: list[Enrolment]) -> None:
    survey, other = opened("nps"), opened("csat")
    ask(enrolments[:1], "nps")
    ask(enrolments, "csat", step="ask_2", at=AT + DAY)
    assert outcomes.of(enrolments[0])["ask_2"][:2] == ("not_chosen", "asked_lately")
    assert not outcomes.of(enrolments[1])
    actions.move(other, Survey.State.CLOSED, at=AT)
    ask(enrolments[1:], "csat", step="ask_3")
    assert outcomes.of(enrolments[1])["ask_3"][:2] == ("not_chosen", "survey_closed")
    assert Message.objects.count() == 2
    assert survey.invitations.count() == 1


def test_what_is_tried_on_one_person_does_not_count(opened: Open, enrolments: list[Enrolment]) -> None:
    survey = opened("nps")
    ask(enrolments[:1], "nps", is_test=True)
    version = queries.version_in_force(survey)
    actions.respond(
        version, {"nps": 0}, language="ru", channel="email", at=AT + DAY, invitation=Invitation.objects.get()
    )  # fmt: skip
    assert Response.objects.get().is_pilot
    assert not queries.responses(survey).exists()
    assert queries.reached(survey) == []


def test_an_anonymous_letter_has_the_link_of_all(opened: Open, enrolments: list[Enrolment]) -> None:
    survey = opened("nps", is_anonymous=True)
    ask(enrolments, "nps")
    texts = {message.text for message in Message.objects.all()}
    assert len(texts) == 1  # both speak Russian, so nothing tells them apart
    assert links.of_everybody(survey) in texts.pop()
