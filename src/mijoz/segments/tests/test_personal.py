"""Whoever may not be profiled is in no segment, and comes back to where they were."""

from __future__ import annotations

from datetime import timedelta

from mijoz.customers.models import Customer
from mijoz.customers.privacy import actions as privacy
from mijoz.segments import actions
from mijoz.segments.models import Membership, Score
from mijoz.segments.tests.conftest import AT

LATER = AT + timedelta(hours=1)
LATER_STILL = AT + timedelta(hours=2)


def open_stays(customer: Customer) -> list[str]:
    stays = Membership.objects.filter(customer=customer, left_at=None)
    return list(stays.values_list("segment__key", flat=True))


def test_who_restricts_leaves_at_once_stays_out_and_comes_back(town: dict[str, Customer]) -> None:
    actions.refresh(at=AT)
    one = town["c3"]
    before = open_stays(one)
    others = set(Membership.objects.exclude(customer=one).values_list("pk", flat=True))
    assert before
    privacy.restrict(one, by=None, through="staff", at=LATER)
    assert open_stays(one) == []
    assert Membership.objects.get(customer=one).left_reason == {"withdrawn": True}
    actions.refresh(at=LATER)
    assert open_stays(one) == []
    assert not Score.objects.filter(customer=one).exists()
    assert set(Membership.objects.exclude(customer=one).values_list("pk", flat=True)) >= others
    privacy.lift_restriction(one, by=None, through="staff", at=LATER_STILL)
    actions.refresh(at=LATER_STILL)
    assert open_stays(one) == before
    assert Score.objects.filter(customer=one).exists()


def test_who_objects_to_profiling_leaves_and_comes_back_when_they_do_not_mind(town: dict[str, Customer]) -> None:
    actions.refresh(at=AT)
    one = town["c4"]
    before = open_stays(one)
    told = {"proof": "By phone", "by": None, "through": "staff"}
    privacy.set_objection(one, objects=True, at=LATER, **told)  # type: ignore[arg-type]
    actions.refresh(at=LATER)
    assert open_stays(one) == []
    privacy.set_objection(one, objects=False, at=LATER_STILL, **told)  # type: ignore[arg-type]
    actions.refresh(at=LATER_STILL)
    assert open_stays(one) == before
