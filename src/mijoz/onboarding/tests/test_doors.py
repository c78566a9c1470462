"""The three doors: who sees them, what is behind each, and where everybody's work begins afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business.actions import set_up
from mijoz.business.models import Business, Role, StaffMember
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.onboarding import actions, queries
from mijoz.onboarding.models import DemoLoad
from mijoz.scenarios.models import Scenario
from mijoz.segments.models import Segment

BUSINESS = {
    "name": "Choyxona Registon",
    "sector": "restaurant",
    "currency": "UZS",
    "time_zone": "Asia/Samarkand",
    "language": "uz",
}


def ask_for_a_demo(**changes: object) -> DemoLoad:
    owner = StaffMember.objects.get(role=Role.OWNER)
    wanted = {"sector": "salon", "name": "", "customers": 50, "months": 6, "seed": 1} | changes
    return actions.ask_for_demo(**wanted, by=owner, at=timezone.now())


def test_the_owner_is_offered_three_doors(owner: Client) -> None:
    page = owner.get("/").content.decode()
    assert [door for door in ("/start/import", "/start/demo", "/start/empty") if f'href="{door}"' in page] == [
        "/start/import",
        "/start/demo",
        "/start/empty",
    ]


def test_others_are_told_to_wait_for_the_owner(sign_in: Callable[[str], Client]) -> None:
    page = sign_in(Role.FRONT_OFFICE).get("/")
    assert page.status_code == 200
    assert "The owner has not opened the business yet" in page.content.decode()


@pytest.mark.parametrize(("door", "next_page"), [("import", "/imports/new"), ("empty", "/start/steps")])
def test_a_door_opens_the_business_with_its_segments_and_drafts(owner: Client, door: str, next_page: str) -> None:
    response = owner.post(f"/start/{door}", BUSINESS)
    assert response.status_code == 302
    assert response["Location"].rstrip("/").endswith(next_page)
    business = Business.objects.get()
    assert (business.name, business.time_zone, business.started_as) == ("Choyxona Registon", "Asia/Samarkand", door)
    assert Segment.objects.count() == 5
    assert set(Scenario.objects.values_list("state", flat=True)) == {Scenario.State.DRAFT}


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("currency", "soʻm"), ("time_zone", "Mars/Olympus")])
def test_wrong_input_is_said_and_opens_nothing(owner: Client, field: str, value: str) -> None:
    response = owner.post("/start/empty", BUSINESS | {field: value})
    assert response.status_code == 400
    assert 'class="mj-field-error"' in response.content.decode()
    assert not queries.is_started()
    assert not Segment.objects.exists()


def test_an_open_business_has_no_doors(owner: Client) -> None:
    owner.post("/start/empty", BUSINESS)
    for page in ("/start/import", "/start/empty", "/start/demo"):
        assert owner.get(page)["Location"] == "/"
    assert owner.post("/start/import", BUSINESS | {"name": "Another"})["Location"] == "/"
    assert Business.objects.get().name == "Choyxona Registon"


@pytest.mark.parametrize("role", Role.values)
def test_everybody_is_led_to_a_page_that_is_theirs(sign_in: Callable[[str], Client], role: str) -> None:
    set_up(name="Choyxona", started_as="demo")
    first = sign_in(role).get("/", follow=True)
    assert first.redirect_chain
    assert first.status_code == 200


def test_the_first_steps_tick_themselves_off(owner: Client) -> None:
    owner.post("/start/empty", BUSINESS)
    assert owner.get("/")["Location"] == "/start/steps"
    member = StaffMember.objects.get()
    before = {shown.step.key: shown.done for shown in queries.steps.shown_to(member, at=timezone.now())}
    assert len(before) == 7
    assert not any(before.values())
    StaffMember.objects.create_user(email="b@example.uz", password="long enough 1", role=Role.MANAGER)
    moment = timezone.now() - timedelta(days=1)
    record(
        [NewEvent(type="note", occurred_at=moment, identity=("phone", "", "+998901234567"), message_id="1")], source="t"
    )
    after = {shown.step.key: shown.done for shown in queries.steps.shown_to(member, at=timezone.now())}
    assert {key for key in after if after[key] != before[key]} == {"customers", "staff"}
    page = owner.get("/start/steps").content.decode()
    assert page.count("mj-todo-done") == 2


def test_who_puts_the_first_steps_aside_begins_elsewhere(owner: Client) -> None:
    owner.post("/start/empty", BUSINESS)
    owner.post("/start/steps/close")
    assert owner.get("/")["Location"] == "/road-map/"
    assert owner.get("/start/steps").status_code == 200
    set_up(started_as="demo")
    assert owner.get("/")["Location"] == "/kpi/"


def test_a_demo_asks_for_its_sector(owner: Client) -> None:
    response = owner.post("/start/demo", {"size": "small"})
    assert response.status_code == 400
    assert "Choose a sector." in response.content.decode()
    assert queries.demo() is None


def test_a_demo_that_was_asked_for_stands_before_everything_else(owner: Client) -> None:
    assert owner.post("/start/demo", {"sector": "hotel", "size": "small"})["Location"] == "/start/demo/progress"
    for page in ("/", "/start/demo"):
        assert owner.get(page, follow=True).redirect_chain[-1][0] == "/start/demo/progress"
    assert owner.post("/start/empty", BUSINESS)["Location"] == "/start/demo/progress"
    assert not queries.is_started()
    steps = owner.get("/start/demo/progress", headers={"HX-Request": "true"}).content.decode()
    assert "Inventing the business" in steps
    assert "<html" not in steps


def test_a_demo_that_nobody_takes_up_says_so(owner: Client) -> None:
    ask_for_a_demo()
    assert "mijoz doctor" not in owner.get("/start/demo/progress").content.decode()
    DemoLoad.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert "mijoz doctor" in owner.get("/start/demo/progress").content.decode()


def test_a_demo_that_failed_has_ways_out(owner: Client) -> None:
    ask_for_a_demo()
    DemoLoad.objects.update(status=DemoLoad.Status.FAILED, step=DemoLoad.Step.LOG, error="OSError: the disk is full")
    polled = owner.get("/start/demo/progress", headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"
    page = owner.get("/", follow=True).content.decode()
    assert "the disk is full" in page
    assert "/start/demo/again" in page
    assert "/start/demo/remove" in page
    owner.post("/start/demo/again")
    load = queries.demo()
    assert (load.status, load.error) == (DemoLoad.Status.WAITING, "")
