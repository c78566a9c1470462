"""How providers of mail tell what became of it, and how their calls prove whose they are. Pure.

Fields are those of the providers' own documentation: Mailgun (documentation.mailgun.com, Webhooks), SendGrid
(twilio.com/docs/sendgrid, Event Webhook), Postmark (postmarkapp.com/developer, Webhooks), Brevo (developers.brevo.com,
Transactional webhooks). `own` is for every other one: whoever can call us by Standard Webhooks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mijoz.channels.reports.report import BOUNCED, CLICKED, COMPLAINED, DELIVERED, KINDS, OPENED, Report, made
from mijoz.channels.reports.report import ReportsUnreadable as Unreadable
from mijoz.events.sources import bodies, signatures
from mijoz.events.sources.signatures import TOLERANCE, Call, CallRefused, Check

BASIC_NAME = "mijoz"  # the user name in the address that providers without signatures are given
Reports = Iterator[Report | None]


@dataclass(frozen=True, slots=True)
class Provider:
    """`makes` is the way of signatures.py for which we make the secret and show it once, "" where it is copied from the
    provider's pages. By `header` each mail names our Message-ID, so that its reports repeat it."""

    key: str
    name: str
    prove: Callable[[Call, str, datetime], None]
    read: Callable[[Any], Reports]
    makes: str = ""
    header: str = ""


def read(provider: Provider, body: bytes) -> list[Report]:
    """The reports of our messages in a call; what is of others, or says nothing of use, is left out.

    Raises ReportsUnreadable.
    """
    try:
        given = bodies.read(body, content_type="application/json")
        return [one for one in provider.read(given) if one is not None]
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, OSError) as error:
        raise Unreadable(type(error).__name__) from error


def _mailgun(given: Any) -> Reports:
    told = given["event-data"]
    kind = {"delivered": DELIVERED, "complained": COMPLAINED, "opened": OPENED, "clicked": CLICKED}.get(told["event"])
    status = told.get("delivery-status") or {}
    if told["event"] == "failed" and told.get("severity") == "permanent":
        kind = BOUNCED
    if kind:
        number = (told.get("message") or {}).get("headers", {}).get("message-id")
        detail = f"{status.get('code', '')} {status.get('message') or status.get('description') or ''}".strip()
        yield made(kind, number, at=_seconds(told.get("timestamp")), recipient=told.get("recipient"), detail=detail)


