"""Every URL as every role and as nobody: exactly those whom the table names may pass."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mijoz.business.models import Business, Role, StaffMember
from tests.rights.table import ANYONE, WHO_MAY

SIGN_IN = "/account/login/"
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


def answer(client: Client, address: str, method: str) -> tuple[int, str]:
    """Status and, for a redirect, where to."""
    client.raise_request_exception = False
    response = getattr(client, method)(address)
    return response.status_code, response.headers.get("Location", "")


def is_refusal(status: int, to: str, address: str) -> bool:
    """Whether the gate answered: 403, or the sign-in page with the way back."""
    return status in {401, 403} or (status == 302 and to in {SIGN_IN, f"{SIGN_IN}?next={quote(address)}"})


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert set(URLS) == set(WHO_MAY)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_only_those_named_may_pass(role: str) -> None:
    client = Client()
    Business.objects.create(pk=1, name="Choyxona", started_as="empty")
    member = StaffMember.objects.create_user(email="a@example.uz", password="long enough 1", role=Role.OWNER)
    if role != "nobody":
        StaffMember.objects.filter(pk=member.pk).update(role=role)
        client.force_login(member)
    refused_methods = (
        ["get", "post"] if role != "nobody" else ["get", "post", "put", "patch", "delete", "head", "options"]
    )
    wrong = []
    for name, who in WHO_MAY.items():
        address = address_of(name)
        may = who is ANYONE or role in who
        for method in ["get"] if may else refused_methods:
            with transaction.atomic():
                status, to = answer(client, address, method)
                transaction.set_rollback(True)
            # pages of signing in send people to its first page by themselves, without a way back
            refused = is_refusal(status, to, address) and not (who is ANYONE and to == SIGN_IN)
            if refused == may:
                wrong.append(f"{method} {name}: {'refused' if may else 'let in'} ({status} {to})")
            if status == 500:
                wrong.append(f"{method} {name}: 500")
    assert wrong == []
