"""Calls of a till by HTTP: checked, read, recorded once; what does not fit is kept, and nobody else gets in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mijoz.events.models import Event, Quarantined, Source, Webhook, WebhookCall
from mijoz.events.sources import actions, receiving, webhooks
from mijoz.events.sources.tests.test_mapping import MAPPING, RECEIPT, changed
from mijoz.events.sources.views import hook

pytestmark = pytest.mark.django_db


class Till:
    """Signs and calls as Standard Webhooks has it."""

    def __init__(self) -> None:
        self.source, self.secret = webhooks.add("till")
        self.webhook = Webhook.objects.get(source=self.source)

    def headers(self, body: bytes, call_id: str, at: float | None = None) -> dict[str, str]:
        moment = str(int(at or time.time()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = hmac.new(key, f"{call_id}.{moment}.".encode() + body, hashlib.sha256).digest()
        signature = "v1," + base64.b64encode(signed).decode()
        return {"webhook-id": call_id, "webhook-timestamp": moment, "webhook-signature": signature}

    def call(self, told: Any, call_id: str = "c1", **headers: str) -> Any:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return Client().post(
            "/hooks/till", body, content_type="application/json", headers=self.headers(body, call_id) | headers
        )


@pytest.fixture
def till(business: Any) -> Till:
    till = Till()
    webhooks.set_mapping(till.webhook, MAPPING, sample=RECEIPT)
    return till


def test_a_receipt_is_in_the_log_with_its_customer(till: Till) -> None:
    answer = till.call(RECEIPT)
    assert (answer.status_code, answer.json()) == (200, {"written": 2, "known": 0, "quarantined": []})
    plov = Event.objects.get(item="Plov")
    assert (plov.type, plov.amount, plov.reference, plov.branch) == (
        "purchase_line",
        Decimal("90000.50"),
        "1001",
        "chilonzor",
    )
    assert plov.identity is not None
    assert (plov.identity.kind, plov.identity.value) == ("phone", "+998901234567")
    till.webhook.refresh_from_db()
    assert till.webhook.last_call == RECEIPT
    assert till.webhook.called_at is not None


def test_a_repeated_call_and_a_receipt_sent_again_count_once(till: Till) -> None:
    till.call(RECEIPT, "c1")
    assert till.call(RECEIPT, "c1").json() == {"written": 0, "known": 0, "quarantined": [], "repeated": True}
    assert till.call(RECEIPT, "c2").json() == {"written": 0, "known": 2, "quarantined": []}
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"webhook-signature": "v1,AAAA"}, 401),
        ({"webhook-signature": ""}, 401),
        ({"webhook-timestamp": "1"}, 401),
        ({"webhook-id": "c9"}, 401),
    ],
)
def test_who_does_not_prove_it_changes_nothing_but_the_note_for_the_owner(
    till: Till, change: dict[str, str], status: int
) -> None:
    assert till.call(RECEIPT, **change).status_code == status
    assert not Event.objects.exists()
    assert not Quarantined.objects.exists()
    till.webhook.refresh_from_db()
    assert till.webhook.last_call is None
    assert till.webhook.refused_why in {"wrong", "missing", "old"}


def test_unknown_closed_and_too_large(till: Till) -> None:
    assert Client().post("/hooks/other", b"{}", content_type="application/json").status_code == 404
    assert Client().get("/hooks/till").status_code == 405
    large = till.call(b'"' + b"x" * hook.BODY_BYTES + b'"')
    assert large.status_code == 413
    Source.objects.update(is_open=False)
    assert till.call(RECEIPT).status_code == 403
    assert not Event.objects.exists()


def test_too_many_calls_at_once_are_told_to_come_later(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "BUCKET", hook.Bucket(at_once=1, a_second=0))
    assert till.call(RECEIPT, "c1").status_code == 200
    late = till.call(RECEIPT, "c2")
    assert (late.status_code, late.headers["Retry-After"]) == (429, "5")


def test_what_does_not_fit_lies_in_quarantine_as_it_came_and_the_rest_is_recorded(till: Till) -> None:
    broken = changed(receipt__lines__0__sum="free")
    answer = till.call(broken).json()
    assert answer == {"written": 1, "known": 0, "quarantined": ["This is no number."]}
    kept = Quarantined.objects.get()
    assert (kept.message, kept.field, kept.message_id) == (broken, "receipt.lines[*].sum", "c1")


def test_without_a_mapping_and_unreadable_nothing_is_lost(till: Till) -> None:
    till.call(b"\x00not json\xff", "c1")
    Webhook.objects.update(mapping={})
    till.call(RECEIPT, "c2")
    unreadable, unmapped = Quarantined.objects.order_by("pk")
    assert "not json" in unreadable.message["body"]
    assert (unmapped.message, unmapped.reason) == (RECEIPT, receiving.NO_MAPPING)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "kind", ["message_sent", "message_clicked", "profile_declared", "consent_given", "survey_answered"]
)
def test_no_till_writes_what_is_ours_or_what_is_not_whole(till: Till, kind: str) -> None:
    told = MAPPING.model_dump()
    told["fields"]["type"] = {"constant": kind}
    Webhook.objects.update(mapping=told)
    assert till.call(RECEIPT).json()["written"] == 0
    assert Quarantined.objects.count() == 1


def test_a_new_secret_overlaps_with_the_one_before_for_a_day(till: Till) -> None:
    before = till.secret
    now = timezone.now()
    after = webhooks.rotate(till.webhook, at=now)
    for number, secret in enumerate((before, after)):
        till.secret = secret
        assert till.call(RECEIPT, f"c{number}").status_code == 200
    webhooks.rotate(till.webhook, at=now - timedelta(days=2))
    for number, secret in enumerate((before, after)):
        till.secret = secret
        assert till.call(RECEIPT, f"d{number}").status_code == 401


@pytest.mark.parametrize(
    ("way", "send"),
    [
        ("header", lambda secret: ("/hooks/till", {"x-api-key": secret})),
        (
            "basic",
            lambda secret: (
                "/hooks/till",
                {"authorization": "Basic " + base64.b64encode(f"till:{secret}".encode()).decode()},
            ),
        ),
        ("address", lambda secret: (f"/hooks/till/{secret}", {})),
    ],
)
def test_a_till_that_cannot_sign_shows_its_secret(
    till: Till, way: str, send: Callable[[str], tuple[str, dict[str, str]]]
) -> None:
    secret = webhooks.set_check(till.webhook, way=way)
    assert till.call(RECEIPT).status_code == 401  # the old way is shut
    for tried, status in ((secret + "x", 401), (secret, 200)):
        address, headers = send(tried)
        assert Client().post(address, RECEIPT, content_type="application/json", headers=headers).status_code == status
    assert Event.objects.count() == 2


def test_secrets_are_sealed_in_the_database(till: Till) -> None:
    assert till.secret not in str(Webhook.objects.values().get())
    assert till.secret[6:] not in str(Webhook.objects.values().get())


def test_nothing_of_a_call_is_logged(
    till: Till, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any, **_named: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", ["+998901234567"])

    monkeypatch.setattr(receiving, "write", fails)
    assert till.call(RECEIPT).status_code == 503
    assert "DataError" in caplog.text
    assert "+998" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_twenty_of_the_same_call_at_once_count_once(till: Till) -> None:
    answers: list[dict[str, Any]] = []

    def one() -> None:
        answers.append(till.call(RECEIPT).json())
        connection.close()

    threads = [threading.Thread(target=one) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert sum(answer["written"] for answer in answers) == Event.objects.count() == 2
    assert sum("repeated" in answer for answer in answers) == 19


def test_numbers_of_calls_are_forgotten_when_nobody_repeats_them(till: Till) -> None:
    till.call(RECEIPT)
    assert actions.forget_calls(before=timezone.now() - timedelta(days=3)) == 0
    assert actions.forget_calls(before=timezone.now() + timedelta(days=3)) == 1
    assert not WebhookCall.objects.exists()
