"""Points follow the log: once for each purchase, back with its refund, never below zero."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mijoz.business.models import Role, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.identity import merging
from mijoz.customers.models import Customer
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent
from mijoz.loyalty import actions, quoting
from mijoz.loyalty.actions.points import AdjustRefused
from mijoz.loyalty.actions.redeeming import RedeemRefused, Till
from mijoz.loyalty.ledger import audit, drawing, earning
from mijoz.loyalty.ledger.dates import later
from mijoz.loyalty.models import Account, Earning, Lot, Posting, Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import AT, Buys, Person, receipt

pytestmark = pytest.mark.django_db(transaction=True)


def programme(**terms: Any) -> Programme:
    """Live points since 30 days before AT: one for each 1 000."""
    terms = {"kind": "points", "per_sum": 1000, "value": 100} | terms
    made = actions.write_programme(
        "points", terms=programme_terms(terms), names={"en": "Points"}, is_new=True, by=None, at=AT
    )
    actions.set_programme_state(made, State.LIVE, at=AT - timedelta(days=30))
    return made


def balance(customer: Customer) -> int:
    return drawing.available(Programme.objects.get(), [customer.pk])[customer.pk]


def owed(customer: Customer) -> int:
    return Account.objects.get(customer=customer).owed


def test_each_purchase_earns_once_however_often_it_is_counted(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 12_900, "r1")
    buys(aziza, 5_500, "r2")
    assert earning.earn(points, at=AT) == earning.Earned(purchases=2, earned=17, taken_back=0)
    assert earning.earn(points, at=AT) == earning.Earned()
    assert earning.recount(points, at=AT).earned == 0
    assert (balance(aziza), Earning.objects.count(), Lot.objects.count()) == (17, 2, 2)
    assert audit.faults() == {}


def test_lines_of_one_purchase_count_together_though_they_come_apart(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 700, "r1")
    assert earning.earn(points, at=AT).earned == 0
    buys(aziza, 700, "r1")
    assert earning.earn(points, at=AT).earned == 1


def test_what_was_bought_before_the_programme_counts_for_nothing(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 50_000, at=AT - timedelta(days=31))
    assert earning.earn(points, at=AT) == earning.Earned()


def test_services_left_out_and_factors_of_segments(person: Person, buys: Buys) -> None:
    from mijoz.segments.models import Membership, Segment

    points = programme(excluded=["Tobacco"], segment_factors={"vip": 2}, per_visit=5)
    aziza = person()
    vip = Segment.objects.create(key="vip", names={"en": "VIP"}, order=1)
    Membership.objects.create(segment=vip, customer=aziza, entered_at=AT)
    buys(aziza, 10_000, "r1", item="Plov")
    buys(aziza, 90_000, "r1", item="tobacco")
    assert earning.earn(points, at=AT).earned == 30
    Membership.objects.update(left_at=AT)
    buys(aziza, 1_000, "r1", item="Tea")
    earning.earn(points, at=AT)
    assert balance(aziza) == 32  # the factor of a purchase stays that of its first time


def test_a_refund_takes_back_what_its_purchase_gave(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 10_000, "r1")
    earning.earn(points, at=AT)
    buys(aziza, -4_000, "r1")
    buys(aziza, -3_000, "r1-back")  # a refund with a number of its own
    assert earning.earn(points, at=AT).taken_back == 7
    assert balance(aziza) == 3
    assert audit.faults() == {}


def test_what_was_spent_before_the_refund_is_owed_and_paid_by_the_next_purchase(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 10_000, "r1")
    earning.earn(points, at=AT)
    actions.redeem(receipt(customer=aziza, points=8), till=Till(), at=AT)
    buys(aziza, -10_000, "r1")
    assert earning.earn(points, at=AT).taken_back == 2
    assert (balance(aziza), owed(aziza)) == (0, 8)
    buys(aziza, 11_000, "r2")
    earning.earn(points, at=AT)
    assert (balance(aziza), owed(aziza)) == (3, 0)
    assert audit.faults() == {}


def test_a_refund_of_what_never_earned_takes_nothing(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, -50_000, "old-back")
    earning.earn(points, at=AT)
    buys(aziza, 4_000, "r1")
    earning.earn(points, at=AT)
    assert (balance(aziza), owed(aziza)) == (4, 0)


def test_rows_that_were_taken_out_of_the_log_lose_their_points(person: Person, buys: Buys) -> None:
    points, aziza = programme(), person()
    buys(aziza, 10_000, "r1")
    buys(aziza, 5_000, "r2")
    earning.earn(points, at=AT)
    Event.objects.filter(reference="r1").delete()
    assert earning.recount(points, at=AT).taken_back == 10
    assert balance(aziza) == 5
    assert earning.recount(points, at=AT).taken_back == 0


def test_points_expire_first_in_first_out(person: Person, buys: Buys) -> None:
    points, aziza = programme(expires_after_months=1), person()
    buys(aziza, 10_000, "old", at=AT - timedelta(days=20))
    buys(aziza, 10_000, "new", at=AT)
    earning.earn(points, at=AT)
    actions.redeem(receipt(customer=aziza, points=4), till=Till(), at=AT)
    assert drawing.expire(points, at=AT + timedelta(days=12)) == 1
    assert balance(aziza) == 10  # four of the old ten were spent, six expired
    assert drawing.expire(points, at=AT + timedelta(days=12)) == 0
    assert drawing.expire(points, at=later(AT, 1)) == 1
    assert balance(aziza) == 0
    assert audit.faults() == {}


def test_points_pay_and_come_back_when_it_is_cancelled(person: Person, buys: Buys) -> None:
    points, aziza = programme(minimum_redeem=5, most_share="0.5"), person()
    buys(aziza, 100_000, "r1")
    earning.earn(points, at=AT)
    found = quoting.quote(receipt(10_000, customer=aziza), at=AT)
    assert (found.points_available, found.points_usable) == (100, 50)
    for wrong, reason in ((4, "points_least"), (51, "points_share"), (101, "points_too_few")):
        with pytest.raises(RedeemRefused, match=reason):
            actions.redeem(receipt(10_000, customer=aziza, points=wrong), till=Till(), at=AT)
    done = actions.redeem(receipt(10_000, customer=aziza, points=50), till=Till(), at=AT).redemption
    assert (done.sum_after, balance(aziza)) == (5_000, 50)
    actions.cancel(done, because="slip", by=None, at=AT, may_be_late=False)
    assert balance(aziza) == 100
    assert audit.faults() == {}


def test_a_person_spends_what_all_their_records_earned_and_undoing_leaves_each_its_own(
    person: Person, buys: Buys
) -> None:
    points, one, other = programme(), person(first_name="Aziza"), person(first_name="Aziza")
    buys(one, 10_000, "r1")
    buys(other, 6_000, "r2")
    earning.earn(points, at=AT)
    merge = merging.merge(one, other, by=None, reason="same", at=AT)
    assert balance(one) == balance(other) == 16
    actions.redeem(receipt(customer=one, points=13), till=Till(), at=AT)
    buys(other, 2_000, "r3")  # by an identity whose home is the absorbed one
    earning.earn(points, at=AT)
    assert balance(one) == 5
    merging.undo(merge, by=None, at=AT)
    assert balance(one) + balance(other) == 5
    assert balance(other) >= 2
    assert audit.faults() == {}


def test_staff_adjust_with_a_reason_and_within_their_limit(person: Person) -> None:
    points, aziza = programme(staff_limit=10), person()
    desk = StaffMember.objects.create_user(email="desk@example.uz", role=Role.FRONT_OFFICE)
    lead = StaffMember.objects.create_user(email="lead@example.uz", role=Role.MANAGER)
    for amount, reason, refusal in ((5, " ", "no_reason"), (11, "x", "over_limit"), (-1, "x", "points_too_few")):
        with pytest.raises(AdjustRefused, match=refusal):
            actions.adjust(points, aziza, amount, reason=reason, by=desk, at=AT)
    assert not Posting.objects.exists()
    actions.adjust(points, aziza, 500, reason="Sorry for the wait", by=lead, at=AT)
    actions.adjust(points, aziza, -10, reason="Too much", by=desk, at=AT)
    assert balance(aziza) == 490
    told = Event.objects.filter(type="points_adjusted").order_by("id").values_list("payload__points", "payload__reason")
    assert list(told) == [(500, "Sorry for the wait"), (-10, "Too much")]
    assert audit.faults() == {}


def test_postings_are_never_changed_and_no_balance_is_written_below_zero(person: Person) -> None:
    from django.db import IntegrityError, ProgrammingError, transaction

    points, aziza = programme(), person()
    actions.adjust(points, aziza, 5, reason="x", by=None, at=AT)
    for change in (lambda: Posting.objects.update(points=6), lambda: Posting.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            change()
    lot = Lot.objects.get()
    house = drawing.house(points, Account.Kind.REDEEMED)
    overdrawn = Posting(
        from_account_id=lot.account_id, to_account_id=house, points=6, kind="redeemed", posted_at=AT, lot=lot
    )
    with pytest.raises(IntegrityError, match="points_never_below_zero"), transaction.atomic():
        overdrawn.save()
    assert balance(aziza) == 5


def test_only_one_programme_of_points_is_live(business: object) -> None:
    programme()
    second = actions.write_programme(
        "more", terms=programme_terms({"kind": "points", "per_visit": 1}), names={}, is_new=True, by=None, at=AT
    )
    with pytest.raises(actions.ProgrammeRefused, match="another_is_live"):
        actions.set_programme_state(second, State.LIVE, at=AT)
    assert Programme.objects.get(key="more").state == State.DRAFT


def test_counting_many_takes_as_many_statements_as_counting_few(
    business: object, django_assert_max_num_queries: Any
) -> None:
    points = programme()
    people = [customers.add_customer(by=None, at=AT).pk for _place in range(40)]
    record(
        [
            NewEvent(
                message_id=f"m{place}",
                type="purchase_line",
                identity=("customer", "", str(number)),
                occurred_at=AT,
                reference=f"r{place}",
                amount=5_000,  # type: ignore[arg-type]
            )
            for place, number in enumerate(people * 5)
        ],
        source="till",
    )
    with django_assert_max_num_queries(26):
        assert earning.earn(points, at=AT).earned == 1_000