def _prove_mailgun(call: Call, secret: str, at: datetime) -> None:
    try:
        told = bodies.read(call.body, content_type="application/json")["signature"]
        moment, token, given = (str(told[name]) for name in ("timestamp", "token", "signature"))
        is_old = abs(at.timestamp() - float(moment)) > TOLERANCE.total_seconds()
    except (ValueError, TypeError, KeyError):
        raise CallRefused("missing") from None
    good = hmac.new(secret.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(good, given.lower()):
        raise CallRefused("wrong")
    if is_old:
        raise CallRefused("old")


def _sendgrid(given: Any) -> Reports:
    kinds = {"delivered": DELIVERED, "spamreport": COMPLAINED, "open": OPENED, "click": CLICKED}
    for told in given:
        kind = kinds.get(told["event"])
        if told["event"] == "bounce" and told.get("type", "bounce") == "bounce":
            kind = BOUNCED  # `blocked` is of this mail and not of the address
        if kind:
            yield made(
                kind, told.get("smtp-id"), at=_seconds(told.get("timestamp")), recipient=told.get("email"),
                detail=told.get("reason") or told.get("response"),
            )  # fmt: skip


def verification_key(text: str) -> ec.EllipticCurvePublicKey:
    """The public key that the pages of SendGrid show. Raises ValueError for anything else."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except UnsupportedAlgorithm as error:
        raise ValueError("a kind of key that we do not know") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("another kind of key")
    return key


def _prove_sendgrid(call: Call, secret: str, at: datetime) -> None:
    """ECDSA on P-256 over the moment and the body, with the public key that the pages of SendGrid show."""
    moment = call.headers.get("x-twilio-email-event-webhook-timestamp", "")
    given = call.headers.get("x-twilio-email-event-webhook-signature", "")
    if not moment or not given:
        raise CallRefused("missing")
    try:
        key = verification_key(secret)
        signature = base64.b64decode(given, validate=True)
        is_old = abs(at.timestamp() - float(moment)) > TOLERANCE.total_seconds()
    except ValueError:
        raise CallRefused("malformed") from None
    try:
        key.verify(signature, moment.encode() + call.body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise CallRefused("wrong") from None
    if is_old:
        raise CallRefused("old")


def _postmark(given: Any) -> Reports:
    kind = {"Delivery": DELIVERED, "SpamComplaint": COMPLAINED, "Open": OPENED, "Click": CLICKED}.get(
        given["RecordType"]
    )
    if given["RecordType"] == "Bounce":
        kind = {"HardBounce": BOUNCED, "BadEmailAddress": BOUNCED, "SpamComplaint": COMPLAINED}.get(given.get("Type"))
    if kind:
        moment = given.get("DeliveredAt") or given.get("BouncedAt") or given.get("ReceivedAt")
        yield made(
            kind, (given.get("Metadata") or {}).get(BASIC_NAME), at=_written(moment),
            recipient=given.get("Email") or given.get("Recipient"), detail=given.get("Details"),
        )  # fmt: skip


def _brevo(given: Any) -> Reports:
    kinds = {
        "delivered": DELIVERED, "hard_bounce": BOUNCED, "invalid_email": BOUNCED, "spam": COMPLAINED,
        "opened": OPENED, "unique_opened": OPENED, "click": CLICKED,
    }  # fmt: skip
    for told in given if isinstance(given, list) else [given]:
        if kind := kinds.get(told["event"]):
            moment = told.get("ts_epoch")
            yield made(
                kind, told.get("X-Mailin-custom") or told.get("message-id"),
                at=_seconds(moment / 1000 if isinstance(moment, int | float) else None), recipient=told.get("email"),
                detail=told.get("reason"),
            )  # fmt: skip


def _own(given: Any) -> Reports:
    """{"reports": [{"kind": "delivered", "message_id": "<…>", "at": "2026-03-31T07:00:00Z", "recipient", "detail"}]}"""
    for told in given["reports"]:
        if told["kind"] in KINDS:
            yield made(
                told["kind"], told["message_id"], at=_written(told.get("at")), recipient=told.get("recipient"),
                detail=told.get("detail"),
            )  # fmt: skip


def _prove_by_basic(call: Call, secret: str, at: datetime) -> None:
    signatures.verify(call, Check("basic", [secret], name=BASIC_NAME), at=at)


def _prove_by_standard(call: Call, secret: str, at: datetime) -> None:
    signatures.verify(call, Check("standard", [secret]), at=at)


def _seconds(given: Any) -> datetime | None:
    return datetime.fromtimestamp(float(given), UTC) if isinstance(given, int | float | str) and given else None


def _written(given: Any) -> datetime | None:
    found = datetime.fromisoformat(given) if isinstance(given, str) and given else None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


PROVIDERS: dict[str, Provider] = {
    one.key: one
    for one in (
        Provider("mailgun", "Mailgun", _prove_mailgun, _mailgun),
        Provider("sendgrid", "SendGrid", _prove_sendgrid, _sendgrid),
        Provider("postmark", "Postmark", _prove_by_basic, _postmark, "basic", f"X-PM-Metadata-{BASIC_NAME}"),
        Provider("brevo", "Brevo", _prove_by_basic, _brevo, "basic", "X-Mailin-custom"),
        Provider("own", "Standard Webhooks", _prove_by_standard, _own, "standard"),
    )
}
