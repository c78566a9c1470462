"""Ready scenarios: each one of each sector can be used as it is, in three languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from mijoz.business.models import Business, Role, StaffMember
from mijoz.scenarios import actions, checking, queries, reading_back, rehearsal, sentences, wording
from mijoz.scenarios.definition import Message, SegmentTrigger, SetProtocol
from mijoz.scenarios.definition import Survey as AskSurvey
from mijoz.scenarios.fitting import LANGUAGE_CODES
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.scenarios.ready import READY, ready_for, the_ready
from mijoz.scenarios.ready.gallery import SECTORS
from mijoz.scenarios.ready.taking import take
from mijoz.scenarios.tests.conftest import AT, Member
from mijoz.segments.models import Segment
from mijoz.surveys import actions as surveys
from mijoz.surveys.models import Survey

EACH = [(ready, sector) for sector in SECTORS for ready in ready_for(sector)]
# Complaints, and what is part of a treatment: nobody is kept from these.
NOT_HELD_OUT = {("complaint_recovery", sector) for sector in SECTORS} | {
    (key, "clinic") for key in ("visit_reminder", "no_show_recovery", "warranty_ending")
}
BOTH_CAN = {"purchase", "visit", "booking"}  # whether anybody wrote to them or not
BY_NAME = [f"{ready.key}-{sector}" for ready, sector in EACH]


def test_every_sector_has_all_that_a_service_business_begins_with() -> None:
    assert len({ready.key for ready in READY}) == len(READY) == 13
    for sector in SECTORS:
        assert len(ready_for(sector)) >= 12
    assert len(ready_for("other")) == 13
    assert the_ready("nonsense") is None


@pytest.mark.parametrize(("ready", "sector"), EACH, ids=BY_NAME)
def test_each_is_written_in_three_languages_and_read_back(business: Business, ready: Any, sector: str) -> None:
    found = actions.check(ready.definition(sector))
    assert checking.parse(found.document()) == found
    told = reading_back.in_all_languages(found)
    assert len({" ".join(paragraphs) for _code, _name, _shown, paragraphs in told}) == 3
    texts = [ready.names, ready.descriptions]
    for placed in found.placed:
        texts += [
            given
            for name in ("subjects", "texts", "names", "gifts", "scripts")
            if (given := getattr(placed.step, name, {}))
        ]
        texts += [asked.texts for asked in getattr(placed.step, "confirm", ())]
    for given in texts:
        assert set(given) == set(LANGUAGE_CODES), given
        assert not any(mark in given["uz"] for mark in "'’‘`"), given["uz"]


@pytest.mark.parametrize(("ready", "sector"), EACH, ids=BY_NAME)
def test_each_can_show_what_it_changed_unless_nobody_may_be_held_out_of_it(
    business: Business, ready: Any, sector: str
) -> None:
    found = actions.check(ready.definition(sector))
    if found.care:
        assert (ready.key, sector) in NOT_HELD_OUT
        assert not found.holdout_share
    else:
        assert (ready.key, sector) not in NOT_HELD_OUT
        assert 0.1 <= found.holdout_share <= 0.3
        assert found.goal.kind in BOTH_CAN
    assert found.again_after_days is None or found.again_after_days >= found.goal.window_days


@pytest.mark.parametrize(("ready", "sector"), EACH, ids=BY_NAME)
def test_those_of_a_segment_give_its_value_adding_package(ready: Any, sector: str) -> None:
    found = checking.parse(ready.definition(sector))
    if isinstance(found.trigger, SegmentTrigger):
        [protocol] = [placed.step for placed in found.placed if isinstance(placed.step, SetProtocol)]
        assert found.placed[0].step == protocol
        assert protocol.package == "value_adding"


@pytest.mark.parametrize("sector", SECTORS)
def test_the_question_after_a_visit_is_for_coming_back_which_both_arms_can(business: Business, sector: str) -> None:
    ready = the_ready("after_visit_thanks")
    assert ready is not None
    found = actions.check(ready.definition(sector))
    assert found.goal.kind == ("purchase" if sector == "repair" else "visit")
    [survey] = [placed.step for placed in found.placed if isinstance(placed.step, AskSurvey)]
    assert found.is_withheld(survey)
    asked_for = found.document() | {"goal": {"kind": "survey", "measure": "csat", "window_days": 60}}
    with translation.override("en"), pytest.raises(checking.DefinitionRefused, match="is not asked by this survey"):
        actions.check(asked_for)


@pytest.mark.parametrize(("ready", "sector"), EACH, ids=BY_NAME)
def test_each_message_reads_well_for_a_customer_of_each_language(
    business: Business, member: Member, ready: Any, sector: str
) -> None:
    found = checking.parse(ready.definition(sector))
    for language in LANGUAGE_CODES:
        reader = member(language=language, first_name="Ali")
        for placed in found.placed:
            if isinstance(placed.step, Message):
                letter = rehearsal.preview(found, placed.position, customer=reader, at=AT)
                assert letter.language == language
                assert letter.subject
                assert "Ali" in letter.text
                assert "{" not in letter.text + letter.subject
                for text in (placed.step.subjects[language], placed.step.texts[language]):
                    assert not wording.problems(text, offer=wording.ANY_OFFER)


@pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.key)
def test_each_passes_its_dry_run(business: Business, member: Member, ready: Any) -> None:
    for segment in ("new", "regular", "high_value", "price_sensitive", "at_risk"):
        member(segment)
    scenario = take(ready, sector="clinic", by=None, at=AT)
    run = queries.dry_run(scenario, at=AT)
    assert run.customers >= 0
    assert not Enrolment.objects.exists()
    assert scenario.state == "draft"


def test_one_press_makes_a_draft_and_a_second_one_another(business: Business) -> None:
    client = Client()
    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Nodira", role=Role.MARKETER))
    client.cookies["django_language"] = "en"
    page = client.get("/scenarios/ready/?sector=hotel&theme=care").content.decode()
    assert "Reminder before a visit" in page
    assert "Warranty ending" not in page  # a hotel gives none
    assert "Birthday" not in page
    assert "meet you at the airport" in client.get("/scenarios/ready/welcome_guide/?sector=hotel").content.decode()
    for key in ("visit_reminder", "visit_reminder_2"):
        answer = client.post("/scenarios/ready/visit_reminder/take/", {"sector": "hotel"})
        assert answer["Location"] == f"/scenarios/{key}/"
        assert client.get(f"/scenarios/{key}/").status_code == 200
        assert client.get(f"/scenarios/{key}/edit/").status_code == 200
    assert set(Scenario.objects.values_list("state", flat=True)) == {"draft"}
    assert client.post("/scenarios/ready/nonsense/take/").status_code == 404
    with translation.override("ru"):
        assert Scenario.objects.get(key="visit_reminder").name == "Напоминание о визите"


def test_the_survey_after_a_visit_is_one_of_this_business(business: Business) -> None:
    ready = the_ready("after_visit_thanks")
    assert ready is not None
    scenario = take(ready, sector="salon", by=None, at=AT)
    survey = Survey.objects.get()
    assert (survey.kind, survey.key, survey.state) == ("csat", "after_visit", "draft")
    with translation.override("en"):
        with pytest.raises(checking.DefinitionRefused, match="takes no answers yet: open it"):
            actions.start(scenario, by=None, at=AT)
        steps = sentences.steps(queries.definition_in_force(scenario))
    assert steps[1].title == survey.name
    assert "payload" not in steps[2].title
    assert "score at most 3" in steps[2].title
    surveys.move(survey, "open", at=AT)
    actions.start(scenario, by=None, at=AT)
    assert take(ready, sector="salon", by=None, at=AT).key == "after_visit_thanks_2"
    assert Survey.objects.count() == 1


def test_who_comes_from_a_segment_sees_those_that_begin_with_it(business: Business) -> None:
    client = Client()
    client.force_login(StaffMember.objects.create_user(email="m@example.uz", name="Nodira", role=Role.MARKETER))
    client.cookies["django_language"] = "en"
    for key in ("new", "vip_guests"):
        Segment.objects.get_or_create(key=key, defaults={"names": {"en": key.title()}, "order": 100})
    of_new = [ready for ready in ready_for("salon") if ready.definition("salon")["trigger"].get("segment") == "new"]
    page = client.get("/scenarios/ready/", {"sector": "salon", "segment": "new"})
    assert [card[0] for card in page.context["cards"]] == of_new
    assert "Those that begin with the segment" in page.content.decode()
    page = client.get("/scenarios/ready/", {"sector": "salon", "segment": "vip_guests"})
    assert len(page.context["cards"]) == len(ready_for("salon"))
    assert "None begins with the segment" in page.content.decode()
    page = client.get("/scenarios/ready/", {"sector": "salon", "segment": "nonsense"})
    assert len(page.context["cards"]) == len(ready_for("salon"))
