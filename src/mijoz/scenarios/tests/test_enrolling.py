"""Who is enrolled: everybody who fits, once, in the arm of their hash, and so that the log says it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.analysis import arms, experiments
from mijoz.analysis.simulator import pilots as simulated
from mijoz.business.models import Business
from mijoz.channels.models import Message
from mijoz.customers.queries import ownership_frame
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.scenarios import actions, definition, pilots, queries
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, WAIT, Member, Start, buys, document
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership


def test_everybody_who_fits_is_enrolled_once(member: Member, start: Start) -> None:
    inside = {member().pk for _ in range(5)}
    member("regular")
    scenario = start()
    enrolled = actions.enrol(at=AT)
    assert enrolled.treated == {"trial": 5}
    assert set(Enrolment.objects.values_list("customer", flat=True)) == inside
    assert actions.enrol(at=AT + DAY).customers == 0
    one = Enrolment.objects.filter(scenario=scenario)[0]
    assert (one.state, one.next_step, one.due_at, one.segment) == ("running", 0, AT, "new")
    assert one.window_closes_at == AT + 30 * DAY
    assert Event.objects.filter(type="scenario_enrolled").count() == 5


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
def test_sql_and_python_draw_the_same_arm(member: Member, start: Start, share: float) -> None:
    for _ in range(60):
        member()
    start(holdout_share=share)
    actions.enrol(at=AT)
    drawn = dict(Enrolment.objects.values_list("customer", "arm"))
    expected = {pk: arms.arm(pk, scenario="trial", holdout_share=share) for pk in drawn}
    assert len(drawn) == 60
    assert drawn == expected


def test_who_is_held_out_gets_an_enrolment_and_nothing_else(member: Member, start: Start) -> None:
    for _ in range(40):
        member()
    start(holdout_share=0.5)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    held_out = Enrolment.objects.filter(arm="hold-out")
    assert 0 < held_out.count() < 40
    assert set(held_out.values_list("state", flat=True)) == {"watched"}
    contacted = set(Event.objects.exclude(type="scenario_enrolled").values_list("identity__value", flat=True))
    assert not contacted & {str(pk) for pk in held_out.values_list("customer", flat=True)}
    assert not Message.objects.filter(customer__in=held_out.values("customer")).exists()


def test_the_log_says_of_an_enrolment_what_the_experiment_reads(member: Member, start: Start) -> None:
    customer = member()
    start()
    actions.enrol(at=AT)
    event = Event.objects.get(type="scenario_enrolled")
    assert event.reference == "trial"
    assert event.occurred_at == AT
    assert event.payload == {"version": 1, "arm": "treated", "segment": "new", "goal": "purchase", "window_days": 30}
    assert event.identity is not None
    assert event.identity.ownership.customer == customer


@pytest.mark.parametrize(
    ("rule", "fitting"),
    [
        (None, {"ali", "bek", "vali"}),
        ({"field": "consents_to_marketing", "op": "is", "value": True}, {"ali", "bek"}),
        ({"all": [{"field": "consents_to_marketing", "op": "is", "value": True},
                  {"field": "has_email", "op": "is", "value": True}]}, {"ali"}),
    ],
)  # fmt: skip
def test_eligibility_is_a_rule_of_segments(member: Member, start: Start, rule: Any, fitting: set[str]) -> None:
    member(first_name="ali")
    member(first_name="bek", email="")
    member(first_name="vali", agreed=False)
    start(eligibility=rule)
    actions.enrol(at=AT)
    assert set(Enrolment.objects.values_list("customer__first_name", flat=True)) == fitting


def test_only_who_enters_after_the_start_when_those_present_are_not_wanted(member: Member, start: Start) -> None:
    member(entered_at=AT - 5 * DAY)
    later = member(entered_at=AT - DAY)
    start(trigger={"kind": "segment_entered", "segment": "new", "include_present": False})
    actions.enrol(at=AT)
    assert [one.customer for one in Enrolment.objects.all()] == [later]


def test_who_leaves_a_segment_and_stays_away(member: Member, start: Start) -> None:
    leaver, returner, stayer = member(), member(), member()
    Membership.objects.filter(customer__in=[leaver, returner]).update(left_at=AT - DAY / 24)
    Membership.objects.create(
        segment=Membership.objects.get(customer=returner).segment, customer=returner, entered_at=AT - DAY / 24
    )
    start(trigger={"kind": "segment_left", "segment": "new"})
    actions.enrol(at=AT)
    assert [one.customer for one in Enrolment.objects.all()] == [leaver]
    assert stayer != leaver


@pytest.mark.parametrize(("again_after_days", "enrolments"), [(None, 1), (40, 1), (20, 2)])
def test_who_was_enrolled_comes_again_only_after_so_many_days(
    member: Member, start: Start, again_after_days: int | None, enrolments: int
) -> None:
    member()
    start(again_after_days=again_after_days, goal={"window_days": 10})
    actions.enrol(at=AT - 30 * DAY)
    actions.advance(at=AT - 30 * DAY)
    actions.advance(at=AT - 15 * DAY)
    assert Enrolment.objects.get().ending == "window_closed"
    actions.enrol(at=AT)
    assert Enrolment.objects.count() == enrolments


def test_nobody_is_enrolled_while_the_last_enrolment_is_open(member: Member, start: Start) -> None:
    member()
    start(again_after_days=1, goal={"window_days": 30})
    actions.enrol(at=AT)
    actions.advance(at=AT)
    actions.enrol(at=AT + 10 * DAY)
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "paused", "stopped"])
def test_only_a_live_scenario_enrols(member: Member, start: Start, state: str) -> None:
    member()
    scenario = start()
    Scenario.objects.filter(pk=scenario.pk).update(state=state)
    assert actions.enrol(at=AT, scenarios=[scenario]).customers == 0
    assert not Enrolment.objects.exists()


def test_enrolling_takes_as_many_queries_for_many_as_for_few(member: Member, start: Start) -> None:
    start()
    for _ in range(3):
        member()

    def asked(at: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            actions.enrol(at=at)
        return len(captured)

    asked(AT - DAY)
    for _ in range(2):
        member()
    few = asked(AT)
    for _ in range(30):
        member()
    assert asked(AT + DAY) == few


def test_enrolments_of_the_log_are_taken_over_once(member: Member, business: Business) -> None:
    known, fresh = member(), member()
    record(
        [
            NewEvent(
                message_id="welcome/1",
                type="scenario_enrolled",
                identity=("customer", "", str(known.pk)),
                occurred_at=AT - 50 * DAY,
                reference="welcome_second_visit",
                payload={"version": 1, "arm": "hold-out", "segment": "new", "goal": "purchase", "window_days": 30},
            )
        ],
        source="demo",
    )
    buys(known, at=AT - 45 * DAY)
    assert set(actions.start_pilots(at=AT)) == {pilot.key for pilot in pilots.PILOTS}
    taken = Enrolment.objects.get()
    assert (taken.customer, taken.arm, taken.state, taken.ending) == (known, "hold-out", "ended", "from_log")
    assert taken.goal_reached_at == AT - 45 * DAY
    assert actions.take_enrolments_of_log(at=AT) == 0
    actions.enrol(at=AT)
    assert {one.customer for one in Enrolment.objects.exclude(ending="from_log")} == {fresh}
    assert actions.take_enrolments_of_log(at=AT) == 0


def test_the_pilots_are_those_of_the_simulator(business: Business) -> None:
    actions.install_pilots(at=AT)
    actions.install_pilots(at=AT)
    assert [scenario.key for scenario in Scenario.objects.all()] == [pilot.key for pilot in simulated.PILOTS]
    assert set(Scenario.objects.values_list("state", flat=True)) == {"draft"}
    for pilot in simulated.PILOTS:
        version = queries.version_in_force(Scenario.objects.get(key=pilot.key))
        written = actions.check(version.definition)
        assert written.document() == version.definition
        assert written.trigger.segment == pilot.kind.key
        assert written.goal.window_days == pilot.window_days
        assert written.holdout_share == simulated.HOLDOUT_SHARE
        offers = {step.offer: step.discount for step in written.steps if isinstance(step, definition.Offer)}
        assert offers == ({pilot.offer: pilot.offer_discount} if pilot.offer else {})
        for step in written.steps:
            for texts in (getattr(step, name, {}) for name in ("subjects", "texts", "names", "scripts")):
                assert set(texts) in ({"uz", "ru", "en"}, set())


def test_the_experiment_reads_real_enrolments(member: Member, start: Start) -> None:
    for _ in range(20):
        member()
    start(holdout_share=0.5)
    actions.enrol(at=AT)
    rows = Event.objects.filter(type="scenario_enrolled").values_list(
        "type", "identity_id", "occurred_at", "reference", "payload"
    )
    frame = pl.DataFrame(
        [(kind, identity, at, reference, json.dumps(payload)) for kind, identity, at, reference, payload in rows],
        schema=["type", "identity_id", "occurred_at", "reference", "payload"],
        orient="row",
    )
    read = experiments.enrolments(frame, ownership_frame()).collect().to_native()
    kept = dict(Enrolment.objects.values_list("customer", "arm"))
    assert dict(read.select("customer_id", "arm").iter_rows()) == kept
    assert read["window_days"].to_list() == [30] * 20


def test_a_refresh_of_segments_asks_for_enrolling(business: Business, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        segments.refresh(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'scenarios.enrol'")
        assert cursor.fetchone()[0] == 1


def test_waits_are_counted_from_enrolment(member: Member, start: Start) -> None:
    member()
    start(WAIT, MESSAGE)
    actions.enrol(at=AT)
    actions.advance(at=AT + timedelta(minutes=1))
    assert Enrolment.objects.get().due_at == AT + timedelta(days=2, minutes=1)


def test_a_document_without_faults_is_one(business: Business) -> None:
    assert actions.check(document()).document()["steps"][0]["key"] == "letter"
