"""What sources say of two identities being one person's, and who is who afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.customers.identity import merging
from mijoz.customers.identity.linking import MANY_PEOPLE, MANY_USERS, PEOPLE_OF_ONE_IDENTIFIER
from mijoz.customers.models import Customer, Merge, Ownership, Pair, Profile
from mijoz.events.actions import record
from mijoz.events.types import IdentityKey, NewEvent

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBERS = count(1)


def user(value: str) -> IdentityKey:
    return ("user_id", "shop", value)


def phone(value: int = 1) -> IdentityKey:
    return ("phone", "", f"+99890111220{value}")


def browser(value: str) -> IdentityKey:
    return ("anonymous_id", "shop", value)


def told(*who: IdentityKey) -> NewEvent:
    return NewEvent(
        message_id=str(next(NUMBERS)), type="identified", identity=who[0], also=tuple(who[1:]), occurred_at=AT
    )


def meet(*groups: tuple[IdentityKey, ...]) -> None:
    """The shop tells in one batch who belongs together."""
    record([told(*group) for group in groups], source="shop")


def owner(key: IdentityKey) -> Customer:
    kind, account, value = key
    found = Ownership.objects.select_related("customer")
    return found.get(identity__kind=kind, identity__account=account, identity__value=value).customer


def ownership(key: IdentityKey) -> Ownership:
    kind, account, value = key
    return Ownership.objects.get(identity__kind=kind, identity__account=account, identity__value=value)


def prove(key: IdentityKey) -> None:
    Ownership.objects.filter(pk=ownership(key).pk).update(proved_at=AT)


def test_identities_that_come_together_for_the_first_time_are_one_customer() -> None:
    meet((user("1"), phone(), browser("a"), ("email", "", "anvar@example.uz")))
    (customer,) = Customer.objects.all()
    assert Ownership.objects.filter(customer=customer, home=customer).count() == 4
    assert (customer.phone, customer.email, customer.number) == (phone()[2], "anvar@example.uz", "1")
    assert Profile.objects.filter(customer=customer).exists()
    assert not Merge.objects.exists()


def test_a_new_identity_joins_the_customer_whom_the_known_one_leads_to() -> None:
    meet((user("1"),))
    known = owner(user("1"))
    meet((user("1"), phone()))
    assert owner(phone()) == known
    known.refresh_from_db()
    assert known.phone == phone()[2]
    assert Customer.objects.count() == 1


def test_two_customers_with_one_phone_become_one_and_can_be_parted() -> None:
    meet((user("1"),), (("customer_number", "till", "77"), phone()))
    one, other = owner(user("1")), owner(phone())
    meet((user("1"), phone()))
    merge = Merge.objects.get()
    assert {merge.kept, merge.absorbed} == {one, other}
    assert owner(user("1")) == owner(phone()) == owner(("customer_number", "till", "77")) == merge.kept
    merging.undo(merge, by=None, at=AT)
    assert (owner(user("1")), owner(phone())) == (one, other)
    meet((user("1"), phone()))  # the source says so again, but somebody decided
    assert Merge.objects.filter(undone_at=None).count() == 0


def test_people_who_each_proved_who_they_are_are_left_to_a_person() -> None:
    meet((user("1"), phone(1)), (user("2"), phone(2)))
    one, other = owner(user("1")), owner(user("2"))
    prove(phone(1))
    prove(phone(2))
    shared: IdentityKey = ("email", "", "family@example.uz")
    meet((user("1"), shared))
    meet((user("2"), shared))
    assert (owner(user("1")), owner(user("2"))) == (one, other)
    assert not Merge.objects.exists()
    pair = Pair.objects.get()
    assert {pair.left, pair.right} == {one, other}
    assert pair.state == Pair.State.WAITING
    assert pair.evidence[-1] == {"name": "bar", "bar": "proved"}


def test_who_was_born_on_another_day_is_left_to_a_person() -> None:
    meet((user("1"), phone(1)), (user("2"), phone(2)))
    Customer.objects.filter(pk=owner(user("1")).pk).update(birth_on=date(1990, 1, 2))
    Customer.objects.filter(pk=owner(user("2")).pk).update(birth_on=date(1961, 5, 5))
    meet((user("2"), phone(1)))
    assert not Merge.objects.exists()
    assert Pair.objects.get().evidence[-1] == {"name": "bar", "bar": "birth"}
    meet((user("2"), phone(1)))
    assert Pair.objects.count() == 1


def test_a_shared_phone_proves_nobody() -> None:
    meet((user("1"), phone()), (user("2"),))
    one, other = owner(user("1")), owner(user("2"))
    Ownership.objects.filter(pk=ownership(phone()).pk).update(is_shared=True)
    meet((user("2"), phone()), (user("3"), phone()))
    assert len({one, other, owner(user("3"))}) == 3
    assert owner(phone()) == one
    assert not Merge.objects.exists()
    assert not Pair.objects.exists()


def test_a_phone_of_too_many_people_is_marked_as_shared_by_itself() -> None:
    for number in range(PEOPLE_OF_ONE_IDENTIFIER + 3):
        meet((user(str(number)), phone()))
    shared = ownership(phone())
    assert (shared.is_shared, shared.shared_because) == (True, MANY_PEOPLE)
    together = [number for number in range(PEOPLE_OF_ONE_IDENTIFIER + 3) if owner(user(str(number))) == owner(phone())]
    assert len(together) == PEOPLE_OF_ONE_IDENTIFIER


def test_a_visitor_becomes_who_they_say_they_are() -> None:
    meet((browser("a"),))
    visitor = owner(browser("a"))
    meet((user("1"),))
    named = owner(user("1"))
    meet((user("1"), browser("a")))
    assert owner(browser("a")) == owner(user("1"))
    assert Merge.objects.get().absorbed in {visitor, named}


def test_a_second_person_at_the_same_device_is_somebody_else() -> None:
    meet((user("1"), browser("a")))
    meet((user("2"), browser("a")))
    assert owner(user("1")) != owner(user("2"))
    device = ownership(browser("a"))
    assert (device.customer, device.is_shared, device.shared_because) == (owner(user("1")), True, MANY_USERS)
    assert not Merge.objects.exists()
    assert not Pair.objects.exists()


def test_the_order_of_a_batch_does_not_let_a_device_decide_who_is_who() -> None:
    meet((user("2"), browser("a"), phone(2)), (user("1"), browser("a"), phone(1)))
    assert owner(user("1")) == owner(phone(1)) != owner(user("2")) == owner(phone(2))


def test_a_source_that_names_many_numbers_of_one_person_is_believed() -> None:
    meet((user("1"),))
    for number in range(PEOPLE_OF_ONE_IDENTIFIER + 2):
        meet((user("1"), browser(f"device {number}"), user(f"device {number}")))  # as alias tells it
    assert {one.customer for one in Ownership.objects.select_related("customer")} == {owner(user("1"))}


def test_an_identifier_of_one_bot_means_nothing_in_another() -> None:
    meet((("telegram", "bot_a", "5"), phone(1)), (("telegram", "bot_b", "5"), phone(2)))
    assert owner(phone(1)) != owner(phone(2))


def test_kinds_nobody_knows_lead_to_a_customer_and_merge_nobody() -> None:
    meet((user("1"), ("locker", "gym", "12")), (user("2"),))
    assert owner(("locker", "gym", "12")) == owner(user("1"))
    meet((user("2"), ("locker", "gym", "12")))
    assert owner(user("1")) != owner(user("2"))
    assert not Merge.objects.exists()


def test_a_batch_costs_the_same_whatever_its_size() -> None:
    def statements(first: int, size: int) -> int:
        groups = [(user(f"{first + place}"), ("phone", "", f"+9989{first + place:08}")) for place in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            meet(*groups)
        return len(queries)

    statements(0, 1)
    assert statements(100, 30) == statements(200, 90)


def test_what_is_known_to_be_one_person_costs_one_read() -> None:
    group = (user("1"), phone(), browser("a"))
    meet(group)
    with CaptureQueriesContext(connection) as queries:
        meet(group)
    linking = [query["sql"] for query in queries if "unnest" in query["sql"] and "customers_ownership" in query["sql"]]
    assert len(linking) == 1
    assert not any("INSERT INTO customers_" in query["sql"] for query in queries)


def test_events_without_further_identities_are_not_looked_at_for_any() -> None:
    meet((user("1"),))
    with CaptureQueriesContext(connection) as queries:
        meet((user("1"),))
    assert not any("customers_ownership" in query["sql"] for query in queries)
