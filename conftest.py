"""Fixtures for every test: one throw-away PostgreSQL server for all of them."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as laws
from psycopg import sql

from mijoz.config import embedded, tables

# Laws are tried on the same examples each time, however slow the machine is: a run says something of the change that
# was made, not of luck. `pytest --hypothesis-profile searching` draws others, many more of them.
WITHOUT_HURRY = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
laws.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=WITHOUT_HURRY)
laws.register_profile("searching", laws.get_profile("steady"), derandomize=False, max_examples=1_000)
laws.load_profile("steady")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language a page of an earlier one was asked for in."""
    with translation.override("en"):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: workers take the next one as it stands here. Those that drive a browser come last.

    Playwright leaves an event loop in the thread of the tests, in which no other one can be run.
    """
    long = {item.path for item in items if item.get_closest_marker("slow")}
    driving = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path in driving, item.path not in long))


def pytest_configure() -> None:
    """Real password hashes are slow on purpose; hundreds of accounts of one test run need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


MAKE_TABLES = [sys.executable, "-m", "mijoz.cli", "manage", "migrate", "--verbosity=0", "--no-input"]
KEPT = ("django_migrations", "django_content_type", "auth_permission")  # what is there before anything happens
FILLED = """
    SELECT string_agg('SELECT ' || quote_literal(relname) || ' WHERE EXISTS (TABLE ' || quote_ident(relname) || ')',
                      ' UNION ALL ')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname <> ALL(%s)
"""


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """After a test that commits, empty the tables that have rows, the queue's too, instead of making all of them anew.

    Needs a superuser, as the one of the embedded server is; another one's tables are emptied as Django does it.
    """
    in_djangos_way = TransactionTestCase._fixture_teardown

    def empty(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW is_superuser")
            if cursor.fetchone()[0] == "off":
                in_djangos_way(case)
                return
            cursor.execute(FILLED, [list(KEPT)])
            cursor.execute(cursor.fetchone()[0])
            filled = [name for (name,) in cursor.fetchall()]
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")  # the order is no matter
                for name in filled:
                    cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server that all test processes share; the last one to end stops it.

    Making the tables takes longest: it is done once for a set of migrations, and each database begins as a copy.
    """
    if settings.USES_EMBEDDED_SERVER:
        folder = Path(settings.DATA_DIR).parent / "postgres"
        server = embedded.EmbeddedServer(folder, throw_away=True)
        server.hold()
        described = settings.DATABASES["default"]
        described["HOST"] = str(embedded.socket_dir(folder))
        described["TEST"]["TEMPLATE"] = whole_database(folder)


def whole_database(folder: Path) -> str:
    """The name of a database with all tables and no rows."""
    name = f"whole_{tables.stamp()[:16]}"
    server = psycopg.connect(
        host=str(embedded.socket_dir(folder)), user=embedded.SUPERUSER, dbname="postgres", autocommit=True
    )
    with server, open(folder / "whole.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'whole_%'")}
        if name not in known:
            for old in (*known, "half"):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            server.execute("CREATE DATABASE half")
            host = quote(str(embedded.socket_dir(folder)), safe="")
            there = os.environ | {"DATABASE_URL": f"postgresql:///half?host={host}&user={embedded.SUPERUSER}"}
            subprocess.run(MAKE_TABLES, check=True, env=there)  # noqa: S603 - our own command
            server.execute(sql.SQL("ALTER DATABASE half RENAME TO {}").format(sql.Identifier(name)))
    return name
