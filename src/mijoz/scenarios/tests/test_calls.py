"""Calls to other systems: signed, repeated while that can help, never into a private network."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client, override_settings

from mijoz.business.models import StaffMember
from mijoz.scenarios import actions, calls
from mijoz.scenarios.checking import DefinitionRefused
from mijoz.scenarios.models import Call, Endpoint, Enrolment, StepOutcome
from mijoz.scenarios.tests.conftest import AT, Member, Start

HOOK = {"kind": "webhook", "key": "tell", "endpoint": "crm"}


class Peer:
    """Somebody else's system: what it was told, and how it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                peer.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(peer.answers.pop(0) if peer.answers else 204)
                self.send_header("location", "http://169.254.169.254/")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?a=1"


@pytest.fixture
def peer() -> Iterator[Peer]:
    found = Peer()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def near(peer: Peer) -> Iterator[tuple[Peer, str]]:
    """The peer as an endpoint, as long as addresses of this machine may be called."""
    with override_settings(DEBUG=True):
        _endpoint, secret = calls.add_endpoint(key="crm", name="CRM", url=peer.url, at=AT)
        yield peer, secret


def test_a_call_is_signed_as_the_standard_says_and_its_outcome_noted(
    member: Member, start: Start, near: tuple[Peer, str]
) -> None:
    peer, secret = near
    customer = member()
    start(HOOK)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    assert calls.send_due(at=AT) == 1
    headers, body = peer.told[0]
    data = json.loads(body)["data"]
    assert (data["customer"], data["scenario"], data["step"]) == (customer.pk, "trial", "tell")
    call_id, moment = headers["webhook-id"], int(headers["webhook-timestamp"])
    again = calls.signature(secret, call_id=call_id, timestamp=moment, body=body)
    assert headers["webhook-signature"] == again
    assert StepOutcome.objects.get(step="tell").outcome == "delivered"
    assert calls.send_due(at=AT + timedelta(days=1)) == 0
    assert secret not in Endpoint.objects.get().sealed_secret


def test_the_signature_is_that_of_the_libraries_example() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, the test of its libraries."""
    assert (
        calls.signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            call_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp=1614265330,
            body=b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize("answer", [500, 302, 429])
def test_what_was_not_taken_is_tried_again_and_at_last_fails(
    member: Member, start: Start, near: tuple[Peer, str], answer: int
) -> None:
    peer, _secret = near
    peer.answers = [answer] * 20
    member()
    start(HOOK)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    now = AT
    for pause in (timedelta(), *calls.TRY_AGAIN_AFTER):
        now += pause
        assert calls.send_due(at=now) == 1
    assert (len(peer.told), Call.objects.get().status) == (7, "failed")
    assert StepOutcome.objects.get(step="tell").outcome == "failed"
    assert calls.send_due(at=now + timedelta(days=9)) == 0


def test_who_is_gone_is_called_once(member: Member, start: Start, near: tuple[Peer, str]) -> None:
    peer, _secret = near
    peer.answers = [410]
    member()
    start(HOOK)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    calls.send_due(at=AT)
    assert Call.objects.get().status == "failed"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/",
        "https://localhost/", "https://db.internal/", "https://name:word@example.com/", "ftp://example.com/", "https:///x",
        "https://[fd00::1]/", "https://100.64.0.1/", "https://224.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_we_must_not_call_is_refused_and_nothing_kept(db: None, url: str) -> None:
    with pytest.raises(calls.EndpointRefused):
        calls.add_endpoint(key="crm", name="CRM", url=url, at=AT)
    assert not Endpoint.objects.exists()


def test_a_name_that_leads_inside_later_is_not_called(member: Member, start: Start, peer: Peer) -> None:
    """The name was fine when it was written down; now it leads to this machine."""
    with override_settings(DEBUG=True):
        calls.add_endpoint(key="crm", name="CRM", url=peer.url, at=AT)
    member()
    start(HOOK)
    actions.enrol(at=AT)
    actions.advance(at=AT)
    calls.send_due(at=AT)
    assert peer.told == []
    assert (Call.objects.get().status, Call.objects.get().attempts) == ("failed", 1)


def test_without_its_endpoint_a_scenario_does_not_start(start: Start) -> None:
    with pytest.raises(DefinitionRefused, match="Call to another system"):
        start(HOOK)
    assert not Enrolment.objects.exists()


def test_a_system_is_added_its_secret_shown_once_and_what_is_wrong_said(manager: StaffMember) -> None:
    browser = Client()
    browser.force_login(manager)
    browser.cookies["django_language"] = "en"
    typed = {"name": "CRM", "key": "crm", "url": "https://example.com/hook"}
    wrong = browser.post("/settings/systems/add", typed | {"url": "https://10.0.0.1/"})
    assert (wrong.status_code, "private network" in wrong.content.decode()) == (422, True)
    assert not Endpoint.objects.exists()
    answer = browser.post("/settings/systems/add", typed)
    assert "whsec_" in answer.content.decode()
    assert "There is one with this key" in browser.post("/settings/systems/add", typed).content.decode()
    assert "whsec_" not in browser.get("/settings/systems/").content.decode()
    browser.post("/settings/systems/crm/switch")
    assert not Endpoint.objects.get().is_active
