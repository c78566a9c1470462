"""Whether the tables fit this very version, asked in a moment and without loading Django.

When the migrations have run, the database is stamped with a digest of them. Where the stamp is ours there is nothing
to do; only where it is not does Django look at every migration. The stamp travels with a backup.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from mijoz.config.faults import Fault

PACKAGE = Path(__file__).resolve().parent.parent
SOME = 3  # as many columns are named in a sentence
OTHERS = ("django", "django-allauth", "procrastinate")  # whose tables we have too
MIGRATING_LOCK = 0x4D696A6F7A01
STAMPED = "django_migrations"


class TablesDiffer(RuntimeError):
    """The migrations ran here, and yet tables lack columns: they were made by another build of the same version."""

    def __init__(self, columns: list[str]) -> None:
        found = f"The tables were made by another build of Mijoz: they lack {', '.join(columns[:SOME])}"
        more = f" and {len(columns) - SOME} columns more." if len(columns) > SOME else "."
        fix = "Start that build again; or choose an empty folder by MIJOZ_DATA_DIR and begin anew."
        super().__init__(f"{found}{more} {fix}")
        self.fault = Fault(found + more, fix)


class Cursor(Protocol):
    """What psycopg's and Django's cursors have in common."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...


@cache
def stamp() -> str:
    """The digest of every migration of this version."""
    digest = hashlib.sha256()
    for name in OTHERS:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(PACKAGE.glob("*/migrations/[0-9]*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()


def fit(cursor: Cursor) -> bool:
    """Whether the tables were brought up to date by this very version."""
    cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [STAMPED])
    return bool(cursor.fetchone()[0] == stamp())


def has_owner(cursor: Cursor) -> bool:
    """As business.queries.has_owner, for who has not loaded Django; the tables must fit."""
    cursor.execute("SELECT EXISTS (SELECT FROM business_staffmember WHERE role = 'owner' AND is_active)")
    return bool(cursor.fetchone()[0])


def waiting() -> list[str]:
    """The migrations that have yet to run, as app.name; Django must be loaded."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def on_disk() -> list[str]:
    """The migrations that this version has, as app.name; Django must be loaded."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def applied() -> list[str]:
    """The migrations that ran here, as app.name; Django must be loaded."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def unknown() -> list[str]:
    """Migrations that ran here and that this version does not have: a newer one was here."""
    return sorted(set(applied()) - set(on_disk()))


def lacking() -> list[str]:
    """Columns of our models, as table.column, that the database does not have; Django must be loaded."""
    from django.apps import apps
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        present = set(cursor.fetchall())
    wanted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
    }
    return sorted(f"{table}.{column}" for table, column in wanted - present)


def bring_up_to_date() -> bool:
    """Run the migrations that are waiting, once however many ask; returns whether there was anything to do.

    Raises TablesDiffer when the tables do not fit afterwards.
    """
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        if fit(cursor):
            return False
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING_LOCK])
        try:
            if not fit(cursor):
                call_command("migrate", verbosity=0, interactive=False)
                if columns := lacking():
                    raise TablesDiffer(columns)
                cursor.execute(f"COMMENT ON TABLE {STAMPED} IS '{stamp()}'")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING_LOCK])
    return True
