"""Every URL as every role and as nobody: exactly those whom the table names may pass."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mijoz.business.models import Business, Role, StaffMember
from tests.rights.table import ANYONE, WHO_MAY

SAMPLES = {"int": 1, "str": "x", "slug": "x", "uuid": uuid.UUID(int=1), "path": "x", "date": "2026-01-01"}


def every_url(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_url(entry.url_patterns, inner)
        else:
            yield f"{namespace}{entry.name}", entry


URLS = dict(every_url(get_resolver().url_patterns))


def address_of(name: str) -> str:
    converters = URLS[name].pattern.converters
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in converters.items()}
    kinds = {key: {"string": "str"}.get(kind, kind) for key, kind in kinds.items()}
    named = {key: SAMPLES[kind] for key, kind in kinds.items()}
    groups = getattr(getattr(URLS[name].pattern, "regex", None), "groupindex", {})
    named |= {key: "x-x" for key in groups if key not in named}
    return reverse(name, kwargs=named)


def passed(client: Client, address: str, method: str) -> bool:
    """Whether the request came past the gate: what the page then makes of it does not matter here."""
    client.raise_request_exception = False
    response = getattr(client, method)(address)
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/account/login")
    return not to_sign_in and response.status_code not in {401, 403}


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert set(URLS) == set(WHO_MAY)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_only_those_named_may_pass(role: str) -> None:
    Business.objects.create(pk=1, name="Choyxona", started_as="empty")
    member = StaffMember.objects.create_user(email="a@example.uz", password="long enough 1", role=Role.OWNER)
    if role != "nobody":
        StaffMember.objects.filter(pk=member.pk).update(role=role)
    wrong = []
    for name, who in WHO_MAY.items():
        client = Client()
        if role != "nobody":
            client.force_login(member)
        may = who is ANYONE or role in who
        with transaction.atomic():
            if passed(client, address_of(name), "get") != may:
                wrong.append(f"GET {name}: {'refused' if may else 'let in'}")
            if not may and passed(client, address_of(name), "post"):
                wrong.append(f"POST {name}: let in")
            transaction.set_rollback(True)
    assert wrong == []
