"""What holds for every call of the API: a key with the scope, done once, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business import history, keys
from mijoz.business.history import Asked
from mijoz.business.models import ApiAnswer, ApiKey, Business, Role, StaffMember
from mijoz.config.api import api
from mijoz.customers.models import Customer, Look, Trait
from mijoz.events.models import Event
from tests.api.conftest import Program

Programs = Callable[..., Program]

NEEDS = {
    "get /customers": "customers:read",
    "post /customers": "customers:write",
    "get /customers/{number}": "customers:read",
    "patch /customers/{number}": "customers:write",
    "get /customers/{number}/notes": "customers:read",
    "post /customers/{number}/notes": "customers:write",
    "get /customers/{number}/tags": "customers:read",
    "post /customers/{number}/tags": "customers:write",
    "delete /customers/{number}/tags/{tag}": "customers:write",
    "get /customers/{number}/relations": "customers:read",
    "post /customers/{number}/relations": "customers:write",
    "delete /customers/{number}/relations/{other}/{kind}": "customers:write",
    "get /customers/{number}/traits": "customers:read",
    "get /customers/{number}/timeline": "customers:read",
    "get /customers/{number}/identities": "customers:read",
    "post /merges": "customers:merge",
    "post /merges/{id}/undo": "customers:merge",
    "get /customers/{number}/copy": "customers:privacy",
    "post /customers/{number}/erase": "customers:privacy",
    "post /offers/quote": "offers:read",
    "post /offers/redeem": "offers:redeem",
    "post /offers/cancel": "offers:redeem",
    "get /customers/{number}/loyalty": "offers:read",
    "get /customers/{number}/next-offers": "offers:read",
    "post /customers/{number}/referral_code": "offers:redeem",
    "post /referrals": "offers:redeem",
}


def operations() -> dict[str, str]:
    found = {}
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                scopes = [callback.scope for callback in operation.auth_callbacks]
                for method in operation.methods:
                    found[f"{method.lower()} {path}"] = ",".join(scopes)
    return found


def test_every_operation_needs_the_scope_in_the_table() -> None:
    assert operations() == NEEDS


@pytest.mark.parametrize("operation", NEEDS)
def test_without_the_scope_nobody_gets_in(operation: str, program: Programs) -> None:
    method, path = operation.split()
    address = path.lstrip("/").replace("{kind}", "friend")
    for name in ("{number}", "{tag}", "{other}"):
        address = address.replace(name, "1").replace("{id}", "0b8f8f0e-0000-4000-8000-000000000000")
    for keyless in (Program("wrong"), Program(""), Program("mijoz_" + "x" * 43)):
        refused = keyless.call(method, address, {} if method != "get" else None)
        assert refused.status_code == 401, operation
        assert refused.headers["WWW-Authenticate"] == "Bearer"
    others = [scope for scope in set(NEEDS.values()) if scope != NEEDS[operation]]
    refused = program(*others).call(method, address, {} if method != "get" else None)
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert NEEDS[operation] in refused.json()["detail"]
    assert not Customer.objects.exists()
    assert not ApiAnswer.objects.exists()


def test_a_revoked_key_opens_nothing_and_a_used_one_says_when(program: Programs) -> None:
    till = program()
    assert till.get("customers").status_code == 200
    key = ApiKey.objects.get()
    assert key.used_at is not None
    keys.revoke(key, at=timezone.now())
    assert till.get("customers").status_code == 401


def test_staff_who_are_signed_in_are_no_program(business: Business) -> None:
    client = Client()
    client.force_login(StaffMember.objects.create_user(email="a@example.uz", role=Role.OWNER))
    assert client.get("/api/v1/customers").status_code == 401


def test_a_post_made_again_is_done_once_and_answered_the_same(program: Programs) -> None:
    till, told = program(), {"first_name": "Aziza", "phone": "90 123 45 67"}
    first = till.post("customers", told, once="one")
    again = till.post("customers", told, once="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Customer.objects.count() == 1
    other = till.post("customers", {"first_name": "Lola"}, once="one")
    assert other.status_code == 422
    assert program().post("customers", {"first_name": "Lola"}, once="one").status_code == 201
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("once", ["", " ", "a b", "x" * 256, "ў"])
def test_a_post_without_an_idempotency_key_is_refused(once: str, program: Programs) -> None:
    key = {"Idempotency-Key": once} if once else {}
    answer = program().client.post(
        "/api/v1/customers",
        {"first_name": "Aziza"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {program().key}", **key},
    )
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]
    assert not Customer.objects.exists()


def test_answers_are_kept_for_two_days(program: Programs) -> None:
    program().post("customers", {"first_name": "Aziza"})
    assert keys.forget_answers(at=timezone.now() + timedelta(days=1)) == 0
    assert keys.forget_answers(at=timezone.now() + timedelta(days=3)) == 1


def test_wrong_input_is_told_by_field_and_changes_nothing(program: Programs) -> None:
    till = program()
    wrong = [
        ({"phone": "12"}, 422, "phone"),
        ({"first_name": "A\0"}, 422, "first_name"),
        ({"nickname": "A"}, 422, "nickname"),
        ({"birth_on": "1990-02-31"}, 422, "birth_on"),
        ({}, 422, "__all__"),
    ]
    for told, status, where in wrong:
        answer = till.post("customers", told)
        assert answer.status_code == status
        assert where in answer.json()["errors"][0]["where"]
    assert not Customer.objects.exists()
    assert not Event.objects.exists()
    assert till.call("post", "customers", None).status_code in {400, 422}


def test_a_customer_is_added_found_changed_and_read(program: Programs) -> None:
    till = program()
    added = till.post("customers", {"first_name": "Aziza", "last_name": "Karimova", "phone": "90 123 45 67"}).json()
    assert (added["phone"], added["profile"]["purchases"]) == ("+998901234567", 0)
    assert [one["id"] for one in till.get("customers", {"q": "каримова"}).json()["items"]] == [added["id"]]
    changed = till.patch(f"customers/{added['id']}", {"language": "ru", "last_name": ""}).json()
    assert (changed["language"], changed["last_name"], changed["first_name"]) == ("ru", "Karimova", "Aziza")
    assert till.get(f"customers/{added['id']}").json() == changed
    assert {trait.source.kind for trait in Trait.objects.all()} == {"api"}
    taken = till.post("customers", {"first_name": "Lola", "phone": "+998901234567"})
    assert taken.status_code == 409
    assert till.get("customers/999999").status_code == 404
    assert till.get(f"customers/{2**63}").status_code == 422


def test_reading_somebody_is_written_down(program: Programs) -> None:
    till = program("customers:read")
    one = Customer.objects.create(first_name="Aziza")
    for _call in range(2):
        till.get(f"customers/{one.pk}")
    assert list(Look.objects.values_list("customer", "what", "saw_contacts", "member")) == [
        (one.pk, "api", False, None)
    ]


def test_contacts_are_masked_and_find_nobody_without_their_scope(program: Programs) -> None:
    number = program().post("customers", {"first_name": "Aziza", "phone": "+998901234567"}).json()["id"]
    reader = program("customers:read")
    assert reader.get(f"customers/{number}").json()["phone"] == "+998 ••• 67"
    assert reader.get("customers", {"q": "1234567"}).json()["items"] == []
    assert program("customers:read", "contacts:read").get("customers", {"q": "1234567"}).json()["items"]


def test_a_long_list_comes_in_pieces(program: Programs) -> None:
    till = program()
    numbers = [till.post("customers", {"first_name": f"Ali {place}"}).json()["id"] for place in range(5)]
    found, after = [], 0
    while after is not None:
        answer = till.get("customers", {"limit": 2, "after": after}).json()
        found += [one["id"] for one in answer["items"]]
        after = answer["next"]
    assert found == numbers
    assert till.get("customers", {"limit": 0}).status_code == 422


def test_the_old_number_leads_to_the_kept_customer(program: Programs) -> None:
    till = program()
    kept, absorbed = (till.post("customers", {"first_name": name}).json()["id"] for name in ("Ali", "Vali"))
    Customer.objects.filter(pk=absorbed).update(merged_into=kept)
    assert till.get(f"customers/{absorbed}").json()["id"] == kept
    assert [one["id"] for one in till.get("customers").json()["items"]] == [kept]


def test_notes_tags_and_relations_are_written_and_read(program: Programs) -> None:
    till = program()
    first, second = (till.post("customers", {"first_name": name}).json()["id"] for name in ("Aziza", "Botir"))
    note = till.post(f"customers/{first}/notes", {"text": "Sits by the window", "pinned": True})
    assert (note.status_code, note.json()["written_by"][:4]) == (201, "till")
    assert [one["text"] for one in till.get(f"customers/{first}/notes").json()] == ["Sits by the window"]
    assert program("customers:read").get(f"customers/{first}/notes").status_code == 403
    (tag,) = till.post(f"customers/{first}/tags", {"name": "#vip"}).json()
    assert tag["name"] == "vip"
    assert till.delete(f"customers/{first}/tags/{tag['id']}").status_code == 204
    assert till.get(f"customers/{first}/tags").json() == []
    till.post(f"customers/{first}/relations", {"other": second, "kind": "parent"})
    assert till.get(f"customers/{first}/relations").json() == [{"other": second, "name": "Botir", "kind": "parent"}]
    assert [one["kind"] for one in till.get(f"customers/{second}/relations").json()] == ["child"]
    assert till.post(f"customers/{first}/relations", {"other": first, "kind": "parent"}).status_code == 422
    assert till.post(f"customers/{first}/relations", {"other": 999_999, "kind": "parent"}).status_code == 422
    assert till.delete(f"customers/{second}/relations/{first}/child").status_code == 204
    assert till.get(f"customers/{first}/relations").json() == []


def test_traits_and_the_timeline_say_where_things_are_from(program: Programs) -> None:
    till = program()
    number = till.post("customers", {"first_name": "Aziza", "phone": "90 123 45 67"}).json()["id"]
    traits = {trait["name"]: trait for trait in till.get(f"customers/{number}/traits").json()}
    assert (traits["phone"]["value"], traits["phone"]["told_by"]) == ("+998901234567", "system")
    hidden = {one["name"]: one for one in program("customers:read").get(f"customers/{number}/traits").json()}
    assert (hidden["phone"]["value"], hidden["phone"]["original"]) == ("+998 ••• 67", "")
    timeline = till.get(f"customers/{number}/timeline").json()
    assert [event["type"] for event in timeline["items"]] == ["profile_declared"]


def test_the_history_knows_the_program(program: Programs) -> None:
    till = program()
    number = till.post("customers", {"first_name": "Aziza"}).json()["id"]
    till.patch(f"customers/{number}", {"language": "ru"})
    latest = history.changes(Asked(kind="customers.Customer"))[0]
    assert latest.who.startswith("till")
    assert [(field.label, field.before, field.after) for field in latest.fields] == [("Language", "", "Русский")]
