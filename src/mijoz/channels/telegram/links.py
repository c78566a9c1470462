"""The links that open the bot with a key in them: whoever presses START under it shows that they were given it.

`https://t.me/<bot>?start=<key>` takes up to 64 characters of A-Z a-z 0-9 _ -. A key is signed, ends, and works once:
what it did stands in the log under a number made of it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.crypto import salted_hmac

LIVES_FOR = timedelta(days=2)
TRIAL_LIVES_FOR = timedelta(hours=1)
CUSTOMER, TRIAL = b"c", b"t"
SEALED = struct.Struct(">cQI")
SEAL_BYTES = 20


class KeyBroken(ValueError):
    """The key was not made here, or was damaged on its way."""


class KeyOld(ValueError):
    """The key was good once."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key opens: the record of a customer, or a trial for a member of staff (`number` is whose)."""

    number: int
    is_trial: bool


def key_for(bot: str, customer_id: int, *, at: datetime) -> str:
    """A key by which whoever has it is this customer to the bot."""
    return _made(bot, CUSTOMER, customer_id, until=at + LIVES_FOR)


def trial_key(bot: str, member_id: int, *, at: datetime) -> str:
    """A key by which the bot shows a member of staff that it works."""
    return _made(bot, TRIAL, member_id, until=at + TRIAL_LIVES_FOR)


def read(bot: str, key: str, *, at: datetime) -> Key:
    """Raises KeyBroken and KeyOld."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
        told, seal = raw[: SEALED.size], raw[SEALED.size :]
        kind, number, until = SEALED.unpack(told)
    except (binascii.Error, struct.error, ValueError) as error:
        raise KeyBroken from error
    if key != _written(raw):  # another spelling of a key would be used once more
        raise KeyBroken
    if not hmac.compare_digest(seal, _seal(bot, told)) or kind not in {CUSTOMER, TRIAL}:
        raise KeyBroken
    if at >= datetime.fromtimestamp(until, UTC):
        raise KeyOld
    return Key(number, kind == TRIAL)


def _made(bot: str, kind: bytes, number: int, *, until: datetime) -> str:
    told = SEALED.pack(kind, number, int(until.timestamp()))
    return _written(told + _seal(bot, told))


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _seal(bot: str, told: bytes) -> bytes:
    return salted_hmac("mijoz.telegram.link", f"{bot}/{told.hex()}", algorithm="sha256").digest()[:SEAL_BYTES]
