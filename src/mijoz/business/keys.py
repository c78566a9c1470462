"""Keys of the API: made once, kept as a digest, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mijoz.business.models import ApiAnswer, ApiKey, StaffMember

PREFIX = "mijoz_"
SHOWN = 12  # characters of a key that its page shows
ANSWERS_KEPT = timedelta(days=2)


class NameTaken(ValueError):
    """Another key has this name."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(name: str, *, scopes: Collection[str], by: StaffMember | None) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody sees again. Raises NameTaken."""
    text = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                name=name, digest=digest(text), begins_with=text[:SHOWN], scopes=sorted(scopes), made_by=by
            )
    except IntegrityError as error:
        raise NameTaken(_("There is a key “%(name)s” already.") % {"name": name}) from error
    return key, text


def revoke(key: ApiKey, *, at: datetime) -> None:
    """From now on nobody gets in by the key; one that was revoked before stays as it is."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)


def find(text: str) -> ApiKey | None:
    """The key whose text this is, unless it was revoked."""
    return ApiKey.objects.filter(digest=digest(text.strip()), revoked_at=None).first()


def forget_answers(*, at: datetime) -> int:
    """Drop answers that are too old to be asked for again; returns how many."""
    return ApiAnswer.objects.filter(answered_at__lt=at - ANSWERS_KEPT).delete()[0]
