"""Before and after, and difference in differences, for what had no hold-out."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from mijoz.analysis.proof.before_after import interrupted
from mijoz.analysis.proof.difference_in_differences import difference_in_differences
from mijoz.business.models import Branch, Business
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.models import Comparison
from mijoz.insights.tests.conftest import AT, SignIn, text

pytestmark = pytest.mark.django_db
CHANGED_ON = date(2025, 12, 15)
GIVEN = {"title": "Second till", "kind": "before_after", "metric": "revenue", "changed_on": str(CHANGED_ON)}


def sale(name: str, days_ago: float, *, amount: int, branch: str = "") -> NewEvent:
    return NewEvent(
        message_id=f"{name}/{branch}/{days_ago}",
        type="purchase_line",
        identity=("customer_number", "till", name),
        occurred_at=AT - timedelta(days=days_ago),
        reference=f"{name}/{branch}/{days_ago}",
        item="Palov",
        quantity=1,
        amount=amount,
        currency="UZS",
        branch=branch,
    )


def a_year(*, step: int, branch: str = "", seed: int = 1, trend: float = 0.0) -> None:
    """Two sales each day for a year, of which each is worth `step` more since the change."""
    rng = np.random.default_rng(seed)
    since = (AT.date() - CHANGED_ON).days
    rows = []
    for day in range(364):
        worth = 100_000 + int(rng.normal(0, 8_000)) + (step if day < since else 0) + int(trend * (364 - day))
        rows += [sale(f"guest{day % 40}", day + part / 10, amount=worth, branch=branch) for part in (0, 1)]
    record(rows, source="till")
    customers.project()


def asked(client: Client, **other: object) -> Comparison:
    answer = client.post("/proof/compare/", GIVEN | other)
    assert answer.status_code == 302, " ".join(answer.content.decode().split())[-3000:]
    return Comparison.objects.latest("id")


@pytest.mark.parametrize(
    ("step", "verdict", "said"),
    [
        (30_000, "works", "It looks as if it works: from that day on Revenue was"),
        (-30_000, "harms", "It looks as if it harms"),
        (0, "no_difference_seen", "No difference seen: from that day on Revenue was"),
    ],
)
def test_before_and_after_is_answered_and_called_weaker(
    business: Business, owner: Client, step: int, verdict: str, said: str
) -> None:
    a_year(step=step)
    found = asked(owner)
    assert found.result["verdict"] == verdict
    page = text(owner, f"/proof/compare/{found.pk}/")
    assert said in page
    assert "Weaker than a hold-out: everybody got it on one day" in page
    assert "a season is not taken out" in page
    assert said in text(owner, "/proof/")


def test_before_and_after_is_what_the_pure_function_says(business: Business, owner: Client) -> None:
    a_year(step=30_000)
    result = asked(owner).result
    again = interrupted(result["values"], begins_at=result["weeks_before"], period=52.18)
    assert result["effect"]["value"] == pytest.approx(again.effect.value)
    assert (result["effect"]["low"], result["effect"]["high"]) == pytest.approx((again.effect.low, again.effect.high))
    assert result["effect"]["low"] < 14 * 30_000 < result["effect"]["high"]  # a week has fourteen sales


@pytest.fixture
def branches(business: Business) -> list[str]:
    codes = ["chilonzor", "yunusobod", "samarqand", "buxoro", "xiva", "andijon"]
    Branch.objects.bulk_create(Branch(code=code, name=code.capitalize()) for code in codes)
    return codes


def test_branches_that_got_it_are_set_beside_those_that_did_not(branches: list[str], owner: Client) -> None:
    for place, code in enumerate(branches):
        a_year(step=30_000 if place < 3 else 0, branch=code, seed=7 * place + 3)
    found = asked(owner, kind="differences", branches=branches[:3])
    result = found.result
    assert (result["verdict"], result["treated"], result["went_alike"]) == ("works", sorted(branches[:3]), True)
    assert result["effect"]["low"] < 0.3 < result["effect"]["high"]
    assert result["by_rearranging"] == pytest.approx(1 / 10)  # of 20 ways this one and its mirror
    rows = dict(zip([*result["treated"], *result["others"]], [True] * 3 + [False] * 3, strict=True))
    assert sum(rows.values()) == 3
    page = text(owner, f"/proof/compare/{found.pk}/")
    assert "who got it was chosen and not drawn" in page
    assert "Before it began both went the same way as far as can be seen" in page
    assert "Chilonzor" in page


def test_branches_that_went_different_ways_before_are_told_loudly(branches: list[str], owner: Client) -> None:
    for place, code in enumerate(branches):
        a_year(step=0, branch=code, seed=7 * place + 3, trend=-250.0 if place < 3 else 0.0)
    found = asked(owner, kind="differences", branches=branches[:3])
    assert found.result["verdict"] == "broken"
    page = text(owner, f"/proof/compare/{found.pk}/")
    assert "Do not trust this comparison" in page
    assert "they already went different ways" in page


def test_one_branch_against_one_is_too_few_to_tell(branches: list[str], owner: Client) -> None:
    for place, code in enumerate(branches[:2]):
        a_year(step=30_000 if place == 0 else 0, branch=code, seed=7 * place + 3)
    found = asked(owner, kind="differences", branches=branches[:1])
    assert found.result["verdict"] == "too_few"
    assert "Too few to tell: Revenue changed by" in text(owner, f"/proof/compare/{found.pk}/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"changed_on": "2999-01-01"}, "This day has not come yet."),
        ({"changed_on": "0099-01-01"}, "This day lies before any log."),
        ({"changed_on": "soon"}, "Enter a valid date."),
        ({"metric": "fame"}, "Select a valid choice"),
        ({"kind": "differences"}, "Choose the branches or segments that got it"),
        ({"title": ""}, "This field is required."),
        ({"changed_on": "2026-03-20"}, "are needed on each side"),
        ({"metric": "waiting"}, "The log holds nothing of this figure"),
        ({"branches": ["mars"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(
    branches: list[str], owner: Client, wrong: dict[str, object], said: str
) -> None:
    a_year(step=0, branch=branches[0])
    answer = owner.post("/proof/compare/", GIVEN | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Comparison.objects.exists()


def test_an_empty_log_is_told(business: Business, owner: Client) -> None:
    answer = owner.post("/proof/compare/", GIVEN)
    assert answer.status_code == 400
    assert "The log holds nothing of this figure" in answer.content.decode()


def test_an_answer_stays_as_it_was_given(business: Business, owner: Client) -> None:
    a_year(step=30_000)
    found = asked(owner)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Comparison.objects.filter(pk=found.pk).update(result={"verdict": "works"})
    assert Comparison.objects.get().asked_by.role == "owner"
    assert connection.is_usable()


def test_who_may_compare(business: Business, sign_in: SignIn) -> None:
    assert sign_in("analyst").get("/proof/compare/").status_code == 200
    assert sign_in("operator").get("/proof/compare/").status_code == 403


def test_the_interval_of_branches_is_that_of_the_pure_function(branches: list[str], owner: Client) -> None:
    for place, code in enumerate(branches):
        a_year(step=20_000 if place < 3 else 0, branch=code, seed=7 * place + 3)
    found = asked(owner, kind="differences", metric="average_check", branches=branches[:3])
    result = found.result
    assert result["effect"]["low"] < 20_000 < result["effect"]["high"]
    values = result["values"]
    before = result["weeks_before"]
    gained = [np.mean(values[side][before:]) - np.mean(values[side][:before]) for side in ("treated", "others")]
    assert result["effect"]["value"] == pytest.approx(gained[0] - gained[1])
    alone = difference_in_differences([0.0, 0.0], gained, [True, False])
    assert alone.effect.value == pytest.approx(result["effect"]["value"])
