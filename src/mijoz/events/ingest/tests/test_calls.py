"""The calls of the ingest API, as a program makes them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mijoz.events.ingest import actions, keys
from mijoz.events.ingest.calls import BODY_BYTES
from mijoz.events.ingest.tests.conftest import Program
from mijoz.events.models import Event, Quarantined, WriteKey

pytestmark = pytest.mark.django_db

CALLS: dict[str, dict[str, Any]] = {
    "identify": {"traits": {"firstName": "Aziza"}},
    "track": {"event": "Lamp bought"},
    "page": {"name": "Home"},
    "screen": {"name": "Home"},
    "group": {"groupId": "g1"},
    "alias": {"previousId": "c1"},
}


def track(number: int, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Lamp bought", "userId": "7", "messageId": f"m{number}"} | more


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_each_call_writes_one_row_however_often_it_is_made(program: Program, call: str, packed: bool) -> None:
    message = CALLS[call] | {"userId": "7", "messageId": "m1"}
    for _time in range(2):
        answer = program.post(call, message, packed=packed)
        assert (answer.status_code, answer.told) == (200, {"success": True, "accepted": 1, "refused": []})
    event = Event.objects.get()
    assert event.identity is not None
    assert (event.identity.kind, event.identity.account, event.identity.value) == ("user_id", "shop", "7")
    assert event.source == program.source


def test_a_batch_is_all_calls_at_once_and_import_is_a_batch(program: Program) -> None:
    messages = [{"type": call, "userId": "7", "messageId": call} | fields for call, fields in CALLS.items()]
    assert program.batch(*messages).told == {"success": True, "accepted": 6, "refused": []}
    assert program.post("import", {"batch": messages}).told["accepted"] == 6
    types = set(Event.objects.values_list("message_id", "type"))
    assert types == {
        ("identify", "profile_declared"),
        ("track", "Lamp bought"),
        ("page", "page"),
        ("screen", "screen"),
        ("group", "group"),
        ("alias", "alias"),
    }


def test_a_batch_says_of_each_refused_event_what_is_wrong_and_keeps_it(program: Program) -> None:
    wrong = [
        {"type": "track", "userId": "7", "messageId": "no event"},
        {"type": "walk", "userId": "7"},
        track(3, userId=None),
        track(4, event="visit", properties={"waited_minutes": -1}),
        track(5, timestamp="yesterday"),
        None,
        track(6, properties={"text": "x" * 40_000}),
    ]
    answer = program.batch(track(1), *wrong, track(2))
    assert answer.status_code == 200
    assert (answer.told["success"], answer.told["accepted"]) == (True, 2)
    told = [(each["index"], each["messageId"], each["field"]) for each in answer.told["refused"]]
    assert told == [
        (1, "no event", "event"),
        (2, None, "type"),
        (3, "m3", "userId"),
        (4, "m4", "properties.waited_minutes"),
        (5, "m5", "timestamp"),
        (6, None, ""),
        (7, "m6", ""),
    ]
    assert all(each["reason"] for each in answer.told["refused"])
    assert set(Event.objects.values_list("message_id", flat=True)) == {"m1", "m2"}
    kept = Quarantined.objects.order_by("id")
    assert [row.message for row in kept] == wrong
    assert [(row.reason, row.field) for row in kept] == [
        (each["reason"], each["field"]) for each in answer.told["refused"]
    ]
    program.batch(*wrong)
    assert Quarantined.objects.exclude(message_id="").count() == 5  # of one id once


def test_a_single_message_that_does_not_fit_is_a_bad_request(program: Program) -> None:
    answer = program.post("track", {"userId": "7", "messageId": "m1"})
    assert answer.status_code == 400
    assert (answer.told["success"], answer.told["accepted"]) == (False, 0)
    assert answer.told["refused"][0]["field"] == "event"
    assert answer.told["error"]
    assert (Event.objects.count(), Quarantined.objects.get().message_id) == (0, "m1")


@pytest.mark.parametrize("given", ["", "mz_wrong", "unknown", "Basic", "Basic %%%", "Digest x"])
def test_who_has_no_key_is_told_so_and_costs_at_most_one_question(program: Program, given: str) -> None:
    fresh = keys.new_key()
    authorization = {"": "", "mz_wrong": "Bearer mz_wrong", "unknown": f"Bearer {fresh}"}.get(given, given)
    with CaptureQueriesContext(connection) as asked:
        for _time in range(5):
            answer = program.post("batch", {"batch": [track(1)]}, authorization=authorization)
    assert answer.status_code == 401
    assert answer.told["success"] is False
    assert "key" in answer.told["error"]
    assert "WWW-Authenticate" in answer.headers
    assert len(asked) == (1 if given == "unknown" else 0)
    assert not Event.objects.exists()
    assert not Quarantined.objects.exists()


def test_the_key_may_stand_in_the_body(program: Program) -> None:
    assert program.post("track", track(1) | {"writeKey": program.key}, authorization="").status_code == 200
    told = program.post("batch", {"batch": [track(2)], "writeKey": program.key}, authorization="").told
    assert told["accepted"] == 1
    assert Event.objects.count() == 2
    assert program.key not in str(list(Event.objects.values()))


def test_a_key_writes_what_it_has_the_right_to(program: Program) -> None:
    key = actions.add_key(program.source, calls=["track", "page"])
    assert program.post("track", track(1), key=key).status_code == 200
    answer = program.post("identify", {"userId": "7"}, key=key)
    assert (answer.status_code, "identify" in answer.told["error"]) == (403, True)
    told = program.post("batch", {"batch": [{"type": "identify", "userId": "7"}, track(2)]}, key=key).told
    assert told["accepted"] == 1
    assert told["refused"][0]["field"] == "type"
    assert Event.objects.count() == 2
    assert not Quarantined.objects.exists()


@pytest.mark.parametrize("shut", ["revoked", "closed"])
def test_a_revoked_key_and_a_closed_source_write_nothing(
    program: Program, shut: str, django_capture_on_commit_callbacks: Any
) -> None:
    assert program.post("track", track(1)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        if shut == "revoked":
            actions.revoke(WriteKey.objects.get(), at=timezone.now())
        else:
            actions.close(program.source)
    answer = program.post("track", track(2))
    assert answer.status_code == {"revoked": 401, "closed": 403}[shut]
    assert shut in answer.told["error"]
    assert Event.objects.count() == 1
    if shut == "closed":
        with django_capture_on_commit_callbacks(execute=True):
            actions.reopen(program.source)
        assert program.post("track", track(2)).status_code == 200


def test_a_key_says_when_it_was_used_last(program: Program) -> None:
    program.post("track", track(1))
    used_at = WriteKey.objects.get().used_at
    assert used_at is not None
    assert timezone.now() - used_at < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"batch": {}}', 400),
        (b'{"batch": [], "sentAt": "today"}', 400),
        (b'{"batch": [], "x": NaN}', 400),
        (b'{"batch": ["\\ud800"]}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 10_000, 400),
        (b'{"batch": []}' + b" " * BODY_BYTES, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_whole(program: Program, body: bytes, status: int) -> None:
    answer = program.post("batch", body)
    assert answer.status_code == status
    assert answer.told["error"].endswith(".")
    assert not Event.objects.exists()


def test_gzip_is_looked_at_only_as_far_as_a_batch_may_go(program: Program) -> None:
    bomb = gzip.compress(b'{"batch": [' + b" " * 50_000_000 + b"]}")
    assert len(bomb) < BODY_BYTES
    assert program.post("batch", bomb, content_encoding="gzip").status_code == 413
    assert program.post("batch", bomb[:1000], content_encoding="gzip").status_code == 413
    whole = gzip.compress(json.dumps({"batch": [track(1)]}).encode())
    assert program.post("batch", whole[:-9], content_encoding="gzip").status_code == 400
    assert program.post("batch", b"none", content_encoding="gzip").status_code == 400
    assert program.post("batch", whole, content_encoding="br").status_code == 415
    assert not Event.objects.exists()
    assert program.post("batch", whole, content_encoding="gzip").status_code == 200


def test_other_methods_are_answered_and_browsers_elsewhere_may_ask(program: Program) -> None:
    answer = program.client.get("/v1/track")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    asked = program.client.options("/v1/batch", headers={"origin": "https://shop.example"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_the_clock_of_the_sender_is_corrected_by_when_it_sent(program: Program) -> None:
    wrong = datetime(2020, 1, 1, tzinfo=UTC)  # its clock stands years back
    before = timezone.now()
    program.batch(
        track(1, timestamp=(wrong - timedelta(hours=2)).isoformat()),
        track(2, timestamp=(wrong - timedelta(hours=3)).isoformat(), originalTimestamp=wrong.isoformat()),
        track(3),
        sentAt=wrong.isoformat(),
    )
    moments = dict(Event.objects.values_list("message_id", "occurred_at"))
    expected = {"m1": before - timedelta(hours=2), "m2": before, "m3": before}
    for message_id, moment in expected.items():
        assert timedelta(0) <= moments[message_id] - moment < timedelta(minutes=10), message_id


def test_a_hostile_text_is_kept_as_text(program: Program) -> None:
    text = "'; DROP TABLE events_event; --\\ \t\n\r{}\\N \u0000 \\u0000 𝕏"
    assert program.batch(*(track(n, properties={"text": text, text: [text]}) for n in range(40))).told["accepted"] == 40
    payload = Event.objects.first().payload  # type: ignore[union-attr]
    kept = text.replace("\u0000", "\ufffd")
    assert payload == {"text": kept, kept: [kept]}
    program.batch({"type": "walk", "text": text})
    assert Quarantined.objects.get().message["text"] == kept
