"""Notes, tags, relations and the origin of values: who may change them, and that merged people keep theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Role, StaffMember
from mijoz.customers import actions, notes, provenance, queries, relations, tags, traits
from mijoz.customers.models import Customer, Note, Ownership, Relation, Tag, Tagging, Trait
from mijoz.customers.tests.conftest import AT, SignedIn, Told
from mijoz.customers.traits import Told as ToldTrait
from mijoz.events.actions import add_source


def said(customer: Customer, name: str, value: str, *, source: str, days: int = 0) -> None:
    """Some system tells a value of the customer."""
    row = ToldTrait(
        identity=queries.event_identity(customer), name=name, original=value, told_at=AT + timedelta(days=days)
    )
    traits.settle(traits.tell([row], source=add_source(source)))


def test_each_value_says_where_it_is_from_and_what_others_say(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", phone="+998901234567")
    said(customer, "phone", "90 765-43-21", source="till-1", days=3)
    said(customer, "shoeSize", "38", source="site")
    signed_in()
    facts = {fact.name: fact for fact in provenance.facts(customer, hidden=False)}
    assert facts["phone"].text == "+998 90 123 45 67"
    assert facts["phone"].origin == "told by the customer on 31 Mar 2024"
    (other,) = facts["phone"].others
    assert (other.text, other.given_as) == ("+998 90 765 43 21", "90 765-43-21")
    assert other.origin == "from till-1 on 3 Apr 2024"
    assert facts["shoeSize"].text == "38"
    with CaptureQueriesContext(connection) as captured:
        provenance.facts(customer, hidden=False)
    assert len(captured) == 1


def test_nothing_told_shows_contacts_to_who_may_not_see_them(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", phone="+998901234567")
    said(customer, "phone", "90 765-43-21", source="till-1")
    said(customer, "second_phone", "+998 91 555 44 33", source="till-1")
    said(customer, "mail_of_wife", "lola@example.uz", source="till-1")
    notes.write(customer, "Call +998 93 111 22 33", by=None, at=AT)
    page = signed_in(Role.ANALYST).get(f"/customers/{customer.pk}/").content.decode()
    for secret in ("765-43-21", "765 43 21", "555 44 33", "lola@", "111 22 33"):
        assert secret not in page
    assert "555 44 33" in signed_in(Role.OPERATOR).get(f"/customers/{customer.pk}/").content.decode()


def test_staff_choose_another_value_and_it_stays(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    said(customer, "city", "Buxoro", source="till-1", days=2)
    said(customer, "city", "Samarqand", source="site")
    trait = Trait.objects.get(value="Samarqand")
    signed_in(Role.OPERATOR).post(f"/customers/{customer.pk}/told/{trait.pk}")
    said(customer, "city", "Xiva", source="till-1", days=9)
    customer.refresh_from_db()
    assert customer.city == "Samarqand"
    mine = Trait.objects.get(name="city", told_by="operator@example.uz")
    assert mine.value == "Samarqand"
    other = told(first_name="Lola")
    assert signed_in(Role.OPERATOR).post(f"/customers/{other.pk}/told/{trait.pk}").status_code == 404


def test_a_chosen_name_is_that_of_one_teller(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", last_name="Karimova", patronymic="Anvarovna")
    said(customer, "first_name", "Nigora", source="till-1")
    said(customer, "last_name", "Aliyeva", source="till-1")
    signed_in().post(f"/customers/{customer.pk}/told/{Trait.objects.get(value='Nigora').pk}")
    customer.refresh_from_db()
    assert customer.name == "Aliyeva Nigora"


def test_notes_are_changed_by_who_wrote_them_and_by_leads_alone(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    operator = signed_in(Role.OPERATOR)
    operator.post(f"/customers/{customer.pk}/notes", {"text": " Window <table> "})
    note = Note.objects.get()
    assert (note.text, note.written_by.email) == ("Window <table>", "operator@example.uz")
    stranger = signed_in(Role.SERVICE_MASTER)
    for act in ("", "/delete"):
        assert stranger.post(f"/customers/notes/{note.pk}{act}", {"text": "x"}).status_code == 403
    assert Note.objects.get().text == "Window <table>"
    stranger.post(f"/customers/notes/{note.pk}/pin", {"pinned": "1"})
    assert Note.objects.get().is_pinned
    operator.post(f"/customers/notes/{note.pk}", {"text": "Door"})
    assert Note.objects.get().text == "Door"
    part = operator.post(f"/customers/{customer.pk}/notes", {"text": "  "}, headers={"HX-Request": "true"})
    assert (part.status_code, Note.objects.count()) == (422, 1)
    signed_in(Role.MANAGER).post(f"/customers/notes/{note.pk}/delete")
    assert not Note.objects.exists()


def test_a_tag_is_one_in_every_spelling_and_goes_with_its_last_customer(told: Told, signed_in: SignedIn) -> None:
    first, second = told(first_name="Aziza"), told(first_name="Lola")
    browser = signed_in(Role.MARKETER)
    browser.post(f"/customers/{first.pk}/tags", {"tag": "# Oila"})
    browser.post(f"/customers/{second.pk}/tags", {"tag": "Оила"})
    tag = Tag.objects.get()
    assert (tag.name, Tagging.objects.count()) == ("Oila", 2)
    found = browser.get("/customers/", {"tag": tag.pk}).content.decode()
    assert "Aziza" in found
    assert "Lola" in found
    browser.post(f"/customers/{first.pk}/tags/{tag.pk}")
    assert "Aziza" not in browser.get("/customers/", {"tag": tag.pk}).content.decode()
    browser.post(f"/customers/{second.pk}/tags/{tag.pk}")
    assert not Tag.objects.exists()


def test_everybody_found_or_ticked_is_tagged_with_one_statement(told: Told, signed_in: SignedIn) -> None:
    people = [told(first_name=f"Ali {place}", language="uz") for place in range(5)]
    told(first_name="Vali", language="ru")
    browser = signed_in(Role.MARKETER)
    with CaptureQueriesContext(connection) as captured:
        assert tags.tag(Customer.objects.filter(language="uz"), "five") == 5
    assert len([query for query in captured if "customers_tagging" in query["sql"]]) == 1
    browser.post("/customers/tag?language=uz", {"tag": "found", "whom": "found"})
    assert Tagging.objects.filter(tag__name="found").count() == 5
    browser.post("/customers/tag", {"tag": "ticked", "whom": "ticked", "ticked": [people[0].pk, people[1].pk, "x"]})
    assert Tagging.objects.filter(tag__name="ticked").count() == 2
    browser.post("/customers/tag", {"tag": "", "whom": "found"})
    browser.post("/customers/tag", {"tag": "nobody", "whom": "ticked"})
    assert Tag.objects.count() == 3


def test_relations_stand_on_both_pages_and_go_from_both(told: Told, signed_in: SignedIn) -> None:
    child, parent = told(first_name="Malika"), told(first_name="Anvar")
    browser = signed_in(Role.OPERATOR)
    browser.post(f"/customers/{child.pk}/relations", {"other": parent.pk, "kind": "parent"})
    for one, label in ((child, "Parent"), (parent, "Child")):
        (relative,) = relations.relatives([one.pk])
        assert relative.label == label
    for wrong in ({"other": child.pk, "kind": "parent"}, {"other": parent.pk, "kind": "boss"}, {"kind": "parent"}):
        answer = browser.post(f"/customers/{child.pk}/relations", wrong, headers={"HX-Request": "true"})
        assert answer.status_code == 422
    assert Relation.objects.count() == 2
    browser.post(f"/customers/{parent.pk}/relations/{child.pk}/child")
    assert not Relation.objects.exists()


def test_what_hangs_on_an_absorbed_customer_stands_with_the_kept_one(told: Told, signed_in: SignedIn) -> None:
    kept, absorbed, friend = told(first_name="Aziza"), told(first_name="Azizaxon"), told(first_name="Lola")
    notes.write(absorbed, "Sits by the window", by=None, at=AT, through="till")
    tags.tag(Customer.objects.filter(pk=absorbed.pk), "vip")
    relations.relate(absorbed, friend, "friend")
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=kept)
    page = signed_in().get(f"/customers/{kept.pk}/").content.decode()
    for shown in ("Sits by the window", "vip", "Lola"):
        assert shown in page
    (of_friend,) = relations.relatives([friend.pk])
    assert of_friend.customer == kept
    tag = Tag.objects.get()
    assert "Aziza" in signed_in().get("/customers/", {"tag": tag.pk}).content.decode()
    relations.unrelate(queries.whole(friend), queries.whole(kept), "friend")
    assert not Relation.objects.exists()


def test_numbers_in_addresses_and_forms_have_no_separators(told: Told, signed_in: SignedIn) -> None:
    Tag.objects.create(pk=12_345, name="vip")
    actions.add_customer(by=None, at=AT, first_name="Aziza")
    customer = told(first_name="Lola")
    Tagging.objects.create(customer=customer, tag_id=12_345)
    page = signed_in().get(f"/customers/{customer.pk}/").content.decode()
    assert "?tag=12345" in page
    assert 'maxlength="4000"' in page


def test_finding_a_relative_does_not_find_oneself(told: Told, signed_in: SignedIn) -> None:
    customer, other = told(first_name="Aziza", last_name="Karimova"), told(first_name="Botir", last_name="Karimov")
    found = signed_in().get(f"/customers/{customer.pk}/relatives", {"who": "karimov"}).content.decode()
    assert f'value="{other.pk}"' in found
    assert f'value="{customer.pk}"' not in found
    assert signed_in().get(f"/customers/{customer.pk}/relatives", {"who": "\0"}).status_code == 200


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SERVICE_MASTER])
def test_who_may_not_tag_sees_no_ticks(role: str, told: Told, signed_in: SignedIn) -> None:
    told(first_name="Aziza")
    assert 'name="ticked"' not in signed_in(role).get("/customers/").content.decode()
    assert StaffMember.objects.filter(role=role).exists()


def test_nothing_is_written_down_of_who_was_erased(told: Told, signed_in: SignedIn) -> None:
    gone, other = told(first_name="Aziza", phone="+998901234567"), told(first_name="Lola")
    phone = Ownership.objects.get(customer=gone, identity__kind="phone")
    Customer.objects.filter(pk=gone.pk).update(erased_at=AT)
    browser, page = signed_in(), f"/customers/{gone.pk}/"
    assert browser.post(page + "notes", {"text": "Likes tea"}).status_code == 404
    told_of = {"other": str(other.pk), "kind": "spouse"}
    assert browser.post(page + "relations", told_of).status_code == 404
    told_back = {"other": str(gone.pk), "kind": "spouse"}
    assert browser.post(f"/customers/{other.pk}/relations", told_back).status_code == 404
    browser.post(page + "tags", {"tag": "guest"})
    for deed in ("share", "unshare", "retire", "detach"):
        address = f"/customers/{gone.pk}/identities/{phone.pk}"
        assert browser.post(address, {"deed": deed, "because": "family"}).status_code == 404
    assert not Note.objects.exists()
    assert not Relation.objects.exists()
    assert not Tagging.objects.exists()
    before = phone.customer_id, phone.is_shared, phone.retired_at
    phone.refresh_from_db()
    assert (phone.customer_id, phone.is_shared, phone.retired_at) == before
