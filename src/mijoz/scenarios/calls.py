"""Calls to other systems: signed as Standard Webhooks says, only to public addresses, tried again when that can help.

The signature is an HMAC over "id.timestamp.body" (https://www.standardwebhooks.com), so whoever is called can see that
it is us and that nothing was changed, and by the id that they know a call already.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mijoz.business.sealing import fernet
from mijoz.scenarios import outcomes
from mijoz.scenarios.models import Call, Endpoint

SEALED_FOR = b"mijoz webhook secrets, 1"
PREFIX = "whsec_"
TIMEOUT_SECONDS = 10
BATCH = 20
TRY_AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
HELD_FOR = timedelta(minutes=10)  # a worker that died with a call leaves it for that long


class EndpointRefused(ValueError):
    """The address cannot be used; the text says why."""


class CallFailed(Exception):
    """The call was not taken; `permanent` says that another try would end the same way."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.permanent = permanent


def add_endpoint(*, key: str, name: str, url: str, at: datetime) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown once. Raises EndpointRefused for an address we must not call."""
    _refuse_what_is_no_public_address(url)
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = fernet(SEALED_FOR).encrypt(secret.encode()).decode()
    return Endpoint.objects.create(key=key, name=name, url=url, sealed_secret=sealed, changed_at=at), secret


def switch(endpoint: Endpoint, *, at: datetime) -> Endpoint:
    """Call it no more, or again; calls that wait fail when their turn comes while it is off."""
    endpoint.is_active, endpoint.changed_at = not endpoint.is_active, at
    endpoint.save(update_fields=["is_active", "changed_at"])
    return endpoint


def signature(secret: str, *, call_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a call."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([call_id.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send_due(*, at: datetime) -> int:
    """Send calls that are due, at most BATCH; returns how many were tried. Safe beside any number of others."""
    with transaction.atomic():
        due = Call.objects.filter(status=Call.Status.WAITING, due_at__lte=at).order_by("due_at", "id")
        batch = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")[:BATCH])
        Call.objects.filter(pk__in=[call.pk for call in batch]).update(due_at=at + HELD_FOR)
    for call in batch:
        _settle(call, at)
    return len(batch)


def _settle(call: Call, at: datetime) -> None:
    """Make the call and write what came of it."""
    call.attempts += 1
    outcome = ""
    try:
        if not call.endpoint.is_active:
            raise CallFailed(_("The address was switched off."), permanent=True)
        _post(call, at)
    except CallFailed as failure:
        call.detail = str(failure)[:200]
        if not failure.permanent and call.attempts <= len(TRY_AGAIN_AFTER):
            call.due_at = at + TRY_AGAIN_AFTER[call.attempts - 1]
        else:
            outcome, call.status, call.settled_at = "failed", Call.Status.FAILED, at
    else:
        outcome, call.status, call.settled_at, call.detail = "delivered", Call.Status.DELIVERED, at, ""
    with transaction.atomic():
        call.save(update_fields=["attempts", "detail", "due_at", "status", "settled_at"])
        if outcome:
            outcomes.note([(call.enrolment_id, call.step, outcome, "")], at=at)


def _post(call: Call, at: datetime) -> None:
    """Raises CallFailed."""
    try:
        secret = fernet(SEALED_FOR).decrypt(call.endpoint.sealed_secret.encode()).decode()
    except InvalidToken as error:
        raise CallFailed(_("The secret key of this installation has changed."), permanent=True) from error
    body = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
    call_id, timestamp = f"enrolment/{call.enrolment_id}/{call.step}", int(at.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "Mijoz",
        "webhook-id": call_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, call_id=call_id, timestamp=timestamp, body=body),
    }
    answer = post(call.endpoint.url, body, headers)
    if answer == http.client.GONE:
        raise CallFailed(f"HTTP {answer}", permanent=True)
    if not 200 <= answer < 300:  # a redirect is not followed: it could lead anywhere
        raise CallFailed(f"HTTP {answer}", permanent=False)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST to a public address and return the status of the answer. Raises CallFailed.

    The name is resolved once, and the connection goes to the address that was looked at: a name that leads elsewhere
    a moment later leads nowhere.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        address = public_address(host, port)
    except EndpointRefused as refusal:
        raise CallFailed(str(refusal), permanent=True) from refusal
    except OSError as error:
        raise CallFailed(f"{host}: {error}", permanent=False) from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        raw = socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(raw, server_hostname=host) if parts.scheme == "https" else raw
        try:
            connection.request("POST", path, body=body, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()
            raw.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(f"{type(error).__name__}: {error}", permanent=False) from error


def public_address(host: str, port: int) -> str:
    """An address of the host that everybody could reach.

    Raises EndpointRefused when one of its addresses is inside of a network, or OSError when it has none now.
    """
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for address in found:
        if not _is_public(address):
            raise EndpointRefused(_private(host))
    return sorted(found, key=lambda address: (":" in address, address))[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.split("%")[0])
    embedded = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    if embedded is not None:
        parsed = embedded
    return (parsed.is_global and not parsed.is_multicast) or (settings.DEBUG and parsed.is_loopback)


def _refuse_what_is_no_public_address(url: str) -> None:
    parts = urlsplit(url)
    schemes = ("https", "http") if settings.DEBUG else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise EndpointRefused(_("The address begins with https:// and holds no name or password."))
    try:
        if not _is_public(parts.hostname):
            raise EndpointRefused(_private(parts.hostname))
    except ValueError as no_number:
        if isinstance(no_number, EndpointRefused):
            raise
        if "." not in parts.hostname or parts.hostname.rstrip(".").endswith((".local", ".internal", ".localhost")):
            raise EndpointRefused(_private(parts.hostname)) from None


def _private(host: str) -> str:
    return _("“%(host)s” leads into a private network: it is not called.") % {"host": host}
