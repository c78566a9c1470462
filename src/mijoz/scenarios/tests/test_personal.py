"""A scenario waits for whoever restricted their record, and goes on where it was."""

from __future__ import annotations

from datetime import timedelta

from mijoz.channels.models import Message
from mijoz.customers.privacy import actions as privacy
from mijoz.scenarios import actions
from mijoz.scenarios.models import Enrolment
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, WAIT, Member, Start

HOUR = timedelta(hours=1)


def test_steps_wait_while_the_record_is_restricted_and_go_on_afterwards(member: Member, start: Start) -> None:
    one, other = member(), member()
    start(WAIT, MESSAGE)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    privacy.restrict(one, by=None, through="staff", at=AT + HOUR)
    actions.advance(at=AT + 3 * DAY)
    assert list(Message.objects.values_list("customer", flat=True)) == [other.pk]
    assert Enrolment.objects.get(customer=one).state == "running"
    privacy.lift_restriction(one, by=None, through="staff", at=AT + 4 * DAY)
    actions.advance(at=AT + 4 * DAY)
    assert set(Message.objects.values_list("customer", flat=True)) == {one.pk, other.pk}


def test_nobody_who_objects_is_enrolled_not_even_for_leaving_a_segment(member: Member, start: Start) -> None:
    one = member()
    start(trigger={"kind": "segment_left", "segment": "new"})
    privacy.set_objection(one, objects=True, proof="By phone", by=None, through="staff", at=AT)
    assert actions.enrol(at=AT + HOUR).customers == 0
