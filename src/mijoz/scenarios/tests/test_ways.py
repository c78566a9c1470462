"""Branches, splits, waits for something, ends, and the named outcome of every step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mijoz.business.models import StaffMember
from mijoz.channels.hooks import Settled
from mijoz.channels.models import Message
from mijoz.customers.models import Customer, Protocol
from mijoz.loyalty import actions as loyalty
from mijoz.loyalty.models import Grant
from mijoz.loyalty.terms import offer_terms
from mijoz.scenarios import actions, outcomes
from mijoz.scenarios.checking import DefinitionRefused
from mijoz.scenarios.models import Enrolment, StepOutcome, Task
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, OFFER, PROTOCOL, TASK, Member, Start, buys
from mijoz.scenarios.tests.test_triggers import HOUR, happens

SECOND = {**MESSAGE, "key": "second"}
THIRD = {**MESSAGE, "key": "third"}


def run(at: Any = AT) -> None:
    actions.enrol(at=at)
    actions.advance(at=at)


def came_to(customer: Customer) -> dict[str, str]:
    enrolment = Enrolment.objects.get(customer=customer)
    return {step: outcome for step, (outcome, _detail, _at) in outcomes.of(enrolment).items()}


def written(customer: Customer) -> list[str]:
    return list(Message.objects.filter(customer=customer).order_by("pk").values_list("step", flat=True))


def settle(customer: Customer, step: str, status: str, reason: str = "") -> None:
    enrolment = Enrolment.objects.get(customer=customer)
    outcomes.note_settled([Settled(enrolment.pk, step, status, reason, AT + HOUR)])


def test_a_branch_by_a_rule_leads_two_ways_that_join_again(member: Member, start: Start) -> None:
    named, unnamed = member(first_name="Ali"), member()
    buys(named, at=AT - 2 * DAY)
    buys(named, at=AT - 3 * DAY)
    rule = {"field": "purchases", "op": ">=", "value": 2}
    start(
        {"kind": "branch", "key": "often", "rule": rule, "then": [PROTOCOL], "otherwise": [SECOND]}, MESSAGE,
        ends_at_goal=False,
    )  # fmt: skip
    run()
    assert (written(named), written(unnamed)) == (["letter"], ["second", "letter"])
    assert came_to(named) == {"often": "then", "protocol": "set"}
    assert came_to(unnamed)["often"] == "otherwise"


@pytest.mark.parametrize(("status", "follows"), [("sent", "second"), ("failed", "third"), ("stopped", "third")])
def test_a_branch_waits_for_what_came_of_a_message(member: Member, start: Start, status: str, follows: str) -> None:
    customer = member()
    asks = {"kind": "branch", "key": "came", "step": "letter", "outcomes": ["sent"],
            "then": [SECOND], "otherwise": [THIRD]}  # fmt: skip
    start(MESSAGE, asks)
    run()
    assert written(customer) == ["letter"]  # a message that lies in the outbox is not sent yet
    assert "letter" not in came_to(customer)
    actions.advance(at=AT + HOUR)
    assert written(customer) == ["letter"]
    settle(customer, "letter", status, "refused" if status == "failed" else "")
    actions.advance(at=AT + HOUR)
    assert written(customer) == ["letter", follows]
    assert came_to(customer)["letter"] == status


def test_what_never_becomes_known_is_waited_for_no_longer(member: Member, start: Start) -> None:
    customer = member()
    start(MESSAGE, {"kind": "branch", "key": "came", "step": "letter", "outcomes": ["sent"], "otherwise": [TASK]})
    run()
    actions.advance(at=AT + 4 * DAY)
    assert Task.objects.filter(customer=customer).exists()


def test_a_task_in_time_and_one_that_is_overdue_lead_different_ways(
    member: Member, start: Start, manager: StaffMember
) -> None:
    quick, slow = member(), member()
    asks = {"kind": "branch", "key": "called", "step": "call", "outcomes": ["done"],
            "then": [SECOND], "otherwise": [THIRD]}  # fmt: skip
    start({**TASK, "confirm": [{"key": "tea", "texts": {"uz": "Choy"}}, {"key": "name", "texts": {"uz": "Ism"}}]}, asks)
    run()
    done = actions.do_task(
        Task.objects.get(customer=quick), by=manager, note="", at=AT + HOUR, confirmed={"tea": True, "strange": True}
    )
    actions.advance(at=AT + HOUR)
    actions.advance(at=AT + 3 * DAY)
    actions.advance(at=AT + 3 * DAY)
    assert done.confirmed == {"tea": True, "name": False}
    assert (written(quick), written(slow)) == (["second"], ["third"])
    assert came_to(slow)["call"] == "timed_out"


def test_a_split_draws_each_arm_by_its_share_and_the_same_again(member: Member, start: Start) -> None:
    people = [member() for _ in range(80)]
    arms = [{"key": "a", "share": 25, "steps": [SECOND]}, {"key": "b", "share": 75, "steps": []}]
    start({"kind": "split", "key": "chance", "arms": arms}, MESSAGE)
    run()
    drawn = dict(StepOutcome.objects.filter(step="chance").values_list("enrolment", "outcome"))
    in_a = [one for one in people if came_to(one)["chance"] == "a"]
    assert len(drawn) == 80
    assert 8 <= len(in_a) <= 35
    assert all(("second" in written(one)) == (one in in_a) and "letter" in written(one) for one in people)


def test_a_wait_ends_with_what_it_waits_for_or_with_its_time(member: Member, start: Start) -> None:
    comes, stays = member(), member()
    wait = {"kind": "wait", "key": "visit", "until": "event", "event": "visit", "days": 3}
    asks = {"kind": "branch", "key": "came", "step": "visit", "outcomes": ["happened"],
            "then": [SECOND], "otherwise": [THIRD]}  # fmt: skip
    start(wait, asks)
    happens(comes, "visit", at=AT - DAY)  # before the wait: it does not count
    run()
    happens(comes, "visit", at=AT + HOUR)
    actions.look_around(at=AT + 2 * HOUR)
    actions.advance(at=AT + 2 * HOUR)
    assert (written(comes), written(stays)) == (["second"], [])
    actions.advance(at=AT + 3 * DAY)
    assert written(stays) == ["third"]
    assert (came_to(comes)["visit"], came_to(stays)["visit"]) == ("happened", "timed_out")


def test_good_hours_are_those_that_the_protocol_tells(member: Member, start: Start) -> None:
    evening = member()
    Protocol.objects.create(customer=evening, preferred_hours="18:00–21:00", set_at=AT)
    start({"kind": "wait", "key": "hours", "until": "good_hours", "days": 1}, MESSAGE)
    run()  # noon in Tashkent
    assert written(evening) == []
    actions.advance(at=AT + 6 * HOUR)
    assert written(evening) == ["letter"]


def test_an_end_leaves_out_the_rest(member: Member, start: Start) -> None:
    buyer, other = member(), member()
    start(PROTOCOL, {"kind": "end", "key": "bought"}, MESSAGE, {"kind": "end", "key": "over", "at_goal": False}, TASK,
          ends_at_goal=False)  # fmt: skip
    actions.enrol(at=AT)
    buys(buyer, at=AT + HOUR)
    actions.advance(at=AT + 2 * HOUR)
    assert (written(buyer), written(other)) == ([], ["letter"])
    assert (came_to(buyer)["bought"], came_to(other)["bought"], came_to(other)["over"]) == ("ended", "went_on", "ended")
    assert not Task.objects.exists()


def test_who_is_put_first_is_so_for_some_hours(member: Member, start: Start) -> None:
    customer = member()
    start({"kind": "queue", "key": "first", "priority": 8, "hours": 5})
    run()
    protocol = Protocol.objects.get(customer=customer)
    assert [protocol.priority_at(AT + hours * HOUR) for hours in (1, 6)] == [8, 0]


def test_a_hold_out_of_the_service_gets_the_messages_and_the_other_way_round(member: Member, start: Start) -> None:
    people = [member() for _ in range(30)]
    for held_from in ("service", "messages"):
        start(PROTOCOL, MESSAGE, key=held_from, holdout_share=0.5, holdout_of=held_from)
    run()
    held = {
        key: set(Enrolment.objects.filter(scenario__key=key, arm="hold-out").values_list("customer", flat=True))
        for key in ("service", "messages")
    }
    letters = {key: set(Message.objects.filter(scenario=key).values_list("customer", flat=True)) for key in held}
    everybody = {one.pk for one in people}
    assert all(5 <= len(some) <= 25 for some in held.values())
    assert letters == {"service": everybody, "messages": everybody - held["messages"]}
    served = StepOutcome.objects.filter(step="protocol", outcome="held_out").values("enrolment")
    assert set(Enrolment.objects.filter(pk__in=served).values_list("customer", flat=True)) == held["service"]


def test_the_best_channel_is_the_one_by_which_they_can_be_reached(member: Member, start: Start) -> None:
    reachable, unreachable = member(), member(email="")
    start({**MESSAGE, "channel": "best"})
    run()
    assert [Message.objects.get(customer=one).reason for one in (reachable, unreachable)] == ["", "address_missing"]


def test_what_the_gate_would_stop_for_certain_is_stopped_with_its_reason_at_once(member: Member, start: Start) -> None:
    fine, silent, nowhere = member(), member(agreed=False), member(email="")
    start()
    run()
    reasons = dict(Message.objects.values_list("customer", "reason"))
    assert reasons == {fine.pk: "", silent.pk: "consent_missing", nowhere.pk: "address_missing"}


def test_offers_of_the_offers_page_are_granted_with_a_code_that_the_message_tells(member: Member, start: Start) -> None:
    customer = member()
    step = {"kind": "offer", "key": "gift", "source": "loyalty", "offer": "tea", "valid_days": 5}
    text = "{{ offer.name }}, {{ offer.discount }}: {{ offer.code }}"
    letter = {**MESSAGE, "texts": {"uz": text, "ru": text}}
    with pytest.raises(DefinitionRefused, match="cannot be carried out"):
        start(step, key="early")
    loyalty.write_offer(
        "tea", terms=offer_terms({"benefit": {"kind": "percent", "percent": 10}}), names={"uz": "Choy"}, conditions={},
        is_new=True, by=None, at=AT, state="live",
    )  # fmt: skip
    start(step, letter)
    run()
    grant = Grant.objects.get(customer=customer)
    message = Message.objects.get(customer=customer)
    assert came_to(customer)["gift"] == "made"
    assert grant.origin == "scenario:trial/gift/2026-03-31"
    assert message.text.startswith("Choy, 10")
    assert message.text.replace("-", "").upper().endswith(grant.code.upper())


def test_who_has_no_best_offer_is_made_none_and_told_of_none(member: Member, start: Start) -> None:
    customer = member()
    text = "Salom {% if offer.name %}{{ offer.name }}{% endif %}"
    start(
        {"kind": "offer", "key": "best", "source": "best", "valid_days": 5},
        {**MESSAGE, "texts": {"uz": text, "ru": text}},
    )
    run()
    assert came_to(customer)["best"] == "not_chosen"
    assert Message.objects.get(customer=customer).text == "Salom"


def test_a_survey_that_takes_no_answers_is_refused_at_the_start(start: Start) -> None:
    with pytest.raises(DefinitionRefused, match="Survey"):
        start({"kind": "survey", "key": "asks", "survey": "nps"})


def test_running_enrolments_finish_on_their_version(member: Member, start: Start) -> None:
    early = member()
    wait = {"kind": "wait", "key": "wait", "days": 1}
    scenario = start(OFFER, wait, MESSAGE)
    run()
    document = actions.queries.version_in_force(scenario).definition
    actions.write_version(scenario, {**document, "steps": [TASK]}, by=None, at=AT)
    late = member()
    run(AT + timedelta(minutes=5))
    actions.advance(at=AT + 2 * DAY)
    assert (written(early), written(late)) == (["letter"], [])
    assert list(Task.objects.values_list("customer", flat=True)) == [late.pk]
