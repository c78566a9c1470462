"""What an installation can lack: what was found, and how to mend it, in sentences."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

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


class Fault(NamedTuple):
    """A thing that is wrong with the installation, not with the program."""

    found: str
    fix: str

    def __str__(self) -> str:
        return f"{self.found} {self.fix}"


class SettingsWrong(ImproperlyConfigured):
    """A setting of the environment cannot be used."""

    def __init__(self, found: str, fix: str) -> None:
        super().__init__(f"{found} {fix}")
        self.fault = Fault(found, fix)


def in_words(error: BaseException) -> Fault | None:
    """The fault behind an error; None when it is a defect of ours."""
    from django.db import OperationalError
    from psycopg import OperationalError as NoConnection

    from mijoz.config.embedded import ServerUnavailable
    from mijoz.config.running import AlreadyRunning
    from mijoz.config.server import AddressUnavailable
    from mijoz.config.tables import TablesDiffer

    if isinstance(error, SettingsWrong | ServerUnavailable | AlreadyRunning | AddressUnavailable | TablesDiffer):
        return error.fault
    if isinstance(error, OperationalError | NoConnection):
        return of_database(str(error))
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Fault("The disk is full.", "Free some space and start again: nothing half-done stays behind.")
    if isinstance(error, PermissionError) and error.filename:
        return Fault(f"{error.filename} may not be read or written by this user.", "Change its owner or its rights.")
    return None


def of_database(message: str) -> Fault:
    """What a failed connection means, from PostgreSQL's own words."""
    from django.conf import settings

    described: Mapping[str, Any] = settings.DATABASES["default"]
    if settings.USES_EMBEDDED_SERVER:
        log = settings.EMBEDDED_FOLDER / "postgres.log"
        return Fault(
            "The embedded PostgreSQL does not let us in.", f"See {log}, then start Mijoz again. {_first(message)}"
        )
    place = described["HOST"] or "the local socket"
    if described.get("PORT"):
        place = f"{place}:{described['PORT']}"
    said = message.lower()
    if "password authentication failed" in said or "no password supplied" in said:
        return Fault(
            f"PostgreSQL at {place} refuses the password of “{described['USER']}”.", "Correct it in DATABASE_URL."
        )
    if "does not exist" in said and "role" in said:
        return Fault(
            f"PostgreSQL at {place} knows no user “{described['USER']}”.", "Create it, or correct DATABASE_URL."
        )
    if "does not exist" in said and "database" in said:
        name = described["NAME"]
        return Fault(
            f"PostgreSQL at {place} has no database “{name}”.", f"Create it (createdb {name}), or correct DATABASE_URL."
        )
    if any(words in said for words in NOBODY_ANSWERS):
        return Fault(f"No PostgreSQL answers at {place}.", "Start it there, or correct DATABASE_URL.")
    return Fault(f"PostgreSQL at {place} does not let us in.", _first(message))


def _first(message: str) -> str:
    return message.strip().splitlines()[0] if message.strip() else ""
