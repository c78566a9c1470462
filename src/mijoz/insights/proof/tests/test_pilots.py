"""From a plan to an answer: what the pages of proof promise an owner and an analyst."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.analysis.experiments import verdict
from mijoz.analysis.proof.held_out import by_segment, compare
from mijoz.business.models import StaffMember
from mijoz.insights import actions as insights
from mijoz.insights import on_scenarios
from mijoz.insights.models import PilotPlan
from mijoz.insights.proof import actions, queries
from mijoz.insights.proof.tests.conftest import KEY, Away
from mijoz.insights.tests.conftest import AT, SignIn, from_the_lake, text
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios.models import Scenario
from mijoz.segments import actions as segments

PLAN = {"about": f"scenario:{KEY}", "goal": "reached", "smallest": "5", "holdout": "50"}


def plan_of(scenario: Scenario, **other: object) -> PilotPlan:
    given = {
        "goal": "reached", "reaches": {"kind": "purchase", "window_days": 30}, "window_days": 30,
        "smallest": 0.05, "holdout_share": 0.3, "customers": 400, "weeks": 8.0,
        "made_at": AT,
    }  # fmt: skip
    return PilotPlan.objects.create(scenario=scenario, **(given | other))


def started(scenario: Scenario, **other: object) -> PilotPlan:
    return actions.start_pilot(plan_of(scenario, **other), by=None, at=AT - timedelta(days=70))


@pytest.mark.django_db
def test_a_scenario_that_works_says_so_in_one_sentence(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    page = text(owner, f"/proof/scenario/{KEY}/")
    assert "It works: with it 49.6% reached the goal, without it 20.8%" in page
    assert "What you would have read on each day" in page
    assert "The groups are as chance makes them" in page
    assert "No goal was fixed before it started" in page
    assert "It works: with it 49.6% reached the goal" in text(owner, "/proof/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("treated", "held_out", "back", "said"),
    [
        (280, 120, (0.2, 0.6), "It harms: with it"),
        (280, 120, (0.3, 0.3), "No difference seen: with it"),
        (70, 30, (0.9, 0.1), "Too few to tell: 70 customers with it and 30 without it"),
    ],
)
def test_each_verdict_has_its_sentence(
    away: Away, owner: Client, treated: int, held_out: int, back: tuple[float, float], said: str
) -> None:
    away(treated=treated, held_out=held_out, back=back)
    assert said in text(owner, f"/proof/scenario/{KEY}/")


@pytest.mark.django_db
def test_uneven_groups_are_told_loudly_and_nothing_else_is(away: Away, owner: Client) -> None:
    away(treated=200, held_out=200, back=(0.5, 0.2))
    page = text(owner, f"/proof/scenario/{KEY}/")
    assert "Do not trust this comparison" in page
    assert "Of 400 customers 200 were kept for comparison, and it should be about 120" in page
    assert "It works" not in page
    assert "Broken" in text(owner, "/proof/")
    reading = queries.reading_of_scenario(KEY, at=AT)
    assert reading is not None
    assert (reading.state, reading.is_mismatched) == ("broken", True)


@pytest.mark.django_db
def test_the_page_says_what_the_pure_functions_say(away: Away) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    reading = queries.reading_of_scenario(KEY, at=AT)
    assert reading is not None
    again = compare(reading.rows)
    assert reading.answer == again.goal.answer
    assert reading.verdict == verdict(again.goal.answer.low, again.goal.answer.high, smaller_arm=120)
    assert (again.treated.n, again.held_out.n) == (280, 120)
    assert again.goal.answer.low < again.goal.adjusted.low  # looking daily costs width
    assert again.goal.plain.value == pytest.approx(again.treated.reached / 280 - again.held_out.reached / 120)
    assert [row.segment for row in by_segment(reading.rows).rows] == ["at_risk"]


@from_the_lake
def test_the_verdict_agrees_with_the_board_or_says_why_not(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    segments.refresh(at=AT)
    insights.compute(as_of=None, at=AT)
    assert "The KPI board says the same: “Works”." in text(owner, f"/proof/scenario/{KEY}/")


@from_the_lake
def test_where_the_board_is_surer_the_page_explains_it(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.36, 0.24))
    segments.refresh(at=AT)
    insights.compute(as_of=None, at=AT)
    page = text(owner, f"/proof/scenario/{KEY}/")
    assert "The KPI board says “Seems to work”, here it is “No difference seen”" in page


@from_the_lake
def test_pages_of_scenarios_call_early_what_is_clear_at_one_look_alone(away: Away) -> None:
    away(treated=280, held_out=120, back=(0.36, 0.24))
    insights.compute(as_of=None, at=AT)
    told = on_scenarios.effects()[KEY]
    assert (told.verdict, told.low is not None and told.low > 0) == ("early", True)
    assert told.sentence


@pytest.mark.django_db
def test_the_planner_reckons_and_tells_what_is_out_of_reach(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    segments.refresh(at=AT)
    page = text(owner, f"/proof/plan/?scenario={KEY}")
    assert "Out of reach" in page
    assert "Before and after, weaker" in page
    assert "customers of this scenario who were kept for comparison so far" in page
    assert "Nothing calculated yet" in text(owner, "/proof/plan/")
    assert "So large a difference cannot be" in text(owner, f"/proof/plan/?scenario={KEY}&smallest=95")


@pytest.mark.django_db
def test_a_segment_leads_to_the_scenarios_that_begin_with_it(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2), days_ago=100)
    segments.replay(at=AT, months=3)
    page = text(owner, "/proof/plan/?segment=at_risk&smallest=7")
    assert "Plan it with “We have missed you”" in page
    assert f"about=scenario%3A{KEY}" in page
    assert "customers who were in the segment one goal window ago" in page


@pytest.mark.django_db
def test_what_half_a_year_would_show_is_one_click_away(away: Away, owner: Client, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    segments.replay(at=AT, months=3)
    page = text(owner, f"/proof/plan/?scenario={KEY}&smallest=1")
    assert "Out of reach" in page
    assert "Calculate with that" in page or "Not even the largest possible difference" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "scenario:nobody"},
        {"smallest": "0"},
        {"smallest": "-3"},
        {"smallest": "100"},
        {"smallest": "nan"},
        {"smallest": "many"},
        {"holdout": "0"},
        {"holdout": "99"},
        {"goal": "fame"},
        {"margin": "0"},
        {"fixed_cost": "-1"},
        {"percent": "100"},
    ],
)
def test_a_plan_that_cannot_be_is_refused(pilots: object, owner: Client, wrong: dict[str, str]) -> None:
    answer = owner.get("/proof/plan/", PLAN | wrong)
    assert answer.status_code == 400
    assert owner.post("/proof/plan/start", PLAN | wrong).status_code == 400
    assert not PilotPlan.objects.exists()


@pytest.mark.django_db
def test_starting_with_the_plan_fixes_it_and_sets_the_hold_out(away: Away, owner: Client, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    answer = owner.post("/proof/plan/start", PLAN | {"percent": "40"})
    [plan] = PilotPlan.objects.all()
    assert (answer.status_code, answer["Location"]) == (302, f"/proof/pilot/{plan.pk}/")
    scenario.refresh_from_db()
    assert (scenario.state, scenario.pilot_percent) == ("live", 40)
    assert plan.version.definition["holdout_share"] == 0.5
    assert plan.started_by.role == "owner"
    page = text(owner, answer["Location"])
    assert "The plan, fixed when it started" in page
    assert "Too few to tell: 0 customers with it" in page  # those of before do not count
    again = owner.post("/proof/plan/start", PLAN, follow=True).content.decode()
    assert "is running: end it first" in again
    assert PilotPlan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "changed",
    [
        {"goal": "revenue"},
        {"smallest": 0.2},
        {"holdout_share": 0.1},
        {"customers": 1},
        {"window_days": 5},
        {"started_at": None, "version": None},
        {"ends_on": AT.date()},
    ],
)
def test_nobody_changes_a_plan_after_the_start(scenario: Scenario, changed: dict[str, object]) -> None:
    plan = started(scenario)
    with pytest.raises(ProgrammingError, match="Cannot update"):
        PilotPlan.objects.filter(pk=plan.pk).update(**changed)
    with pytest.raises(ProgrammingError, match="Cannot delete"):
        plan.delete()
    kept = PilotPlan.objects.get()
    assert (kept.goal, kept.smallest, kept.customers, kept.started_at) == ("reached", 0.05, 400, plan.started_at)


@pytest.mark.django_db
def test_a_plan_that_is_only_kept_can_be_thrown_away(scenario: Scenario, owner: Client) -> None:
    plan = plan_of(scenario)
    assert "Not started: the plan wants 400 customers" in text(owner, f"/proof/pilot/{plan.pk}/")
    assert owner.post(f"/proof/pilot/{plan.pk}/withdraw").status_code == 302
    assert not PilotPlan.objects.exists()


@pytest.mark.django_db
def test_a_pilot_is_read_on_its_plan_alone(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario)
    away(treated=300, held_out=130, back=(0.2, 0.5), days_ago=120, name="earlier")
    away(treated=280, held_out=120, back=(0.5, 0.2))
    page = text(owner, f"/proof/pilot/{plan.pk}/")
    assert "It works: with it 49.6% reached the goal" in page
    assert "400 of the 400 customers that were planned have had their time." in page
    assert "Decided" in page
    assert "It harms" in text(owner, f"/proof/scenario/{KEY}/") or "Works" in page


@pytest.mark.django_db
def test_a_new_version_ends_the_comparison_and_says_so(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario)
    away(treated=70, held_out=30, back=(0.5, 0.2))
    document = plan.version.definition | {"priority": 7}
    scenarios.write_version(scenario, document, by=None, at=AT - timedelta(days=20))
    away(treated=500, held_out=200, back=(0.9, 0.1), days_ago=40, name="later", version=2)
    page = text(owner, f"/proof/pilot/{plan.pk}/")
    assert "that ended this plan's comparison" in page.replace("&#x27;", "'")
    assert "70 with it, 30 without it" in page
    assert queries.reading_of_plan(plan.pk, at=AT).state == "broken"


@pytest.mark.django_db
def test_a_pilot_ends_once(scenario: Scenario, owner: Client) -> None:
    plan = started(scenario)
    owner.post(f"/proof/pilot/{plan.pk}/end", {"note": "Ramadan begins"})
    plan.refresh_from_db()
    assert (plan.ended_at is not None, plan.end_note) == (True, "Ramadan begins")
    assert "is not running" in owner.post(f"/proof/pilot/{plan.pk}/end", follow=True).content.decode()
    with pytest.raises(ProgrammingError), transaction.atomic():
        PilotPlan.objects.update(ended_at=None)


@pytest.mark.django_db
def test_care_is_for_everybody(scenario: Scenario, owner: Client) -> None:
    version = scenario.versions.get()
    document = version.definition | {"care": "complaint", "holdout_share": 0, "purpose": "service"}
    type(version).objects.create(scenario=scenario, number=2, definition=document, written_at=AT)
    answer = owner.post("/proof/plan/start", PLAN)
    assert answer.status_code == 400
    assert not PilotPlan.objects.exists()


@pytest.mark.django_db
def test_revenue_can_be_the_goal(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario, goal="revenue", smallest=10_000, margin=0.4, fixed_cost=100_000)
    away(treated=280, held_out=120, back=(0.5, 0.2))
    page = text(owner, f"/proof/pilot/{plan.pk}/")
    assert "It works: with it a customer brought UZS 31.6K" in page
    assert "and cost UZS 100K" in page
    assert "back for each 1 spent" in page


@pytest.mark.django_db
def test_the_list_asks_as_many_queries_whatever_it_shows(away: Away, owner: Client, scenario: Scenario) -> None:
    away(treated=70, held_out=30, back=(0.5, 0.2))

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(owner, "/proof/")
        return len(captured)

    plan_of(scenario, customers=499)
    few = asked()
    for place in range(12):
        plan_of(scenario, customers=500 + place)
    assert asked() == few
    assert few <= 20


@pytest.mark.django_db
def test_the_list_is_narrowed_and_exported(away: Away, owner: Client, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    plan_of(scenario)
    assert "Not started" in text(owner, "/proof/?state=planned")
    assert "It works" not in text(owner, "/proof/?state=planned")
    assert "No proof fits this search." in text(owner, "/proof/?q=zzz")
    rows = list(csv.reader(io.StringIO(b"".join(owner.get("/proof/export.csv")).decode("utf-8-sig"))))
    assert len(rows) == 3
    assert {row[2] for row in rows[1:]} == {"Planned", "Decided"}


@pytest.mark.django_db
def test_an_empty_business_is_told_what_to_do(business: object, owner: Client) -> None:
    assert "Nothing is being proved yet" in text(owner, "/proof/")


@pytest.mark.django_db
def test_an_analyst_plans_and_does_not_start(away: Away, sign_in: SignIn, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    analyst = sign_in("analyst")
    assert analyst.post("/proof/plan/start", PLAN).status_code == 403
    assert analyst.post("/proof/plan/keep", PLAN).status_code == 302
    [plan] = PilotPlan.objects.all()
    assert plan.started_at is None
    assert analyst.post(f"/proof/pilot/{plan.pk}/start").status_code == 403
    assert scenario.state == "draft"
    assert StaffMember.objects.get(role="analyst") == plan.made_by
