"""Whether a call is from whom it says: the ways in which tills, ERPs and marketplaces prove it. Pure.

Standard Webhooks is specified at github.com/standard-webhooks/standard-webhooks (spec/standard-webhooks.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

TOLERANCE = timedelta(minutes=5)
STANDARD_PREFIX = "whsec_"
STANDARD_VERSION = "v1,"

WHY = {
    "missing": gettext_noop("The call has no signature or secret where one is expected."),
    "malformed": gettext_noop("The signature cannot be read: it is written in another way than is set here."),
    "old": gettext_noop(
        "The moment in the call is more than five minutes away from now: the clock of the sender is wrong."
    ),
    "wrong": gettext_noop("The signature or secret is wrong."),
}


class CallRefused(Exception):
    """The call is not from whom it should be; `why` is a key of WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(WHY[why])
        self.why = why


@dataclass(frozen=True, slots=True)
class Check:
    """How calls of one source are checked: the way, the header and how the signature in it is written."""

    way: str
    secrets: Sequence[str]  # the current one, and the one before while it is still good
    name: str = ""  # expected by Basic
    header: str = ""
    encoding: str = "hex"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came; names of `headers` are in small letters."""

    headers: Mapping[str, str]
    body: bytes
    token: str = ""


def new_secret(way: str) -> str:
    """A fresh secret as the way has it: 32 random bytes, for Standard Webhooks with their prefix."""
    if way == "standard":
        return STANDARD_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def verify(call: Call, check: Check, *, at: datetime) -> str:
    """The number that the sender gave the call, "" if its way has none. Raises CallRefused."""
    return {
        "standard": _standard,
        "hmac": _hmac,
        "header": _header,
        "basic": _basic,
        "address": _address,
    }[check.way](call, check, at)


def _standard(call: Call, check: Check, at: datetime) -> str:
    number, moment, given = (call.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (number and moment and given):
        raise CallRefused("missing")
    if not re.fullmatch(r"[0-9]{1,12}", moment) or not re.fullmatch(r"[\x21-\x7e]{1,200}", number):
        raise CallRefused("malformed")
    if abs(at.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise CallRefused("old")
    signatures = [one[len(STANDARD_VERSION) :] for one in given.split(" ") if one.startswith(STANDARD_VERSION)]
    if not signatures:
        raise CallRefused("malformed")
    signed = f"{number}.{moment}.".encode() + call.body
    _one_of([base64.b64encode(_digest(_standard_key(secret), signed)).decode() for secret in check.secrets], signatures)
    return number


def _standard_key(secret: str) -> bytes:
    text = secret.removeprefix(STANDARD_PREFIX)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()  # a secret that somebody chose by hand


def _hmac(call: Call, check: Check, at: datetime) -> str:
    given = call.headers.get(check.header.lower(), "").strip()
    if not given:
        raise CallRefused("missing")
    given = re.sub(r"^(sha256|hmac-sha256|v1)[=,:]\s*", "", given, flags=re.IGNORECASE)
    digests = [_digest(secret.encode(), call.body) for secret in check.secrets]
    if check.encoding == "hex":
        if not re.fullmatch(r"[0-9a-fA-F]{64}", given):
            raise CallRefused("malformed")
        _one_of([digest.hex() for digest in digests], [given.lower()])
    else:
        plain = given.replace("-", "+").replace("_", "/").rstrip("=")
        if not re.fullmatch(r"[A-Za-z0-9+/]{43}", plain):
            raise CallRefused("malformed")
        _one_of([base64.b64encode(digest).decode().rstrip("=") for digest in digests], [plain])
    return ""


def _header(call: Call, check: Check, at: datetime) -> str:
    given = call.headers.get(check.header.lower(), "")
    if not given:
        raise CallRefused("missing")
    _one_of(check.secrets, [given, given.removeprefix("Bearer ").strip()])
    return ""


def _basic(call: Call, check: Check, at: datetime) -> str:
    kind, _blank, given = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic" or not given:
        raise CallRefused("missing")
    try:
        told = base64.b64decode(given.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise CallRefused("malformed") from None
    _one_of([f"{check.name}:{secret}" for secret in check.secrets], [told])
    return ""


def _address(call: Call, check: Check, at: datetime) -> str:
    if not call.token:
        raise CallRefused("missing")
    _one_of(check.secrets, [call.token])
    return ""


def _digest(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()


def _one_of(good: Sequence[str], given: Sequence[str]) -> None:
    """Every good one is compared with every given one, in the same time whichever is right. Raises CallRefused."""
    right = False
    for one in good:
        for other in given:
            right |= bool(one) & hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogateescape"))
    if not right:
        raise CallRefused("wrong")
