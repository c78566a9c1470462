"""Who is searched for is found, however the name is spelt and the phone is spaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis.folding import APOSTROPHES, fold
from mijoz.business.models import Role
from mijoz.customers import tags
from mijoz.customers.identity import merging
from mijoz.customers.listing import Criteria, Search
from mijoz.customers.models import Customer
from mijoz.customers.tests.conftest import AT, SignedIn, Told

PEOPLE = {
    "oktam": {"first_name": "Oʻktam", "last_name": "Yoʻldoshev", "phone": "+998901234567"},
    "uktam": {"first_name": "Ўктам", "last_name": "Рўзиев", "email": "uktam.r@mail.uz"},
    "xasan": {"first_name": "Xasan", "last_name": "Gʻafurov", "phone": "+998935550011"},
    "shaxnoza": {"first_name": "Шахноза", "last_name": "Юсупова", "patronymic": "Қаҳрамон қизи"},
    "artyom": {"first_name": "Artyom", "last_name": "Щербаков"},
    "number": {"number": "INV-17850"},
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Oʻktam", {"oktam", "uktam"}),
        ("O'ktam", {"oktam", "uktam"}),
        ("O’ktam", {"oktam", "uktam"}),
        ("O`KTAM", {"oktam", "uktam"}),
        ("Oktam", {"oktam", "uktam"}),
        ("Ўктам", {"oktam", "uktam"}),
        ("Уктам", {"oktam", "uktam"}),
        ("Uktam?", {"oktam", "uktam"}),
        ("okt", {"oktam", "uktam"}),
        ("Юлдашев", {"oktam"}),
        ("Yuldashev Uktam", {"oktam"}),
        ("ruziev", {"uktam"}),
        ("Roʻziyev", {"uktam"}),
        ("Хасан", {"xasan"}),
        ("Khasan Gafurov", {"xasan"}),
        ("Гафуров", {"xasan"}),
        ("Shahnoza", {"shaxnoza"}),
        ("Yusupova Qahramon", {"shaxnoza"}),
        ("Artem", {"artyom"}),
        ("Shcherbakov", {"artyom"}),
        ("+998 90 123-45-67", {"oktam"}),
        ("998901234567", {"oktam"}),
        ("90 123 45 67", {"oktam"}),
        ("(93) 555-00-11", {"xasan"}),
        ("UKTAM.R@mail.uz", {"uktam"}),
        ("uktam.r@", {"uktam"}),
        ("inv-17850", {"number"}),
        ("17850", {"number"}),
        ("Oktam -", {"oktam", "uktam"}),
        ("Brzezinski", set()),
        ("Oktam Brzezinski", set()),
        ("?!", set()),
        ("100%", set()),
        ("_", set()),
    ],
)
def test_every_spelling_finds_its_people(query: str, found: set[str], told: Told) -> None:
    people = {told(**traits).pk: key for key, traits in PEOPLE.items()}
    search = Search(criteria=Criteria(query=query), until=AT)
    assert {people[one.pk] for one in search.customers()} == found
    assert {people[one.pk] for one in search.profiles()} == found


@given(st.sampled_from(["Oʻktam", "Gʻulom", "Yoʻldosh", "Maʼrufa", "Saʼdulla"]), st.sampled_from(APOSTROPHES))
def test_all_apostrophes_are_one(name: str, apostrophe: str) -> None:
    assert fold(name.replace("ʻ", apostrophe).replace("ʼ", apostrophe)) == fold(name)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["+998 90 123 45 67", "1234567", "aziza@mail.uz", "aziza@", "4567"])
def test_who_may_not_see_contacts_cannot_guess_them(query: str, told: Told, signed_in: SignedIn) -> None:
    told(first_name="Nodira", last_name="Saidova", phone="+998901234567", email="aziza@mail.uz")
    for address in ("/customers/", "/customers/suggestions", "/customers/export.csv"):
        sees = "".join(chunk.decode() for chunk in signed_in(Role.OWNER).get(address, {"q": query}))
        guesses = "".join(chunk.decode() for chunk in signed_in(Role.ANALYST).get(address, {"q": query}))
        assert "Saidova" in sees
        assert "Saidova" not in guesses
        assert "Saidova" in "".join(chunk.decode() for chunk in signed_in(Role.ANALYST).get(address, {"q": "saidova"}))


@pytest.mark.django_db
def test_the_top_bar_suggests_people_and_a_way_to_add_them(told: Told, signed_in: SignedIn) -> None:
    aziza = told(first_name="Aziza", phone="+998901234567")
    for place in range(12):
        told(first_name="Aziz", last_name=f"Karimov {place}")
    browser = signed_in(Role.FRONT_OFFICE)
    assert browser.get("/customers/suggestions", {"q": " "}).content == b""
    by_phone = browser.get("/customers/suggestions", {"q": "90 123"}).content.decode()
    assert f'href="/customers/{aziza.pk}/"' in by_phone
    assert "+998 90 123 45 67" in by_phone
    many = browser.get("/customers/suggestions", {"q": "aziz"}).content.decode()
    assert many.count("mj-avatar-sm") == 8
    assert "Show all 13" in many
    nobody = browser.get("/customers/suggestions", {"q": "Zulayho"}).content.decode()
    assert 'href="/customers/add?q=Zulayho"' in nobody
    nobody_for_analyst = signed_in(Role.ANALYST).get("/customers/suggestions", {"q": "Zulayho"}).content.decode()
    assert "/customers/add" not in nobody_for_analyst


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["93 111-22-33", "lola@example.uz"])
def test_every_phone_and_e_mail_of_a_merged_person_finds_them(query: str, told: Told, signed_in: SignedIn) -> None:
    kept = told(first_name="Lola", phone="+998901234567")
    absorbed = told(first_name="Lola", phone="+998931112233", email="lola@example.uz")
    merge = merging.merge(kept, absorbed, by=None, reason="same", at=AT)
    assert [one.pk for one in Search(criteria=Criteria(query=query), until=AT).customers()] == [kept.pk]
    hidden = Search(criteria=Criteria(query=query), until=AT, contacts_hidden=True)
    assert not hidden.customers().exists()
    merging.undo(merge, by=None, at=AT)
    assert [one.pk for one in Search(criteria=Criteria(query=query), until=AT).customers()] == [absorbed.pk]


@pytest.mark.django_db
def test_a_tag_finds_whoever_has_it_through_merges_at_any_depth(told: Told) -> None:
    first, second, third, fourth, other = (told(first_name=name) for name in ("Lola", "Lolo", "Lolaxon", "L.", "Olim"))
    tags.tag(Customer.objects.filter(pk__in=[first.pk, other.pk]), "guest")
    for kept, absorbed in ((second, first), (third, second), (fourth, third)):
        merging.merge(kept, absorbed, by=None, reason="same", at=AT)
    guest = tags.named("guest")
    assert guest is not None
    search = Search(criteria=Criteria(tag=guest.pk), until=AT)
    assert {one.pk for one in search.customers()} == {fourth.pk, other.pk}
    assert {one.pk for one in search.profiles()} == {fourth.pk, other.pk}
