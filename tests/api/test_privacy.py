"""A copy of everything and erasing, by the API."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from mijoz.customers.models import Customer, Look, SubjectRequest
from tests.api.conftest import Program

Programs = Callable[..., Program]


def added(caller: Program, **told: str) -> int:
    answer = caller.post("customers", told)
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


def test_everything_about_a_person_comes_as_a_zip_and_is_noted(program: Programs) -> None:
    number = added(program(), first_name="Anvar", phone="+998901112201")
    answer = program("customers:privacy").get(f"customers/{number}/copy")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        told = json.loads(archive.read("everything.json"))
    assert told["customer_numbers"] == [number]
    assert "+998901112201" in json.dumps(told)
    assert Look.objects.filter(customer=number, what="copy", saw_contacts=True).count() == 1
    assert SubjectRequest.objects.get().kind == SubjectRequest.Kind.ACCESS


def test_a_person_is_erased_once_with_the_proof(program: Programs) -> None:
    caller = program("customers:privacy")
    number = added(program(), first_name="Anvarbek", phone="+998901112201")
    first, again = (caller.post(f"customers/{number}/erase", None, once="the-same-call") for _ in range(2))
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    assert (first.json()["customer"], first.json()["clean"]) == (number, True)
    assert Customer.objects.get(pk=number).erased_at is not None
    assert SubjectRequest.objects.count() == 1
    assert caller.post(f"customers/{number}/erase", None).status_code == 404
    assert caller.get(f"customers/{number}/copy").status_code == 404


def test_neither_goes_without_the_scope(program: Programs) -> None:
    number = added(program(), first_name="Anvar", phone="+998901112201")
    others = program("customers:read", "customers:write", "customers:merge", "contacts:read")
    assert others.get(f"customers/{number}/copy").status_code == 403
    assert others.post(f"customers/{number}/erase", None).status_code == 403
    assert Customer.objects.get(pk=number).erased_at is None
    assert not SubjectRequest.objects.exists()


def test_a_list_is_noted_once_with_how_many_it_showed(program: Programs) -> None:
    for place in range(3):
        added(program(), first_name="Anvar", phone=f"+99890111220{place}")
    Look.objects.all().delete()
    assert len(program("customers:read").get("customers", {"limit": 2}).json()["items"]) == 2
    assert list(Look.objects.values_list("customer", "what", "people", "saw_contacts")) == [
        (None, "api list", 2, False)
    ]
