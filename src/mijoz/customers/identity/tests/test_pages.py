"""Merging by the pages: side by side, with a reason, and undone from the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers.actions import add_customer
from mijoz.customers.identity import merging
from mijoz.customers.models import Customer, Merge, Ownership
from mijoz.events.actions import record
from mijoz.events.models import Event
from mijoz.events.types import NewEvent

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def staff() -> StaffMember:
    Business.objects.get_or_create(pk=1, defaults={"name": "Salon", "sector": "salon"})
    return StaffMember.objects.create_user("lead@salon.uz", role=Role.MANAGER)


@pytest.fixture
def manager(staff: StaffMember) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def pair(staff: StaffMember) -> tuple[Customer, Customer]:
    one = add_customer(by=staff, at=AT, first_name="Anvar", last_name="Karimov", phone="+998901112201")
    other = add_customer(by=staff, at=AT, first_name="Anvar", last_name="Karimov", email="anvar@example.uz")
    return one, other


def say(manager: Client, kept: Customer, one: Customer, other: Customer) -> Merge:
    page = reverse("customers:compare", args=[one.pk, other.pk])
    answer = manager.post(page, {"kept": kept.pk, "reason": "Told us at the desk"})
    assert answer.status_code == 302, answer.content.decode()
    return Merge.objects.get(undone_at=None)


def test_the_other_one_is_found_compared_and_merged(manager: Client, pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    found = manager.get(reverse("customers:find_other", args=[one.pk]), {"q": "Karimov"}).content.decode()
    assert reverse("customers:compare", args=[one.pk, other.pk]) in found
    assert reverse("customers:compare", args=[one.pk, one.pk]) not in found
    shown = manager.get(reverse("customers:compare", args=[one.pk, other.pk])).content.decode()
    assert "+998 90 111 22 01" in shown
    assert "anvar@example.uz" in shown
    merge = say(manager, other, one, other)
    assert (merge.kept, merge.absorbed, merge.reason) == (other, one, "Told us at the desk")
    page = manager.get(reverse("customers:detail", args=[one.pk]), follow=True)
    assert page.redirect_chain == [(reverse("customers:detail", args=[other.pk]), 302)]
    assert "Told us at the desk" in page.content.decode()
    assert "+998 90 111 22 01" in page.content.decode()


def test_a_merge_without_a_reason_changes_nothing(manager: Client, pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    answer = manager.post(reverse("customers:compare", args=[one.pk, other.pk]), {"kept": one.pk, "reason": " "})
    assert answer.status_code == 422
    answer = manager.post(reverse("customers:compare", args=[one.pk, other.pk]), {"kept": 999_999, "reason": "x"})
    assert answer.status_code == 422
    assert not Merge.objects.exists()


def test_what_speaks_against_it_is_said_before(manager: Client, pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    Customer.objects.filter(pk=one.pk).update(birth_on="1990-01-02")
    Customer.objects.filter(pk=other.pk).update(birth_on="1961-01-02")
    shown = manager.get(reverse("customers:compare", args=[one.pk, other.pk])).content.decode()
    assert "They were born on different days." in shown


def test_the_ledger_undoes_a_merge(manager: Client, pair: tuple[Customer, Customer]) -> None:
    one, other = pair
    merge = say(manager, one, one, other)
    ledger = manager.get(reverse("customers:merges"), {"q": "Karimov", "who": "people", "state": "holds"})
    assert reverse("customers:undo_merge", args=[merge.pk]) in ledger.content.decode()
    assert "Told us" not in manager.get(reverse("customers:merges"), {"who": "machine"}).content.decode()
    assert manager.get(reverse("customers:undo_merge", args=[merge.pk])).status_code == 405
    manager.post(reverse("customers:undo_merge", args=[merge.pk]))
    other.refresh_from_db()
    assert other.merged_into is None
    assert manager.get(reverse("customers:detail", args=[other.pk])).status_code == 200
    again = manager.post(reverse("customers:undo_merge", args=[merge.pk]), follow=True)
    assert "undone already" in again.content.decode()
    exported = manager.get(reverse("customers:export_merges"))
    assert b"Told us at the desk" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]


def test_the_ledger_costs_the_same_however_long_it_is(manager: Client, staff: StaffMember) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            manager.get(reverse("customers:merges"))
        return len(seen)

    people = [add_customer(by=staff, at=AT, first_name=f"N{place}") for place in range(12)]
    merging.merge(people[0], people[1], by=staff, reason="same", at=AT)
    few = queries()
    for place in range(2, 12):
        merging.merge(people[0], people[place], by=None, reason="same", at=AT)
    assert queries() == few


def owned(customer: Customer, kind: str) -> Ownership:
    return Ownership.objects.get(customer=customer, identity__kind=kind)


def change(manager: Client, one: Ownership, **told: str) -> int:
    page = reverse("customers:identifier", args=[one.customer_id, one.pk])
    assert manager.get(page).status_code == 200
    return manager.post(page, told).status_code


def bought(phone: str, number: str) -> None:
    record([NewEvent(message_id=number, type="visit", identity=("phone", "", phone), occurred_at=AT)], source="till")


def test_a_phone_is_marked_as_shared_and_as_one_persons_again(manager: Client, pair: tuple[Customer, Customer]) -> None:
    phone = owned(pair[0], "phone")
    assert change(manager, phone, deed="share", because="nonsense") == 422
    assert change(manager, phone, deed="share", because="family") == 302
    assert "A family uses it" in manager.get(reverse("customers:detail", args=[pair[0].pk])).content.decode()
    phone.refresh_from_db()
    assert phone.is_shared
    assert change(manager, phone, deed="unshare") == 302
    phone.refresh_from_db()
    assert (phone.is_shared, phone.shared_because) == (False, "")


def test_a_number_given_out_anew_leads_to_a_new_customer(manager: Client, pair: tuple[Customer, Customer]) -> None:
    one = pair[0]
    bought("+998901112201", "1")
    assert change(manager, owned(one, "phone"), deed="retire") == 302
    one.refresh_from_db()
    assert one.phone == ""
    bought("+998901112201", "2")
    new = Ownership.objects.get(identity__kind="phone", identity__account="", identity__value="+998901112201")
    assert new.customer != one
    assert new.customer.phone == "+998901112201"
    events = {event.message_id: event.identity.ownership.customer for event in _visits()}
    assert events == {"1": one, "2": new.customer}
    assert change(manager, owned(one, "phone"), deed="retire") == 302  # once is enough: nothing more happens
    assert Ownership.objects.filter(identity__value="+998901112201").count() == 2


def _visits() -> QuerySet[Event]:
    return Event.objects.filter(type="visit").select_related("identity__ownership__customer")


def test_what_was_attached_by_mistake_becomes_a_customer(manager: Client, staff: StaffMember) -> None:
    both = add_customer(by=staff, at=AT, first_name="Anvar", phone="+998901112201", email="malika@example.uz")
    bought("+998901112201", "1")
    assert change(manager, owned(both, "email"), deed="detach") == 302
    other = Ownership.objects.get(identity__kind="email").customer
    assert other != both
    assert (other.email, other.phone) == ("malika@example.uz", "")
    only = owned(both, "phone")
    assert change(manager, only, deed="detach") == 302
    only.refresh_from_db()
    assert only.customer == both  # the only one stays


def test_our_own_number_and_others_identifiers_are_not_there(manager: Client, pair: tuple[Customer, Customer]) -> None:
    ours = owned(pair[0], "customer")
    assert manager.get(reverse("customers:identifier", args=[pair[0].pk, ours.pk])).status_code == 404
    phone = owned(pair[0], "phone")
    assert manager.get(reverse("customers:identifier", args=[pair[1].pk, phone.pk])).status_code == 404


def told(phone: str, name: str, at: datetime) -> None:
    event = NewEvent(
        message_id=f"{name} {at}",
        type="profile_declared",
        identity=("phone", "", phone),
        occurred_at=at,
        payload={"traits": {"first_name": name}},
    )
    record([event], source="till")


def test_a_silent_number_that_comes_back_with_another_name_is_pointed_out(manager: Client) -> None:
    told("+998901112201", "Anvar", AT)
    customer = Ownership.objects.get(identity__kind="phone").customer
    page = reverse("customers:detail", args=[customer.pk])
    told("+998901112201", "Анвар", AT + timedelta(days=500))  # the same name in the other script
    assert "given to somebody else" not in manager.get(page).content.decode()
    told("+998901112201", "Malika", AT + timedelta(days=600))
    assert "given to somebody else" not in manager.get(page).content.decode()
    told("+998901112201", "Rustam", AT + timedelta(days=1100))
    shown = manager.get(page).content.decode()
    assert "Nothing was heard of Malika" in shown
    assert "the name is Rustam" in shown


def test_a_phone_that_leads_to_somebody_else_leads_to_a_look_at_both(
    manager: Client, pair: tuple[Customer, Customer]
) -> None:
    one, other = pair
    answer = manager.post(reverse("customers:edit", args=[other.pk]), {"first_name": "Anvar", "phone": one.phone})
    assert answer.status_code == 422
    assert reverse("customers:compare", args=[other.pk, one.pk]) in answer.content.decode()
