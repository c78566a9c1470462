"""Whatever happens, in whatever order: the ledger balances, no balance is negative, and merging moves no point."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from mijoz.customers import actions as customers
from mijoz.customers.identity import merging
from mijoz.customers.identity.merging import MergeRefused
from mijoz.customers.models import Customer, Merge
from mijoz.customers.queries import root_of
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty import actions
from mijoz.loyalty.actions.points import AdjustRefused
from mijoz.loyalty.actions.redeeming import RedeemRefused, Till
from mijoz.loyalty.ledger import audit, drawing, earning
from mijoz.loyalty.models import Account, Lot, Programme, Redemption
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import AT, make_business, receipt

PEOPLE = 3
sums = st.integers(1, 40).map(lambda thousands: thousands * 1000)
who = st.integers(0, PEOPLE - 1)


class Ledger(RuleBasedStateMachine):
    """A programme with three people, who are merged and told apart while they buy, spend and send back."""

    bought = Bundle("bought")
    redeemed = Bundle("redeemed")
    merged = Bundle("merged")

    @initialize()
    def begin(self) -> None:
        Programme.objects.filter(state=State.LIVE).update(state=State.ENDED)
        key = f"p{uuid4().hex[:12]}"
        terms = programme_terms({"kind": "points", "per_sum": 1000, "value": 1, "expires_after_months": 2})
        self.programme = actions.write_programme(key, terms=terms, names={}, is_new=True, by=None, at=AT)
        actions.set_programme_state(self.programme, State.LIVE, at=AT)
        self.people = [customers.add_customer(by=None, at=AT) for _place in range(PEOPLE)]
        self.now: datetime = AT
        self.numbers = count()

    def write(self, person: int, amount: int, reference: str) -> None:
        row = NewEvent(
            message_id=str(uuid4()),
            type="purchase_line" if amount > 0 else "refund_line",
            identity=("customer", "", str(self.people[person].pk)),
            occurred_at=self.now,
            reference=reference,
            amount=Decimal(amount),
        )
        record([row], source="till")

    def of(self, person: int) -> int:
        """What the person may spend, added up from the rows alone."""
        root = root_of([self.people[person].pk])[self.people[person].pk]
        same = [one.pk for one in self.people if root_of([one.pk])[one.pk] == root]
        mine = Account.objects.filter(programme=self.programme, customer__in=same)
        lots = Lot.objects.filter(account__in=mine).aggregate(all=Sum("remaining"))["all"] or 0
        return max(0, lots - (mine.aggregate(all=Sum("owed"))["all"] or 0))

    @rule(target=bought, person=who, amount=sums)
    def buy(self, person: int, amount: int) -> tuple[int, int, str]:
        reference = f"r{next(self.numbers)}-{self.programme.key}"
        self.write(person, amount, reference)
        return person, amount, reference

    @rule(purchase=consumes(bought), share=st.sampled_from([1, 2, 3]), own_number=st.booleans())
    def send_back(self, purchase: tuple[int, int, str], share: int, own_number: bool) -> None:
        person, amount, reference = purchase
        self.write(person, -(amount // share), f"{reference}-back" if own_number else reference)

    @rule()
    def count(self) -> None:
        earning.earn(self.programme, at=self.now)

    @rule()
    def count_all_anew(self) -> None:
        earning.earn(self.programme, at=self.now)
        before = sorted(Account.objects.filter(programme=self.programme).values_list("pk", "balance", "owed"))
        earning.recount(self.programme, at=self.now)
        assert sorted(Account.objects.filter(programme=self.programme).values_list("pk", "balance", "owed")) == before

    @rule(target=redeemed, person=who, points=st.integers(1, 60))
    def spend(self, person: int, points: int) -> Redemption | None:
        had = self.of(person)
        try:
            done = actions.redeem(receipt(customer=self.people[person], points=points), till=Till(), at=self.now)
        except RedeemRefused:
            done = None
        assert (done is None) == (points > had)
        assert self.of(person) == (had if done is None else had - points)
        return done.redemption if done else None

    @rule(redemption=consumes(redeemed))
    def take_back(self, redemption: Redemption | None) -> None:
        if redemption is not None:
            actions.cancel(redemption, because="x", by=None, at=self.now, may_be_late=True)

    @rule(person=who, points=st.integers(-30, 30).filter(bool))
    def adjust(self, person: int, points: int) -> None:
        had = self.of(person)
        try:
            actions.adjust(self.programme, self.people[person], points, reason="x", by=None, at=self.now)
        except AdjustRefused:
            points = 0 if -points > had else points
            assert points == 0
        assert self.of(person) == max(0, had + points) or points > 0

    @rule(days=st.integers(1, 50))
    def pass_time(self, days: int) -> None:
        self.now += timedelta(days=days)
        drawing.expire(self.programme, at=self.now)
        assert not Lot.objects.filter(
            account__programme=self.programme, remaining__gt=0, expires_at__lte=self.now
        ).exists()

    @rule()
    def settle(self) -> None:
        earning.settle(self.programme, at=self.now)

    @rule(target=merged, kept=who, absorbed=who)
    def merge(self, kept: int, absorbed: int) -> Merge | None:
        before = self.balances()
        one, other = (Customer.objects.get(pk=self.people[place].pk) for place in (kept, absorbed))
        try:
            made = merging.merge(one, other, by=None, reason="same", at=self.now)
        except MergeRefused:
            made = None
        assert self.balances() == before
        return made

    @rule(merge=consumes(merged))
    def tell_apart(self, merge: Merge | None) -> None:
        before = self.balances()
        if merge is not None:
            merging.undo(merge, by=None, at=self.now)
        assert self.balances() == before

    def balances(self) -> list[tuple[int, int]]:
        return sorted(Account.objects.filter(programme=self.programme).values_list("pk", "balance"))

    @invariant()
    def the_ledger_is_right(self) -> None:
        assert audit.faults(self.programme) == {}


@pytest.mark.django_db(transaction=True)
def test_any_sequence_of_operations_keeps_the_ledger_right() -> None:
    make_business()
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
