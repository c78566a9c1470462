"""An owner goes from a red KPI to where it hurts, to the customers behind it, pilots a change, and reads whether it
worked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Installation, make_owner, serious_findings, wait_until
from tests.installation import database

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ENROLLED = """
    SELECT count(*) FROM scenarios_enrolment e JOIN scenarios_scenario s ON s.id = e.scenario_id
    WHERE s.key = 'regular_without_queue_2' AND e.arm <> ''
"""
# What was planned and who was enrolled lies 40 days back, and of those who were served without having come since, two
# in three came: as if the business had lived on.
MOVED_ON = """
from datetime import timedelta
from decimal import Decimal
from django.db import connection
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.insights.models import PilotPlan
from mijoz.scenarios.models import Enrolment

plan = PilotPlan.objects.get()
with connection.cursor() as cursor:
    cursor.execute("SET session_replication_role = replica")
    back = "interval '40 days'"
    cursor.execute(f"UPDATE insights_pilotplan SET made_at = made_at - {back}, started_at = started_at - {back}")
    mine = "WHERE version_id = %s"
    cursor.execute(f"UPDATE scenarios_enrolment SET enrolled_at = enrolled_at - {back},"
                   f" window_closes_at = window_closes_at - {back} {mine}", [plan.version_id])
    cursor.execute(f"UPDATE events_event SET occurred_at = occurred_at - {back}"
                   " WHERE type = 'scenario_enrolled' AND reference = %s", [plan.scenario.key])
    cursor.execute("SET session_replication_role = DEFAULT")
events = []
for one in Enrolment.objects.filter(version=plan.version, arm="treated").order_by("customer_id"):
    came = Event.objects.filter(type="purchase_line", identity__ownership__customer=one.customer_id,
                                occurred_at__gt=one.enrolled_at, occurred_at__lte=one.window_closes_at).exists()
    if not came and one.customer_id % 3:
        events.append(NewEvent(
            message_id=f"moved/{one.customer_id}", type="purchase_line", reference=f"moved/{one.customer_id}",
            identity=("customer", "", str(one.customer_id)), occurred_at=one.enrolled_at + timedelta(days=7),
            item="Haircut", amount=Decimal(200_000), quantity=1, currency="UZS"))
record(events, source="till")
lake.forget()
print(len(events))
"""


@pytest.fixture
def salon(installation: Installation, page: Page) -> Installation:
    """A salon with a year behind it, and its owner in the browser."""
    told = ("demo", "--sector", "salon", "--customers", "1500", "--months", "12", "--seed", "3", "--json")
    loaded = installation.command(*told)
    assert loaded.returncode == 0, loaded.stderr
    make_owner(page, installation)
    return installation


def test_an_owner_goes_from_a_red_kpi_to_a_change_that_is_proved(salon: Installation, page: Page) -> None:
    see_a_red_kpi(page, salon)
    find_where_it_hurts(page)
    write_it_down(page)
    plan_a_pilot(page, salon)
    read_that_it_is_too_early(page)
    move_on(salon)
    read_that_it_worked(page, salon)


def see_a_red_kpi(page: Page, salon: Installation) -> None:
    page.goto(f"{salon.address}/kpi/register/")
    page.get_by_role("link", name="Edit Waiting time").click()
    page.get_by_label("Target (minutes)").fill("6")
    page.get_by_role("button", name="Save").click()
    row = page.locator("#aim-waiting_time")
    expect(row).to_contain_text("Off target")
    assert serious_findings(page) == []
    row.get_by_role("link", name="Waiting time", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting time")


def find_where_it_hurts(page: Page) -> None:
    page.get_by_role("link", name="Where it hurts").click()
    page.wait_for_url(re.compile(r"/pain/\?measure=waiting"))
    first = page.locator("article").first
    expect(first).to_contain_text("They wait")
    expect(first).to_contain_text("At stake")
    first.get_by_role("link", name="Customers behind it").click()
    expect(page.get_by_role("heading", name="Customers behind it")).to_be_visible()
    assert page.locator("#list tbody tr").count() >= 10
    assert serious_findings(page) == []
    page.locator("#list tbody tr a").first.click()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    page.go_back()
    page.go_back()


def write_it_down(page: Page) -> None:
    page.locator("article").first.get_by_role("link", name="Make it an improvement").click()
    expect(page.get_by_label("In a few words")).to_have_value(re.compile("Waiting"))
    page.get_by_role("button", name="Into the register").click()
    page.wait_for_url(re.compile(r"/improvements/\d+/"))
    assert serious_findings(page) == []


def plan_a_pilot(page: Page, salon: Installation) -> None:
    page.goto(f"{salon.address}/scenarios/ready/")
    page.locator("form[action*=regular_without_queue] button").click()
    page.wait_for_url(re.compile(r"/scenarios/regular_without_queue_2/"))
    page.goto(f"{salon.address}/proof/plan/?scenario=regular_without_queue_2")
    expect(page.locator("main")).to_contain_text("Customers in all")
    page.get_by_label("Smallest difference worth seeing").fill("500")
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("main")).to_contain_text("A difference in points lies below 100.")
    expect(page.locator("main")).not_to_contain_text("Start the pilot with this plan")
    page.get_by_label("Smallest difference worth seeing").fill("25")
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("main")).to_contain_text("Within reach")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Start the pilot with this plan").click()
    page.wait_for_url(re.compile(r"/proof/pilot/\d+/"))
    expect(page.locator("main")).to_contain_text("The plan, fixed when it started")


def read_that_it_is_too_early(page: Page) -> None:
    expect(page.locator(".pr-badges")).to_contain_text("Too few to tell")


def move_on(salon: Installation) -> None:
    with database(salon.folder) as connection:
        wait_until(lambda: connection.execute(ENROLLED).fetchone()[0] > 200, seconds=300)  # type: ignore[index]
    moved = salon.command("manage", "shell", "-c", MOVED_ON)
    assert moved.returncode == 0, moved.stderr
    assert int(moved.stdout.split()[-1]) > 20
    refreshed = salon.command("refresh", "--json")
    assert refreshed.returncode == 0, refreshed.stderr


def read_that_it_worked(page: Page, salon: Installation) -> None:
    page.reload()
    expect(page.locator(".pr-badges")).to_contain_text("Works")
    expect(page.locator(".pr-said")).to_contain_text("It works")
    assert serious_findings(page) == []
    page.goto(f"{salon.address}/proof/")
    planned = page.locator("tr", has_text="Pilot with a plan")
    expect(planned).to_contain_text("It works")
    assert serious_findings(page) == []
