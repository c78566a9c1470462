"""A business with staff who look after its sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", started_as="empty")


@pytest.fixture
def signed_in(business: Business) -> Callable[[str], Client]:
    """signed_in(Role.ANALYST): a browser of somebody of that role."""

    def sign_in(role: str) -> Client:
        member = StaffMember.objects.create_user(
            email=f"{role}@example.uz", password="uchta soz birga", name=role, language="en", role=role
        )
        client = Client()
        client.force_login(member)
        return client

    return sign_in


@pytest.fixture
def manager(signed_in: Callable[[str], Client]) -> Client:
    return signed_in(Role.MANAGER)
