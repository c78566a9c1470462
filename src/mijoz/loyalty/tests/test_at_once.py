"""Many tills at one moment, each with its own connection to the real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from mijoz.customers import actions as customers
from mijoz.customers.identity import merging
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.loyalty import actions
from mijoz.loyalty.actions.redeeming import RedeemRefused, Till
from mijoz.loyalty.ledger import audit, drawing, earning
from mijoz.loyalty.models import Account, Grant, Offer, Redemption
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import AT, make_business, make_offer, receipt

TILLS = 8
PATIENCE_SECONDS = 300

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(deed: Callable[[int], str]) -> Counter[str]:
    """What every till got that did `deed` at the same moment."""
    together = Barrier(TILLS)

    def till(place: int) -> str:
        try:
            together.wait(PATIENCE_SECONDS)
            return deed(place)
        except RedeemRefused as refused:
            return refused.reason
        finally:
            connection.close()

    with ThreadPoolExecutor(TILLS) as pool:
        return Counter(pool.map(till, range(TILLS)))


def test_a_code_is_redeemed_by_one_till_alone() -> None:
    make_business()
    tea = make_offer(who="granted")
    actions.make_codes(tea, 1, origin="x", valid_until=None, at=AT)
    code = Grant.objects.get().code or ""

    def deed(place: int) -> str:
        actions.redeem(receipt(code=code, reference=f"r{place}"), till=Till(), at=AT)
        return "redeemed"

    assert at_once(deed) == {"redeemed": 1, "used": TILLS - 1}
    assert (Grant.objects.get().uses, Offer.objects.get().uses, Redemption.objects.count()) == (1, 1, 1)


def test_a_budget_is_never_overspent() -> None:
    make_business()
    make_offer(budget_uses=3, budget_sum=1_000_000)

    def deed(place: int) -> str:
        actions.redeem(receipt(reference=f"r{place}"), till=Till(), at=AT)
        return "redeemed"

    found = at_once(deed)
    assert found["redeemed"] == 3
    assert (Offer.objects.get().uses, Redemption.objects.count()) == (3, 3)


def test_a_limit_for_one_customer_holds() -> None:
    make_business()
    make_offer(per_customer=1)
    aziza = customers.add_customer(by=None, at=AT, first_name="Aziza")

    def deed(place: int) -> str:
        actions.redeem(receipt(customer=aziza, reference=f"r{place}"), till=Till(), at=AT)
        return "redeemed"

    assert at_once(deed)["redeemed"] == 1
    assert Redemption.objects.count() == 1


def test_granting_at_once_grants_once() -> None:
    make_business()
    make_offer(who="granted")
    people = [customers.add_customer(by=None, at=AT).pk for _place in range(5)]

    def deed(_place: int) -> str:
        return ",".join(sorted(one.code for one in actions.grant("tea", people, origin="x", at=AT).values()))

    found = at_once(deed)
    assert list(found.values()) == [TILLS]
    assert Grant.objects.count() == 5


def test_points_are_spent_once_while_purchases_are_counted() -> None:
    make_business()
    terms = programme_terms({"kind": "points", "per_sum": 1000})
    points = actions.write_programme("points", terms=terms, names={}, is_new=True, by=None, at=AT)
    actions.set_programme_state(points, State.LIVE, at=AT)
    one, other = (customers.add_customer(by=None, at=AT, first_name="Aziza") for _place in range(2))
    for customer in (one, other):
        actions.adjust(points, customer, 15, reason="x", by=None, at=AT)
    merging.merge(one, other, by=None, reason="same", at=AT)
    rows = [
        NewEvent(
            message_id=f"m{place}",
            type="purchase_line",
            identity=("customer", "", str((one, other)[place % 2].pk)),
            occurred_at=AT,
            reference=f"r{place}",
            amount=Decimal(1000),
        )
        for place in range(10)
    ]
    record(rows, source="till")

    def deed(place: int) -> str:
        if place == 0:
            earning.earn(points, at=AT)
            return "counted"
        actions.redeem(receipt(customer=one, points=10, reference=f"r{place}"), till=Till(), at=AT)
        return "spent"

    found = at_once(deed)
    assert found["counted"] == 1
    assert found["spent"] in (3, 4)  # of 30 points, or of 40 where the purchases were counted first
    assert drawing.available(points, [one.pk])[one.pk] == 40 - 10 * found["spent"]
    assert audit.faults() == {}


def test_counting_that_waits_for_a_till_does_not_stop_it() -> None:
    """The till holds the accounts when counting comes; what the till then writes names the programme counting holds."""
    make_business()
    terms = programme_terms({"kind": "points", "per_sum": 1000})
    points = actions.write_programme("points", terms=terms, names={}, is_new=True, by=None, at=AT)
    actions.set_programme_state(points, State.LIVE, at=AT)
    aziza = customers.add_customer(by=None, at=AT, first_name="Aziza")
    actions.adjust(points, aziza, 15, reason="x", by=None, at=AT)
    bought = NewEvent(
        message_id="m",
        type="purchase_line",
        identity=("customer", "", str(aziza.pk)),
        occurred_at=AT,
        reference="r",
        amount=Decimal(1000),
    )
    record([bought], source="till")

    def count() -> None:
        try:
            earning.earn(points, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            account = Account.objects.get(customer=aziza)
            cursor.execute(drawing.LOCK, [[account.pk]])
            counting = pool.submit(count)
            ends = monotonic() + PATIENCE_SECONDS
            while not another_waits_for_the_accounts(cursor):
                assert monotonic() < ends, "counting never came to the account"
                sleep(0.01)
            actions.redeem(receipt(customer=aziza, points=10, reference="till"), till=Till(), at=AT)
        counting.result(PATIENCE_SECONDS)
    assert drawing.available(points, [aziza.pk])[aziza.pk] == 6
    assert audit.faults() == {}


def another_waits_for_the_accounts(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks"
        " WHERE relation = 'loyalty_account'::regclass AND pid <> pg_backend_pid())"
    )
    return bool(cursor.fetchone()[0])
