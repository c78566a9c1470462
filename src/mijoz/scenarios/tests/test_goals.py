"""Goals: whatever may count as success is written, read back, watched for and noted, for those held out as well."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions, checking, comparing, sentences, why
from mijoz.scenarios.goals import GOAL_KINDS, Goal
from mijoz.scenarios.models import Enrolment, ScenarioVersion
from mijoz.scenarios.ready import the_ready
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, WAIT, Member, Start, buys, document
from mijoz.scenarios.tests.test_editor import round_trip
from mijoz.segments.models import Membership, Segment

ANSWER = {"kind": "csat", "score": 4}
# A goal with an event that reaches it, and one that is like it and does not.
BY_EVENT: list[tuple[dict[str, Any], tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]] = [
    ({"kind": "visit"}, ("visit", {}), ("booking_made", {})),
    ({"kind": "booking"}, ("booking_made", {}), ("booking_cancelled", {})),
    ({"kind": "survey"}, ("survey_answered", ANSWER), ("complaint", {})),
    ({"kind": "survey", "measure": "csat", "at_least": 4}, ("survey_answered", ANSWER),
     ("survey_answered", {"kind": "csat", "score": 3})),
    ({"kind": "survey", "measure": "csat", "at_least": 4}, ("survey_answered", ANSWER),
     ("survey_answered", {"kind": "nps", "score": 9})),
    ({"kind": "case_resolved"}, ("case_resolved", {}), ("case_opened", {})),
    ({"kind": "message_answered"}, ("message_received", {}), ("message_sent", {})),
    ({"kind": "message_clicked"}, ("message_clicked", {}), ("message_opened", {})),
    ({"kind": "points_redeemed"}, ("offer_redeemed", {"redemption": "1", "points": 20}),
     ("offer_redeemed", {"redemption": "2", "points": 0})),
    ({"kind": "event", "event": "car_returned", "where": [{"field": "payload.late", "op": "=", "value": False}]},
     ("car_returned", {"late": False}), ("car_returned", {"late": True})),
]  # fmt: skip
EVERY: list[dict[str, Any]] = [
    {"kind": "purchase"},
    *(goal for goal, _reaches, _other in BY_EVENT),
    {"kind": "segment_entered", "segment": "regular"},
    {"kind": "segment_left", "segment": "at_risk"},
]


def happens(customer: Customer, told: tuple[str, dict[str, Any]], *, at: datetime) -> None:
    event = NewEvent(
        message_id=f"{told[0]}/{customer.pk}/{at.isoformat()}",
        type=told[0],
        identity=("customer", "", str(customer.pk)),
        occurred_at=at,
        payload=told[1],
    )
    record([event], source="desk")


def named(goal: dict[str, Any], days: int = 30) -> dict[str, Any]:
    return {**goal, "window_days": days}


def test_every_kind_of_goal_is_tried_here() -> None:
    assert {goal["kind"] for goal in EVERY} == set(GOAL_KINDS)


@pytest.mark.parametrize(("goal", "reaches", "other"), BY_EVENT, ids=lambda told: str(told))
def test_an_event_that_fits_reaches_the_goal_and_one_that_is_like_it_does_not(
    member: Member, start: Start, goal: dict[str, Any], reaches: tuple[str, dict[str, Any]], other: Any
) -> None:
    reached, alike, before, late = member(), member(), member(), member()
    happens(before, reaches, at=AT - DAY)
    start(MESSAGE, goal=named(goal))
    actions.enrol(at=AT)
    happens(reached, reaches, at=AT + 2 * DAY)
    happens(reached, reaches, at=AT + 4 * DAY)
    happens(alike, other, at=AT + 2 * DAY)
    happens(late, reaches, at=AT + 31 * DAY)
    actions.note_goals()
    found = dict(Enrolment.objects.values_list("customer", "goal_reached_at"))
    assert found == {reached.pk: AT + 2 * DAY, alike.pk: None, before.pk: None, late.pk: None}


@pytest.mark.parametrize("kind", ["segment_entered", "segment_left"])
def test_a_segment_that_is_entered_or_left_reaches_the_goal(member: Member, start: Start, kind: str) -> None:
    moved, stayed = member(), member()
    segment = Segment.objects.get(key="regular")
    if kind == "segment_left":
        for one in (moved, stayed):
            Membership.objects.create(segment=segment, customer=one, entered_at=AT - 9 * DAY)
    start(MESSAGE, goal={"kind": kind, "segment": "regular", "window_days": 20}, holdout_share=0.5)
    actions.enrol(at=AT)
    if kind == "segment_left":
        Membership.objects.filter(customer=moved, segment=segment).update(left_at=AT + 5 * DAY, left_reason={})
    else:
        Membership.objects.create(segment=segment, customer=moved, entered_at=AT + 5 * DAY)
    actions.note_goals()
    found = dict(Enrolment.objects.values_list("customer", "goal_reached_at"))
    assert found == {moved.pk: AT + 5 * DAY, stayed.pk: None}


def test_a_booking_ends_the_rest_of_the_steps_and_a_purchase_does_not(member: Member, start: Start) -> None:
    books, buys_something = member(), member()
    start(MESSAGE, WAIT, {**MESSAGE, "key": "again"}, goal={"kind": "booking", "window_days": 10}, ends_at_goal=True)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    happens(books, ("booking_made", {}), at=AT + DAY)
    buys(buys_something, at=AT + DAY)
    actions.advance(at=AT + 2 * DAY)
    assert Enrolment.objects.get(customer=books).ending == "goal_reached"
    assert Enrolment.objects.get(customer=buys_something).state == "watched"


def test_two_versions_each_watch_for_their_own_goal(member: Member, start: Start) -> None:
    first = member()
    scenario = start(MESSAGE, goal={"kind": "visit", "window_days": 30})
    actions.enrol(at=AT)
    actions.write_version(scenario, document(MESSAGE, goal={"kind": "booking", "window_days": 30}), by=None, at=AT)
    second = member()
    actions.enrol(at=AT)
    for customer in (first, second):
        happens(customer, ("booking_made", {}), at=AT + DAY)
    actions.note_goals()
    assert Enrolment.objects.get(customer=first).goal_reached_at is None
    assert Enrolment.objects.get(customer=second).goal_reached_at == AT + DAY
    told = [event.payload["goal"] for event in Event.objects.filter(type="scenario_enrolled").order_by("id")]
    assert told == ["visit", "booking"]


@pytest.mark.parametrize("goal", EVERY, ids=str)
def test_every_goal_comes_back_from_the_page_as_it_was(business: Any, goal: dict[str, Any]) -> None:
    typed, found = round_trip(document(MESSAGE, goal=named(goal)))
    assert typed == found
    kept = found.document()["goal"]
    assert Goal(**kept) == found.goal
    assert {name for name, value in kept.items() if value not in (None, "", [], ())} == set(named(goal))


@pytest.mark.parametrize("goal", EVERY, ids=str)
def test_every_goal_is_read_back_in_three_languages(business: Any, goal: dict[str, Any]) -> None:
    said = set()
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            sentence = sentences.goal(Goal(**named(goal)))
            assert "%(" not in sentence
            said.add(sentence)
    assert len(said) == 3


def test_a_goal_says_its_conditions_and_a_change_of_it_is_told(business: Any) -> None:
    old = checking.parse(document(MESSAGE))
    where = [{"field": "amount", "op": ">=", "value": 100_000.0}]
    new = checking.parse(document(MESSAGE, goal={"kind": "event", "event": "visit", "where": where, "window_days": 30}))
    with translation.override("en"):
        [change] = comparing.compare(old, new).settings
        assert change.label == "Goal"
        told = "".join(piece.text for piece in change.pieces if piece.kind != "gone")
        assert "“a visit or a call” (Amount at least 100,000) within 30 days." in told
        survey = Goal(kind="survey", measure="csat", at_least=4, window_days=1)
        assert sentences.goal(survey) == "An answer about satisfaction (CSAT) of at least 4 within 1 day."
        begins = {"kind": "event", "event": "visit", "each": "event", "where": where}
        said = sentences.trigger(checking.parse(document(MESSAGE, trigger=begins)), "")
        assert said.endswith("happens to a customer. Only if: Amount at least 100,000.")


@pytest.mark.parametrize(
    ("goal", "place", "sentence"),
    [
        ({"kind": "fame"}, "goal.kind", "Choose one of"),
        ({"kind": "event"}, "goal", "Choose the event"),
        ({"kind": "event", "event": "visit", "where": [{"field": "colour", "op": "=", "value": "red"}]},
         "goal.where.0", "neither a column"),
        ({"kind": "segment_left"}, "goal", "Choose the segment"),
        ({"kind": "segment_left", "segment": "nonsense"}, "goal.segment", "no segment"),
        ({"kind": "segment_entered", "segment": "new"}, "goal.segment", "what begins the scenario"),
        ({"kind": "survey", "measure": "csat", "at_least": "good"}, "goal.at_least", "A score such as 4"),
        ({"kind": "survey", "at_least": 4}, "goal", "Say which score"),
        ({"kind": "message_clicked"}, "goal.kind", "gets no message"),
    ],
)  # fmt: skip
def test_a_goal_that_says_nothing_is_refused_at_its_place(
    business: Any, goal: dict[str, Any], place: str, sentence: str
) -> None:
    with translation.override("en"), pytest.raises(checking.DefinitionRefused) as refused:
        actions.check(document(MESSAGE, goal=named(goal), holdout_share=0.1))
    assert [(where, said) for where, said in refused.value.problems if where == place and sentence in said]


def test_an_answer_to_a_survey_of_its_own_is_no_goal_for_those_who_are_not_asked(business: Any) -> None:
    ask = {"kind": "survey", "key": "ask", "survey": "visit", "channel": "email"}
    answered = {"kind": "survey", "window_days": 30}
    with translation.override("en"), pytest.raises(checking.DefinitionRefused, match="not asked by this survey"):
        actions.check(document(ask, goal=answered, holdout_share=0.2))
    assert actions.check(document(ask, goal=answered)).goal.kind == "survey"
    assert actions.check(document(ask, goal=answered, holdout_share=0.2, holdout_of="service")).holdout_share == 0.2
    assert actions.check(document(MESSAGE, goal=answered, holdout_share=0.2)).goal.kind == "survey"


def test_a_link_may_be_the_goal_where_both_get_the_message(business: Any) -> None:
    clicked = {"kind": "message_clicked", "window_days": 30}
    assert actions.check(document(MESSAGE, goal=clicked)).goal.kind == "message_clicked"
    service = document(MESSAGE, goal=clicked, holdout_share=0.2, holdout_of="service")
    assert actions.check(service).goal.kind == "message_clicked"


def test_why_says_the_goal_and_whether_it_was_reached(member: Member, start: Start) -> None:
    customer = member()
    start(MESSAGE, goal={"kind": "booking", "window_days": 30})
    actions.enrol(at=AT)
    with translation.override("en"):
        found = why.why(Enrolment.objects.select_related("scenario", "version", "customer").get(customer=customer))
    assert found.goal == "A booking made within 30 days."


def test_the_ready_scenarios_have_the_goal_that_they_are_for(business: Any) -> None:
    goals = {
        "no_show_recovery": "booking",
        "complaint_recovery": "case_resolved",
        "after_visit_thanks": "visit",
        "visit_reminder": "visit",
        "warranty_ending": "visit",
    }
    for key, kind in goals.items():
        ready = the_ready(key)
        assert ready is not None
        assert actions.check(ready.definition("salon")).goal.kind == kind


def test_a_goal_without_a_kind_is_a_purchase(business: Any, start: Start) -> None:
    start(MESSAGE, goal={"window_days": 10})
    assert ScenarioVersion.objects.get().definition["goal"] == {"kind": "purchase", "window_days": 10}
