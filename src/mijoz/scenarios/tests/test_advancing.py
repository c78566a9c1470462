"""Steps are taken in their order, when they are due, once, and for all customers in the same number of statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import StaffMember
from mijoz.channels import gate
from mijoz.channels.models import Message, Reason
from mijoz.customers.actions import set_protocol
from mijoz.customers.models import Customer, Protocol
from mijoz.events.models import Event
from mijoz.scenarios import actions, checking, queries
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.tests.conftest import (
    AT,
    DAY,
    MESSAGE,
    OFFER,
    PROTOCOL,
    TASK,
    WAIT,
    Member,
    Start,
    buys,
    document,
)

REMINDER: dict[str, Any] = {**MESSAGE, "key": "reminder", "subjects": {"uz": "Eslatma"}, "texts": {"uz": "Eslatamiz."}}


def run(at: Any = AT) -> actions.Advanced:
    actions.enrol(at=at)
    return actions.advance(at=at)


def state_of(customer: Customer) -> tuple[str, int, Any]:
    one = Enrolment.objects.get(customer=customer)
    return (one.state, one.next_step, one.due_at)


def test_steps_come_in_their_order_and_wait_their_time(member: Member, start: Start) -> None:
    customer = member()
    start(OFFER, MESSAGE, WAIT, REMINDER)
    run()
    assert list(Message.objects.values_list("step", flat=True)) == ["letter"]
    assert state_of(customer) == ("running", 2, AT + 2 * DAY)
    actions.advance(at=AT + 2 * DAY - timedelta(seconds=1))
    assert Message.objects.count() == 1
    actions.advance(at=AT + 2 * DAY)
    assert list(Message.objects.order_by("id").values_list("step", flat=True)) == ["letter", "reminder"]
    assert state_of(customer) == ("watched", 4, None)


def test_advancing_again_changes_nothing(member: Member, start: Start) -> None:
    for _ in range(5):
        member()
    start(PROTOCOL, OFFER, MESSAGE, TASK)
    run()
    events, messages, tasks = Event.objects.count(), Message.objects.count(), Task.objects.count()
    assert (messages, tasks) == (5, 5)
    again = actions.advance(at=AT)
    assert (again.enrolments, again.steps) == (0, 0)
    assert (Event.objects.count(), Message.objects.count(), Task.objects.count()) == (events, 5, 5)


def test_a_message_is_written_in_the_language_of_the_customer(member: Member, start: Start) -> None:
    member(language="ru", first_name="Анна")
    member(language="en", first_name="Ann")
    member(language="", first_name="https://evil.example")
    start()
    run()
    written = dict(Message.objects.values_list("language", "text").filter(language="ru"))
    assert written == {"ru": "Здравствуйте, Анна! Ждём вас."}
    others = set(Message.objects.filter(language="uz").values_list("text", flat=True))
    assert others == {"Assalomu alaykum, Ann! Sizni kutamiz.", "Assalomu alaykum! Sizni kutamiz."}


def test_a_message_says_what_was_offered_and_until_when(member: Member, start: Start) -> None:
    text = {"uz": "{{ offer.name }}: {{ offer.gift }}, {{ offer.until }} gacha."}
    member()
    start(OFFER, {**MESSAGE, "texts": text, "subjects": {"uz": "Sovgʻa"}}, WAIT, {**REMINDER, "texts": text})
    run()
    actions.advance(at=AT + 2 * DAY)
    assert set(Message.objects.values_list("text", flat=True)) == {
        "Choy sovgʻa: bir choynak choy, 10.04.2026 gacha.",
    }
    offer = Event.objects.get(type="offer_made")
    assert offer.payload == {"scenario": "trial", "offer": "tea", "until": "2026-04-10", "gift": OFFER["gifts"]}
    assert Enrolment.objects.get().offer_until == date(2026, 4, 10)


def test_a_message_carries_where_it_comes_from(member: Member, start: Start) -> None:
    member()
    start(purpose="service")
    run()
    message, enrolment = Message.objects.get(), Enrolment.objects.get()
    assert (message.scenario, message.scenario_version, message.enrolment) == ("trial", 1, enrolment.pk)
    assert (message.purpose, message.step) == ("service", "letter")
    assert message.dedupe_key == f"enrolment/{enrolment.pk}/letter"


def test_the_protocol_is_written_for_all_and_leaves_alone_what_staff_set(
    member: Member, start: Start, manager: StaffMember
) -> None:
    fresh, before, by_hand = member(), member(), member()
    set_protocol(before, by="another_scenario", at=AT - DAY, priority=1, preferred_hours="evening")
    set_protocol(by_hand, by=manager.email, at=AT - DAY, priority=0, script="No calls")
    start(PROTOCOL)
    run()
    found = {row.customer_id: row for row in Protocol.objects.all()}
    assert (found[fresh.pk].priority, found[fresh.pk].package, found[fresh.pk].set_by) == (2, "value_adding", "trial")
    assert (found[before.pk].priority, found[before.pk].preferred_hours) == (2, "evening")
    assert (found[by_hand.pk].priority, found[by_hand.pk].script) == (0, "No calls")
    logged = Event.objects.filter(type="protocol_set", payload__scenario="trial")
    assert {event.identity.value for event in logged} == {str(fresh.pk), str(before.pk)}


def test_a_task_waits_for_its_role_until_the_end_of_the_day(member: Member, start: Start) -> None:
    customer = member()
    start(TASK)
    run()
    task = Task.objects.get()
    assert (task.customer, task.role, task.branch) == (customer, "operator", None)
    assert task.texts == TASK["texts"]
    assert task.due_at.isoformat() == "2026-04-01T18:59:00+00:00"  # a minute to midnight in Tashkent
    assert Event.objects.get(type="task_created").payload["text"] == "Qoʻngʻiroq qiling"


def test_a_task_is_done_once(member: Member, start: Start, manager: StaffMember) -> None:
    member()
    start(TASK)
    run()
    done = actions.do_task(Task.objects.get(), by=manager, note="  Was happy ", at=AT + DAY)
    assert (done.done_at, done.done_by, done.note) == (AT + DAY, manager, "Was happy")
    with pytest.raises(actions.TaskDone):
        actions.do_task(Task.objects.get(), by=manager, note="again", at=AT + 2 * DAY)
    assert Event.objects.filter(type="task_done").count() == 1
    assert Task.objects.get().note == "Was happy"


def test_who_has_reached_the_goal_gets_nothing_more(member: Member, start: Start) -> None:
    back, away = member(), member()
    start(MESSAGE, WAIT, REMINDER)
    run()
    buys(back, at=AT + DAY)
    advanced = actions.advance(at=AT + 2 * DAY)
    assert advanced.reached_goal == 1
    assert Message.objects.filter(customer=back).count() == 1
    assert Message.objects.filter(customer=away).count() == 2
    one = Enrolment.objects.get(customer=back)
    assert (one.state, one.ending, one.goal_reached_at) == ("ended", "goal_reached", AT + DAY)


def test_steps_go_on_after_the_goal_when_they_shall(member: Member, start: Start) -> None:
    back = member()
    start(MESSAGE, WAIT, REMINDER, ends_at_goal=False)
    run()
    buys(back, at=AT + DAY)
    actions.advance(at=AT + 2 * DAY)
    assert Message.objects.count() == 2
    assert state_of(back)[0] == "watched"


@pytest.mark.parametrize(
    ("bought_after_days", "ending"), [(None, "window_closed"), (3, "goal_reached"), (31, "window_closed")]
)
def test_the_goal_is_watched_until_its_window_closes(
    member: Member, start: Start, bought_after_days: int | None, ending: str
) -> None:
    customer = member()
    start(holdout_share=0.9)
    run()
    if bought_after_days:
        buys(customer, at=AT + bought_after_days * DAY)
    actions.note_goals()
    actions.advance(at=AT + 30 * DAY - timedelta(seconds=1))
    assert Enrolment.objects.get().state == "watched"
    actions.advance(at=AT + 31 * DAY)
    assert Enrolment.objects.get().ending == ending


def test_a_goal_that_nobody_noted_before_is_seen_when_the_window_closes(member: Member, start: Start) -> None:
    customer = member()
    start()
    run()
    buys(customer, at=AT + 3 * DAY)
    actions.advance(at=AT + 31 * DAY)
    assert Enrolment.objects.get().ending == "goal_reached"


def test_a_paused_scenario_takes_no_step_until_it_is_resumed(member: Member, start: Start) -> None:
    member()
    scenario = start(MESSAGE, WAIT, REMINDER)
    run()
    actions.pause(scenario, by=None, at=AT)
    member()
    run(at=AT + 3 * DAY)
    assert Message.objects.count() == 1
    assert Enrolment.objects.count() == 1
    assert queries.origin_states(["trial", "unknown"]) == {"trial": gate.OriginState.PAUSED}
    actions.resume(scenario, by=None, at=AT + 4 * DAY)
    run(at=AT + 4 * DAY)
    assert Message.objects.count() == 3


def test_a_stopped_scenario_ends_for_who_is_in_it(member: Member, start: Start, manager: StaffMember) -> None:
    customer = member()
    scenario = start(MESSAGE, WAIT, REMINDER)
    run()
    actions.stop(scenario, by=manager, at=AT + DAY)
    run(at=AT + 3 * DAY)
    assert Message.objects.count() == 1
    one = Enrolment.objects.get(customer=customer)
    assert (one.state, one.ending) == ("ended", "scenario_stopped")
    message = Message.objects.get()
    verdict = gate.decide_all([message], at=AT)[0][0]
    assert verdict == gate.Stopped(Reason.SCENARIO_STOPPED)
    scenario.refresh_from_db()
    assert (scenario.state, scenario.state_by, scenario.state_at) == ("stopped", manager, AT + DAY)


@pytest.mark.parametrize(
    ("state", "verb", "allowed"),
    [
        ("draft", "start", True), ("draft", "pause", False), ("draft", "stop", False), ("draft", "resume", False),
        ("live", "start", False), ("live", "pause", True), ("live", "stop", True), ("live", "resume", False),
        ("paused", "start", False), ("paused", "pause", False), ("paused", "stop", True), ("paused", "resume", True),
        ("stopped", "start", True), ("stopped", "pause", False), ("stopped", "stop", False),
        ("stopped", "resume", False),
    ],
)  # fmt: skip
def test_which_state_leads_to_which(start: Start, state: str, verb: str, allowed: bool) -> None:
    scenario = start()
    Scenario.objects.filter(pk=scenario.pk).update(state=state)
    if allowed:
        getattr(actions, verb)(scenario, by=None, at=AT)
        assert Scenario.objects.get().state != state
        return
    with pytest.raises(actions.StateRefused):
        getattr(actions, verb)(scenario, by=None, at=AT)
    assert Scenario.objects.get().state == state


def test_running_enrolments_finish_on_their_version(member: Member, start: Start) -> None:
    first = member()
    scenario = start(MESSAGE, WAIT, REMINDER)
    run()
    changed = {**REMINDER, "texts": {"uz": "Yangi matn."}}
    assert actions.write_version(scenario, document(changed), by=None, at=AT + DAY).number == 2
    second = member()
    run(at=AT + 2 * DAY)
    assert Message.objects.get(customer=first, step="reminder").text == "Eslatamiz."
    assert Message.objects.get(customer=second).text == "Yangi matn."
    assert dict(Enrolment.objects.values_list("customer", "version__number")) == {first.pk: 1, second.pk: 2}


def test_the_same_definition_makes_no_new_version(start: Start) -> None:
    scenario = start()
    assert actions.write_version(scenario, document(), by=None, at=AT).number == 1
    with pytest.raises(checking.DefinitionRefused):
        actions.write_version(scenario, document(TASK, holdout_share=2), by=None, at=AT)
    assert ScenarioVersion.objects.count() == 1


def test_a_scenario_for_a_segment_that_does_not_exist_is_refused(start: Start) -> None:
    with pytest.raises(checking.DefinitionRefused) as refusal:
        start(trigger={"kind": "segment_entered", "segment": "nobody"})
    assert refusal.value.problems[0][0] == "trigger.segment"
    assert not Scenario.objects.exists()


def test_many_customers_move_on_in_as_many_statements_as_few(member: Member, start: Start) -> None:
    start(PROTOCOL, OFFER, MESSAGE, TASK)

    def asked() -> int:
        actions.enrol(at=AT)
        with CaptureQueriesContext(connection) as captured:
            actions.advance(at=AT)
        return len(captured)

    member()
    asked()
    member()
    few = asked()
    for _ in range(50):
        member()
    assert asked() == few
    assert Message.objects.count() == 52


def test_batches_leave_nobody_behind(member: Member, start: Start) -> None:
    for _ in range(25):
        member()
    start()
    actions.enrol(at=AT)
    assert actions.advance(at=AT, batch=4).enrolments == 25
    assert Message.objects.count() == 25
