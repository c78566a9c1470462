"""Why: for staff the rule, its version, the facts and the alternatives; for the customer plain words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from mijoz.business.models import Role, StaffMember
from mijoz.channels import hooks as channel_hooks
from mijoz.channels.models import Message, Reason
from mijoz.customers.models import Customer
from mijoz.customers.privacy import links
from mijoz.scenarios import actions, checking, for_customers, personal, why
from mijoz.scenarios.models import Enrolment
from mijoz.scenarios.tests.conftest import AT, DAY, MESSAGE, OFFER, PROTOCOL, TASK, WAIT, Member, Start, document
from mijoz.segments.models import Membership, Segment, SegmentVersion


@pytest.fixture
def entered(member: Member, start: Start) -> Enrolment:
    """A customer with a reason, in a scenario with a message, a task and a wait."""
    customer = member("new", first_name="Aziza")
    segment = Segment.objects.get(key="new")
    number = SegmentVersion.objects.filter(segment=segment)[0].number
    reason = {"version": number, "as_of": "2026-03-30", "facts": {"purchases": 1, "days_since_first_purchase": 4}}
    Membership.objects.filter(customer=customer).update(reason=reason)
    speaks = {**MESSAGE, "texts": dict.fromkeys(["uz", "ru"], "{{ greeting }} {{ visit.service }}")}
    start(OFFER, speaks, TASK, WAIT, {**TASK, "key": "later"}, holdout_share=0)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    return Enrolment.objects.select_related("scenario", "version", "customer").get()


def sign_in(role: str = Role.FRONT_OFFICE) -> Client:
    client = Client()
    client.force_login(StaffMember.objects.create_user(email=f"{role}@example.uz", name="Nodira", role=role))
    client.cookies["django_language"] = "en"
    return client


def test_staff_read_the_rule_the_version_the_facts_and_each_step(entered: Enrolment) -> None:
    Message.objects.update(status="stopped", reason=Reason.DAY_CAP, settled_at=AT)
    page = sign_in(Role.MARKETER).get(f"/scenarios/why/{entered.pk}/?step=letter").content.decode()
    for said in (
        "Why Aziza is in “Trial”", "Whoever is in the segment “New”, now or later.", "Version 1",
        "Number of purchases", "Limit of the day", "The text speaks of: their name, their last visit.",
        "given to staff", "not come to",
    ):  # fmt: skip
        assert said in page, said


def test_the_facts_that_the_conditions_saw_are_kept_and_told(member: Member, start: Start) -> None:
    """As they were then, though the profile has moved on; customers read them without scores."""
    customer = member("new", first_name="Aziza", city="Samarqand", email="a@example.uz")
    rule = {
        "all": [
            {"field": "city", "op": "in", "value": ["Samarqand"]},
            {
                "any": [
                    {"field": "has_email", "op": "is", "value": True},
                    {"field": "rfm_score", "op": ">=", "value": 1},
                ]
            },
        ]
    }
    start(PROTOCOL, eligibility=rule, holdout_share=0)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    enrolment = Enrolment.objects.select_related("scenario", "version", "customer").get()
    assert enrolment.facts is not None
    assert enrolment.facts["city"] == "Samarqand"
    assert set(enrolment.facts) == {"city", "has_email", "rfm_score"}
    Customer.objects.filter(pk=customer.pk).update(city="Buxoro")
    page = sign_in(Role.MARKETER).get(f"/scenarios/why/{enrolment.pk}/").content.decode()
    assert "Samarqand" in page
    assert "Buxoro" not in page
    with translation.override("en"):
        [told] = for_customers.told(customer, at=AT + DAY)
    assert ("City", "“Samarqand”") in told.seen
    assert not any("RFM" in label for label, _value in told.seen)


def test_why_a_channel_was_chosen_is_kept_with_the_step(member: Member, start: Start) -> None:
    member("new", first_name="Aziza", email="aziza@example.uz")
    start({**MESSAGE, "channel": "best"}, holdout_share=0)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    enrolment = Enrolment.objects.select_related("scenario", "version", "customer").get()
    assert enrolment.ways is not None
    assert enrolment.ways["letter"]["channel"] == "email"
    page = sign_in(Role.MARKETER).get(f"/scenarios/why/{enrolment.pk}/").content.decode()
    assert "nobody has been written to yet, so there is nothing to learn from" in page


def test_what_was_known_goes_with_an_erasure(entered: Enrolment) -> None:
    Enrolment.objects.update(facts={"city": "Samarqand"}, ways={"letter": {"ground": "own"}})
    personal._end(Enrolment.objects.all(), AT)
    kept = Enrolment.objects.get()
    assert (kept.facts, kept.ways, kept.ending) == (None, None, "person_erased")


def test_every_member_of_staff_may_read_why_but_not_the_letters(entered: Enrolment) -> None:
    page = sign_in(Role.SERVICE_MASTER).get(f"/scenarios/why/{entered.pk}/").content.decode()
    assert "Step by step" in page
    assert "/outbox/" not in page
    assert "/scenarios/trial/" not in page


def test_the_draw_is_the_one_that_decided_the_arm(member: Member, start: Start) -> None:
    for _ in range(30):
        member()
    start(TASK, holdout_share=0.5)
    actions.enrol(at=AT)
    enrolments = Enrolment.objects.select_related("scenario", "version", "customer")
    told = [why.why(one) for one in enrolments]
    assert len(told) == 30
    assert all((one.draw < one.bar) == (one.enrolment.arm == "hold-out") for one in told)  # type: ignore[operator]
    assert all(bool(one.withheld) == (one.enrolment.arm == "hold-out") for one in told)


def test_the_alternatives_are_those_of_that_time(entered: Enrolment, start: Start, member: Member) -> None:
    start(TASK, key="for_regulars", trigger={"kind": "segment_entered", "segment": "regular", "include_present": True})
    both = start(TASK, key="both")
    actions.enrol(at=AT, scenarios=[both])
    late = start(TASK, key="late")
    type(late).objects.filter(pk=late.pk).update(started_at=AT + DAY)
    Message.objects.create(
        customer=entered.customer, channel="email", purpose="marketing", dedupe_key="x", language="uz", subject="Choy",
        text="x", send_after=AT, expires_at=AT + DAY, status="stopped", reason=Reason.WEEK_CAP, settled_at=AT,
        scenario="both", created_at=AT,
    )  # fmt: skip
    with translation.override("en"):
        told = why.why(entered)
    verdicts = [way.verdict for way in told.scenarios]
    assert len(verdicts) == 2
    assert any(verdict.startswith("was not in the segment “Regular”") for verdict in verdicts)
    assert any(verdict.startswith("in it too, since") for verdict in verdicts)
    assert [(way.title, way.verdict) for way in told.messages] == [("Choy", "Stopped: Limit of the week")]


def test_a_message_and_a_task_lead_to_their_reason(entered: Enrolment) -> None:
    assert channel_hooks.reasons_page(entered.pk, "letter") == f"/scenarios/why/{entered.pk}/?step=letter"
    address = f"/scenarios/why/{entered.pk}/?step=letter"
    client = sign_in(Role.MARKETER)
    assert address in client.get(f"/outbox/{Message.objects.get().pk}/").content.decode()
    assert f"/scenarios/why/{entered.pk}/" in client.get("/scenarios/trial/customers/").content.decode()
    assert f"/scenarios/why/{entered.pk}/?step=call" in sign_in(Role.OPERATOR).get("/tasks/").content.decode()


def test_an_enrolment_of_another_system_says_so(entered: Enrolment) -> None:
    Enrolment.objects.filter(pk=entered.pk).update(
        version=None, state="ended", ending="from_log", ended_at=AT, due_at=None, waits_since=None, waits_for=""
    )
    assert "another system" in sign_in().get(f"/scenarios/why/{entered.pk}/").content.decode()


BECAUSE: list[tuple[dict[str, Any], str]] = [
    ({"kind": "segment_entered", "segment": "at_risk"}, "you have not been with us for a while"),
    ({"kind": "segment_entered", "segment": "price_sensitive"}, "you have used our discounts before"),
    ({"kind": "segment_entered", "segment": "cheap_people"}, "of your visits and purchases so far"),
    ({"kind": "segment_left", "segment": "high_value"}, "something in how you come to us has changed"),
    ({"kind": "event", "event": "booking_missed"}, "you had booked and could not come"),
    ({"kind": "event", "event": "secret_score"}, "of something you did with us"),
    ({"kind": "around", "date": "birthday"}, "your birthday is near"),
    ({"kind": "schedule", "every": "week"}, "we write to our customers at this time"),
    ({"kind": "silence", "of": "visit", "days": 60}, "you have not been with us for a while"),
]


@pytest.mark.parametrize(("trigger", "says"), BECAUSE, ids=lambda given: str(given)[:30])
def test_a_customer_is_told_why_in_plain_words(trigger: dict[str, Any], says: str) -> None:
    with translation.override("en"):
        assert for_customers.because(checking.parse(document(MESSAGE, trigger=trigger))) == says


def test_what_was_used_is_said_by_kind_and_never_by_value() -> None:
    rule = {"all": [{"field": "consents_to_marketing", "op": "is", "value": True},
                    {"field": "last_satisfaction", "op": "<=", "value": 3}]}  # fmt: skip
    found = checking.parse(document(MESSAGE, eligibility=rule))
    with translation.override("en"):
        told = for_customers.used(found, ["{{ greeting }} {{ customer.birthday }} {{ customer.spent }}"])
    assert told == ["your visits and purchases", "what you agreed to", "how your visits went", "your name",
                    "your birthday"]  # fmt: skip


def page_of(customer: Customer) -> str:
    link = links.link_for(customer, at=timezone.now())
    return Client().get(f"/p/{links.token_of(link)}/why/").content.decode()


def test_the_customers_own_page_says_why_and_how_to_stop_it(entered: Enrolment, start: Start) -> None:
    start(PROTOCOL, WAIT, TASK, key="care", purpose="service")
    actions.enrol(at=timezone.now())
    actions.advance(at=timezone.now())
    Customer.objects.update(language="en")
    Message.objects.update(status="sent", settled_at=timezone.now(), created_at=timezone.now())
    page = page_of(entered.customer)
    assert "You got this because you came to us for the first time not long ago." in page
    assert "Stop such messages" in page
    assert "We serve you in a special way because" in page
    assert "Trial" not in page
    assert "hold-out" not in page


def test_who_is_kept_for_comparison_is_told_nothing(entered: Enrolment) -> None:
    Message.objects.update(status="stopped", reason=Reason.DAY_CAP, settled_at=AT)
    Customer.objects.update(language="en")
    assert "Nothing yet" in page_of(entered.customer)
