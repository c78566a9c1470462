"""Whatever is sent to the ingest API, it answers as its OpenAPI document says, and never by breaking."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from mijoz.events.ingest.calls import PATHS
from tests.ingest.conftest import Running

pytestmark = pytest.mark.slow
CHECKS = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)


@pytest.fixture(scope="module")
def described(shop: Running) -> Any:
    return schemathesis.openapi.from_url(f"{shop.mijoz.address}/v1/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("address", list(PATHS))
def test_every_call_answers_as_the_document_says(
    shop: Running, described: Any, address: str, mode: GenerationMode
) -> None:
    """Bodies that fit the document, and such as do not."""
    headers = {"Authorization": "Basic " + base64.b64encode(f"{shop.key}:".encode()).decode()}

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=described[address]["POST"].as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    call()


def test_the_document_names_every_call_and_its_answers(shop: Running) -> None:
    with urllib.request.urlopen(f"{shop.mijoz.address}/v1/openapi.json") as answer:
        told = json.load(answer)
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) == set(PATHS)
    assert {"Identify", "Track", "Page", "Screen", "Group", "Alias"} <= told["components"]["schemas"].keys()


def test_it_is_still_there_after_all_of_that(shop: Running) -> None:
    """Every event that was accepted has its row, and nothing was written that no profile shows."""
    assert shop.one("SELECT count(*) FROM events_event") > 0
    shop.wait_until_projected()
    assert shop.mijoz.process.poll() is None
    assert not [line for line in shop.mijoz.lines if "ingest API failed" in line]
