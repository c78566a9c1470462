"""Steering: who would get what and why not, pilots and tests, fidelity, and what changed between versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from mijoz.business.models import Branch, Role, StaffMember
from mijoz.channels.models import Message
from mijoz.customers.models import Consent
from mijoz.scenarios import actions, checking, comparing, engine, fidelity, funnel, queries
from mijoz.scenarios.models import Enrolment, Scenario, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, OFFER, TASK, WAIT, Member, Start, document

CONFIRM = [{"key": "greet", "texts": {"en": "I greeted", "uz": "Salomlashdim"}},
           {"key": "tea", "texts": {"en": "I brought tea", "uz": "Choy berdim"}}]  # fmt: skip


def sign_in(role: str = Role.MARKETER) -> Client:
    client = Client()
    email = f"{role}{StaffMember.objects.count()}@example.uz"
    client.force_login(StaffMember.objects.create_user(email=email, name="Nodira", role=role))
    client.cookies["django_language"] = "en"
    return client


def test_the_dry_run_counts_everybody_once_with_what_speaks_against_them(member: Member, start: Start) -> None:
    served = [member(first_name=f"Ali{letter}") for letter in "abcdef"]
    member(email="")
    refused = member(agreed=False)
    Consent.objects.create(customer=refused, purpose="marketing", channel="email", granted=False, answered_at=AT)
    member(language="ru", agreed=False)
    rule = {"field": "purchases", "op": "<=", "value": 3}
    scenario = start(MESSAGE, holdout_share=0.3, eligibility=rule)
    engine.enrol(at=AT, scenarios=[scenario])
    Enrolment.objects.exclude(customer=served[0]).delete()
    found = funnel.funnel(queries.definition_in_force(scenario), scenario=scenario, at=AT)
    counted = {one.key: one.customers for one in found.left_out}
    assert found.triggered == 9
    assert found.served + sum(counted.values()) == 9
    assert counted["before"] == 1
    assert found.gate is not None
    assert found.gate.asked == found.served == queries.dry_run(scenario, at=AT).treated
    assert found.gate.allowed + sum(one.customers for one in found.gate.against) == found.gate.asked
    assert sum(all_ for _channel, _language, _allowed, all_ in found.gate.ways) == found.gate.asked
    assert Enrolment.objects.count() == 1
    assert not Message.objects.exists()
    page = sign_in().get("/scenarios/trial/dry-run/").content.decode()
    assert "What the gate would say now" in page
    assert "too soon to come again" in page


def test_what_the_gate_says_is_what_it_does(member: Member, start: Start) -> None:
    member()
    member(email="")
    member(agreed=False)
    found = funnel.funnel(checking.parse(document(MESSAGE)), scenario=None, at=AT)
    assert found.gate is not None
    with translation.override("en"):
        told = {str(one.label): one.customers for one in found.gate.against}
    assert found.gate.allowed == 1
    assert told == {"No address": 1, "No consent": 1}


def test_a_pilot_is_started_at_a_share_and_widened(business: Any) -> None:
    actions.install_pilots(at=AT)
    client = sign_in()
    client.post("/scenarios/missed_you/start/", {"percent": "10"})
    scenario = Scenario.objects.get(key="missed_you")
    assert (scenario.state, scenario.pilot_percent) == ("live", 10)
    assert "pilot, 10 of 100" in client.get("/scenarios/missed_you/").content.decode()
    client.post("/scenarios/missed_you/widen/", {"percent": "40"})
    assert Scenario.objects.get(key="missed_you").pilot_percent == 40
    client.post("/scenarios/missed_you/widen/", {"percent": ""})
    assert Scenario.objects.get(key="missed_you").pilot_percent is None


def test_one_person_goes_through_a_draft_as_a_test(member: Member) -> None:
    customer = member(first_name="Aziza")
    actions.add_scenario(key="trial", names={"en": "Trial"}, descriptions={}, document=document(), by=None, at=AT)
    client = sign_in()
    assert "Choose a customer first" in client.post("/scenarios/trial/test/", follow=True).content.decode()
    assert not Enrolment.objects.exists()
    answer = client.post("/scenarios/trial/test/", {"reader": str(customer.pk)}, follow=True)
    page = answer.content.decode()
    assert "This was a test on one person." in page
    assert Enrolment.objects.get().is_test
    assert Scenario.objects.get().state == "draft"


def test_staff_confirm_the_protocol_step_by_step_and_the_share_is_shown(member: Member, start: Start) -> None:
    centre = Branch.objects.create(code="centre", name="Centre")
    for _ in range(3):
        member()
    scenario = start({**TASK, "confirm": CONFIRM, "branch": "centre"})
    engine.enrol(at=AT)
    engine.advance(at=AT)
    operator, tasks = sign_in(Role.OPERATOR), list(Task.objects.order_by("pk"))
    assert "I brought tea" in operator.get("/tasks/").content.decode()
    operator.post(f"/tasks/{tasks[0].pk}/done/", {"confirm-greet": "on", "confirm-tea": "on"})
    operator.post(f"/tasks/{tasks[1].pk}/done/", {"confirm-greet": "on", "confirm-nonsense": "on"})
    assert Task.objects.get(pk=tasks[1].pk).confirmed == {"greet": True, "tea": False}
    with translation.override("en"):
        found = fidelity.fidelity(scenario, queries.definition_in_force(scenario))
        assert found is not None
        assert (found.asked, found.followed) == (4, 3)  # the third task is not due yet
        assert [(line.label, line.followed) for line in found.by_step] == [("I brought tea", 1), ("I greeted", 2)]
        assert [line.label for line in found.by_branch] == [centre.name]
        assert not found.is_good
    engine.advance(at=AT + 5 * DAY)
    found = fidelity.fidelity(scenario, queries.definition_in_force(scenario))
    assert found is not None
    assert (found.asked, found.followed) == (6, 3)  # overdue: nothing was followed
    page = sign_in().get("/scenarios/trial/").content.decode()
    assert "3 of 6 steps confirmed" in page
    assert "look at the delivery before you judge the scenario" in page


CHANGES: list[tuple[list[dict[str, Any]], list[tuple[str, str]]]] = [
    ([OFFER, MESSAGE, TASK], []),
    ([OFFER, MESSAGE], [("removed", "Task for staff: Call them")]),
    ([OFFER, MESSAGE, WAIT, TASK], [("added", "Wait: 2 days")]),
    ([MESSAGE, OFFER, TASK], [("moved", "Offer: Free tea")]),
    ([OFFER, MESSAGE, {**TASK, "due_days": 3}], [("changed", "Task for staff: Call them")]),
]


@pytest.mark.parametrize(("steps", "says"), CHANGES)
def test_two_versions_are_compared_in_words(
    business: Any, steps: list[dict[str, Any]], says: list[tuple[str, str]]
) -> None:
    with translation.override("en"):
        old, new = checking.parse(document(OFFER, MESSAGE, TASK)), checking.parse(document(*steps))
        found = comparing.compare(old, new)
    assert not found.settings
    told = [(step.kind, step.title) for step in found.steps]
    assert told == says or [kind for kind, _title in told] == [kind for kind, _title in says] == ["moved"]


def test_texts_with_little_in_common_stand_one_after_the_other() -> None:
    old, new = "Agreed to marketing messages and has an e-mail address.", "Number of purchases is at least 1 and more."
    assert [(piece.kind, piece.text) for piece in comparing.pieces(old, new)] == [("gone", old), ("new", new)]
    assert comparing.pieces("", new) == [comparing.Piece("new", new)]


def test_a_text_is_compared_word_by_word() -> None:
    pieces = comparing.pieces("We wait for you on Monday", "We wait for you on Friday evening")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "We wait for you on "), ("gone", "Monday"), ("new", "Friday evening")
    ]  # fmt: skip


def test_the_page_of_a_version_says_what_changed(start: Start) -> None:
    scenario = start(MESSAGE)
    letter = {**MESSAGE, "texts": {"uz": "{{ greeting }} Sizni juda kutamiz.", "ru": "{{ greeting }} Ждём вас."}}
    actions.write_version(scenario, document(letter, holdout_share=0.2), by=None, at=AT)
    page = sign_in(Role.ANALYST).get("/scenarios/trial/versions/2/").content.decode()
    assert "What changed from version 1" in page
    assert "<ins>juda " in page
    assert "20%" in page
    assert sign_in().get("/scenarios/trial/versions/1/").status_code == 200
