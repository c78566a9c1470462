"""Schemathesis calls every operation of the document with what fits and what does not: no 5xx, no answer outside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mijoz.business import keys
from mijoz.business.models import Business
from mijoz.business.programs import scopes
from mijoz.customers.actions import add_customer
from mijoz.customers.tests.conftest import AT

pytestmark = pytest.mark.slow

EXAMPLES = 20
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The server leaves the connection open, as Django's own test client has it."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def key(db: None, one_connection: None) -> str:
    Business.objects.create(pk=1, name="Choyxona", currency="UZS")
    for number in (1, 2):
        add_customer(by=None, at=AT, first_name=f"Ali {number}")
    return keys.make("fuzz", scopes=scopes(), by=None)[1]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_no_call_breaks_the_api(case: schemathesis.Case, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())}
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)
