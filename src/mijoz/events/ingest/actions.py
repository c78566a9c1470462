"""What changes sources and their write keys, and `take`: the way in for what they send."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction

from mijoz.events.ingest import keys
from mijoz.events.ingest.taking import Refused, Taken, take
from mijoz.events.models import Source, WriteKey

__all__ = [
    "Refused",
    "SourceRefused",
    "Taken",
    "add_key",
    "add_source_with_key",
    "close",
    "reopen",
    "revoke",
    "take",
]


class SourceRefused(ValueError):
    """There can be no such source; the message says why."""


def add_source_with_key(
    name: str, *, kind: Source.Kind | str = Source.Kind.API, calls: Collection[str] = keys.CALLS
) -> tuple[Source, str]:
    """A new source with its first write key, which is shown this once and never again.

    A source of this name whose rows came from files so far gets a key as well. Raises SourceRefused for a name that is
    none or that is taken by a source that has keys or calls us already.
    """
    _check_name(name)
    with transaction.atomic():
        source, made = Source.objects.select_for_update().get_or_create(name=name, defaults={"kind": kind})
        if not made and (source.kind != Source.Kind.FILE or source.write_keys.exists()):
            raise SourceRefused(f"There is a source “{name}” already. Give it another key, or choose another name.")
        if not made:
            Source.objects.filter(pk=source.pk).update(kind=kind)
            source.kind = str(kind)
        return source, add_key(source, calls=calls)


def add_key(source: Source, *, calls: Collection[str] = keys.CALLS) -> str:
    """Another write key of the source, good for these calls; shown this once and never again.

    Raises SourceRefused when `calls` names none or something else.
    """
    if not calls or set(calls) - set(keys.CALLS):
        raise SourceRefused(f"A key may make some of these calls: {', '.join(keys.CALLS)}.")
    key = keys.new_key()
    WriteKey.objects.create(
        source=source,
        digest=keys.digest_of(key),
        begins_with=key[: keys.SHOWN],
        calls=[call for call in keys.CALLS if call in calls],
    )
    transaction.on_commit(keys.forget)
    return key


def revoke(key: WriteKey, *, at: datetime) -> None:
    """Let the key write no more: at once here, within seconds in other processes. Revoking again changes nothing."""
    WriteKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    key.refresh_from_db()
    transaction.on_commit(keys.forget)


def close(source: Source) -> None:
    """Refuse what still comes from the source; what came stays."""
    _set_open(source, is_open=False)


def reopen(source: Source) -> None:
    """Take what comes from the source again."""
    _set_open(source, is_open=True)


def _set_open(source: Source, *, is_open: bool) -> None:
    Source.objects.filter(pk=source.pk).update(is_open=is_open)
    source.is_open = is_open
    transaction.on_commit(keys.forget)


def _check_name(name: str) -> None:
    try:
        validate_slug(name)
    except ValidationError:
        raise SourceRefused(
            f"“{name}” is no name of a source: it has letters a to z, digits, - and _ alone, such as web-shop."
        ) from None
    if len(name) > 60:
        raise SourceRefused("The name of a source has at most 60 characters.")
