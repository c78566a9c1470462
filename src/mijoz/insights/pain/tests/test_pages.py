"""The pages of pain points: what was found, who is behind it, and what they say when there is nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mijoz.business.models import Branch, Business
from mijoz.customers import actions as customers
from mijoz.customers.models import Customer, Look
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.models import Reading
from mijoz.insights.pain import actions, queries
from mijoz.insights.tests.conftest import AT, SignIn, bought, from_the_lake
from mijoz.segments import actions as segments

SLOW, QUICK = "yunusobod", "chilonzor"
PAGES = ("/pain/", "/pain/customers/", "/pain/customers.csv")


def visited(customer: str, days_ago: int, *, branch: str, waited: float) -> NewEvent:
    return NewEvent(
        message_id=f"{customer}/visit/{days_ago}",
        type="visit",
        identity=("customer_number", "till", customer),
        occurred_at=AT - timedelta(days=days_ago),
        reference=f"{customer}/{days_ago}",
        branch=branch,
        payload={"waited_minutes": waited, "took_minutes": 30},
    )


@pytest.fixture
def slow_branch(business: Business) -> Business:
    """Sixty guests in two branches; in one of them people wait three times as long."""
    for code, name in ((SLOW, "Yunusobod"), (QUICK, "Chilonzor")):
        Branch.objects.create(code=code, name=name)
    events: list[NewEvent] = []
    for place in range(60):
        branch = SLOW if place % 2 else QUICK
        days = [5 + place % 7, 40 + place % 11]
        events += bought(f"guest{place}", days)
        waited = (30 if branch == SLOW else 10) + place % 5
        events += [visited(f"guest{place}", day, branch=branch, waited=waited) for day in days]
    record(events, source="till")
    customers.project()
    segments.refresh(at=AT)
    lake.export(at=AT)
    return business


@from_the_lake
@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_look_the_page_says_what_to_do(business: Business, sign_in: SignIn, page: str) -> None:
    answer = sign_in("manager").get(page)
    if page == "/pain/":
        assert "Nobody has looked yet" in answer.content.decode()
    else:
        assert answer.status_code == 404


@from_the_lake
def test_a_slow_branch_is_found_with_its_customers(slow_branch: Business, sign_in: SignIn) -> None:
    actions.look(as_of=AT.date(), at=AT)
    page = queries.page({})
    assert page is not None
    [point] = page.points
    assert (point.spot.measure, point.spot.branch, point.spot.segment) == ("waiting", SLOW, "")
    assert point.worse_by["value"] == pytest.approx(20, abs=1)
    assert point.here["n"] == 30
    assert point.at_stake == pytest.approx(point.excess * 30 * 200_000)

    analyst = sign_in("analyst")
    shown = analyst.get("/pain/").content.decode()
    assert "Yunusobod" in shown
    assert "They wait 32 min on average, the others 12 min." in shown
    behind = analyst.get("/pain/customers/", {"key": point.key})
    assert behind.status_code == 200
    assert len(behind.context["rows"]) == 30
    rows = b"".join(analyst.get("/pain/customers.csv", {"key": point.key})).decode().splitlines()
    assert len(rows) == 31
    assert Look.objects.filter(what="pain point export", saw_contacts=False).count() == 30
    assert analyst.get("/pain/", {"measure": "complaint"}).content.decode().count("in-pain-where") == 0


@from_the_lake
def test_a_later_look_replaces_the_one_of_the_day_and_erased_people_are_not_shown(slow_branch: Business) -> None:
    actions.look(as_of=AT.date(), at=AT)
    actions.look(as_of=AT.date(), at=AT + timedelta(hours=1))
    assert Reading.objects.count() == 1
    page = queries.page({})
    assert page is not None
    spot = page.points[0].spot
    erased = queries.behind_point(spot, as_of=AT.date())["customer_id"][0]
    Customer.objects.filter(pk=erased).update(erased_at=AT)
    assert erased not in queries.behind_point(spot, as_of=AT.date())["customer_id"].to_list()


@from_the_lake
def test_an_empty_lake_finds_nothing(business: Business, sign_in: SignIn) -> None:
    actions.look(as_of=AT.date(), at=AT)
    assert "No pain points" in sign_in("owner").get("/pain/").content.decode()


@from_the_lake
def test_the_front_office_is_refused(business: Business, sign_in: SignIn) -> None:
    assert sign_in("front_office").get("/pain/").status_code == 403
