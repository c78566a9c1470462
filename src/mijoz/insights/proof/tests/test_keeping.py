"""What was read of a pilot is kept: every page tells the same until the log is read again, and says when that was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.insights import actions as insights
from mijoz.insights.models import Improvement, KpiValue, PilotReading
from mijoz.insights.proof import actions, keeping, queries
from mijoz.insights.proof.tests.conftest import KEY, Away
from mijoz.insights.proof.tests.test_pilots import started
from mijoz.insights.tests.conftest import AT, from_the_lake, text
from mijoz.scenarios.models import Scenario
from mijoz.segments import actions as segments

GONE_ON = "it has gone on since"


@pytest.mark.django_db
def test_what_is_kept_says_what_was_read(away: Away, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    plan = started(scenario)
    fresh = queries.readings([*queries.of_plans(), *queries.of_scenarios()], at=AT)
    assert keeping.read_again(at=AT) == len(fresh) == PilotReading.objects.count()
    kept = queries.readings([*queries.of_plans(), *queries.of_scenarios()], at=AT)
    assert [replace(one, rows=sorted(one.rows, key=str)) for one in kept] == [
        replace(one, rows=sorted(one.rows, key=str)) for one in fresh
    ]
    [mine] = [one for one in kept if one.pilot.plan == plan]
    assert (mine.read_at, mine.is_behind) == (AT, False)


@pytest.mark.django_db
def test_pages_tell_the_same_and_when_it_was_read_until_it_is_read_again(
    away: Away, owner: Client, scenario: Scenario
) -> None:
    away(treated=70, held_out=30, back=(0.9, 0.1))
    Improvement.objects.create(title="Letters", scenario=scenario, made_at=AT, changed_at=AT)
    pages = (f"/proof/scenario/{KEY}/", "/proof/", "/improvements/")
    keeping.read_again(at=AT)
    for page in pages:
        assert "70 customers with it and 30 without it" in text(owner, page)
    away(treated=280, held_out=120, back=(0.5, 0.2), name="more")
    for page in pages:
        told = text(owner, page)
        assert "70 customers with it and 30 without it" in told
        assert "Read from the log on 31 Mar 2026, 12:00; it has gone on since." in told
    answer = owner.post("/proof/read/", {"next": pages[0]})
    assert (answer.status_code, answer["Location"]) == (302, pages[0])
    for page in pages:
        told = text(owner, page)
        assert "It works: with it" in told
        assert GONE_ON not in told
    assert owner.post("/proof/read/", {"next": "https://elsewhere.example/"})["Location"] == "/proof/"


@pytest.mark.django_db
def test_a_plan_that_was_started_or_ended_since_is_read_at_once(away: Away, scenario: Scenario) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2), days_ago=90)
    keeping.read_again(at=AT)
    plan = started(scenario)
    away(treated=40, held_out=40, back=(0.5, 0.2), name="own", version=plan.version.number if plan.version else 0)
    reading = queries.reading_of_plan(plan.pk, at=AT)
    assert reading is not None
    assert reading.enrolled_in_all == 80
    keeping.read_again(at=AT)
    actions.end_pilot(plan, note="", by=None, at=AT - timedelta(days=65))
    reading = queries.reading_of_plan(plan.pk, at=AT)
    assert reading is not None
    assert reading.enrolled_in_all == 0  # they came later than it ended


@from_the_lake
def test_a_refresh_keeps_proofs_that_agree_with_the_board(away: Away, owner: Client) -> None:
    away(treated=280, held_out=120, back=(0.5, 0.2))
    segments.refresh(at=AT)
    insights.compute_all(as_of=None, at=AT)
    kept = set(PilotReading.objects.values_list("pilot", flat=True))
    assert kept == {f"scenario/{one.key}" for one in Scenario.objects.all()}
    [reading] = queries.readings(queries.of_scenarios([KEY]), at=AT)
    assert not reading.is_behind
    board = KpiValue.objects.get(name="scenario_effect", scenario=KEY, dimension="", as_of=AT.date())
    assert reading.compared.goal.plain.value == pytest.approx(board.value)
    assert reading.compared.customers == board.count


@pytest.mark.django_db
def test_a_list_of_proofs_asks_no_more_however_many_there_are(away: Away, owner: Client) -> None:
    away(treated=70, held_out=30, back=(0.9, 0.1))
    keeping.read_again(at=AT)
    owner.get("/proof/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        queries.readings(queries.of_scenarios(), at=AT)
    assert not [one for one in asked.captured_queries if "events_identity" in one["sql"]]
    assert len(asked) <= 8
