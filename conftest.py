"""Fixtures for every test: one throw-away PostgreSQL server for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from mijoz.config import embedded


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language a page of an earlier one was asked for in."""
    with translation.override("en"):
        yield


def pytest_configure() -> None:
    """Real password hashes are slow on purpose; hundreds of accounts of one test run need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server that all test processes share; the last one to end stops it."""
    if settings.USES_EMBEDDED_SERVER:
        folder = Path(settings.DATA_DIR).parent / "postgres"
        server = embedded.EmbeddedServer(folder, throw_away=True)
        server.hold()
        settings.DATABASES["default"]["HOST"] = str(embedded.socket_dir(folder))
