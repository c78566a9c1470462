"""What is told of customers: who is believed, that nothing told is lost, and that the columns follow from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mijoz.customers import actions, traits
from mijoz.customers.choosing import SETTLED, one_name
from mijoz.customers.models import Customer, Ownership, Trait
from mijoz.customers.traits import Told
from mijoz.events import hooks
from mijoz.events.actions import add_source, record
from mijoz.events.models import Identity
from mijoz.events.types import NewEvent

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
CARD = ("card", "", "77")


def known(identity: tuple[str, str, str] = CARD) -> Customer:
    """Whoever the log knows by this identity."""
    kind, _account, value = identity
    row = NewEvent(message_id=f"{kind}/{value}", type="visit", identity=identity, occurred_at=AT)
    record([row], source="till")
    return Customer.objects.get(ownerships__identity__kind=kind, ownerships__identity__value=value)


def say(name: str, original: str, *, source: str = "till", days: int = 0, by: str = "", trouble: str = "") -> None:
    """Tell something of the holder of the card and settle it."""
    told = Told(
        identity=CARD,
        name=name,
        original=original,
        value="" if trouble else original,
        trouble=trouble,
        told_at=AT + timedelta(days=days),
        told_by=by,
    )
    traits.settle(traits.tell([told], source=add_source(source)))


def columns(customer: Customer) -> dict[str, object]:
    return dict(Customer.objects.filter(pk=customer.pk).values(*SETTLED).get())


@pytest.mark.django_db
def test_staff_come_before_the_customer_and_the_customer_before_systems() -> None:
    customer = known()
    say("city", "Buxoro", source="till", days=3)
    assert columns(customer)["city"] == "Buxoro"
    say("city", "Samarqand", source="portal", days=2, by="customer")
    assert columns(customer)["city"] == "Samarqand"
    say("city", "Toshkent", source="mijoz", days=1, by="owner@example.uz")
    assert columns(customer)["city"] == "Toshkent"
    say("city", "Xiva", source="site", days=9)
    assert columns(customer)["city"] == "Toshkent"
    assert Trait.objects.filter(name="city").count() == 4


@pytest.mark.django_db
def test_of_systems_the_latest_is_believed_in_whatever_order_they_arrive() -> None:
    customer = known()
    say("email", "new@example.uz", source="site", days=5)
    say("email", "old@example.uz", source="till", days=1)
    say("email", "older@example.uz", source="till")
    assert columns(customer)["email"] == "new@example.uz"
    assert Trait.objects.get(source__name="till").value == "old@example.uz"


@pytest.mark.django_db
def test_the_customers_own_language_counts_as_much_as_staffs() -> None:
    customer = known()
    say("language", "uz", source="mijoz", by="owner@example.uz")
    say("language", "ru", source="portal", days=1, by="customer")
    assert columns(customer)["language"] == "ru"


@pytest.mark.django_db
def test_what_cannot_be_read_is_kept_and_never_wins() -> None:
    customer = known()
    say("birth_on", "31.02.1990", trouble="There is no such day.")
    assert columns(customer)["birth_on"] is None
    trait = Trait.objects.get()
    assert (trait.original, trait.value, trait.trouble) == ("31.02.1990", "", "There is no such day.")
    say("birth_on", "1990-02-01", days=1)
    say("birth_on", "1990-13-13", days=2, trouble="There is no such month.")
    assert columns(customer)["birth_on"] == date(1990, 2, 1)
    say("birth_on", "", days=3)
    assert columns(customer)["birth_on"] == date(1990, 2, 1)


@pytest.mark.django_db
def test_what_a_person_takes_away_stays_away() -> None:
    customer = known(("phone", "", "+998901234567"))
    assert customer.phone == "+998901234567"
    actions.describe(customer, by=None, at=AT, phone="")
    assert columns(customer)["phone"] == ""
    assert traits.rebuild() == 0


@pytest.mark.django_db
def test_unknown_traits_are_kept_and_odd_values_fit_no_column() -> None:
    customer = known()
    say("shoe_size", "43")
    say("gender", "unicorn")
    say("language", "Uzbek")
    say("last_name", "Ў" * 900)
    assert Trait.objects.get(name="shoe_size").value == "43"
    shown = columns(customer)
    assert (shown["gender"], shown["language"], shown["last_name"]) == ("", "", "Ў" * 200)


@pytest.mark.django_db
def test_told_twice_is_told_once_and_a_stranger_is_passed_over() -> None:
    customer = known()
    for _again in range(2):
        say("city", "Buxoro")
    stranger = Told(identity=("card", "", "0"), name="city", original="Xiva", told_at=AT)
    assert traits.tell([stranger], source=add_source("till")) == []
    assert traits.tell([], source=add_source("till")) == []
    assert [trait.value for trait in Trait.objects.all()] == ["Buxoro"]
    assert columns(customer)["search_key"] == " 77"


@pytest.mark.django_db
def test_what_an_open_source_tells_is_cleaned_and_shown() -> None:
    customer = known()
    source = add_source("site")
    given = {
        "name": "aziza karimova", "phone": "90 123-45-67", "email": " Aziza@Mail.UZ ", "birthday": "21.03",
        "plan": "gold", "gender": "robot",
    }  # fmt: skip
    identity = Identity.objects.get(kind="card")
    hooks.traits_told([hooks.Told(identity_id=identity.pk, source_id=source.pk, traits=given, told_at=AT)])
    customer.refresh_from_db()
    assert (customer.name, customer.phone, customer.email) == ("Karimova Aziza", "+998901234567", "Aziza@mail.uz")
    assert (customer.birthday, customer.birth_on, customer.gender) == ("03-21", None, "")
    told = {trait.name: (trait.value, trait.original) for trait in Trait.objects.filter(source=source)}
    assert told["phone"] == ("+998901234567", "90 123-45-67")
    assert told["plan"] == ("gold", "gold")
    assert told["gender"] == ("", "robot")
    assert Trait.objects.get(name="gender").trouble


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ([("a", "first_name", "Nigora"), ("b", "first_name", "Nilufar"), ("b", "last_name", "Karimova")],
         {"first_name": "Nigora"}),
        ([("a", "first_name", "Нилуфар"), ("b", "first_name", "Nilufar"), ("b", "last_name", "Karimova")],
         {"first_name": "Нилуфар", "last_name": "Karimova"}),
        ([("a", "last_name", ""), ("a", "first_name", "Ali"), ("b", "last_name", "Valiev")],
         {"last_name": "", "first_name": "Ali"}),
        ([], {}),
    ],
)  # fmt: skip
def test_one_name_is_never_put_together_of_two_people(told: list[tuple[str, str, str]], name: dict[str, str]) -> None:
    assert one_name(told) == name


@pytest.mark.django_db
def test_moving_an_identity_away_and_back_gives_everything_back() -> None:
    customer, other = known(), known(("phone", "", "+998907654321"))
    say("first_name", "Aziza")
    say("city", "Buxoro")
    actions.describe(other, by=None, at=AT, first_name="Azizaxon", last_name="Karimova")
    before = columns(customer), columns(other)
    moved = Ownership.objects.filter(customer=other)
    numbers = list(moved.values_list("pk", flat=True))
    moved.update(customer=customer, home=other)
    traits.settle([customer.pk, other.pk])
    assert columns(customer)["last_name"] == "Karimova"
    assert columns(customer)["phone"] == "+998907654321"
    Ownership.objects.filter(pk__in=numbers).update(customer=other)
    traits.settle([customer.pk, other.pk])
    assert (columns(customer), columns(other)) == before


STATEMENTS = st.lists(
    st.tuples(
        st.sampled_from(["first_name", "last_name", "phone", "city", "birth_on", "language", "fax"]),
        st.sampled_from(["", "Ali", "Али", "Vali", "2001-02-03", "uz", "ru", "+998901234567"]),
        st.sampled_from(["till", "site", "mijoz"]),
        st.integers(0, 3),
        st.sampled_from(["", "customer", "owner@example.uz"]),
        st.sampled_from(["", "unreadable"]),
    ),
    max_size=8,
)


class Laws(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(statements=STATEMENTS)
    def test_the_columns_follow_from_the_rows_alone(
        self, statements: list[tuple[str, str, str, int, str, str]]
    ) -> None:
        customer = known()
        for name, original, source, days, by, trouble in statements:
            say(name, original, source=source, days=days, by=by, trouble=trouble)
        step_by_step = columns(customer)
        Customer.objects.update(**dict.fromkeys(("first_name", "last_name", "phone", "number", "search_key"), "?"))
        Customer.objects.update(birth_on=date(1900, 1, 1), city="?", language="?")
        assert traits.rebuild() == 1
        assert columns(customer) == step_by_step
        assert traits.rebuild() == 0
        assert Identity.objects.count() == 1
