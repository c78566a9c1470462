"""Every URL as every role and as nobody: exactly those whom the table names may pass."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mijoz.business.models import Business, Role, StaffMember
from tests.rights.table import ANYONE, WHO_MAY

SAMPLES = {"int": 1, "str": "x", "slug": "x", "uuid": uuid.UUID(int=1), "path": "x", "date": "2026-01-01"}


def every_url(
    patterns: list[URLPattern | URLResolver], namespace: str = "", above: Mapping[str, object] | None = None
) -> Iterator[tuple[str, dict[str, object]]]:
    """Name of every URL, with a sample for each part of its address, those of the paths above it included."""
    for entry in patterns:
        samples = dict(above or {}) | samples_of(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_url(entry.url_patterns, inner, samples)
        else:
            yield f"{namespace}{entry.name}", samples


def samples_of(pattern: Any) -> dict[str, object]:
    converters = pattern.converters.items()
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in converters}
    named = {key: SAMPLES[{"string": "str"}.get(kind, kind)] for key, kind in kinds.items()}
    return dict.fromkeys(getattr(pattern.regex, "groupindex", {}), "x-x") | named


URLS = dict(every_url(get_resolver().url_patterns))


def address_of(name: str) -> str:
    return reverse(name, kwargs=URLS[name])


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
