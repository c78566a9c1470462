"""Of one person known under two numbers a scenario makes one: enrolled once, written to once, in one segment."""

from __future__ import annotations

from datetime import timedelta

from mijoz.channels import gate
from mijoz.channels.models import Message, Reason
from mijoz.customers.actions import add_customer, answer_consent
from mijoz.customers.identity import merging
from mijoz.customers.models import Customer
from mijoz.scenarios import actions
from mijoz.scenarios.models import Enrolment
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, WAIT, Member, Start
from mijoz.segments.models import Membership, Segment

REMINDER = {**MESSAGE, "key": "reminder", "subjects": {"uz": "Eslatma"}, "texts": {"uz": "Eslatamiz."}}


def new(name: str, email: str) -> Customer:
    customer = add_customer(by=None, at=AT - DAY, first_name=name, email=email, language="uz")
    answer_consent(customer, purpose="marketing", granted=True, proof="x", through="staff", at=AT - DAY)
    Membership.objects.create(segment=Segment.objects.get(key="new"), customer=customer, entered_at=AT - DAY / 24)
    return customer


def run(minutes: int = 0) -> None:
    actions.enrol(at=AT + timedelta(minutes=minutes))
    actions.advance(at=AT + timedelta(minutes=minutes))


def test_of_two_enrolments_of_one_person_one_goes_on_until_the_merge_is_undone(start: Start) -> None:
    one, other = new("Ali", "ali@example.uz"), new("Ali", "ali2@example.uz")
    start(WAIT, MESSAGE)
    run()
    assert Enrolment.objects.count() == 2
    merge = merging.merge(one, other, by=None, reason="same", at=AT)
    actions.advance(at=AT + 3 * DAY)
    assert [message.customer_id for message in Message.objects.all()] == [one.pk]
    merging.undo(merge, by=None, at=AT + 3 * DAY)
    actions.advance(at=AT + 3 * DAY)
    assert [message.customer_id for message in Message.objects.order_by("pk")] == [one.pk, other.pk]


def test_who_was_in_it_under_an_absorbed_number_is_not_enrolled_again(start: Start) -> None:
    one, other = add_customer(by=None, at=AT - DAY, first_name="Ali"), new("Ali", "ali2@example.uz")
    start(WAIT, MESSAGE)
    run()
    merging.merge(one, other, by=None, reason="same", at=AT)
    Membership.objects.create(segment=Segment.objects.get(key="new"), customer=one, entered_at=AT)
    run(5)
    assert [enrolment.customer_id for enrolment in Enrolment.objects.all()] == [other.pk]
    actions.advance(at=AT + 3 * DAY)  # the only one there is goes on
    assert [message.customer_id for message in Message.objects.all()] == [other.pk]


def test_absorbed_numbers_leave_their_segments_and_come_back(start: Start) -> None:
    one, other = new("Ali", "ali@example.uz"), new("Ali", "ali2@example.uz")
    merge = merging.merge(one, other, by=None, reason="same", at=AT)
    assert list(Membership.objects.filter(left_at=None).values_list("customer_id", flat=True)) == [one.pk]
    start(MESSAGE, trigger={"kind": "segment_left", "segment": "new"})
    run(5)
    assert not Enrolment.objects.exists()
    merging.undo(merge, by=None, at=AT + DAY)
    back = Membership.objects.get(customer=other)
    assert (back.left_at, back.left_reason) == (None, None)


def test_messages_to_an_absorbed_number_are_the_persons(start: Start) -> None:
    one, other = new("Ali", "ali@example.uz"), new("Ali", "ali2@example.uz")
    start(MESSAGE)
    run()
    assert Message.objects.count() == 2
    merging.merge(one, other, by=None, reason="same", at=AT)
    verdicts = [verdict for verdict, _facts in gate.decide_all(Message.objects.order_by("pk"), AT)]
    assert isinstance(verdicts[0], gate.Allowed)
    assert verdicts[1] == gate.Stopped(Reason.SAME_PERSON)
    answer_consent(one, purpose="marketing", granted=False, proof="x", through="staff", at=AT + DAY)
    verdicts = [verdict for verdict, _facts in gate.decide_all(Message.objects.order_by("pk"), AT + DAY)]
    assert verdicts == [gate.Stopped(Reason.CONSENT_WITHDRAWN)] * 2


def test_members_are_enrolled_as_before(member: Member, start: Start) -> None:
    customers = [member() for _ in range(3)]
    start(MESSAGE)
    run()
    assert set(Enrolment.objects.values_list("customer_id", flat=True)) == {customer.pk for customer in customers}
