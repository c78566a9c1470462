"""What changes how a source's calls are checked and read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Q

from mijoz.business.sealing import fernet
from mijoz.events.ingest.actions import SourceRefused
from mijoz.events.models import Source, Webhook
from mijoz.events.sources import signatures
from mijoz.events.sources.mapping import Mapping
from mijoz.events.sources.signatures import Check

PURPOSE = b"secrets of webhooks"
OVERLAP = timedelta(days=1)  # so long the secret before is good
REFUSED_NOTED_EVERY = timedelta(minutes=1)
HEADERS = {"hmac": "X-Signature", "header": "X-Api-Key"}  # where nobody said which


def add(name: str) -> tuple[Source, str]:
    """A new source that calls us, with its secret, which is shown this once. Raises SourceRefused for a taken name."""
    secret = signatures.new_secret("standard")
    with transaction.atomic():
        source, made = Source.objects.select_for_update().get_or_create(name=name, defaults={"kind": "webhook"})
        if not made and (source.kind != Source.Kind.FILE or source.write_keys.exists()):
            raise SourceRefused(f"There is a source “{name}” already.")
        Source.objects.filter(pk=source.pk).update(kind=Source.Kind.WEBHOOK)
        source.kind = Source.Kind.WEBHOOK
        Webhook.objects.create(source=source, secret=_sealed(secret))
    return source, secret


def set_check(webhook: Webhook, *, way: str, header: str = "", encoding: str = "hex", secret: str = "") -> str:
    """Check calls in another way from now on; returns the secret, a new one unless the sender has given its own.

    The secret before is no longer good: it belongs to the other way.
    """
    secret = secret or signatures.new_secret(way)
    webhook.signature, webhook.encoding = way, encoding
    webhook.header = header or HEADERS.get(way, "")
    webhook.secret, webhook.secret_before, webhook.secret_before_until = _sealed(secret), "", None
    webhook.refused_at, webhook.refused_why = None, ""
    webhook.save()
    return secret


def rotate(webhook: Webhook, *, at: datetime, secret: str = "") -> str:
    """A new secret; the one before is good for OVERLAP, so that no call is lost while the sender is given the new."""
    secret = secret or signatures.new_secret(webhook.signature)
    webhook.secret_before, webhook.secret_before_until = webhook.secret, at + OVERLAP
    webhook.secret = _sealed(secret)
    webhook.save(update_fields=["secret", "secret_before", "secret_before_until"])
    return secret


def set_mapping(webhook: Webhook, mapping: Mapping, *, sample: Any) -> None:
    """Read calls by this mapping from now on."""
    webhook.mapping, webhook.sample = mapping.model_dump(), sample
    webhook.save(update_fields=["mapping", "sample"])


def check_of(webhook: Webhook, *, at: datetime) -> Check:
    """How its calls are checked at this moment."""
    sealed = [webhook.secret]
    if webhook.secret_before_until is not None and webhook.secret_before_until > at:
        sealed.append(webhook.secret_before)
    opened = [secret for secret in map(_opened, sealed) if secret]
    return Check(webhook.signature, opened, webhook.source.name, webhook.header, webhook.encoding)


def note_refused(webhook: Webhook, why: str, *, at: datetime) -> None:
    """Let the page say that calls are refused; written at most once a minute while the reason is the same."""
    stale = Q(refused_at=None) | Q(refused_at__lt=at - REFUSED_NOTED_EVERY) | ~Q(refused_why=why)
    Webhook.objects.filter(stale, pk=webhook.pk).update(refused_at=at, refused_why=why)


def _sealed(secret: str) -> str:
    return fernet(PURPOSE).encrypt(secret.encode()).decode()


def _opened(sealed: str) -> str:
    """The secret; "" when it was sealed with another key of the installation."""
    try:
        return fernet(PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""
