"""Plain messages are read without a model, to the same rows and the same refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from mijoz.events.ingest import plain
from mijoz.events.ingest.keys import CALLS
from mijoz.events.ingest.senders import Sender
from mijoz.events.ingest.taking import Judged, judge
from mijoz.events.lines import line_of
from mijoz.events.types import SCHEMAS, SURELY_FIT, fits_surely

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOP = Sender(name="shop", currency="UZS")
PLAIN: dict[str, Any] = {
    "type": "track",
    "messageId": "m-1",
    "userId": "7",
    "event": "Product Viewed",
    "timestamp": "2026-03-01T11:59:00.250Z",
    "context": {"library": {"name": "analytics-python"}, "locale": "uz"},
    "integrations": {},
    "properties": {"name": "Osh", "price": 120000},
}
NAMES = (
    "Product Viewed", "visit", "purchase_line", "Order Completed", "order refunded", "survey_answered", "complaint",
    "message_sent", "consent_given", " padded ", "", "x" * 60, "x" * 61, 7, None,
)  # fmt: skip
MOMENTS = (
    "2026-03-01T11:59:00Z", "2026-03-01T11:59:00.123456789Z", "2026-03-01T11:59:00+05:00", "2026-03-01", 1772366340,
    "2026-03-01 11:59:00", "2026-03-01T11:59:60Z", "2026-13-01T11:59:00Z", "0000-03-01T11:59:00Z", "",
    "1812-03-01T11:59:00Z", "2027-03-01T11:59:00Z", "2026-W09-7T11:59:00Z", "2026-03-01T11:59:00", None,
    "٢٠٢٦-03-01T11:59:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-01T24:00:00Z",
    "2026-03-01T11:59:00+24:00",
)  # fmt: skip
IDS = ("7", "", 7, 0, None, True, "x" * 180, "x" * 181, "x" * 400, "x" * 401, "a\x00b", ["7"], "\t7\n")
THINGS: tuple[Any, ...] = (
    {}, None, [], "text", {"title": "Narxlar", "a": {"b": ["\x00", 1.5]}}, {"traits": {"phone": "+998901112233"}},
    {"reference": "A-1", "amount": 5, "currency": "uzs"}, {"amount": "many"}, {"waited_minutes": -1},
    {"waited_minutes": 4}, {"kind": "csat", "score": 5, "channel": "sms"}, {"purpose": "marketing"}, {"title": 7},
    {"order_id": "A-1", "products": [{"name": "Osh", "price": 5}]}, {"order_id": "A-1", "total": "7.25"},
    {"big": "x" * 33_000}, {"campaign": {"name": "bahor"}, "ip": "10.0.0.1"}, {"price": float("inf")},
)  # fmt: skip
FIELDS: dict[str, tuple[Any, ...]] = {
    "type": ("track", "page", "screen", "identify", "group", "alias", "other", None),
    "messageId": IDS,
    "userId": IDS,
    "anonymousId": IDS,
    "event": NAMES,
    "name": (*NAMES, "x" * 400, "x" * 401),
    "category": NAMES,
    "timestamp": MOMENTS,
    "originalTimestamp": MOMENTS,
    "sentAt": MOMENTS,
    "context": THINGS,
    "properties": THINGS,
    "traits": THINGS,
    "integrations": ({}, {"All": True}, None),
    "further": ("x", None),
}
changes = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(FIELDS[name]))),
    max_size=4,
)


def read(message: Any, sent_at: datetime | None, calls: Any = CALLS, *, is_clean: bool = False) -> Judged:
    return judge(SHOP, [message], received_at=AT, sent_at=sent_at, calls=calls, is_clean=is_clean)


@settings(max_examples=500, deadline=None)
@given(changes, st.sampled_from([None, AT, datetime.max.replace(tzinfo=UTC)]), st.booleans(), st.booleans())
def test_a_model_would_have_read_the_same(
    changed: list[tuple[str, Any]], sent_at: datetime | None, is_for_pages: bool, is_clean: bool
) -> None:
    message = {"messageId": "m-1", **PLAIN, **dict(changed)}
    calls = ("page",) if is_for_pages else CALLS
    quickly = read(message, sent_at, calls, is_clean=is_clean and b"\\u0000" not in to_json(message))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plain, "rows_of", lambda *given, **told: None)
        slowly = read(message, sent_at, calls)
    if not (isinstance(message["messageId"], str | int) and str(message["messageId"])):
        for judged in (quickly, slowly):
            for place, row in enumerate(judged.events):
                row.message_id = f"made-{place}"  # each time anew
    else:
        assert [row.line or line_of(row) for row in quickly.events] == [line_of(row) for row in slowly.events]
    assert quickly == slowly


@pytest.mark.parametrize("is_clean", [True, False])
def test_a_number_too_large_for_any_is_kept_as_nothing(is_clean: bool) -> None:
    """JSON knows 1e999, the database no Infinity: one such number must not cost the whole batch."""
    message = PLAIN | {"properties": {"price": float("inf")}, "context": None}
    (row,) = read(message, AT, is_clean=is_clean).events
    assert (row.line or line_of(row)).endswith(b'\t{"price":null}\n')


@pytest.mark.parametrize("changed", [{}, {"type": "page", "name": "Bosh sahifa", "event": None}, {"event": "visit"}])
def test_plain_messages_need_no_model(changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    message = {name: value for name, value in (PLAIN | changed).items() if value is not None}
    monkeypatch.setattr("mijoz.events.ingest.taking.read", lambda _given: pytest.fail("a model was asked"))
    assert read(message, AT).accepted == 1


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("7.5"), st.just([]), st.just({})
)


PAYLOADS = st.dictionaries(st.sampled_from([*{name for fields in SURELY_FIT.values() for name in fields}, "x"]), VALUES)


@settings(deadline=None)
@given(st.sampled_from(sorted(SURELY_FIT)), PAYLOADS)
def test_what_surely_fits_is_taken_by_the_schema(type_: str, payload: dict[str, Any]) -> None:
    if fits_surely(type_, payload):
        SCHEMAS[type_].model_validate(payload)


def test_what_may_hold_nul_is_looked_through_first() -> None:
    message = PLAIN | {"properties": {"name": "a\x00b"}, "userId": "7\x00"}
    (row,) = read(message, AT).events
    assert (row.payload["name"], row.identity) == ("a\ufffdb", ("user_id", "shop", "7\ufffd"))
    assert b"\x00" not in row.line
    assert b"u0000" not in row.line
