"""What coders see, keep and settle; what holds of a passage; what stays of an anonymous answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.customers.privacy import erasing
from mijoz.surveys import actions as surveys
from mijoz.surveys import queries as survey_queries
from mijoz.surveys.listening import actions, queries
from mijoz.surveys.listening.actions import Asked, NotCoded
from mijoz.surveys.listening.models import Code, Interview, Passage, Reading, Theme
from mijoz.surveys.listening.suggesting import suggestions
from mijoz.surveys.models import Response
from mijoz.surveys.tests.conftest import AT, Open

pytestmark = pytest.mark.django_db


def passages(talk: Interview) -> list[Passage]:
    return list(talk.passages.order_by("position"))


def test_a_talk_has_its_themes_ready(talk: Interview) -> None:
    assert [theme.key for theme in Theme.objects.all()] == [
        "data_quality", "staff_skill", "channel_integration", "consent", "complaints",
    ]  # fmt: skip
    assert actions.take_ready_themes() == 0


def test_suggestions_come_from_the_words_and_code_nothing(talk: Interview) -> None:
    found = [set(suggestions(passage)) for passage in passages(talk)]
    assert found == [{"data_quality", "staff_skill"}, {"staff_skill"}, {"channel_integration"}, set()]
    assert Code.objects.count() == Reading.objects.count() == 0


def test_what_one_coder_saw_holds_until_a_second_differs(
    talk: Interview, manager: StaffMember, analyst: StaffMember
) -> None:
    first, other, *_rest = passages(talk)
    actions.code(first, {"data_quality": "bad", "staff_skill": "bad"}, by=manager, is_blind=False, at=AT)
    actions.code(other, {"staff_skill": "good"}, by=manager, is_blind=False, at=AT)
    assert {one.passage: one.tones for one in queries.held()}[first] == {"data_quality": "bad", "staff_skill": "bad"}
    actions.code(first, {"data_quality": "mixed"}, by=analyst, is_blind=True, at=AT)
    assert {one.passage: one.tones for one in queries.held()}[first] == {"data_quality": "mixed"}
    [disputed] = queries.disputed()
    assert [(each.theme.key, each.first, each.second) for each in disputed.differences] == [
        ("data_quality", "bad", "mixed"),
        ("staff_skill", "bad", ""),
    ]
    actions.settle(first, {"data_quality": "bad", "staff_skill": ""}, by=manager, at=AT)
    assert list(queries.disputed()) == []
    assert {one.passage: one.tones for one in queries.held()}[first] == {"data_quality": "bad"}
    counted = {one.theme.key: (one.n, one.good, one.bad, len(one.interviews)) for one in queries.findings()}
    assert counted["data_quality"] == (1, 0, 1, 1)
    assert counted["staff_skill"] == (1, 1, 0, 1)
    assert counted["consent"] == (0, 0, 0, 0)


def test_agreement_is_of_what_each_saw_and_not_of_what_was_settled(
    talk: Interview, manager: StaffMember, analyst: StaffMember
) -> None:
    for passage, one, two in zip(passages(talk), ["bad", "bad", "", ""], ["bad", "", "", ""], strict=True):
        for coder, tone in ((manager, one), (analyst, two)):
            tones = {"complaints": tone} if tone else {}
            actions.code(passage, tones, by=coder, is_blind=coder is analyst, at=AT)
    before = next(row for row in queries.agreement()[0] if row.theme.key == "complaints")
    actions.settle(passages(talk)[1], {"complaints": "bad"}, by=manager, at=AT)
    rows, twice = queries.agreement()
    after = next(row for row in rows if row.theme.key == "complaints")
    assert twice == 4
    assert after.kappa == before.kappa
    assert after.kappa.value == pytest.approx(0.5)  # agreed 3 of 4, by chance 1/2
    assert (after.both, after.same_tone) == (1, 1)
    assert next(row for row in rows if row.theme.key == "consent").kappa.value is None


def test_the_second_coder_gets_what_one_other_has_read(
    talk: Interview, manager: StaffMember, analyst: StaffMember
) -> None:
    first = passages(talk)[0]
    assert queries.next_passage(manager, "first") == first
    assert queries.next_passage(manager, "first", after=first.pk) == passages(talk)[1]
    assert queries.next_passage(analyst, "second") is None
    actions.code(first, {}, by=manager, is_blind=False, at=AT)
    assert queries.next_passage(manager, "second") is None
    assert queries.next_passage(analyst, "second") == first
    assert queries.work(analyst) == queries.Work(passages=4, to_read=3, to_read_blind=1, read_twice=0)
    actions.code(first, {}, by=analyst, is_blind=True, at=AT)
    assert queries.next_passage(analyst, "second") is None


def test_coding_again_replaces_and_what_is_no_theme_is_refused(talk: Interview, manager: StaffMember) -> None:
    first = passages(talk)[0]
    actions.code(first, {"consent": "bad"}, by=manager, is_blind=False, at=AT)
    actions.code(first, {"consent": "good"}, by=manager, is_blind=False, at=AT)
    assert queries.seen_by(first, manager) == {"consent": "good"}
    for tones in ({"nonsense": "bad"}, {"consent": "awful"}, {"consent": ""}):
        with pytest.raises(NotCoded):
            actions.code(first, tones, by=manager, is_blind=False, at=AT)
        with pytest.raises(NotCoded):
            actions.settle(first, {"consent": "awful"}, by=manager, at=AT)
    assert queries.seen_by(first, manager) == {"consent": "good"}


def test_the_number_of_queries_does_not_grow_with_passages(talk: Interview, manager: StaffMember) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            queries.findings()
            queries.agreement()
            list(queries.disputed())
        return len(asked)

    actions.code(passages(talk)[0], {"consent": "bad"}, by=manager, is_blind=False, at=AT)
    few = counted()
    for passage in passages(talk)[1:]:
        actions.code(passage, {"consent": "bad"}, by=manager, is_blind=False, at=AT)
    assert counted() == few


def answered(survey_key: str, opened: Open, *, anonymous: bool, customer: Customer | None = None) -> Response:
    survey = opened("nps", key=survey_key, is_anonymous=anonymous)
    version = survey_queries.version_in_force(survey)
    invitation = None
    if customer is not None:
        [invitation] = surveys.invite(survey, [surveys.Episode(customer.pk, "visit 1")], channel="email", at=AT)
    given = {"nps": 2, "reason": "Ismimni yana soʻrashdi."}
    return surveys.respond(version, given, language="uz", channel="link", at=AT, invitation=invitation)


def test_open_answers_become_passages_once_and_keep_their_words_in_the_answer(opened: Open) -> None:
    response = answered("here", opened, anonymous=False)
    assert actions.keep_open_answers() == 1
    assert actions.keep_open_answers() == 0
    passage = Passage.objects.get()
    assert (passage.response, passage.text) == (response, "")
    assert passage.said == "Ismimni yana soʻrashdi."


def test_a_passage_of_an_anonymous_answer_leads_to_nobody(opened: Open, manager: StaffMember) -> None:
    """Everything that the tables of listening hold of it: no person, no invitation, no moment of the answer."""
    response = answered("secret", opened, anonymous=True)
    actions.keep_open_answers()
    passage = Passage.objects.get()
    actions.code(passage, {"data_quality": "bad"}, by=manager, is_blind=False, at=AT)
    columns = {field.name: getattr(passage, field.attname) for field in Passage._meta.concrete_fields}
    assert columns == {
        "id": passage.pk, "interview": None, "position": 0, "text": "", "response": response.pk, "question": "reason",
    }  # fmt: skip
    assert passage.pk.version == 4  # drawn by chance: it tells no order and no moment
    pointing = [
        field.name
        for model in (Passage, Reading, Code)
        for field in model._meta.concrete_fields
        if field.related_model is Customer
    ]
    assert pointing == []
    assert response.customer_id is response.invitation_id is response.answered_at is None


def test_an_erasure_takes_interviews_and_coded_answers_along(
    opened: Open, guests: list[Customer], manager: StaffMember
) -> None:
    guest = guests[0]
    asked = Asked(side="customer", consent="named", language="ru", asked_on=date(2026, 3, 20), customer=guest)
    talk = actions.keep_interview(asked, ["Меня зовут Али."], by=manager, at=AT)
    answered("named", opened, anonymous=False, customer=guest)
    actions.keep_open_answers()
    for passage in Passage.objects.all():
        actions.code(passage, {"data_quality": "bad"}, by=manager, is_blind=False, at=AT)
    erasing.erase(guest, by=None, through="command", at=AT)
    assert not Interview.objects.filter(pk=talk.pk).exists()
    assert Passage.objects.count() == Code.objects.count() == 0
    assert Response.objects.get().answers == {"nps": 2}


def test_a_copy_for_the_person_has_every_word(guests: list[Customer], manager: StaffMember) -> None:
    asked = Asked(side="customer", consent="named", language="ru", asked_on=date(2026, 3, 20), customer=guests[0])
    actions.keep_interview(asked, ["Меня зовут Али.", "Долго ждал."], by=manager, at=AT)
    [copy] = queries.copies(Interview.objects.all())
    assert copy["said"] == ["Меня зовут Али.", "Долго ждал."]


@pytest.mark.parametrize("wrong", [{"consent": "unnamed"}, {"side": "staff"}])
def test_who_stays_unnamed_is_not_linked(wrong: dict[str, str], guests: list[Customer]) -> None:
    told = {"side": "customer", "consent": "named", "language": "uz", "asked_on": date(2026, 3, 20), "kept_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.create(**(told | wrong), customer=guests[0])
    assert Interview.objects.count() == 0
