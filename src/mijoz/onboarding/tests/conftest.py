from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mijoz.business.models import Role, StaffMember


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    """The lake and the truth of each test lie in a folder of its own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def sign_in(db: None) -> Callable[[str], Client]:
    """A client signed in as a new member of staff of this role."""

    def as_role(role: str) -> Client:
        member = StaffMember.objects.create_user(email=f"{role}@example.uz", password="long enough 1", role=role)
        client = Client()
        client.force_login(member)
        return client

    return as_role


@pytest.fixture
def owner(sign_in: Callable[[str], Client]) -> Client:
    return sign_in(Role.OWNER)
