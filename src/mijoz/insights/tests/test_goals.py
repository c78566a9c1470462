"""The effect on a goal that is no purchase: counted from the log for both arms, on the board and in a proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights import actions
from mijoz.insights.models import PilotPlan
from mijoz.insights.proof import actions as proof
from mijoz.insights.proof import ground, queries
from mijoz.insights.proof.ground import Asked
from mijoz.insights.tests.conftest import AT, SignIn, bought, from_the_lake, text
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios import queries as scenario_queries
from mijoz.scenarios.models import Enrolment, Scenario
from mijoz.segments import actions as segments

LONG_AGO = AT - timedelta(days=60)
PEOPLE = 400


@pytest.fixture
def booked(business: Any) -> Scenario:
    """Who did not come is written to; of those written to 6 in 10 book again, of those held out 2 in 10. Those who
    book buy nothing, and everybody buys once, so that a purchase tells nothing."""
    segments.install_defaults(at=LONG_AGO - timedelta(days=30))
    document = {
        "trigger": {"kind": "event", "event": "booking_missed", "each": "customer"},
        "eligibility": None, "holdout_share": 0.5, "purpose": "service",
        "goal": {"kind": "booking", "window_days": 21},
        "steps": [{"kind": "message", "key": "letter", "channel": "email", "subjects": {"uz": "Salom"},
                   "texts": {"uz": "Sizni kutamiz."}}],
    }  # fmt: skip
    scenario = scenarios.add_scenario(
        key="no_show", names={"en": "No-show"}, descriptions={}, document=document, by=None, at=LONG_AGO
    )
    scenarios.start(scenario, by=None, at=LONG_AGO)
    record([_event("booking_missed", who, days=0.5) for who in range(PEOPLE)], source="till")
    customers.project()
    scenarios.look_around(at=LONG_AGO + timedelta(days=1))
    rows = []
    for number, one in enumerate(Enrolment.objects.order_by("id")):
        share = 6 if one.arm == "treated" else 2
        own = ("customer", "", str(one.customer_id))
        if number % 10 < share:
            rows.append(_event("booking_made", number, days=5, identity=own))
        rows.append(_event("visit", number, days=6, identity=own))
    record([*rows, *bought("anybody", [0, 7])], source="desk")
    customers.project()
    return scenario


def _event(kind: str, who: int, *, days: float, identity: tuple[str, str, str] | None = None) -> NewEvent:
    return NewEvent(
        message_id=f"{kind}/{who}/{days}",
        type=kind,
        identity=identity or ("customer_number", "till", f"c{who}"),
        occurred_at=LONG_AGO + timedelta(days=days),
    )


@from_the_lake
def test_the_board_counts_who_reached_the_goal_and_the_machine_noted_the_same(booked: Scenario) -> None:
    [effect] = actions.compute(as_of=None, at=AT).effects
    scenarios.note_goals()
    noted = {
        arm: Enrolment.objects.filter(arm=arm, goal_reached_at__isnull=False).count() for arm in ("treated", "hold-out")
    }
    assert effect.treated + effect.held_out == PEOPLE
    assert round((effect.treated_goal_rate or 0) * effect.treated) == noted["treated"] > 0
    assert round((effect.held_out_goal_rate or 0) * effect.held_out) == noted["hold-out"] > 0
    assert effect.treated_goal_rate == pytest.approx(0.6, abs=0.08)
    assert effect.held_out_goal_rate == pytest.approx(0.2, abs=0.08)
    assert str(effect.verdict) == "works"


@from_the_lake
def test_the_proof_and_the_planner_speak_of_the_goal_of_the_scenario(booked: Scenario, sign_in: SignIn) -> None:
    owner = sign_in("owner")
    owner.cookies["django_language"] = "en"
    actions.compute(as_of=None, at=AT)
    reading = queries.reading_of_scenario(booked.key, at=AT)
    assert reading is not None
    assert str(reading.verdict) == "works"
    page = text(owner, f"/proof/scenario/{booked.key}/")
    assert "A booking made within 21 days." in page
    assert "reached the goal" in page
    known = ground.of_scenario(booked, at=AT)
    assert (known.goal.kind, known.source) == ("booking", "held_out")
    assert known.baseline.goal_rate == pytest.approx(0.2, abs=0.08)
    planner = text(owner, "/proof/plan/?about=scenario:no_show&goal=reached&smallest=10&holdout=50")
    assert "A booking made within 21 days." in planner


@from_the_lake
def test_a_plan_fixes_the_goal_and_is_refused_when_the_scenario_has_another_one_since(booked: Scenario) -> None:
    asked = Asked(of_money=False, smallest=0.1, holdout_share=0.5)
    outlook = ground.outlook(ground.of_scenario(booked, at=AT), asked)
    assert outlook is not None
    plan = proof.keep_plan(outlook, by=None, at=AT)
    assert plan.reaches == {"kind": "booking", "window_days": 21}
    document = scenario_queries.version_in_force(booked).definition
    scenarios.write_version(booked, {**document, "goal": {"kind": "visit", "window_days": 21}}, by=None, at=AT)
    with pytest.raises(proof.PlanRefused):
        proof.start_pilot(plan, by=None, at=AT)
    assert PilotPlan.objects.get().started_at is None
    scenarios.write_version(booked, document, by=None, at=AT)
    started = proof.start_pilot(plan, by=None, at=AT)
    scenarios.write_version(booked, {**document, "goal": {"kind": "visit", "window_days": 21}}, by=None, at=AT)
    [pilot] = queries.of_plans([started.pk])
    assert pilot.goal.kind == "booking"
