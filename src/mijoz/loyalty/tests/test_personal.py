"""A copy of everything holds a person's offers and points; an erasure leaves the books and nothing of the person."""

from __future__ import annotations

import io
import zipfile

import pytest

from mijoz.business.models import Role, StaffMember
from mijoz.customers.models import Customer
from mijoz.customers.privacy import erasing, exporting
from mijoz.loyalty import actions
from mijoz.loyalty.actions.redeeming import RedeemRefused, Till
from mijoz.loyalty.actions.referring import code_of
from mijoz.loyalty.ledger import audit, earning
from mijoz.loyalty.models import Account, Grant, Offer, Posting, Programme, Redemption, ReferralCode
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.terms import programme_terms
from mijoz.loyalty.tests.conftest import AT, Buys, MakeOffer, Person, receipt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aziza(person: Person, buys: Buys, offer: MakeOffer) -> Customer:
    """Somebody with points, of which some were spent, an open offer, one that was used, and a code for friends."""
    offer(who="granted")
    points = actions.write_programme(
        "points", terms=programme_terms({"kind": "points", "per_sum": 1000}), names={}, is_new=True, by=None, at=AT
    )
    actions.set_programme_state(points, State.LIVE, at=AT)
    one = person(first_name="Aziza", phone="+998901112233")
    buys(one, 10_000)
    earning.earn(points, at=AT)
    for origin in ("x", "y"):
        actions.grant("tea", [one.pk], origin=origin, at=AT)
    actions.redeem(receipt(customer=one, points=4, reference="Aziza 7"), till=Till(), at=AT)
    code_of(one, at=AT)
    return one


def test_a_copy_shows_offers_points_and_what_was_used(aziza: Customer) -> None:
    target = io.BytesIO()
    exporting.write_copy(aziza, target, at=AT)
    with zipfile.ZipFile(target) as copy:
        copied = "".join(copy.read(name).decode() for name in copy.namelist())
    for told in (*Grant.objects.values_list("code", flat=True), ReferralCode.objects.get().code, "Aziza 7"):
        assert str(told) in copied


def test_erasing_forfeits_points_closes_offers_and_keeps_the_books(aziza: Customer) -> None:
    owner = StaffMember.objects.create_user(email="owner@example.uz", role=Role.OWNER)
    spent = Offer.objects.get()
    erasing.erase(aziza, by=owner, through="staff", at=AT)
    account = Account.objects.get(customer=aziza)
    assert (account.balance, Posting.objects.filter(kind="expired").count()) == (0, 1)
    assert not ReferralCode.objects.exists()
    assert Redemption.objects.get().reference == ""
    spent.refresh_from_db()
    assert (spent.uses, Grant.objects.filter(withdrawn_at=None).exists()) == (1, False)
    assert audit.faults() == {}
    with pytest.raises(RedeemRefused):
        actions.redeem(receipt(code=Grant.objects.filter(uses=0).get().code or ""), till=Till(), at=AT)
    assert Programme.objects.get().state == State.LIVE
