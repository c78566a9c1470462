"""Merging and parting customers by the API."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from mijoz.customers.models import Customer, Merge
from tests.api.conftest import Program

Programs = Callable[..., Program]


def added(caller: Program, **told: str) -> int:
    answer = caller.post("customers", told)
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


def test_two_customers_become_one_and_two_again(program: Programs) -> None:
    caller = program()
    one = added(caller, first_name="Anvar", phone="+998901112201")
    other = added(caller, first_name="Anvar", email="anvar@example.uz")
    made = caller.post("merges", {"kept": one, "absorbed": other, "reason": "same card"})
    assert made.status_code == 201
    assert (made.json()["kept"], made.json()["absorbed"], made.json()["undone_at"]) == (one, other, None)
    assert caller.get(f"customers/{other}").json()["id"] == one
    known = caller.get(f"customers/{other}/identities").json()
    assert known["customer"] == one
    told = {item["kind"]: (item["value"], item["strength"]) for item in known["items"]}
    assert told == {"phone": ("+998901112201", "strong"), "email": ("anvar@example.uz", "strong")}
    again = caller.post("merges", {"kept": other, "absorbed": one, "reason": "same card"})
    assert (again.status_code, again.headers["Content-Type"]) == (409, "application/problem+json")
    undone = caller.post(f"merges/{made.json()['id']}/undo", None)
    assert undone.status_code == 200
    assert undone.json()["undone_at"]
    assert caller.get(f"customers/{other}").json()["id"] == other
    assert caller.post(f"merges/{made.json()['id']}/undo", None).status_code == 409


def test_a_merge_with_somebody_erased_since_stays_as_it_is(program: Programs) -> None:
    caller = program()
    one = added(caller, first_name="Anvar", phone="+998901112201")
    other = added(caller, first_name="Anvar", email="anvar@example.uz")
    made = caller.post("merges", {"kept": one, "absorbed": other, "reason": "same card"}).json()
    assert caller.post(f"customers/{one}/erase", None).json()["clean"] is True
    before = list(Customer.objects.order_by("pk").values("pk", "merged_into", "erased_at"))
    refused = caller.post(f"merges/{made['id']}/undo", None)
    assert refused.status_code == 409
    assert "erased" in refused.json()["detail"]
    assert list(Customer.objects.order_by("pk").values("pk", "merged_into", "erased_at")) == before
    assert Merge.objects.get().undone_at is None


def test_a_merge_is_made_once_however_often_the_call_is_repeated(program: Programs) -> None:
    caller = program()
    one, other = added(caller, first_name="A", phone="+998901112201"), added(caller, first_name="B", email="b@x.uz")
    wanted = {"kept": one, "absorbed": other, "reason": "same"}
    first, second = (caller.post("merges", wanted, once="the-same-call") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Merge.objects.count() == 1


def test_what_is_not_there_is_not_merged(program: Programs) -> None:
    caller = program()
    one = added(caller, first_name="A", phone="+998901112201")
    assert caller.post("merges", {"kept": one, "absorbed": one + 999, "reason": "x"}).status_code == 404
    assert caller.post("merges", {"kept": one, "absorbed": one, "reason": "x"}).status_code == 409
    assert caller.post("merges", {"kept": one, "absorbed": 0, "reason": ""}).status_code == 422
    assert caller.post(f"merges/{uuid.uuid4()}/undo", None).status_code == 404
    assert caller.get(f"customers/{one + 999}/identities").status_code == 404
    assert not Merge.objects.exists()


def test_values_are_masked_without_the_scope_for_contacts(program: Programs) -> None:
    one = added(program(), first_name="A", phone="+998901112201")
    items = program("customers:read").get(f"customers/{one}/identities").json()["items"]
    assert [item["value"] for item in items] == ["+998 ••• 01"]
