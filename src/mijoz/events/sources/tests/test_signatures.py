"""Who may call: each way of proving it, what is refused, and that a secret may change without losing a call."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.sources import signatures
from mijoz.events.sources.signatures import Call, CallRefused, Check

# The example of the Standard Webhooks libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NUMBER = "msg_p5jXN8AQM9LWM0D4loKWxJek"
MOMENT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
STANDARD = Check("standard", [SECRET])


def standard(**changes: str) -> Call:
    told = {"id": NUMBER, "timestamp": "1614265330", "signature": SIGNATURE} | changes
    return Call({f"webhook-{name}": value for name, value in told.items() if value}, BODY)


def test_the_published_example_of_standard_webhooks_is_accepted() -> None:
    assert signatures.verify(standard(), STANDARD, at=MOMENT) == NUMBER
    several = standard(signature=f"v1,bm90IHRoaXMgb25l {SIGNATURE} v1a,other")
    assert signatures.verify(several, STANDARD, at=MOMENT) == NUMBER


@pytest.mark.parametrize(
    ("call", "seconds", "why"),
    [
        (standard(id=""), 0, "missing"),
        (standard(timestamp=""), 0, "missing"),
        (standard(signature=""), 0, "missing"),
        (standard(timestamp="soon"), 0, "malformed"),
        (standard(timestamp="٣"), 0, "malformed"),
        (standard(id="x" * 201), 0, "malformed"),
        (standard(signature="g0hM9SsE"), 0, "malformed"),
        (standard(), 301, "old"),
        (standard(), -301, "old"),
        (standard(id="msg_other"), 0, "wrong"),
        (standard(timestamp="1614265331"), 0, "wrong"),
        (standard(signature="v1,AAAA"), 0, "wrong"),
        (Call(standard().headers, BODY + b" "), 0, "wrong"),
    ],
)
def test_a_call_that_was_changed_is_old_or_says_nothing_is_refused(call: Call, seconds: int, why: str) -> None:
    with pytest.raises(CallRefused) as refused:
        signatures.verify(call, STANDARD, at=MOMENT + timedelta(seconds=seconds))
    assert refused.value.why == why


def test_five_minutes_are_tolerated() -> None:
    for seconds in (-300, 300):
        assert signatures.verify(standard(), STANDARD, at=MOMENT + timedelta(seconds=seconds))


def test_the_secret_before_is_still_good_while_it_is_named() -> None:
    assert signatures.verify(standard(), Check("standard", ["whsec_bmV3", SECRET]), at=MOMENT) == NUMBER
    with pytest.raises(CallRefused):
        signatures.verify(standard(), Check("standard", ["whsec_bmV3"]), at=MOMENT)


DIGEST = hmac.new(b"key", BODY, hashlib.sha256).digest()
HEX = Check("hmac", ["key"], header="X-Till-Signature")
BASE64 = Check("hmac", ["key"], header="X-Till-Signature", encoding="base64")


@pytest.mark.parametrize(
    ("check", "given"),
    [
        (HEX, DIGEST.hex()),
        (HEX, DIGEST.hex().upper()),
        (HEX, f"sha256={DIGEST.hex()}"),
        (BASE64, base64.b64encode(DIGEST).decode()),
        (BASE64, base64.urlsafe_b64encode(DIGEST).decode().rstrip("=")),
    ],
)
def test_a_plain_signature_in_either_writing(check: Check, given: str) -> None:
    assert signatures.verify(Call({"x-till-signature": given}, BODY), check, at=MOMENT) == ""
    with pytest.raises(CallRefused, match="wrong"):
        signatures.verify(Call({"x-till-signature": given}, BODY + b"!"), check, at=MOMENT)


@pytest.mark.parametrize(
    ("check", "call", "why"),
    [
        (HEX, Call({}, BODY), "missing"),
        (HEX, Call({"x-till-signature": "zz"}, BODY), "malformed"),
        (BASE64, Call({"x-till-signature": DIGEST.hex()}, BODY), "malformed"),
        (Check("header", ["s3cret"], header="X-Key"), Call({"x-key": "s3cre"}, b""), "wrong"),
        (Check("header", ["s3cret"], header="X-Key"), Call({}, b""), "missing"),
        (Check("header", [""], header="X-Key"), Call({"x-key": " "}, b""), "wrong"),
        (Check("basic", ["pass"], name="till"), Call({"authorization": "Bearer pass"}, b""), "missing"),
        (Check("basic", ["pass"], name="till"), Call({"authorization": "Basic !"}, b""), "malformed"),
        (Check("basic", ["pass"], name="till"), Call({"authorization": "Basic eDpwYXNz"}, b""), "wrong"),
        (Check("address", ["token"]), Call({}, b""), "missing"),
        (Check("address", ["token"]), Call({}, b"", "tokem"), "wrong"),
        (Check("address", [""]), Call({}, b"", " "), "wrong"),
    ],
)
def test_others_are_refused(check: Check, call: Call, why: str) -> None:
    with pytest.raises(CallRefused) as refused:
        signatures.verify(call, check, at=MOMENT)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("check", "call"),
    [
        (Check("header", ["s3cret"], header="X-Key"), Call({"x-key": "s3cret"}, b"")),
        (Check("header", ["s3cret"], header="Authorization"), Call({"authorization": "Bearer s3cret"}, b"")),
        (Check("basic", ["pass"], name="till"), Call({"authorization": "Basic dGlsbDpwYXNz"}, b"")),
        (Check("address", ["token"]), Call({}, b"", "token")),
    ],
)
def test_senders_that_cannot_sign_show_the_secret(check: Check, call: Call) -> None:
    assert signatures.verify(call, check, at=MOMENT) == ""


@given(
    st.sampled_from(["standard", "hmac", "header", "basic", "address"]), st.text(max_size=40), st.binary(max_size=40)
)
def test_nobody_gets_in_by_chance(way: str, text: str, body: bytes) -> None:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature", "x", "authorization")
    headers: Any = dict.fromkeys(names, text)
    with pytest.raises(CallRefused):
        signatures.verify(Call(headers, body, text), Check(way, [signatures.new_secret(way)], "n", "X"), at=MOMENT)


def test_new_secrets_are_long_and_never_the_same() -> None:
    for way in ("standard", "hmac"):
        secrets = {signatures.new_secret(way) for _number in range(50)}
        assert len(secrets) == 50
        assert min(map(len, secrets)) >= 43
