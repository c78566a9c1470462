"""What staff write down of a customer: wrong input gets a sentence and changes nothing."""

from __future__ import annotations

import pytest

from mijoz.business.models import Role
from mijoz.customers import actions
from mijoz.customers.actions import ContactTaken
from mijoz.customers.forms.people import values_from
from mijoz.customers.models import Customer
from mijoz.customers.tests.conftest import AT, SignedIn, Told
from mijoz.events.models import Event

FORMULA = '=HYPERLINK("http://evil.example","Prize")'


def test_a_customer_is_added_and_known_by_phone(signed_in: SignedIn) -> None:
    answer = signed_in(Role.FRONT_OFFICE).post(
        "/customers/add",
        {"first_name": "  Aziza  ", "last_name": "Karimova", "phone": "90 123-45-67", "email": "Aziza@Mail.uz",
         "language": "uz", "gender": "female", "birth_on": "1990-05-01"},
    )  # fmt: skip
    customer = Customer.objects.get()
    assert answer["Location"] == f"/customers/{customer.pk}/"
    assert (customer.first_name, customer.phone, customer.email) == ("Aziza", "+998901234567", "aziza@mail.uz")
    assert customer.profile.purchases == 0
    assert set(customer.ownerships.values_list("identity__kind", "identity__value")) >= {
        ("phone", "+998901234567"),
        ("email", "aziza@mail.uz"),
    }
    assert Event.objects.get(type="profile_declared").payload["by"] == "front_office@example.uz"


def test_a_name_is_text_whatever_it_looks_like(signed_in: SignedIn) -> None:
    signed_in().post("/customers/add", {"first_name": FORMULA})
    assert Customer.objects.get().first_name == FORMULA


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "Give at least a name, a phone or an e-mail."),
        ({"language": "uz", "first_name": "   "}, "Give at least a name, a phone or an e-mail."),
        ({"phone": "call me"}, "This is no phone. Write it with its code, such as +998 90 123 45 67."),
        ({"phone": "123"}, "This is no phone."),
        ({"phone": "+998 90 123 45 67 89 01"}, "This is no phone."),
        ({"email": "aziza at mail"}, "This is no e-mail address such as aziza@example.uz."),
        ({"first_name": "A", "birth_on": "2999-01-01"}, "A birth date lies between 1900 and today."),
        ({"first_name": "A", "birth_on": "1812-01-01"}, "A birth date lies between 1900 and today."),
        ({"first_name": "A", "birth_on": "31.31.1990"}, "This is no date."),
        ({"first_name": "A", "language": "fr"}, "fr"),
        ({"first_name": "A" * 201}, "A name has at most 200 characters."),
        ({"first_name": "A\0B"}, "This has characters that no name has."),
    ],
)
def test_wrong_input_is_told_and_nothing_is_kept(wrong: dict[str, str], sentence: str, signed_in: SignedIn) -> None:
    answer = signed_in().post("/customers/add", wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(("language", "sentence"), [("uz", "boshqa mijozniki"), ("ru", "уже ведёт к другому клиенту")])
@pytest.mark.parametrize("contact", [{"phone": "(90) 123 45 67"}, {"email": "KNOWN@mail.uz"}])
def test_a_contact_of_somebody_else_leads_there(
    contact: dict[str, str], language: str, sentence: str, told: Told, signed_in: SignedIn
) -> None:
    other = told(first_name="<Nodira>", phone="+998901234567", email="known@mail.uz")
    mine = told(first_name="Aziza")
    rows = Event.objects.count()
    for address in ("/customers/add", f"/customers/{mine.pk}/edit"):
        answer = signed_in(Role.OWNER, language).post(address, {"first_name": "Aziza", **contact})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'<a href="/customers/{other.pk}/">&lt;Nodira&gt;</a>' in page
        assert sentence in page
    assert Customer.objects.count() == 2
    mine.refresh_from_db()
    assert (mine.phone, mine.email) == ("", "")
    assert Event.objects.count() == rows


def test_details_are_changed_and_the_log_says_who_told_them(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", phone="+998901234567", language="uz")
    address = f"/customers/{customer.pk}/edit"
    browser = signed_in(Role.OPERATOR)
    assert 'value="+998 90 123 45 67"' in browser.get(address).content.decode()
    browser.post(address, {"first_name": "Aziza", "last_name": "Юсупова", "phone": "+998 90 123 45 67"})
    customer.refresh_from_db()
    assert (customer.last_name, customer.phone, customer.language) == ("Юсупова", "+998901234567", "")
    last = Event.objects.filter(type="profile_declared").latest("id")
    assert last.payload == {"traits": {"last_name": "Юсупова", "language": ""}, "by": "operator@example.uz"}
    found = browser.get("/customers/", {"q": "yusupova"}).content.decode()
    assert f'href="/customers/{customer.pk}/"' in found


def test_saving_what_stood_there_changes_nothing(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", phone="+998901234567")
    rows = Event.objects.count()
    signed_in().post(f"/customers/{customer.pk}/edit", {"first_name": "Aziza", "phone": "+998901234567"})
    assert Event.objects.count() == rows


def test_an_old_phone_still_leads_to_its_customer(told: Told) -> None:
    customer = told(first_name="Aziza", phone="+998901234567")
    actions.describe(customer, by=None, at=AT, phone="+998907654321")
    with pytest.raises(ContactTaken) as taken:
        actions.add_customer(by=None, at=AT, first_name="Nodira", phone="+998901234567")
    assert taken.value.customer == customer


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MARKETER, Role.SERVICE_MASTER])
def test_who_talks_with_nobody_changes_nobody(role: str, told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    for address in ("/customers/add", f"/customers/{customer.pk}/edit"):
        assert signed_in(role).post(address, {"first_name": "X"}).status_code == 403
    assert Customer.objects.get().first_name == "Aziza"
    page = signed_in(role).get(f"/customers/{customer.pk}/").content.decode()
    assert "/edit" not in page
    assert "/consent/" not in page


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("Aziza Karimova", {"first_name": "Aziza", "last_name": "Karimova"}),
        ("Каримова Азиза", {"last_name": "Каримова", "first_name": "Азиза"}),
        ("Karimova Aziza Botirovna", {"last_name": "Karimova", "first_name": "Aziza", "patronymic": "Botirovna"}),
        ("Aziza", {"first_name": "Aziza"}),
        ("Каримова", {"last_name": "Каримова"}),
        ("+998 90 123-45-67", {"phone": "+998 90 123-45-67"}),
        ("aziza@mail.uz", {"email": "aziza@mail.uz"}),
        ("", {}),
    ],
)
def test_what_was_searched_for_in_vain_fills_the_form(query: str, values: dict[str, str]) -> None:
    assert values_from(query) == values
