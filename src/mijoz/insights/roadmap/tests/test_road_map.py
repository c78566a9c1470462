"""The road map reads the state of each step from the system."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from mijoz.business.models import Business, StaffMember
from mijoz.customers.models import AuditDay, Customer, Pair, Resolution
from mijoz.insights.models import Certificate, KpiAim, KpiValue, RoadStep, TrainingRound
from mijoz.insights.roadmap import actions, queries
from mijoz.insights.tests.conftest import AT, SignIn, business, own_folder, sign_in
from mijoz.scenarios import actions as scenarios
from mijoz.scenarios.models import Scenario
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership, Segment, SegmentVersion

__all__ = ["business", "own_folder", "sign_in"]
pytestmark = pytest.mark.django_db


def state(key: str) -> str:
    return next(step for step in queries.road_map(at=AT).steps if step.kind.key == key).state


def audited(score: float, *, days_ago: int = 1) -> None:
    at = AT - timedelta(days=days_ago)
    AuditDay.objects.update_or_create(day=at.date(), defaults={"made_at": at, "customers": 10, "score": score})


def test_nothing_is_done_in_an_empty_business_and_all_of_it_says_where_to_go(business: Business) -> None:
    found = queries.road_map(at=AT)
    assert [step.state for step in found.steps] == ["to_come"] * 6
    assert found.next_step is not None
    assert found.next_step.kind.key == "audit"
    assert found.share == 0
    assert all(step.url.startswith("/") for step in found.steps)


def test_the_audit_must_be_good_and_fresh(business: Business) -> None:
    audited(queries.GOOD_SCORE - 1)
    assert state("audit") == "begun"
    audited(queries.GOOD_SCORE)
    assert state("audit") == "done"
    AuditDay.objects.all().delete()
    audited(95, days_ago=queries.AUDIT_DAYS + 1)
    assert state("audit") == "begun"


def test_duplicates_must_be_searched_for_and_settled(business: Business) -> None:
    Resolution.objects.create(status=Resolution.Status.DONE)
    assert state("profile") == "done"
    left, right = Customer.objects.create(first_name="Ali"), Customer.objects.create(first_name="Ali")
    Pair.objects.create(left=left, right=right, probability=0.6, weight=1, found_at=AT)
    assert state("profile") == "begun"


def test_rules_count_once_somebody_has_read_them_as_they_stand(business: Business) -> None:
    segments.install_defaults(at=AT - timedelta(days=9))
    for place, segment in enumerate(Segment.objects.filter(is_default=True)[:5]):
        customer = Customer.objects.create(first_name=str(place))
        Membership.objects.create(segment=segment, customer=customer, entered_at=AT)
    reader = StaffMember.objects.create_user(email="r@example.uz", name="Rano", role="marketer")
    assert state("rules") == "begun"
    actions.note_review(by=reader, at=AT)
    assert state("rules") == "done"
    SegmentVersion.objects.create(
        segment=Segment.objects.filter(is_default=True)[0], number=99, rule={}, written_at=AT + timedelta(hours=1)
    )
    assert state("rules") == "begun"


def test_pilots_need_a_hold_out(business: Business) -> None:
    scenarios.install_pilots(at=AT)
    keys = list(Scenario.objects.values_list("key", flat=True)[:2])
    assert len(keys) == 2
    assert state("pilots") == "to_come"
    Scenario.objects.filter(key__in=keys).update(state="live", started_at=AT)
    assert state("pilots") == "done"
    version = Scenario.objects.get(key=keys[0]).versions.first()
    assert version is not None
    version.definition = version.definition | {"holdout_share": 0.0}
    version.save()
    assert state("pilots") == "to_come"


def test_kpis_must_be_fresh_aimed_at_and_watched(business: Business) -> None:
    KpiValue.objects.create(as_of=AT.date(), name="revenue", group="customer", unit="money", computed_at=AT)
    assert state("kpis") == "begun"
    for name in ("revenue", "average_check", "active_share"):
        KpiAim.objects.update_or_create(name=name, defaults={"target": 1.0})
    assert state("kpis") == "begun"
    KpiAim.objects.filter(name="revenue").update(is_watched=True)
    assert state("kpis") == "done"


def test_training_counts_certificates_of_the_present_role(business: Business) -> None:
    assert state("training") == "to_come"
    lola = StaffMember.objects.create_user(email="l@example.uz", name="Lola", role="operator")
    of = TrainingRound.objects.create(
        staff=lola, role="operator", sector="clinic", seed=1, exercises=[], begun_at=AT, ended_at=AT
    )
    Certificate.objects.create(
        staff=lola, round=of, role="operator", name="Lola", check_word="A", right=4, exercises=5, passed_on=AT.date()
    )
    assert state("training") == "done"
    StaffMember.objects.create_user(email="m@example.uz", name="Malika", role="manager")
    assert state("training") == "to_come"


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_page_plans_who_and_when(language: str, sign_in: SignIn) -> None:
    owner = sign_in("owner")
    StaffMember.objects.update(language=language)
    who = StaffMember.objects.get()
    answer = owner.post("/road-map/audit/plan/", {"audit-who": who.pk, "audit-aimed_on": "2020-01-31"}, follow=True)
    step = RoadStep.objects.get()
    assert (step.who, step.aimed_on) == (who, date(2020, 1, 31))
    assert "rm-late" in answer.content.decode()
    assert owner.post("/road-map/audit/plan/", {"audit-aimed_on": "soon"}, follow=True).status_code == 200
    assert RoadStep.objects.get().aimed_on == date(2020, 1, 31)
    assert owner.post("/road-map/nonsense/plan/").status_code == 404


def test_who_may_plan(sign_in: SignIn) -> None:
    assert sign_in("analyst").post("/road-map/audit/plan/", {}).status_code == 403
    assert sign_in("operator").get("/road-map/").status_code == 403


def test_readiness_is_said_in_words_for_every_stage(business: Business) -> None:
    with translation.override("en"):
        told = {queries.road_map(at=AT).readiness}
        audited(50)
        told.add(queries.road_map(at=AT).readiness)
        audited(90)
        told.add(queries.road_map(at=AT).readiness)
    assert len(told) == 3
