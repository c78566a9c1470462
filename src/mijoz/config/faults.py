"""What an installation can lack, in a sentence that says how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

NOBODY_ANSWERS = (
    "connection refused",
    "could not translate host name",
    "failed to resolve host",
    "no such file or directory",
    "timeout",
    "timed out",
    "no route to host",
    "network is unreachable",
    "name or service not known",
)


def in_words(error: BaseException) -> str | None:
    """The sentence for an error of the installation; None for one that is a defect of ours."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError
    from psycopg import OperationalError as NoConnection

    from mijoz.config.embedded import ServerUnavailable
    from mijoz.config.running import AlreadyRunning
    from mijoz.config.server import AddressUnavailable

    if isinstance(error, ServerUnavailable | ImproperlyConfigured | AlreadyRunning | AddressUnavailable):
        return str(error)
    if isinstance(error, OperationalError | NoConnection):
        return of_database(str(error))
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "The disk is full. Free some space and start again: nothing half-done stays behind."
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} may not be read or written by this user. Change its owner or its rights."
    return None


def of_database(message: str) -> str:
    """What a failed connection means, from PostgreSQL's own words, with the fix."""
    from django.conf import settings

    described: Mapping[str, Any] = settings.DATABASES["default"]
    embedded = bool(settings.USES_EMBEDDED_SERVER)
    place = described["HOST"] or "the local socket"
    if described.get("PORT"):
        place = f"{place}:{described['PORT']}"
    said = message.lower()
    if "password authentication failed" in said or "no password supplied" in said:
        return f"PostgreSQL at {place} refuses the password of “{described['USER']}”. Correct it in DATABASE_URL."
    if "does not exist" in said and "role" in said:
        return f"PostgreSQL at {place} knows no user “{described['USER']}”. Create it, or correct DATABASE_URL."
    if "does not exist" in said and "database" in said:
        name = described["NAME"]
        return f"PostgreSQL at {place} has no database “{name}”. Create it (createdb {name}), or correct DATABASE_URL."
    if any(words in said for words in NOBODY_ANSWERS):
        if embedded:
            return f"The embedded PostgreSQL does not answer. Its log: {settings.EMBEDDED_FOLDER / 'postgres.log'}"
        return f"Nothing answers at {place}. Start PostgreSQL there, or correct DATABASE_URL."
    first = message.strip().splitlines()[0] if message.strip() else "no reason given"
    return f"PostgreSQL at {place} does not let us in: {first}"
