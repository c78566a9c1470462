"""A business with staff of some roles, and browsers that are signed in as them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "uchta soz birga"


@pytest.fixture(autouse=True)
def quick_and_fresh(settings: Any) -> None:
    """Passwords are hashed quickly, and nobody has tried too often yet."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", started_as="empty")


@pytest.fixture
def employed(business: Business) -> Callable[..., StaffMember]:
    """employed(Role.MANAGER) works here and knows the password."""

    def employ(role: str, email: str = "", **fields: Any) -> StaffMember:
        named = {"name": role.title(), "email": email or f"{role}@example.uz", "password": PASSWORD, "language": "en"}
        return StaffMember.objects.create_user(**(named | fields), role=role)

    return employ


@pytest.fixture
def owner(employed: Callable[..., StaffMember]) -> StaffMember:
    return employed(Role.OWNER)


@pytest.fixture
def manager(employed: Callable[..., StaffMember]) -> StaffMember:
    return employed(Role.MANAGER)


def browser_of(member: StaffMember | None = None) -> Client:
    client = Client()
    if member:
        client.force_login(member)
    return client


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None, **more: Any) -> Any:
    """What the sign-in page answers; the browser is the answer's `client`."""
    return (client or Client()).post("/account/login/", {"login": email, "password": password} | more)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200
