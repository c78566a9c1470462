"""The improvement register: what is asked of each state, and the effect as it stands."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import StaffMember
from mijoz.insights.models import Improvement
from mijoz.insights.proof import rules
from mijoz.insights.proof.tests.conftest import KEY, Away
from mijoz.insights.proof.tests.test_pilots import started
from mijoz.insights.tests.conftest import AT, SignIn, text
from mijoz.scenarios.models import Scenario

pytestmark = pytest.mark.django_db
State = Improvement.State


def given(**other: object) -> dict[str, object]:
    return {
        "title": "Long waits at lunch",
        "state": "found",
        "gap": "",
        "change": "",
        "reason": "",
        "proof": "",
    } | other


def written(**other: object) -> Improvement:
    fields = {"title": "Long waits at lunch", "made_at": AT, "changed_at": AT} | other
    return Improvement.objects.create(**fields)


@pytest.mark.parametrize(
    ("state", "fields", "verdict", "wanted"),
    [
        ("found", {}, "", 0),
        ("planned", {}, "", 2),
        ("planned", {"change": "a second till", "owner_id": 1}, "", 0),
        ("tried", {"change": "a second till"}, "", 1),
        ("kept", {"change": "a second till"}, "", 1),
        ("kept", {"change": "a second till", "reason": "Everybody wants it"}, "", 0),
        ("kept", {"change": "a second till"}, "works", 0),
        ("kept", {"change": "a second till"}, "no_difference_seen", 0),
        ("kept", {"change": "a second till"}, "too_few", 1),
        ("kept", {"change": "a second till"}, "broken", 1),
        ("kept", {"change": "a second till"}, "harms", 1),
        ("kept", {"change": "a second till", "reason": "All the same"}, "harms", 0),
        ("kept", {}, "works", 1),
        ("dropped", {}, "", 1),
        ("dropped", {"reason": "No money"}, "", 0),
        ("dropped", {}, "harms", 0),
    ],
)
def test_what_a_state_asks_for(state: str, fields: dict[str, object], verdict: str, wanted: int) -> None:
    one = Improvement(title="Long waits", **fields)
    assert len(rules.missing(one, state, verdict=verdict)) == wanted


def test_a_gap_is_written_down_from_where_it_was_found(business: object, owner: Client) -> None:
    page = text(owner, "/improvements/new/?kind=alert&key=waiting&title=Waiting+is+above+its+target")
    assert 'value="Waiting is above its target"' in page
    assert "Found by: Alert" in page
    answer = owner.post("/improvements/new/?kind=alert&key=waiting", given())
    one = Improvement.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/improvements/{one.pk}/")
    assert (one.source, one.key, one.state, one.made_by.role) == ("alert", "waiting", "found", "owner")
    assert "Long waits at lunch" in text(owner, "/improvements/")


def test_an_unknown_source_counts_as_by_hand(business: object, owner: Client) -> None:
    owner.post("/improvements/new/?kind=%00&key=" + "x" * 900, given())
    one = Improvement.objects.get()
    assert (one.source, len(one.key)) == ("hand", 200)


def test_it_is_kept_by_what_was_measured(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario)
    away(treated=280, held_out=120, back=(0.5, 0.2))
    one = written()
    fields = given(state="kept", change="A letter", proof=f"plan:{plan.pk}")
    assert owner.post(f"/improvements/{one.pk}/", fields).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.plan, one.scenario.key) == ("kept", plan, KEY)
    assert "It works: with it 49.6% reached the goal" in text(owner, f"/improvements/{one.pk}/")
    assert "It works: with it 49.6% reached the goal" in text(owner, "/improvements/")
    assert "Long waits at lunch" in text(owner, f"/proof/pilot/{plan.pk}/")


def test_a_proof_that_cannot_tell_decides_nothing(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario)
    away(treated=70, held_out=30, back=(0.5, 0.2))
    one = written()
    answer = owner.post(f"/improvements/{one.pk}/", given(state="kept", change="A letter", proof=f"plan:{plan.pk}"))
    assert answer.status_code == 400
    assert "Its proof cannot tell yet" in answer.content.decode()
    one.refresh_from_db()
    assert (one.state, one.plan) == ("found", None)


def test_a_scenario_without_a_plan_is_a_proof_too(away: Away, owner: Client, scenario: Scenario) -> None:
    Scenario.objects.filter(pk=scenario.pk).update(state="live", started_at=AT - timedelta(days=90))
    away(treated=280, held_out=120, back=(0.2, 0.6))
    one = written()
    fields = given(state="dropped", proof=f"scenario:{scenario.pk}")
    assert owner.post(f"/improvements/{one.pk}/", fields).status_code == 302
    assert "It harms" in text(owner, f"/improvements/{one.pk}/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"state": "lost"}, "Select a valid choice"),
        ({"proof": "plan:999"}, "Select a valid choice"),
        ({"owner": "999999"}, "Select a valid choice"),
        ({"state": "planned"}, "Write what is changed."),
        ({"state": "dropped"}, "write the reason for dropping it"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    business: object, owner: Client, wrong: dict[str, object], said: str
) -> None:
    answer = owner.post("/improvements/new/", given(**wrong))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Improvement.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "kept"}, {"state": "dropped"}, {"state": "planned"}, {"state": "lost"}])
def test_the_database_holds_to_the_rules(business: object, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        written(**fields)


def test_the_register_is_narrowed_sorted_and_exported(business: object, owner: Client) -> None:
    malika = StaffMember.objects.create_user(email="m@example.uz", password="long enough 1", role="manager")
    written(title="Cold soup", cause="the kitchen is far", owner=malika)
    written(title="Long waits", state="dropped", reason="a wall is in the way")
    assert "Long waits" not in text(owner, "/improvements/?state=open")
    assert "Cold soup" not in text(owner, "/improvements/?state=dropped")
    assert "Cold soup" in text(owner, "/improvements/?q=kitchen")
    assert "Cold soup" in text(owner, f"/improvements/?owner={malika.pk}")
    assert "Long waits" not in text(owner, f"/improvements/?owner={malika.pk}")
    assert "No improvement fits this search." in text(owner, "/improvements/?source=pain")
    assert "Cold soup" in text(owner, "/improvements/?owner=x&sort=-title&state=zzz")
    rows = list(csv.reader(io.StringIO(b"".join(owner.get("/improvements/export.csv")).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Long waits", "Cold soup"]


def test_the_change_history_is_kept(business: object, owner: Client) -> None:
    owner.post("/improvements/new/", given())
    one = Improvement.objects.get()
    owner.post(f"/improvements/{one.pk}/", given(gap="Twenty minutes at noon"))
    assert [row.pgh_label for row in one.history.order_by("pgh_id")] == ["added", "before", "changed"]
    page = text(owner, f"/improvements/{one.pk}/")
    assert "What was changed here" in page
    assert page.count("Twenty minutes at noon") == 2  # in the field and among the changes


def test_an_empty_register_says_how_to_begin(business: object, owner: Client) -> None:
    assert "Begin with what hurts most" in text(owner, "/improvements/")


def test_the_list_asks_as_many_queries_whatever_it_shows(away: Away, owner: Client, scenario: Scenario) -> None:
    plan = started(scenario)
    away(treated=70, held_out=30, back=(0.5, 0.2))
    written(plan=plan, scenario=scenario)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(owner, "/improvements/")
        return len(captured)

    few = asked()
    for place in range(10):
        written(title=f"Gap {place}", plan=plan, scenario=scenario)
    assert asked() == few
    assert few <= 20


def test_who_may_read_the_register(business: object, sign_in: SignIn) -> None:
    assert sign_in("analyst").get("/improvements/").status_code == 200
    assert sign_in("front_office").get("/improvements/").status_code == 403
