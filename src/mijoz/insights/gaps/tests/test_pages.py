"""The page of gaps by scenario: which gap a scenario is meant to close, and whether it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mijoz.analysis.psychometrics.gaps import ITEMS_OF
from mijoz.business.models import Business, StaffMember
from mijoz.customers import actions as customers
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.gaps import actions, queries
from mijoz.insights.gaps.meant import dimensions_of
from mijoz.insights.models import GapAim
from mijoz.insights.tests.conftest import AT, SignIn, bought, enrolled, from_the_lake
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios import checking
from mijoz.scenarios.models import Scenario
from mijoz.scenarios.pilots import PILOTS
from mijoz.segments import actions as segments


def answered(customer: str, days_ago: float, gap: float) -> NewEvent:
    return NewEvent(
        message_id=f"{customer}/servqual/{days_ago}",
        type="survey_answered",
        identity=("customer_number", "till", customer),
        occurred_at=AT - timedelta(days=days_ago),
        reference="servqual",
        payload={"kind": "servqual", "score": gap, "gaps": dict.fromkeys(ITEMS_OF, gap)},
    )


@pytest.fixture
def surveyed(business: Business) -> Business:
    """Eighty guests of a scenario, half of them held out; the treated answer better by a whole point."""
    segments.install_defaults(at=AT)
    scenarios.install_pilots(at=AT)
    events: list[NewEvent] = []
    for place in range(80):
        customer, is_treated = f"guest{place}", place % 2 == 0
        arm = "treated" if is_treated else "hold-out"
        events += bought(customer, [100, 60, 20])
        events.append(enrolled(customer, 50, arm, scenario="high_value_care"))
        events.append(answered(customer, 10, (-0.2 if is_treated else -1.2) + (place % 5) / 10))
    record(events, source="till")
    customers.project()
    segments.refresh(at=AT)
    lake.export(at=AT)
    actions.read(as_of=AT.date(), at=AT)
    return business


@from_the_lake
def test_before_anybody_answered_the_page_says_what_to_do(business: Business, sign_in: SignIn) -> None:
    assert "No answers about service quality yet" in sign_in("manager").get("/gaps/").content.decode()
    actions.read(as_of=AT.date(), at=AT)
    assert "No answers about service quality yet" in sign_in("owner").get("/gaps/").content.decode()


@from_the_lake
def test_a_scenario_closes_the_gap_it_is_meant_to_close(surveyed: Business, sign_in: SignIn) -> None:
    page = queries.page()
    assert page is not None
    [care] = page.scenarios
    assert (care.scenario.key, care.customers) == ("high_value_care", (40, 40))
    assert [change.dimension for change in care.meant] == ["responsiveness", "assurance"]
    assert {change.dimension for change in care.others} == {"tangibles", "reliability", "empathy"}
    for change in care.meant:
        assert (change.answered, change.verdict) == ((40, 40), "works")
        assert change.value == pytest.approx(1.0, abs=0.1)

    shown = " ".join(sign_in("analyst").get("/gaps/").content.decode().split())
    assert "Closes the gap" in shown
    assert "Which gap should it close?" not in shown  # an analyst reads
    rows = b"".join(sign_in("marketer").get("/gaps/export.csv")).decode().splitlines()
    assert sum(line.startswith("scenario,high_value_care,") for line in rows) == 5


@from_the_lake
def test_too_few_to_tell_is_an_answer(surveyed: Business, sign_in: SignIn) -> None:
    record([enrolled(f"guest{place}", 50, "treated", scenario="missed_you") for place in range(10)], source="till")
    lake.export(at=AT)
    actions.read(as_of=AT.date(), at=AT)
    page = queries.page()
    assert page is not None
    few = next(one for one in page.scenarios if one.scenario.key == "missed_you")
    assert {change.verdict for change in few.meant} == {"too_few"}
    assert "Too few to tell" in sign_in("owner").get("/gaps/").content.decode()


@from_the_lake
def test_the_gap_of_a_scenario_is_chosen_and_taken_back(surveyed: Business, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    address = "/gaps/high_value_care/"
    assert manager.post(address, {"dimensions": ["empathy", "reliability"]}).status_code == 302
    page = queries.page()
    assert page is not None
    assert [change.dimension for change in page.scenarios[0].meant] == ["reliability", "empathy"]
    assert manager.post(address, {"dimensions": ["beauty"]}).status_code == 400
    assert GapAim.objects.get().dimensions == ["reliability", "empathy"]
    assert manager.post(address, {}).status_code == 302
    assert not GapAim.objects.exists()
    assert sign_in("analyst").get(address).status_code == 403


@pytest.mark.django_db
def test_no_other_dimension_can_be_chosen(business: Business) -> None:
    scenarios.install_pilots(at=AT)
    member = StaffMember.objects.create_user(email="m@example.uz", role="manager")
    with pytest.raises(actions.UnknownDimension):
        actions.choose(Scenario.objects.get(key="missed_you"), ["beauty"], by=member, at=AT)
    assert not GapAim.objects.exists()


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("welcome_second_visit", ("empathy",)),
        ("regular_without_queue", ("responsiveness", "assurance")),
        ("high_value_care", ("responsiveness", "assurance")),
        ("price_sensitive_quiet_hours", ("empathy",)),
        ("missed_you", ("empathy",)),
    ],
)
def test_which_gap_follows_from_the_steps(key: str, meant: tuple[str, ...]) -> None:
    document: dict[str, Any] = next(pilot.definition for pilot in PILOTS if pilot.key == key)
    assert dimensions_of(checking.parse(document)) == meant


def test_a_task_with_steps_to_confirm_should_move_reliability() -> None:
    document = next(pilot.definition for pilot in PILOTS if pilot.key == "high_value_care")
    task = document["steps"][-1] | {"confirm": [{"key": "call", "texts": {"uz": "a", "ru": "b", "en": "c"}}]}
    assert dimensions_of(checking.parse(document | {"steps": [task]})) == ("reliability", "assurance")
