"""Targets are set by those who lead; what misses its target is told once, and is over when it is good again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from mijoz.analysis.kpis import targets
from mijoz.business.models import Business, StaffMember
from mijoz.insights import actions
from mijoz.insights.aims import actions as aims
from mijoz.insights.aims import queries
from mijoz.insights.models import KpiAim, KpiAlert
from mijoz.insights.tests.conftest import AT, SignIn, from_the_lake

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("value", "target", "higher", "expected"),
    [
        (0.6, 0.5, True, "good"),
        (0.5, 0.5, True, "good"),
        (0.48, 0.5, True, "near"),
        (0.47, 0.5, True, "bad"),
        (10.4, 10, False, "near"),
        (11, 10, False, "bad"),
        (-10, -20, True, "good"),
        (-20.5, -20, True, "near"),
        (None, 10, True, "unknown"),
        (5, None, True, "unknown"),
        (5, 5, None, "unknown"),
    ],
)
def test_how_a_value_stands(value: float | None, target: float | None, higher: bool | None, expected: str) -> None:
    assert targets.state(value, target=target, higher_is_better=higher, tolerance=0.05) == expected


@pytest.mark.parametrize(
    ("low", "high", "higher", "expected"),
    [
        (0.3, 0.45, True, "surely"),
        (0.3, 0.55, True, "perhaps"),
        (12, 15, False, "surely"),
        (9, 15, False, "perhaps"),
        (None, None, True, "surely"),
    ],
)
def test_how_sure_it_is(low: float | None, high: float | None, higher: bool, expected: str) -> None:
    assert targets.certainty(low, high, target=0.5 if higher else 10, higher_is_better=higher) == expected


def aim(name: str, target: float, **options: object) -> KpiAim:
    wanted = {"tolerance": 0.05, "owner": None, "is_watched": True} | options
    return aims.aim_at(name, target=target, **wanted)  # type: ignore[arg-type]


@from_the_lake
def test_an_alert_is_opened_once_and_closes_itself(tea_house: Business) -> None:
    actions.compute(as_of=None, at=AT)
    member = StaffMember.objects.create_user(email="m@example.uz", password="long enough 1", role="manager")
    aim("repeat_purchase_share", 0.1)
    aim("active_share", 0.99, owner=member)
    aim("churn_risk_share", 0.01, is_watched=False)
    assert aims.look(TODAY, at=AT) == aims.Looked(1, 0, 0)
    assert aims.look(TODAY, at=AT + timedelta(days=1)) == aims.Looked(0, 1, 0)
    [alert] = KpiAlert.objects.all()
    assert (alert.name, alert.certainty, alert.target, alert.owner) == ("active_share", "surely", 0.99, member)
    assert list(queries.alerts_of(member)) == [alert]
    aim("active_share", 0.2)
    assert aims.look(TODAY, at=AT + timedelta(days=2)) == aims.Looked(0, 0, 1)
    alert.refresh_from_db()
    assert (alert.closed_on, alert.is_open) == (TODAY, False)
    aim("active_share", 0.99)
    assert aims.look(TODAY, at=AT + timedelta(days=3)) == aims.Looked(1, 0, 0)
    assert KpiAlert.objects.count() == 2


@from_the_lake
def test_an_alert_of_what_is_watched_no_longer_is_over(tea_house: Business) -> None:
    actions.compute(as_of=None, at=AT)
    aim("active_share", 0.99)
    aims.look(TODAY, at=AT)
    aim("active_share", 0.99, is_watched=False)
    assert aims.look(TODAY, at=AT).closed == 1


@from_the_lake
def test_the_register_lists_every_kpi_and_is_edited_in_its_place(tea_house: Business, sign_in: SignIn) -> None:
    actions.compute(as_of=None, at=AT)
    manager = sign_in("manager")
    page = manager.get("/kpi/register/").content.decode()
    for words in ("What customers do and say", "How the service runs", "Right the first time", "No target"):
        assert words in page
    me = StaffMember.objects.get(role="manager")
    told = {"target": "99", "tolerance": "5", "owner": me.pk, "is_watched": "on"}
    answer = manager.post("/kpi/register/active_share/", told, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Off target" in answer.content.decode()
    kept = KpiAim.objects.get(name="active_share")
    assert (kept.target, kept.owner, kept.is_watched, kept.tolerance) == (0.99, me, True, 0.05)
    aims.look(TODAY, at=AT)
    assert "is surely worse than wanted" in manager.get("/kpi/register/").content.decode()
    assert "is surely worse than wanted" in manager.get("/kpi/?as_of=2026-03-31").content.decode()
    assert "Surely worse" in manager.get("/kpi/alerts/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"target": "120"}, "A share lies between 0 and 100"),
        ({"target": "", "is_watched": "on"}, "Without a target nothing can be missed"),
        ({"target": "many"}, "Enter a number"),
        ({"target": "5", "tolerance": "500"}, "less than or equal to 100"),
        ({"target": "5", "owner": "999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_wanted_is_refused_and_nothing_changes(
    business: Business, sign_in: SignIn, told: dict[str, str], sentence: str
) -> None:
    answer = sign_in("manager").post("/kpi/register/active_share/", {"tolerance": "5"} | told)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not KpiAim.objects.exists()


@pytest.mark.django_db
def test_who_only_reads_sees_no_button_and_may_not_write(business: Business, sign_in: SignIn) -> None:
    analyst: Client = sign_in("analyst")
    assert "hx-get" not in analyst.get("/kpi/register/").content.decode().split('id="main"')[-1]
    assert analyst.post("/kpi/register/active_share/", {"tolerance": "5"}).status_code == 403
    assert not KpiAim.objects.exists()
